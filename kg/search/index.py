"""The names of entities in an SQLite full-text index (FTS5): search with ranking, types counted, page by page.

Names are indexed as their words without case and accents. All words of a search must be in one name, the last as the
beginning of a word, so that it serves completion. An equal name comes before one that begins so, that before one with
the words in this order further on, and that before any other order; the label's match comes before an equally good one
of an alias, and among equals the entity that most is said of is first. No rank depends on what was written when.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import QueryError
from kg.search.rows import EntityRow

SCHEMA = """
CREATE TABLE entity (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, label TEXT NOT NULL, type TEXT NOT NULL,
                     statements INTEGER NOT NULL, articles INTEGER NOT NULL);
CREATE INDEX by_standing ON entity (statements DESC, label, iri);
CREATE INDEX by_type ON entity (type, statements DESC, label, iri);
CREATE TABLE name (id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, text TEXT NOT NULL, words TEXT NOT NULL,
                   alias INTEGER NOT NULL);
CREATE INDEX name_of ON name (entity);
CREATE VIRTUAL TABLE word USING fts5 (words, content = 'name', content_rowid = 'id', prefix = '1 2 3');
"""

_EVERYONE = "SELECT *, 0 AS grade FROM entity"
_MATCHING = """
SELECT entity.*, min(alias + CASE WHEN name.words = :words THEN 0
                                           WHEN substr(name.words, 1, length(:words)) = :words THEN 2
                                           WHEN instr(name.words, ' ' || :words) THEN 4 ELSE 6 END) AS grade
FROM word JOIN name ON name.id = word.rowid JOIN entity ON entity.id = name.entity
WHERE word MATCH :pattern GROUP BY entity.id
"""
_ROW = """
iri, label, type, (SELECT json_group_array(text) FROM name WHERE entity = entity.id AND alias), statements, articles
"""


class EntityIndex:
    """The entities of a store with their names: all in memory, or read from a file that nobody changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        weakref.finalize(self, connection.close)

    @classmethod
    def of(cls, rows: Iterable[EntityRow]) -> EntityIndex:
        """Return an index in memory of these entities."""
        connection = _connect(":memory:")
        connection.executescript(SCHEMA)
        index = cls(connection)
        with connection:
            index._add(rows)
        return index

    @classmethod
    def read(cls, path: Path) -> EntityIndex | None:
        """Return the index in a file, or ``None`` where there is none."""
        try:
            index = cls(_connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1"))
            len(index)
        except sqlite3.DatabaseError:
            return None
        return index

    def write(self, path: Path) -> None:
        """Write the index to a new file."""
        target = _connect(path.absolute().as_uri())
        try:
            self._connection.backup(target)
        finally:
            target.close()

    def copy(self) -> EntityIndex:
        """Return the same index in memory, to be changed."""
        connection = _connect(":memory:")
        self._connection.backup(connection)
        return EntityIndex(connection)

    def change(self, rows: Mapping[str, EntityRow | None]) -> None:
        """Put the rows in the place of those with their IRIs; ``None`` removes an entity."""
        with self._connection:
            for iri in rows:
                self._remove(iri)
            self._add(filter(None, rows.values()))

    def __len__(self) -> int:
        """Return the number of entities."""
        count: int = self._connection.execute("SELECT count(*) FROM entity").fetchone()[0]
        return count

    def __iter__(self) -> Iterator[EntityRow]:
        """Yield all entities, sorted by IRI."""
        return map(_to_row, self._connection.execute(f"SELECT {_ROW} FROM entity ORDER BY iri"))

    def get(self, iri: str) -> EntityRow | None:
        """Return one entity, or ``None`` where there is none."""
        return next(map(_to_row, self._connection.execute(f"SELECT {_ROW} FROM entity WHERE iri = ?", [iri])), None)

    def find(self, text: str = "", limit: int = 20, *, type: str | None = None,
             after: str | None = None) -> list[EntityRow]:
        """Return the entities whose names match, best first; without a text all, those first that most is said of.

        ``type`` is the name of a class, ``after`` the IRI of a row behind which to go on. Raises ``QueryError`` where
        that row is not among those that match.
        """
        hits, values = _hits(text)
        values |= {"type": type, "limit": max(limit, 0)}
        behind = ""
        if after is not None:
            behind = "AND (grade, -statements, label, iri) > (:grade, -:statements, :label, :iri)"
            values |= self._place(hits, values, after)
        found = self._connection.execute(f"""
            SELECT {_ROW} FROM ({hits}) AS entity WHERE (:type IS NULL OR type = :type) {behind}
            ORDER BY grade, statements DESC, label, iri LIMIT :limit""", values)
        return list(map(_to_row, found))

    def count_types(self, text: str = "") -> dict[str, int]:
        """Return how many of the entities whose names match have each type, the commonest first."""
        hits, values = _hits(text)
        return dict(self._connection.execute(f"""
            SELECT type, count(*) AS entities FROM ({hits}) GROUP BY type ORDER BY entities DESC, type""", values))

    def _place(self, hits: str, values: Mapping[str, Any], iri: str) -> dict[str, Any]:
        row = self._connection.execute(f"""
            SELECT grade, statements, label, iri FROM ({hits})
            WHERE iri = :iri AND (:type IS NULL OR type = :type)""", {**values, "iri": iri}).fetchone()
        if row is None:
            raise QueryError(f"the list has no row {iri!r} any more; read it again from its beginning")
        return dict(zip(("grade", "statements", "label", "iri"), row, strict=True))

    def _add(self, rows: Iterable[EntityRow]) -> None:
        entities, names = (self._connection.execute(f"SELECT ifnull(max(id), 0) + 1 FROM {table}").fetchone()[0]
                           for table in ("entity", "name"))
        numbered = list(enumerate(rows, entities))
        self._connection.executemany(
            "INSERT INTO entity (id, iri, label, type, statements, articles) VALUES (?, ?, ?, ?, ?, ?)",
            ((id, row.iri, row.label, row.type, row.statements, row.articles) for id, row in numbered))
        texts = ((id, text, alias) for id, row in numbered
                 for text, alias in ((row.label, False), *((alias, True) for alias in row.aliases)))
        self._connection.executemany(
            "INSERT INTO name (id, entity, text, words, alias) VALUES (?, ?, ?, ?, ?)",
            ((number, id, text, _words(text), alias) for number, (id, text, alias) in enumerate(texts, names)))
        self._connection.execute("INSERT INTO word (rowid, words) SELECT id, words FROM name WHERE id >= ?", [names])

    def _remove(self, iri: str) -> None:
        names = self._connection.execute(
            "SELECT name.id, words FROM name JOIN entity ON entity.id = entity WHERE iri = ?", [iri]).fetchall()
        self._connection.executemany("INSERT INTO word (word, rowid, words) VALUES ('delete', ?, ?)", names)
        self._connection.executemany("DELETE FROM name WHERE id = ?", ([id] for id, _ in names))
        self._connection.execute("DELETE FROM entity WHERE iri = ?", [iri])


def fold(text: str) -> str:
    """Return the text without case, accents and repeated spaces, for comparison."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def _connect(place: str) -> sqlite3.Connection:
    # SQLite itself takes turns where several threads read.
    return sqlite3.connect(place, uri=place.startswith("file:"), check_same_thread=False)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def _hits(text: str) -> tuple[str, dict[str, Any]]:
    """Return the SQL for the entities that match, each with its grade, and the values in it."""
    if not text.strip():
        return _EVERYONE, {}
    words = _words(text)
    pattern = " ".join(f'"{word}"' for word in words.split()) + "*" if words else '""'
    return _MATCHING, {"words": words, "pattern": pattern}


def _to_row(values: tuple[Any, ...]) -> EntityRow:
    iri, label, type, aliases, statements, articles = values
    return EntityRow(iri, label, type, tuple(sorted(json.loads(aliases))), statements, articles)
