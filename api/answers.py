"""What jobs and their answers are made of, on both sides of a worker's pipe."""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct
from typing import Any

Job = Mapping[str, Any]
Answer = tuple[str, bytes]
"""Media type and body."""

HEAD = Struct("!HII")
"""What stands before each answer on the pipe: status, bytes of media type (or of the reason why not), bytes of body."""

STAGE = 102
"""The status of a frame that tells where the work is, before the answer itself (as HTTP's 102, Processing)."""

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
        self._pieces: list[bytes] = []
        self._length = 0
        self._limit = limit

    def write(self, data: bytes) -> int:
        """Append ``data``; ``RefusedError`` once the body would be too long to answer with."""
        self._length += len(data)
        if self._length > self._limit:
            raise RefusedError(503, f"The result is longer than {self._limit} bytes; ask for less with LIMIT.")
        self._pieces.append(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the body is in memory."""

    def getvalue(self) -> bytes:
        """Return what was written."""
        return b"".join(self._pieces)
