"""A client that costs little itself: requests are bytes made beforehand, connections are kept."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import cycle
from urllib.parse import quote

_ACCEPT = "application/sparql-results+json"
_SECONDS = 120
ENOUGH = 300
"""Answers that a 99th percentile needs."""


def request(path: str, query: str) -> bytes:
    """Return the bytes of a query by GET."""
    return (f"GET {path}?query={quote(query, safe='')} HTTP/1.1\r\nHost: localhost\r\n"
            f"Accept: {_ACCEPT}\r\n\r\n").encode()


class Answer:
    """An answer that comes in pieces."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._chunks = False
        self._end: int | None = None

    def add(self, piece: bytes) -> bool:
        """Take a piece and tell whether the answer is whole; ``ConnectionError`` unless it is 200."""
        if not piece:
            raise ConnectionError(f"the server closed the connection: {bytes(self._data[:200])!r}")
        self._data += piece
        if self._end is None and not self._chunks:
            self._read_head()
        if self._chunks:
            return self._data.endswith(b"\r\n0\r\n\r\n")
        return self._end is not None and len(self._data) >= self._end

    def _read_head(self) -> None:
        head, blank, _ = bytes(self._data).partition(b"\r\n\r\n")
        if not blank:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(bytes(self._data[:500]))
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
        self._chunks = b"chunked" in fields.get(b"transfer-encoding", b"")
        self._end = None if self._chunks else len(head) + 4 + int(fields[b"content-length"])


class Connection:
    """A kept connection that sends one request after another."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, message: bytes) -> None:
        """Send a request and return when its answer is whole."""
        self.socket.sendall(message)
        answer = Answer()
        while not answer.add(self.socket.recv(1 << 18)):
            pass

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()


def latencies(port: int, messages: Sequence[bytes], clients: int, seconds: float) -> list[float]:
    """Return the seconds that each answer took while so many clients each asked again at once.

    There are ``ENOUGH`` answers at least, however long they take.
    """
    with selectors.DefaultSelector() as selector:
        connections = [Connection(port) for _ in range(clients)]
        try:
            return list(_loop(selector, connections, cycle(messages), seconds))
        finally:
            for connection in connections:
                connection.close()


def _loop(selector: selectors.BaseSelector, connections: Sequence[Connection], messages: Iterator[bytes],
          seconds: float) -> Iterator[float]:
    state: dict[Connection, tuple[float, Answer]] = {}
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        _start(state, connection, next(messages))
    limit, answers = time.perf_counter() + seconds, 0
    while time.perf_counter() < limit or answers < ENOUGH:
        for key, _ in selector.select(_SECONDS):
            started, answer = state[key.data]
            if answer.add(key.data.socket.recv(1 << 18)):
                answers += 1
                yield time.perf_counter() - started
                _start(state, key.data, next(messages))


def _start(state: dict[Connection, tuple[float, Answer]], connection: Connection, message: bytes) -> None:
    state[connection] = time.perf_counter(), Answer()
    connection.socket.sendall(message)


def ask_all(port: int, messages: Sequence[bytes]) -> None:
    """Send the requests over one connection, one after another."""
    with closing(Connection(port)) as connection:
        for message in messages:
            connection.ask(message)
