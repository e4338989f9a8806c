"""What a worker fetches from other hosts: from an address that was checked, without redirects, within limits.

pyoxigraph opens connections by itself, resolves names once more, follows redirects and reads answers to their end. So
``SERVICE`` calls a server in this process, on a port of the loopback address and under a path that nobody can guess,
which fetches for it; documents that ``LOAD`` names are fetched before the update runs.
"""

from __future__ import annotations

import http.client
import re
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from api.answers import RefusedError
from api.outside import allowed_address
from kg.errors import QueryError

_CHUNK = 65536
_PASSED_ON = ("Accept", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which hosts may be reached, and how many bytes and seconds an answer may take."""

    hosts: Sequence[str]
    bytes: int
    seconds: float


def fetch(method: str, iri: str, bounds: Bounds, *, headers: Mapping[str, str], body: bytes | None = None,
          ) -> tuple[str, bytes]:
    """Return media type and content of an answer with status 200.

    Raises ``QueryError`` for a host that is not allowed, ``RefusedError`` for every other answer and for none.
    """
    limit = time.monotonic() + bounds.seconds
    connection = _connect(iri, bounds)
    try:
        connection.request(method, _target(iri), body, dict(headers))
        response = connection.getresponse()
        if response.status != 200:
            raise RefusedError(502, f"{iri} answered with status {response.status} and not with 200.")
        return response.headers.get_content_type(), _read(response, iri, bounds, limit)
    except (OSError, http.client.HTTPException) as error:
        raise RefusedError(502, f"{iri} did not answer as it should within {bounds.seconds:g} seconds.") from error
    finally:
        connection.close()


CLOSED: Mapping[str, Any] = {"hosts": (), "bytes": 0, "seconds": 0}
"""The bounds of a job that may reach no other host."""


class Gateway:
    """Fetches what ``SERVICE`` asks other endpoints for; ``reason`` says why the last fetch failed."""

    def __init__(self) -> None:
        self.bounds = Bounds(**CLOSED)
        self.reason = ""
        self._secret = secrets.token_urlsafe(16)

    @contextmanager
    def within(self, bounds: Mapping[str, Any]) -> Iterator[Bounds]:
        """Fetch within these bounds meanwhile; errors name endpoints and not the way to them."""
        self.bounds, self.reason = Bounds(**bounds), ""
        try:
            yield self.bounds
        except QueryError as error:
            way = rf"http://127\.0\.0\.1:\d+/{re.escape(self._secret)}/([^<>\s]*)"
            raise QueryError(re.sub(way, lambda match: unquote(match[1]), str(error))) from error

    def address(self, iri: str) -> str:
        """Return the address in this process that stands for an endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}/{self._secret}/{quote(iri, safe='')}"

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, bytes]:
        """Return what the endpoint answers that the path stands for; ``RefusedError`` where it may not or does not."""
        _, secret, iri = (*path.split("/"), "", "")[:3]
        if not secrets.compare_digest(secret, self._secret):
            raise RefusedError(404, "There is nothing here.")
        try:
            return fetch("POST", unquote(iri), self.bounds, headers=headers, body=body)
        except (QueryError, RefusedError) as error:
            self.reason = str(error)
            raise RefusedError(502, self.reason) from error

    @cached_property
    def _server(self) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"gateway": self}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway

    def do_POST(self) -> None:
        """Answer with what the endpoint answers."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        try:
            media_type, answer = self.gateway.answer(self.path, headers, body)
        except RefusedError as error:
            self.send_error(error.status)
            return
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the query is the client's own affair."""


def _connect(iri: str, bounds: Bounds) -> http.client.HTTPConnection:
    """Return a connection to the address that was checked, whatever the name resolves to the next time."""
    address, parts = allowed_address(iri, bounds.hosts), urlsplit(iri)
    host, tls = parts.hostname or "", parts.scheme == "https"
    connection = http.client.HTTPConnection(host, parts.port or (443 if tls else 80))
    try:
        plain = socket.create_connection((address, connection.port), bounds.seconds)
        context = ssl.create_default_context()
        connection.sock = context.wrap_socket(plain, server_hostname=host) if tls else plain
    except OSError as error:
        raise RefusedError(502, f"{iri} could not be reached.") from error
    return connection


def _target(iri: str) -> str:
    parts = urlsplit(iri)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _read(response: http.client.HTTPResponse, iri: str, bounds: Bounds, limit: float) -> bytes:
    content = bytearray()
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > bounds.bytes:
            raise RefusedError(502, f"{iri} answered with more than {bounds.bytes} bytes.")
        if time.monotonic() > limit:
            raise RefusedError(502, f"{iri} took more than {bounds.seconds:g} seconds to answer.")
    return bytes(content)
