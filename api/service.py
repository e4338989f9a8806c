"""What all routes share: the readers, the keeper of the store, who may do what, and the limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Request

from api.access import ANONYMOUS, Access, Client
from api.audit import AuditLog
from api.conditional import condition
from api.front import BEGUN, Front
from api.keeper import keeper_of
from api.latest import Latest
from api.limits import Limits
from api.pool import Pool, PoolError, Reply
from api.process import AbortedError, Process
from api.sessions import client_of
from kg.sparql import sort_numbers_apart
from kg.store import is_address

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_PATIENCE = 0.02
OVERVIEW = ".overview.json"
"""The file beside a store that keeps the figures of its home page."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, and from where."""

    name: str
    address: str


class Service:
    """The running parts of the application, from one start to the next stop."""

    def __init__(self, store: Path | str, *, limits: Limits, access: Access, hosts: Sequence[str],
                 audit: Path | None, tracer: Tracer | None = None, front: Front | None = None) -> None:
        self.limits = limits
        self.access = access
        self.remote = {"hosts": list(hosts), "bytes": limits.remote_bytes, "seconds": limits.remote_seconds}
        self.audit = AuditLog(audit)
        self.store = None if is_address(store) else Path(store)
        self.keeper = keeper_of(store, limits, tracer)
        memory = ["--memory", str(limits.memory)]
        self.front = front
        self.queries = Pool(["reader", *memory], size=limits.workers, queue=limits.queue, timeout=limits.seconds,
                            tracer=tracer, tell=front.tell if front else None)
        self.extractions = Pool(["extractor"], size=1, queue=2, timeout=limits.extract_seconds, tracer=tracer)
        self.kept: dict[str, Reply] = {}
        self.overview = Latest(lambda: self.run({"view": "overview", "arguments": {}}, limits.max_seconds),
                               self.store / OVERVIEW if self.store else None)

    @property
    def pools(self) -> Mapping[str, Pool]:
        """Return the pools by what they do."""
        return {"query": self.queries, "extract": self.extractions, "write": self.keeper.pool}

    async def open(self) -> None:
        """Start the readers; ``PoolError`` where the store cannot be read."""
        await asyncio.gather(self.keeper.open(), self.queries.warm())
        if self.front:
            self.front.open(self.queries, self.keeper)
            self.keeper.published = self.front.publish

    async def close(self) -> None:
        """Stop all processes and remove the snapshots."""
        await self.overview.close()
        for part in (self.queries, self.extractions, self.keeper):
            await part.close()

    async def read(self, request: Request, job: Mapping[str, Any], timeout: float | None = None) -> Reply:
        """Answer a job from what readers see now; it stops when the client goes."""
        return await while_connected(request, self.run(job, timeout, request.scope.get(BEGUN)))

    async def held(self) -> Any:
        """Return the view ``overview`` of the present state, or of the one a moment ago, as ``api.latest`` has it."""
        return json.loads(await self.overview.get(self.keeper.version))

    async def run(self, job: Mapping[str, Any], timeout: float | None = None, begun: Process | None = None) -> Reply:
        """Answer a job from what readers see now, or as the process does that has begun."""
        with self.keeper.lease() as place:
            full = {"rows": self.limits.rows, "bytes": self.limits.bytes, "remote": self.remote, **job,
                    "store": str(place), "version": self.keeper.version}
            limit = self.limits.granted(timeout)
            try:
                return await self.queries.run(full, timeout=limit, begun=begun)
            except AbortedError:
                text = full.get("sparql", "")
                apart = sort_numbers_apart(text)
                if apart == text:
                    raise
                return await self.queries.run({**full, "sparql": apart}, timeout=limit)

    async def write(self, request: Request, job: Mapping[str, Any], *, operation: str, target: str = "",
                    body: bytes = b"", timeout: float | None = None) -> Reply:
        """Do a writing job for a client who may, and note it.

        A client that goes does not stop it, so that what the note says is true.
        """
        author = self.author(request, operation=operation, target=target, body=body)
        return await self.write_as(author, {**condition(request), **job}, operation=operation, target=target, body=body,
                                   timeout=timeout)

    def author(self, request: Request, *, operation: str, target: str = "", body: bytes = b"") -> Author:
        """Return who sends the request, where they may write; else note the attempt and raise 401 or 403."""
        address = request.client.host if request.client else ""
        try:
            return Author(require(request, "write").name, address)
        except HTTPException as refusal:
            self.audit.write(client="", address=address, operation=operation, target=target, body=body,
                             status=refusal.status_code)
            raise

    async def write_as(self, author: Author, job: Mapping[str, Any], *, operation: str, target: str = "",
                       body: bytes = b"", timeout: float | None = None) -> Reply:
        """Do a writing job for somebody who may, and note it."""
        note = partial(self.audit.write, client=author.name, address=author.address, operation=operation,
                       target=target, body=body)
        try:
            reply = await self.keeper.write({"remote": self.remote, **job}, self.limits.granted(timeout))
        except PoolError as error:
            note(status=error.status)
            raise
        note(status=200)
        return reply


def service_of(request: Request) -> Service:
    """Return the service that the request came to."""
    service: Service = request.app.state.service
    return service


def require(request: Request, scope: str) -> Client:
    """Return the client where it has the scope; 401 or 403 where not."""
    access = service_of(request).access
    client = client_of(access, request.headers, request.method)
    if client is None:
        raise HTTPException(401, "The token is not known.", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    if client.may(scope):
        return client
    if client.name == ANONYMOUS and access.tokens:
        raise HTTPException(401, f"This needs a token with the scope {scope}.", {"WWW-Authenticate": "Bearer"})
    raise HTTPException(403, f"This needs the scope {scope}; see the documentation of kg serve --tokens.")


def reading(request: Request) -> None:
    """Let those pass who may read; for routes, as a dependency."""
    require(request, "read")


async def while_connected(request: Request, work: Coroutine[Any, Any, Reply]) -> Reply:
    """Return the result of the work; where the client goes first, the work is cancelled.

    Work that is done within ``_PATIENCE`` seconds is not worth watching the connection for.
    """
    task = asyncio.current_task()
    assert task is not None
    watch = _Watch(request, task)
    timer = asyncio.get_running_loop().call_later(_PATIENCE, watch.begin)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.reason is None:
            raise
        task.uncancel()
        raise watch.reason from None
    finally:
        timer.cancel()
        watch.end()


class _Watch:
    """Waits for the client to go, and cancels the task that works for it; ``reason`` says why."""

    def __init__(self, request: Request, task: asyncio.Task[Any]) -> None:
        self.reason: HTTPException | PoolError | None = None
        self._request = request
        self._task = task
        self._watching: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._watching = asyncio.create_task(self._watch())

    def end(self) -> None:
        if self._watching:
            self._watching.cancel()

    async def _watch(self) -> None:
        try:
            while (await self._request.receive())["type"] != "http.disconnect":
                pass
            self.reason = PoolError(503, "The client went away.")
        except HTTPException as refusal:  # a body that nobody reads is too long
            self.reason = refusal
        self._task.cancel()
