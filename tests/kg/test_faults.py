"""What a full disk and a read-only folder make of a store: one clear line, and what was stored stays."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import pipeline
from kg.errors import StoreError
from kg.model import Extraction
from kg.store import open_store


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder of 3 MiB on a file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    try:
        subprocess.run(["mount", *arguments], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")


def test_full_disk(disk: Path, extractions: tuple[Extraction, Extraction]) -> None:
    """An article that does not fit is refused with the reason, and the one before it is there."""
    with open_store(disk / "graph") as store:
        pipeline.add(extractions[:1], store)
        before = store.to_nquads()
    with (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            try:
                filler.write(bytes(4096))
            except OSError:
                break
    with pytest.raises(StoreError, match="the disk is full"), open_store(disk / "graph") as store:
        pipeline.add(extractions, store)
    (disk / "filler").unlink()
    with open_store(disk / "graph") as store:
        assert store.to_nquads() == before


def test_read_only_folder(disk: Path, extractions: tuple[Extraction, Extraction]) -> None:
    """A store on a disk that is mounted for reading, and a new one there, are refused with the reason."""
    with open_store(disk / "graph") as store:
        pipeline.add(extractions, store)
    _mount("-o", "remount,ro", str(disk))
    for name in ("graph", "new"):
        with pytest.raises(StoreError, match="could not be opened: the folder may not be written to"):
            open_store(disk / name)
