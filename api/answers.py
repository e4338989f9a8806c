"""What jobs and their answers are made of, on both sides of a worker's pipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Any

Job = Mapping[str, Any]
Answer = tuple[str, bytes]
"""Media type and body."""

Outcome = tuple[int, str, bytes]
"""An HTTP status, the media type or the reason why there is no body, and the body."""

Send = Callable[..., None]
"""Sends an outcome from the worker to the service."""

GRACE = 5.0
"""Seconds past its limit after which a job ends that nobody has stopped."""

NOTE = 8
"""Bytes that a worker shares with the service: the number of the connection that it is sending an answer on, or 0."""

HEAD = Struct("!HII")
"""What stands before each answer on the pipe: status, bytes of media type (or of the reason why not), bytes of body."""

STAGE = 102
"""The status of a frame that tells where the work is, before the answer itself (as HTTP's 102, Processing)."""

RETURNED, STARTED, UNSENT, SERVING, NOTED = ASIDE = range(5)
"""What stands in the place of the status where a worker tells of its connections (``api.lane``) and answers no job:
these are the service's again; this query of one is still worked on; this rest of an answer is to be sent; a snapshot is
open; so long did answers take."""

ODD, SLOW = b"odd", b"slow"
"""Why connections are the service's again: what has come is no plain query, or something slow is worked on."""

EMPTY: Answer = ("", b"")
"""The answer of a job that only does something."""

PATIENCE: Mapping[str, Any] = {"timeout": None, "retries": 1}
"""How an endpoint is asked: a job ends with its process and needs no time limit, and clients try again themselves."""


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
