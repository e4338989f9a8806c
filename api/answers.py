"""What jobs and their answers are made of, on both sides of a worker's pipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Job = Mapping[str, Any]
Answer = tuple[str, bytes]
"""Media type and body."""

EMPTY: Answer = ("", b"")
"""The answer of a job that only does something."""


class RefusedError(Exception):
    """A job that is answered with an HTTP status of its own instead of a body."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class BoundedBody:
    """A binary file in memory that refuses to grow past ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self._buffer = bytearray()
        self._limit = limit

    def write(self, data: bytes) -> int:
        """Append ``data``; ``RefusedError`` once the body would be too long to answer with."""
        if len(self._buffer) + len(data) > self._limit:
            raise RefusedError(503, f"The result is longer than {self._limit} bytes; ask for less with LIMIT.")
        self._buffer += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: the body is in memory."""

    def getvalue(self) -> bytes:
        """Return what was written."""
        return bytes(self._buffer)
