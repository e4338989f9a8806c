"""Where a store on disk keeps its index: beside its own files, named after them, so that a stale one is not found."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kg.search.index import SCHEMA, EntityIndex
from kg.vocab import digest

Fingerprint = list[list[str | int]]


def fingerprint(store: Path) -> Fingerprint:
    """Return the names and sizes of the files that hold a store's content: they differ after any write."""
    rows: Fingerprint = []
    for path in store.iterdir():
        if path.name.startswith(("CURRENT", "MANIFEST")) or path.suffix in (".sst", ".log"):
            try:
                rows.append([path.name, path.stat().st_size])
            except FileNotFoundError:  # a writer has just removed it
                continue
    return sorted(rows)


def index_path(store: Path) -> Path:
    """Return where the index of the store's present state is, or belongs."""
    told = (part for row in fingerprint(store) for part in row)
    return store / f"entities-{digest(SCHEMA, *told, length=20)}.sqlite"


def write_index(index: EntityIndex, store: Path) -> None:
    """Write the index of the store's present state in place of all others there."""
    draft = store / "entities.draft"
    draft.unlink(missing_ok=True)
    index.write(draft)
    put_index(draft, store)
    draft.unlink()


def put_index(source: Path, store: Path) -> None:
    """Make a file the index of the store's present state, in place of all others there, by a link or else a copy."""
    target = index_path(store)
    if source != target:
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
    for other in store.glob("entities-*.sqlite"):
        if other != target:
            other.unlink(missing_ok=True)
