"""What a service remembers from one start to the next: batches of articles, and the answers given under a key."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "service.sqlite"
"""The file in the directory of the store."""

_KEYS = 1000
_BATCHES = 100
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (client TEXT, key TEXT, asked TEXT, status INTEGER, fields TEXT, body BLOB,
                                    PRIMARY KEY (client, key));
CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, ended INTEGER, state TEXT, work TEXT);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was given under a key, and a hash of what was asked."""

    asked: str
    status: int
    fields: Mapping[str, str]
    body: bytes


class Ledger:
    """A small SQLite database beside the store; in memory where there is no directory that may be written.

    The last 1,000 keys are remembered, and the last 100 batches that have ended.
    """

    def __init__(self, folder: Path | None) -> None:
        self._database = _open(folder)
        self._database.executescript(_TABLES)

    def answer(self, client: str, key: str) -> Kept | None:
        """Return what the client was answered under the key."""
        row = self._database.execute("SELECT asked, status, fields, body FROM answers WHERE client = ? AND key = ?",
                                     (client, key)).fetchone()
        return Kept(row[0], row[1], json.loads(row[2]), row[3]) if row else None

    def keep_answer(self, client: str, key: str, kept: Kept) -> None:
        """Remember an answer, and forget the oldest of too many."""
        self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
                               (client, key, kept.asked, kept.status, json.dumps(dict(kept.fields)), kept.body))
        self._database.execute("DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ?", (_KEYS,))

    def batches(self) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
        """Yield the state of each batch, and its work where that has not ended, the oldest first."""
        for state, work in self._database.execute("SELECT state, work FROM batches ORDER BY rowid").fetchall():
            yield json.loads(state), json.loads(work) if work else None

    def begin_batch(self, state: Mapping[str, Any], work: Mapping[str, Any]) -> None:
        """Remember a batch and what is to be done for it."""
        self._database.execute("INSERT INTO batches VALUES (?, 0, ?, ?)",
                               (state["id"], json.dumps(state), json.dumps(work)))

    def keep_batch(self, state: Mapping[str, Any]) -> None:
        """Remember how far a batch is; of one that has ended, its work is forgotten."""
        ended = state["finished"] is not None
        self._database.execute("UPDATE batches SET ended = ?, state = ?, work = iif(?, NULL, work) WHERE id = ?",
                               (ended, json.dumps(state), ended, state["id"]))
        self._database.execute("DELETE FROM batches WHERE ended AND rowid <= (SELECT max(rowid) FROM batches) - ?",
                               (_BATCHES,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _open(folder: Path | None) -> sqlite3.Connection:
    if folder is not None:
        with suppress(sqlite3.OperationalError):  # a directory that may not be written
            database = sqlite3.connect(folder / NAME, isolation_level=None)
            database.execute("PRAGMA journal_mode = WAL")
            return database
    return sqlite3.connect(":memory:", isolation_level=None)
