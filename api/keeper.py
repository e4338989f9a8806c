"""The one writer of a store, and what its readers get: snapshots of a directory, or the endpoint itself."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from api.limits import Limits
from api.pool import Pool, PoolError, Reply
from api.snapshots import Snapshots
from kg.search.files import Fingerprint, fingerprint
from kg.store import is_address

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_SNAPSHOT_SECONDS = 120.0
_IDLE_SECONDS = 1.0
"""The writer gives the store's directory back after so long without an update."""

_STATES = 1000
"""Versions whose tags a write may name in ``If-Match``."""


class Keeper(Protocol):
    """Writes to a store in a process of its own, and says where readers find it."""

    pool: Pool
    state: str | None
    """The writer's name for what readers see; ``None`` where others may write unseen."""
    published: Callable[[], None] | None
    """Called when readers are to see something new."""

    @property
    def version(self) -> str:
        """Return a name for the state that readers see now."""

    @property
    def states(self) -> Mapping[str, str]:
        """Return the writer's names of the versions that readers saw lately."""

    async def open(self) -> None:
        """Begin; ``PoolError`` where there is no store."""

    def lease(self) -> AbstractContextManager[Path | str]:
        """Return the place to read from and keep it meanwhile."""

    async def write(self, job: Mapping[str, Any], timeout: float) -> Reply:
        """Run a writing job and return its answer once readers see what it wrote."""

    async def close(self) -> None:
        """Stop the writer."""


def keeper_of(store: Path | str, limits: Limits, tracer: Tracer | None = None) -> Keeper:
    """Return the keeper of the store in a directory or behind the address of an endpoint."""
    if is_address(store):
        return EndpointKeeper(str(store), limits, tracer)
    return DirectoryKeeper(Path(store), limits, tracer)


class EndpointKeeper:
    """Writes through a SPARQL endpoint, which readers ask themselves.

    Others may write there unseen: what readers remember of the graph they ask for again after
    ``Limits.endpoint_staleness`` seconds, and after each write of this service.
    """

    state: str | None = None
    states: Mapping[str, str] = {}
    published: Callable[[], None] | None = None

    def __init__(self, address: str, limits: Limits, tracer: Tracer | None = None) -> None:
        self._address = address
        self._staleness = limits.endpoint_staleness
        self._name, self._writes = uuid4().hex[:12], 0
        self.pool = _writer(address, limits, tracer)

    @property
    def version(self) -> str:
        """Return a name for what readers may remember."""
        return f"{self._name}-{self._writes}-{time.monotonic() // self._staleness:.0f}"

    async def open(self) -> None:
        """Do nothing: each answer shows anew whether the endpoint is there."""

    def lease(self) -> AbstractContextManager[str]:
        """Return the address of the endpoint."""
        return nullcontext(self._address)

    async def write(self, job: Mapping[str, Any], timeout: float) -> Reply:
        """Run a writing job and return its answer once the endpoint has given its own."""
        try:
            return await self.pool.run(job, timeout=timeout)
        finally:
            self._writes += 1  # what was stopped may have been done

    async def close(self) -> None:
        """Stop the writer."""
        await self.pool.close()


class DirectoryKeeper:
    """Writes to a store in a process of its own and publishes a snapshot after each write.

    A write is answered when readers see it. What other processes write is seen within
    ``Limits.staleness`` seconds, and the time a snapshot takes, of their closing the store; while
    they hold it, what they have flushed.
    """

    def __init__(self, store: Path, limits: Limits, tracer: Tracer | None = None) -> None:
        self.store = store
        self._staleness = limits.staleness
        self._snapshots = Snapshots(store)
        self.pool = _writer(str(store), limits, tracer)
        self._publishing = asyncio.Lock()
        self.snapshots = 0
        self._committed = self._published = 0
        self._seen: Fingerprint = []
        self.state: str | None = ""
        self.states: dict[str, str] = {}
        self.published: Callable[[], None] | None = None
        self._last_write: float | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def version(self) -> str:
        """Return a name for the state that readers see now."""
        return self._snapshots.version

    async def open(self) -> None:
        """Publish the first snapshot and watch for the writes of others; ``PoolError`` where there is no store."""
        if not (self.store / "CURRENT").is_file():
            raise PoolError(503, f"there is no store at {self.store}")
        try:
            self._snapshots.open()
        except OSError:
            # A directory that this process may not write is read as it is: nobody here changes it.
            return
        await self._snapshot()
        self._watching = asyncio.create_task(self._watch())

    def lease(self) -> AbstractContextManager[Path]:
        """Return the snapshot to read from and keep it meanwhile."""
        return self._snapshots.lease()

    async def write(self, job: Mapping[str, Any], timeout: float) -> Reply:
        """Run a writing job and return its answer once readers see what it wrote."""
        reply = await self.pool.run(job, timeout=timeout)
        self._committed += 1
        self._last_write = time.monotonic()
        await self._publish(self._committed)
        return reply

    async def close(self) -> None:
        """Stop the writer and remove the snapshots."""
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self.pool.close()
        self._snapshots.close()

    async def _publish(self, write: int) -> None:
        async with self._publishing:
            if self._published >= write:
                return  # the snapshot of a later write holds this one too
            await self._snapshot()

    async def _snapshot(self) -> None:
        path, covered = self._snapshots.next(), self._committed
        reply = await self.pool.run({"snapshot": str(path)}, timeout=_SNAPSHOT_SECONDS, urgent=True)
        told = json.loads(reply.body)
        self._seen, self.state = told["files"], told["state"]
        self._snapshots.swap(path)
        if self.state:
            self.states[self.version] = self.state
        if len(self.states) > _STATES:
            del self.states[next(iter(self.states))]
        if self.published:
            self.published()
        self.snapshots += 1
        self._published = covered

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._staleness)
            try:
                await self._look()
            except (PoolError, OSError) as error:
                print(f"api.keeper: {error}", file=sys.stderr)  # and look again

    async def _look(self) -> None:
        if self._last_write is not None and time.monotonic() - self._last_write > _IDLE_SECONDS:
            self._last_write = None
            await self.pool.run({"close": True}, urgent=True)
        if fingerprint(self.store) != self._seen:
            async with self._publishing:
                if fingerprint(self.store) != self._seen:  # and not one of our own writes, published meanwhile
                    await self._snapshot()


def _writer(place: str, limits: Limits, tracer: Tracer | None) -> Pool:
    return Pool(["writer", place, "--memory", str(limits.memory)], size=1, queue=limits.updates,
                timeout=limits.seconds, tracer=tracer)
