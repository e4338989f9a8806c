"""Snapshots of a store: what readers open while a writer goes on, kept until nobody reads them."""

from __future__ import annotations

import itertools
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

FOLDER = ".snapshots"
"""Below the store, so that a snapshot is made of hard links and not of copies."""


class Snapshots:
    """The snapshots that one service has of a store; the newest is ``current``.

    A lock file says that the service lives: what a killed one left is removed by the next.
    """

    def __init__(self, store: Path) -> None:
        self.current = store
        self._root = store / FOLDER
        self._home = self._root / uuid.uuid4().hex
        self._lock = FileLock(self._home / "lock")
        self._numbers = itertools.count()
        self._readers: Counter[Path] = Counter()

    def open(self) -> None:
        """Make a place for snapshots; ``OSError`` where the store's directory cannot be written."""
        self._root.mkdir(exist_ok=True)
        self._home.mkdir()
        self._lock.acquire(timeout=0)
        _remove_abandoned(self._root)

    def next(self) -> Path:
        """Return the path for a new snapshot."""
        return self._home / str(next(self._numbers))

    def swap(self, path: Path) -> None:
        """Make a snapshot the current one; the one before goes when its last reader has."""
        before, self.current = self.current, path
        self._remove_unread(before)

    @property
    def version(self) -> str:
        """Return a name for the current snapshot that no other one ever has."""
        return f"{self._home.name[:12]}-{self.current.name}"

    @contextmanager
    def lease(self) -> Iterator[Path]:
        """Return the current snapshot and keep it while it is read."""
        path = self.current
        self._readers[path] += 1
        try:
            yield path
        finally:
            self._readers[path] -= 1
            self._remove_unread(path)

    def close(self) -> None:
        """Remove all snapshots."""
        self._lock.release()
        shutil.rmtree(self._home, ignore_errors=True)

    def _remove_unread(self, path: Path) -> None:
        if path != self.current and not self._readers[path]:
            del self._readers[path]
            if path.parent == self._home:
                shutil.rmtree(path, ignore_errors=True)


def _remove_abandoned(root: Path) -> None:
    for home in root.iterdir():
        lock = FileLock(home / "lock")
        try:
            with lock.acquire(timeout=0):
                shutil.rmtree(home, ignore_errors=True)
        except (Timeout, OSError):
            continue
