"""The service's side of ``api.lane``: which worker has whose connection, and having it back.

uvicorn reads and answers all requests, as it does for any application. Where a connection has asked ``/sparql`` for
something and is quiet, a worker that is free gets a handle of it, and uvicorn reads nothing from it until it is back.
"""

from __future__ import annotations

import itertools
import json
import logging
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, cast

from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.access import Access
from api.answers import NOTED, ODD, RETURNED, SERVING, SLOW, STARTED, UNSENT
from api.keeper import Keeper
from api.limits import Limits
from api.observing import LOG, Metrics
from api.pool import Pool
from api.problems import problem
from api.process import Process
from api.security import HEADERS

BEGUN = "stringer.begun"
"""The key under which the scope of a request names the process that works on it already."""

_ROUTE = "/sparql"
_SLOW_SECONDS = 0.5
"""For so long a worker gets no connection that has given some back because of a slow job."""
_FIELDS = "".join(f"{name.lower()}: {value}\r\n" for name, value in {"server": "uvicorn", **HEADERS}.items())


class Front:
    """The connections that workers have, by worker and number, and the snapshots that they answer from."""

    def __init__(self, hosts: Sequence[str], limits: Limits, metrics: Metrics) -> None:
        self._hosts = hosts
        self._limits = limits
        self._metrics = metrics
        self._numbers = itertools.count(1)
        self.lent: dict[Process, dict[int, FrontProtocol]] = {}
        self._leases: dict[Process, deque[ExitStack]] = {}
        self._slow: dict[Process, float] = {}
        self._pool: Pool | None = None
        self._keeper: Keeper | None = None

    def open(self, pool: Pool, keeper: Keeper) -> None:
        """Lend connections to the processes of the pool, which answer from the snapshots of the keeper."""
        self._pool, self._keeper = pool, keeper
        self.publish()

    def publish(self) -> None:
        """Let the workers answer from the snapshot that is current now, before anything that is asked after this."""
        for worker in self._leases:
            self._instruct(worker)

    def lend(self, connection: FrontProtocol) -> bool:
        """Hand a connection to the worker that has fewest, and tell whether there is one that is not slow just now."""
        now = time.monotonic()
        quick = [worker for worker in self.lent if self._slow.get(worker, 0) < now]
        if not quick:
            return False
        worker, number = min(quick, key=lambda worker: len(self.lent[worker])), next(self._numbers)
        if not worker.hand_over(number, connection.transport.get_extra_info("socket").fileno()):
            return False
        self.lent[worker][number] = connection
        return True

    def tell(self, worker: Process, what: int | None, told: str, body: bytes) -> None:
        """Do what a worker says: see ``api.answers.ASIDE``; ``None`` is its end."""
        if what is None:
            self._bury(worker)
        elif what == SERVING:
            self._serving(worker)
        elif what == NOTED:
            for method, times in json.loads(body).items():
                for seconds in times:
                    self._metrics.count(method, _ROUTE, 200, seconds)
        else:
            for number in map(int, told.split()):
                self._settle(worker, what, self.lent[worker].pop(number), body)

    def _settle(self, worker: Process, what: int, connection: FrontProtocol, body: bytes) -> None:
        if what == STARTED or body == SLOW:
            self._slow[worker] = time.monotonic() + _SLOW_SECONDS
        if what == STARTED:
            assert self._pool is not None
            self._pool.interrupted(worker)
            connection.take_back()
            connection.begin(body, worker)
        elif what == UNSENT:
            connection.take_back(unsent=body)
        elif what == RETURNED:
            connection.take_back(plain=body != ODD)

    def _serving(self, worker: Process) -> None:
        if worker not in self._leases:
            self._leases[worker] = deque()
            self._instruct(worker)
        elif worker not in self.lent:
            self.lent[worker] = {}
        else:
            self._leases[worker].popleft().close()  # of the snapshot before, which it has closed

    def _instruct(self, worker: Process) -> None:
        if self._keeper is None:
            return
        lease = ExitStack()
        place = lease.enter_context(self._keeper.lease())
        self._leases[worker].append(lease)
        job = {"rows": self._limits.rows, "bytes": self._limits.bytes, "store": str(place),
               "version": self._keeper.version, "remote": {"hosts": [], "bytes": 0, "seconds": 0}}
        worker.say({"lane": {"job": job, "hosts": self._hosts, "fields": _FIELDS, "seconds": self._limits.seconds}})

    def _bury(self, worker: Process) -> None:
        """Have the connections of a worker back that has ended; an answer that it was sending is lost."""
        for number, connection in self.lent.pop(worker, {}).items():
            if number == worker.answering:
                connection.transport.abort()
            else:
                connection.take_back()
        for lease in self._leases.pop(worker, ()):
            lease.close()
        if self._pool:
            self._pool.drop_dead()
        self._slow.pop(worker, None)


class ServiceProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which tells of bytes that are no HTTP, or of an address too long, as of every other error."""

    def send_400_response(self, msg: str) -> None:
        """Answer with a problem, and close the connection."""
        answer = problem(400, msg)
        fields = (*self.server_state.default_headers, *answer.raw_headers, (b"connection", b"close"))
        lines = b"".join(b"%b: %b\r\n" % field for field in fields)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n%b\r\n%b" % (lines, bytes(answer.body)))
        self.transport.close()


class FrontProtocol(ServiceProtocol):
    """uvicorn's protocol for a connection that a worker may have for a while."""

    def __init__(self, front: Front, **options: Any) -> None:
        super().__init__(**options)
        self._front = front
        self._whole = False
        self._plain = True
        self._lent = False

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        self._whole = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._whole = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Offer the connection to the workers once the answer is out."""
        super().on_response_complete()
        if self._plain and self.scope["path"] == _ROUTE:
            self.loop.call_soon(self._offer)

    def take_back(self, *, unsent: bytes = b"", plain: bool = True) -> None:
        """Read from the connection again, and send the rest of an answer; what is not ``plain`` is lent no more."""
        self._lent, self._plain = False, plain
        if self.transport.is_closing():
            return
        self.transport.write(unsent)
        self.flow.resume_reading()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def begin(self, request: bytes, worker: Process) -> None:
        """Answer a request that a worker works on already."""
        if not self.transport.is_closing():
            self.data_received(request)
            cast(dict[str, Any], self.scope)[BEGUN] = worker

    def _offer(self) -> None:
        quiet = self._whole and self.cycle.response_complete and not self.pipeline and not self._lent and not (
            self.transport.is_closing() or self.transport.get_write_buffer_size())
        if quiet:
            self.flow.pause_reading()
            self._lent = self._front.lend(self)
            if self._lent:
                self._unset_keepalive_if_required()
            else:
                self.flow.resume_reading()


def front_for(hosts: Sequence[str], limits: Limits, access: Access, metrics: Metrics) -> Front | None:
    """Return a front where workers may answer by themselves: where nothing asks to see each request first.

    That is what access for everybody, no rates and no log mean; handles are passed on, and waited for, on Linux.
    """
    everybody = access.client(None)
    may = everybody is not None and everybody.may("read") and not limits.rate and not LOG.isEnabledFor(logging.INFO)
    return Front(hosts, limits, metrics) if may and sys.platform == "linux" else None


def protocol_of(app: ASGIApp) -> Any:
    """Return the protocol with which uvicorn has to serve the application."""
    front = getattr(getattr(app, "state", None), "front", None)
    return partial(FrontProtocol, front) if front else ServiceProtocol
