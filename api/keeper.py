"""The one writer of a store, and the snapshots that its readers get after each write."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.limits import Limits
from api.pool import Pool, PoolError, Reply
from api.snapshots import Snapshots
from kg.search.files import Fingerprint, fingerprint

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_SNAPSHOT_SECONDS = 120.0
_IDLE_SECONDS = 1.0
"""The writer gives the store's directory back after so long without an update."""


class Keeper:
    """Writes to a store in a process of its own and publishes a snapshot after each write.

    A write is answered when readers see it. What other processes write is seen within
    ``Limits.staleness`` seconds, and the time a snapshot takes, of their closing the store; while
    they hold it, what they have flushed.
    """

    def __init__(self, store: Path, limits: Limits, tracer: Tracer | None = None) -> None:
        self._store = store
        self._staleness = limits.staleness
        self._snapshots = Snapshots(store)
        self.pool = Pool(["writer", str(store), "--memory", str(limits.memory)],
                          size=1, queue=limits.updates, timeout=limits.seconds, tracer=tracer)
        self._publishing = asyncio.Lock()
        self.snapshots = 0
        self._committed = self._published = 0
        self._seen: Fingerprint = []
        self.state = ""
        self._last_write: float | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def version(self) -> str:
        """Return a name for the state that readers see now."""
        return self._snapshots.version

    async def open(self) -> None:
        """Publish the first snapshot and watch for the writes of others; ``PoolError`` where there is no store."""
        if not (self._store / "CURRENT").is_file():
            raise PoolError(503, f"there is no store at {self._store}")
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
        if fingerprint(self._store) != self._seen:
            async with self._publishing:
                if fingerprint(self._store) != self._seen:  # and not one of our own writes, published meanwhile
                    await self._snapshot()
