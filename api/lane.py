"""Connections that a reader answers itself: what is asked and answered within a moment costs no second process.

The service hands a worker the connections of clients who ask ``/sparql`` again and again, and keeps a handle of each.
The worker looks at what has come without taking it (``MSG_PEEK``). A plain query that is done in time is taken and
answered; whatever else has come is left in the connection, which the service then has back and answers as usual. A
query that takes longer than ``_PATIENCE`` is told to the service, which waits for its answer like for that of any job,
and all other connections of the worker go back at once. So nothing is lost where a worker dies: what it had not taken
is still there, and a shared number says whose answer it was sending.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from uuid import uuid4

from api.answers import GRACE, NOTED, ODD, RETURNED, SERVING, SLOW, STARTED, UNSENT, Job, Outcome, Send
from api.parameters import FORM, QUERY, read_pairs

_PATIENCE = 0.025
"""Seconds between two looks at the work: what has used as much CPU time since the one before is slow."""

_IDLE = 3.0
"""Seconds after which a connection that nobody uses goes back, before the service's own limit closes it."""

_LOOKED_AT = 16384
"""Bytes of a request that are looked at; a longer one is not answered here."""

_SECOND = 1.0
"""How often at most the service is told how long answers took; what takes longer is slow without CPU time, too."""

_PLAIN = frozenset(("host", "accept", "accept-encoding", "accept-language", "cache-control", "connection",
                    "content-length", "content-type", "dnt", "pragma", "referer", "user-agent"))
"""Fields that a request answered here may have: none that changes anything but the format."""

_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
_ALLOWED = frozenset(("query", "default-graph-uri", "named-graph-uri"))

@dataclass(frozen=True, slots=True)
class Question:
    """A plain query by HTTP: its method, its job, and how many bytes it takes in the connection."""

    method: str
    job: Job
    length: int


@dataclass(slots=True)
class Connection:
    """A client's connection, under the number that the service has for it."""

    id: int
    socket: socket.socket
    used: float = field(default_factory=time.monotonic)


def read_question(data: bytes, hosts: Sequence[str]) -> Question | None:
    """Return the query that the data begin with, or ``None`` unless it is whole and nothing but plain."""
    end = data.find(b"\r\n\r\n")
    head = data[:max(end, 0)].decode("latin-1")
    lines = head.split("\r\n")
    request, fields = lines[0].split(" "), _fields(lines[1:])
    if len(request) != 3 or request[2] != "HTTP/1.1" or not fields or head.count("\n") + head.count("\r") != 2 * len(
            lines) - 2 or "\0" in head:
        return None
    host = fields.get("host", "")
    if not _HOST.fullmatch(host) or ("*" not in hosts and host.partition(":")[0] not in hosts) or (
            fields.get("connection", "keep-alive").lower() != "keep-alive"):
        return None
    found = _parameters(request[0], request[1], fields, data[end + 4:])
    if found is None:
        return None
    parameters, length = found
    if len(parameters.get("query", ())) != 1 or not _ALLOWED.issuperset(parameters):
        return None
    return Question(request[0], {"sparql": parameters["query"][0], "accept": fields.get("accept"),
                                 "base": f"http://{host}/sparql",
                                 "default_graphs": parameters.get("default-graph-uri", []),
                                 "named_graphs": parameters.get("named-graph-uri", [])}, end + 4 + length)


def _fields(lines: Sequence[str]) -> dict[str, str] | None:
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or name not in _PLAIN or name in fields:
            return None
        fields[name] = value.strip(" \t")
    return fields


def _parameters(method: str, target: str, fields: Mapping[str, str],
                rest: bytes) -> tuple[Mapping[str, Sequence[str]], int] | None:
    """Return the parameters of the address or of the body, and the length of the body."""
    if method == "GET" and target.startswith("/sparql?") and "content-length" not in fields:
        return read_pairs(target[8:].encode("latin-1")), 0
    length = fields.get("content-length", "")
    if method != "POST" or target != "/sparql" or not length.isdecimal() or len(rest) < int(length):
        return None
    body, media_type = rest[:int(length)], fields.get("content-type")
    if media_type == FORM:
        return read_pairs(body), len(body)
    return ({"query": [body.decode("utf-8")]}, len(body)) if media_type == QUERY else None


class Lane:
    """The connections of one worker, the one query that it works on, and a watch over it in a thread of its own.

    ``send`` sends a frame to the service: what the watch sends it sends while the worker is busy with a query, and the
    worker sends only when it is not, so the two never meet. ``note`` is shared with the service. ``_held`` says
    that the service has yet to notice that this worker was busy: jobs that it sent before are void.
    """

    def __init__(self, answer: Callable[[Job], Outcome], send: Send, handover: socket.socket,
                 note: memoryview) -> None:
        self._answer = answer
        self._send = send
        self._handover = handover
        self._note = note
        self._settings: Mapping[str, Any] = {}
        self._connections: dict[int, Connection] = {}
        self._buffer = memoryview(bytearray(_LOOKED_AT))
        self._times: dict[str, list[float]] = {}
        self._poll = select.epoll()
        self._poll.register(0, select.EPOLLIN)
        self._poll.register(handover, select.EPOLLIN)
        self._lock = threading.Lock()
        self._active = threading.Event()
        self._turn = 0  # odd while something is worked on
        self._asked: tuple[Connection, Question] | None = None
        self._told = False
        self._tidied = time.monotonic()
        self._held = False
        threading.Thread(target=self._watch, daemon=True).start()

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs from standard input until it ends; in between, answer connections."""
        pieces: list[bytes] = []
        self._send(SERVING)
        while True:
            self._wait()
            piece = os.read(0, 1 << 16)
            if not piece:
                return
            pieces.append(piece)
            if b"\n" in piece:
                *lines, rest = b"".join(pieces).split(b"\n")
                pieces = [rest]
                for line in lines:
                    yield from self._heard(json.loads(line))

    def work(self, job: Job) -> Outcome:
        """Return what becomes of a job; a slow one costs the worker its connections."""
        self._begin(None)
        try:
            return self._answer(job)
        finally:
            self._end()

    def _heard(self, job: Job) -> Iterator[Job]:
        if "lane" in job:
            self._settings = job["lane"]
            self._answer({**self._settings["job"], "open": True})
            self._send(SERVING)
        elif "resume" in job:
            self._held = False
        elif not self._held:
            yield job

    def _wait(self) -> None:
        """Answer connections until something stands on standard input."""
        while True:
            for handle, _ in sorted(self._poll.poll(_SECOND if self._connections or self._times else None)):
                if handle == 0:
                    return  # before all connections: what the service has said counts for what is asked after it
                if handle == self._handover.fileno():
                    self._take_over()
                elif connection := self._connections.get(handle):
                    self._serve(connection)
            self._tidy()

    def _take_over(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self._add(*socket.recv_fds(self._handover, 8, 1)[:2])

    def _add(self, message: bytes, handles: list[int]) -> None:
        connection = Connection(int.from_bytes(message), socket.socket(fileno=handles[0]))
        self._connections[handles[0]] = connection
        self._poll.register(handles[0], select.EPOLLIN)

    def _serve(self, connection: Connection) -> None:
        question = self._look(connection)
        if question is None:
            return self._give_back([connection], ODD)
        connection.used = started = time.monotonic()
        self._begin((connection, question))
        status, told, body = self._answer({**self._settings["job"], **question.job})
        known = self._end()
        if not known and status != 200:
            self._tell(connection, question)
        if known or status != 200:
            self._held = True
            self._send(status, told, body)
        else:
            self._reply(connection, question, told, body)
            self._times.setdefault(question.method, []).append(time.monotonic() - started)

    def _look(self, connection: Connection) -> Question | None:
        try:
            count = connection.socket.recv_into(self._buffer, 0, socket.MSG_PEEK)
            return read_question(bytes(self._buffer[:count]), self._settings["hosts"])
        except (OSError, ValueError):  # gone, or not UTF-8: the service will see it and say so
            return None

    def _reply(self, connection: Connection, question: Question, media_type: str, body: bytes) -> None:
        self._note[0] = connection.id
        self._discard(connection, question.length)
        answer = self._head(media_type, len(body)) + body
        try:
            sent = connection.socket.send(answer)
        except BlockingIOError:
            sent = 0
        except OSError:
            sent = len(answer)  # the client has gone: the service sees it when it has the connection back
        if sent < len(answer):
            self._send(UNSENT, str(connection.id), answer[sent:])
            self._drop(connection)
        self._note[0] = 0

    def _head(self, media_type: str, length: int) -> bytes:
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""  # as Starlette has it
        return (f"HTTP/1.1 200 OK\r\ndate: {formatdate(usegmt=True)}\r\n{self._settings['fields']}"
                f"vary: Accept\r\ncontent-length: {length}\r\ncontent-type: {media_type}{charset}\r\n"
                f"x-request-id: {uuid4().hex}\r\n\r\n").encode("latin-1")

    def _discard(self, connection: Connection, length: int) -> bytes:
        """Take a request that has been looked at out of its connection."""
        count = connection.socket.recv_into(self._buffer, length)
        return bytes(self._buffer[:count])

    def _tell(self, connection: Connection, question: Question) -> None:
        """Let the service answer a query that this worker works on, or has a refusal for."""
        self._note[0] = connection.id
        self._send(STARTED, str(connection.id), self._discard(connection, question.length))
        self._note[0] = 0
        self._drop(connection)

    def _give_back(self, connections: Sequence[Connection], reason: bytes = b"") -> None:
        for connection in connections:
            self._drop(connection)
        if connections:
            self._send(RETURNED, " ".join(str(connection.id) for connection in connections), reason)

    def _drop(self, connection: Connection) -> None:
        del self._connections[connection.socket.fileno()]
        self._poll.unregister(connection.socket)
        connection.socket.close()

    def _tidy(self) -> None:
        """Give back what nobody uses, and tell how long answers took."""
        now = time.monotonic()
        if now - self._tidied < _SECOND:
            return
        self._tidied = now
        self._give_back([each for each in self._connections.values() if each.used < now - _IDLE])
        if self._times:
            self._send(NOTED, "", json.dumps(self._times).encode())
            self._times = {}

    def _begin(self, asked: tuple[Connection, Question] | None) -> None:
        with self._lock:
            self._asked, self._told = asked, False
            self._turn += 1
            if not self._active.is_set():
                self._active.set()

    def _end(self) -> bool:
        """Tell whether the service has been told of the work."""
        with self._lock:
            self._turn += 1
            if self._told:
                signal.setitimer(signal.ITIMER_REAL, 0)
            return self._told

    def _watch(self) -> None:
        # In CPU time, because on a busy machine a query that waits for its turn is no slow one.
        clock = time.pthread_getcpuclockid(threading.main_thread().ident or 0)
        turn, spent, since = 0, 0.0, 0.0
        while self._active.wait():
            time.sleep(_PATIENCE)
            with self._lock:
                if turn != self._turn:
                    turn, spent, since = self._turn, time.clock_gettime(clock), time.monotonic()
                elif turn % 2 == 0:
                    self._active.clear()
                elif time.clock_gettime(clock) - spent > _PATIENCE or time.monotonic() - since > _SECOND:
                    self._surrender()

    def _surrender(self) -> None:
        """Give all connections back, and let the service wait for the query of one of them."""
        asked = None if self._told else self._asked
        if asked:
            self._tell(*asked)
            self._told = True
            signal.setitimer(signal.ITIMER_REAL, self._settings["seconds"] + GRACE)
        self._take_over()  # what the service has passed on meanwhile would wait for the end of this work
        self._give_back(list(self._connections.values()), SLOW)
