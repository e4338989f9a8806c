"""A few worker processes that are killed when a job takes too long, and replaced."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.process import ENDED, OnStage, PoolError, Process, Reply
from api.tracing import span

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

__all__ = ["Pool", "PoolError", "Reply"]


class Pool:
    """Runs jobs in at most ``size`` processes; at most ``queue`` more jobs wait for one.

    A process serves many jobs. One that misses ``timeout`` seconds, or whose caller has gone, is
    killed, so the work really ends, and another takes its place.
    """

    def __init__(self, arguments: Sequence[str], *, size: int, queue: int, timeout: float,
                 tracer: Tracer | None = None) -> None:
        self.timeout = timeout
        self.size = size
        self.restarts = 0
        self._arguments = tuple(arguments)
        self._tracer = tracer
        self._capacity = size + queue
        self._free = asyncio.Semaphore(size)
        self._idle: list[Process] = []
        self._busy: set[Process] = set()
        self._jobs = 0
        self._replacing: set[asyncio.Task[None]] = set()

    @property
    def idle_processes(self) -> list[int]:
        """Return the ids of the processes that wait for a job."""
        return [worker.pid for worker in self._idle]

    @property
    def processes(self) -> list[int]:
        """Return the ids of all processes."""
        return [worker.pid for worker in (*self._idle, *self._busy)]

    @property
    def jobs(self) -> int:
        """Return how many jobs run or wait."""
        return self._jobs

    async def warm(self) -> None:
        """Start all processes now, so that what keeps them from starting is known at once."""
        self._idle += await asyncio.gather(*(self._start() for _ in range(self.size)))

    async def run(self, job: Mapping[str, Any], *, timeout: float | None = None, urgent: bool = False,
                  on_stage: OnStage | None = None) -> Reply:
        """Return the answer to ``job``; ``PoolError`` where it is refused, too slow or one too many.

        ``timeout`` stands in for the pool's own, in seconds, for the wait and for the work each.
        An ``urgent`` job waits even where the queue is full. ``on_stage`` is called with the stages of an extraction.
        """
        limit = self.timeout if timeout is None else timeout
        if self._jobs >= self._capacity and not urgent:
            raise PoolError(429, "Too many requests are waiting; try again in a moment.")
        self._jobs += 1
        try:
            with span(self._tracer, self._arguments[0], {"stringer.timeout": limit}):
                await self._wait_for_place(limit)
                return await self._run(job, limit, on_stage)
        finally:
            self._jobs -= 1

    async def close(self) -> None:
        """End the processes."""
        for task in self._replacing:
            task.cancel()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        while self._idle:
            await self._idle.pop().stop()

    async def _wait_for_place(self, limit: float) -> None:
        try:
            if self._free.locked():
                async with asyncio.timeout(limit):
                    await self._free.acquire()
            else:
                await self._free.acquire()
        except TimeoutError as error:
            raise PoolError(503, f"No worker became free within {limit:g} seconds; try again later.") from error

    async def _start(self) -> Process:
        try:
            return await Process.start(self._arguments)
        except (ConnectionError, OSError) as error:
            raise PoolError(503, "No worker process could be started.") from error

    async def _run(self, job: Mapping[str, Any], limit: float, on_stage: OnStage | None) -> Reply:
        worker, keep = None, False
        try:
            worker = self._take() or await self._start()
            self._busy.add(worker)
            reply = await worker.run({**job, "timeout": limit}, limit, on_stage)
            keep = True
        except PoolError:
            keep = worker is not None
            raise
        except TimeoutError as error:
            raise PoolError(504, f"Stopped after {limit:g} seconds without a whole answer.") from error
        except ConnectionError as error:
            raise PoolError(503, await worker.obituary() if worker else ENDED) from error
        finally:
            await self._release(worker, keep)
        return reply

    def _take(self) -> Process | None:
        """Return an idle process that still lives; those that died while idle are replaced."""
        living = [worker for worker in self._idle if worker.lives]
        dead = len(self._idle) - len(living)
        self._idle[:] = living
        for _ in range(dead if living else dead - 1):  # where none lives the caller starts one
            self._replace()
        return self._idle.pop() if living else None

    async def _release(self, worker: Process | None, keep: bool) -> None:
        if worker:
            self._busy.discard(worker)
        if worker and keep:
            self._idle.append(worker)
            self._free.release()
            return
        # The place is given on only when another process fills it, so that nobody waits for that twice.
        self._replace(self._free.release)
        if worker:
            # Shielded, because a cancelled request must not leave its query running.
            await asyncio.shield(worker.stop())

    def _replace(self, done: Callable[[], None] | None = None) -> None:
        """Start another process meanwhile, then call ``done``."""
        self.restarts += 1
        task = asyncio.create_task(self._add_idle(done))
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _add_idle(self, done: Callable[[], None] | None) -> None:
        try:
            worker = await self._start()
            self._idle.append(worker)
        except PoolError as error:
            print(f"api.pool: {error}", file=sys.stderr)  # the next job tries again
        finally:
            if done:
                done()
