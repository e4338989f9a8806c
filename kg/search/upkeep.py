"""One store's index, found or made when it is first asked for, and kept in step with what is written."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

import pyoxigraph as ox

from kg.search.files import put_index, write_index
from kg.search.index import EntityIndex
from kg.search.rows import is_entity, read_entities, read_entity


class Upkeep:
    """Notes which entities a write is about, and reads only those again when the index is wanted.

    ``found`` is the file of the state that the store was opened in, if there is one.
    """

    def __init__(self, found: Path | None = None) -> None:
        self._found = found if found and found.exists() else None
        self._index: EntityIndex | None = None
        self._stale: set[str] | None = set()
        self._lock = Lock()

    @property
    def traced(self) -> bool:
        """Tell whether it is known which entities have changed, so that few are read again."""
        return self._stale is not None

    @property
    def needed(self) -> bool:
        """Tell whether there is an index, or was, so that the store's next reader is glad of one."""
        return self._stale != set() or bool(self._index or self._found)

    def note(self, terms: Iterable[object]) -> None:
        """Note that quads with these terms have been added or removed."""
        with self._lock:
            if self._stale is not None:
                self._stale.update(term.value for term in terms if is_entity(term))

    def note_anything(self) -> None:
        """Note that something has been written of which nobody knows what it is about."""
        with self._lock:
            self._stale = None

    def index(self, store: ox.Store) -> EntityIndex:
        """Return the index of what the store holds now."""
        with self._lock:
            self._index, self._stale = self._fresh(store), set()
            return self._index

    def _fresh(self, store: ox.Store) -> EntityIndex:
        index = self._index
        if index is None and self._found:  # "or" would ask the index how long it is, each time that it is wanted
            index = EntityIndex.read(self._found)
        if index is None or self._stale is None:
            self._found = None
            return EntityIndex.of(read_entities(store))
        if self._stale:
            if self._found:  # that file is read only, and snapshots share it
                self._found, index = None, index.copy()
            index.change({iri: read_entity(store, iri) for iri in self._stale})
        return index

    def save(self, index: EntityIndex, folder: Path) -> None:
        """Put the index, which is of what the store in this folder holds, beside it."""
        try:
            if self._found:
                put_index(self._found, folder)
            else:
                write_index(index, folder)
        except (OSError, sqlite3.Error) as error:
            # Whoever misses it makes another.
            warnings.warn(f"the index of entities was not kept: {error}", stacklevel=2)
