"""Which version of this program's layout a store in a directory has: a small file beside the database."""

from __future__ import annotations

from pathlib import Path

from kg.errors import StoreError

VERSION = 1
"""The layout that this program writes; one more whenever an older program could not read what a newer one wrote."""
FILE = "STORE_VERSION"


def check_version(path: Path) -> None:
    """Raise ``StoreError`` for a store of a later version; one without a mark is older than marks are."""
    try:
        text = (path / FILE).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return
    if not text.isdecimal():
        raise StoreError(f"store {path} is damaged: its file {FILE} holds no number")
    if int(text) > VERSION:
        raise StoreError(f"store {path} was made by a newer version of this program: it has layout {text}, "
                         f"and this version reads up to {VERSION}; install a newer stringer-kg")


def mark_version(path: Path) -> None:
    """Mark a store as of this version."""
    if not (path / FILE).exists():
        (path / FILE).write_text(f"{VERSION}\n", encoding="utf-8")
