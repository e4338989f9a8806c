"""A store as one file to keep, and back again; consistent while others write."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import time
from pathlib import Path

from kg.errors import StoreError
from kg.store import open_store

_ATTEMPTS = 20


def backup(store: Path, archive: Path) -> None:
    """Write the store of a directory to a tar file, compressed where its name ends in ``.gz``.

    The archive holds one state of the store, all writes up to a moment and none after it, also while a service or
    ``kg build`` writes. Raises ``StoreError`` where the archive exists or the store cannot be read.
    """
    if archive.exists():
        raise StoreError(f"backup refused: {archive} exists")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=archive.parent) as folder:
        copy, packed = Path(folder) / "store", Path(folder) / "archive"
        snapshot(store, copy)
        with tarfile.open(packed, "w:gz" if archive.suffix == ".gz" else "w") as tar:
            for file in sorted(copy.iterdir()):
                tar.add(file, file.name, recursive=False)
        packed.rename(archive)


def restore(archive: Path, store: Path) -> None:
    """Unpack an archive of ``backup`` into a new directory: the whole store or nothing.

    Raises ``StoreError`` where the directory exists or the file is no such archive.
    """
    if store.exists():
        raise StoreError(f"restore refused: {store} exists")
    store.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=store.parent) as folder:
        unpacked = Path(folder) / "store"
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(unpacked, filter="data")
            open_store(unpacked, read_only=True).close()
        except (tarfile.TarError, EOFError, StoreError) as error:
            raise StoreError(f"{archive} is no backup of a store: {error}") from error
        unpacked.rename(store)


def snapshot(store: Path, target: Path, *, wait: float = 5) -> None:
    """Copy a store into a new directory, with hard links where the file system allows.

    Another process that writes is waited for; where it stays, what it has flushed is copied beside it.
    """
    try:
        # Opened for reading only, a missing store is an error and not made.
        with open_store(store, read_only=not (store / "CURRENT").is_file(), wait=wait) as opened:
            opened.backup(target)
    except StoreError as error:
        if "in use" not in str(error):
            raise
        snapshot_beside_writer(store, target)


def snapshot_beside_writer(store: Path, target: Path) -> None:
    """Copy what another process, which holds the store, has flushed.

    Its files may change while they are linked; then the next attempt sees newer ones. Raises the last ``StoreError``.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with open_store(store, read_only=True) as opened:
                opened.backup(target)
            return open_store(target, read_only=True).close()
        except StoreError:
            for path in (target, target.with_name(target.name + ".tmp")):
                shutil.rmtree(path, ignore_errors=True)
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(0.05 * (attempt + 1))
