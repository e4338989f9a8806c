"""A few worker processes that are killed when a job takes too long, and replaced."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from api.process import BusyError, OnStage, PoolError, Process, Reply, Tell
from api.tracing import span

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

__all__ = ["Pool", "PoolError", "Reply"]

_START_SECONDS = 120.0


class Pool:
    """Runs jobs in at most ``size`` processes; at most ``queue`` more jobs wait for one.

    A process serves many jobs. One that misses ``timeout`` seconds, or whose caller has gone, is
    killed, so the work really ends, and another takes its place. ``tell`` gets what processes say of
    the connections that they are handed.
    """

    def __init__(self, arguments: Sequence[str], *, size: int, queue: int, timeout: float,
                 tracer: Tracer | None = None, tell: Tell | None = None) -> None:
        self.timeout = timeout
        self.size = size
        self.restarts = 0
        self.ended = 0
        self.seconds = 0.0
        self._arguments = tuple(arguments)
        self._tracer = tracer
        self._tell = tell
        self._capacity = size + queue
        self._idle: list[Process] = []
        self._busy: set[Process] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._waiting: deque[asyncio.Future[Process]] = deque()
        self._jobs = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def idle(self) -> Sequence[Process]:
        """Return the processes that wait for a job."""
        return self._idle

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
        workers = await asyncio.gather(*(self._take(_START_SECONDS) for _ in range(self.size)))
        for worker in workers:
            self._give(worker)

    async def run(self, job: Mapping[str, Any], *, timeout: float | None = None, urgent: bool = False,
                  begun: Process | None = None, on_stage: OnStage | None = None) -> Reply:
        """Return the answer to ``job``; ``PoolError`` where it is refused, too slow or one too many.

        ``timeout`` stands in for the pool's own, in seconds, for the wait and for the work each.
        An ``urgent`` job waits even where the queue is full. ``begun`` is a process that works on the job already.
        ``on_stage`` is called with the stages of an extraction.
        """
        limit = self.timeout if timeout is None else timeout
        if self._jobs >= self._capacity and not urgent and not begun:
            raise PoolError(429, "Too many requests are waiting; try again in a moment.")
        self._jobs += 1
        started = time.monotonic()
        try:
            with span(self._tracer, self._arguments[0], {"stringer.timeout": limit}):
                if begun:
                    return await self._run(begun, begun.finish(limit), limit)
                return await self._run_somewhere({**job, "timeout": limit}, limit, on_stage)
        finally:
            self._jobs -= 1
            self.ended += 1
            self.seconds += time.monotonic() - started

    def interrupted(self, worker: Process) -> None:
        """Count a process as busy with what it has begun by itself."""
        worker.interrupt()
        if worker in self._idle:
            self._idle.remove(worker)
        self._busy.add(worker)

    def drop_dead(self) -> None:
        """Replace the processes that died while idle."""
        living = [worker for worker in self._idle if worker.lives]
        dead = len(self._idle) - len(living)
        self._idle[:] = living
        for _ in range(dead):
            self._replace()

    async def close(self) -> None:
        """End the processes."""
        # A start that is cancelled half-way never ends: asyncio waits for pipes that are not connected.
        await asyncio.gather(*self._starting)
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        for worker in workers:
            await worker.stop()

    async def _take(self, limit: float) -> Process:
        """Return a process that waits for a job, or the next one that does within ``limit`` seconds."""
        self.drop_dead()
        if self._idle:
            worker = self._idle.pop()
            self._busy.add(worker)
            return worker
        self._start_missing(1)
        place: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await asyncio.wait([place], timeout=limit)
            while self._starting and not place.done():  # one that starts is waited for
                await asyncio.wait([place], timeout=limit)
        except asyncio.CancelledError:
            if not place.cancel() and not place.exception():
                self._give(place.result())  # it came in the same moment
            raise
        if place.cancel():
            raise PoolError(503, f"No worker became free within {limit:g} seconds; try again later.")
        return place.result()

    def _give(self, worker: Process) -> None:
        """Pass a process on to the first job that waits, or let it wait for one."""
        self._busy.discard(worker)
        if place := self._next():
            self._busy.add(worker)
            place.set_result(worker)
        else:
            self._idle.append(worker)

    def _next(self) -> asyncio.Future[Process] | None:
        """Return who has waited longest."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                return place
        return None

    async def _run_somewhere(self, job: Mapping[str, Any], limit: float, on_stage: OnStage | None) -> Reply:
        while True:
            worker = await self._take(limit)
            try:
                return await self._run(worker, worker.run(job, limit, on_stage), limit)
            except BusyError:
                continue

    async def _run(self, worker: Process, work: Coroutine[Any, Any, Reply], limit: float) -> Reply:
        after = self._end
        try:
            reply = await work
            after = self._keep
        except BusyError:
            after = self._leave
            raise
        except PoolError:
            after = self._keep
            raise
        except TimeoutError as error:
            raise PoolError(504, f"Stopped after {limit:g} seconds without a whole answer.") from error
        except ConnectionError as error:
            raise await worker.obituary() from error
        finally:
            await after(worker)
        return reply

    async def _keep(self, worker: Process) -> None:
        self._give(worker)

    async def _leave(self, worker: Process) -> None:
        """Do nothing: it works for somebody else, who looks after it."""

    async def _end(self, worker: Process) -> None:
        self._busy.discard(worker)
        self._replace()
        # Shielded, because a cancelled request must not leave its query running.
        await asyncio.shield(worker.stop())

    def _replace(self) -> None:
        self.restarts += 1
        self._start()

    def _start_missing(self, wanted: int) -> None:
        """Start a process for those who want one where fewer are there than may be."""
        if len(self._starting) < wanted + sum(not place.done() for place in self._waiting) and (
                len(self._busy) + len(self._starting) < self.size):
            self._start()

    def _start(self) -> None:
        task = asyncio.create_task(self._add())
        self._starting.add(task)
        task.add_done_callback(self._started)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        self._start_missing(0)

    async def _add(self) -> None:
        try:
            worker = await Process.start(self._arguments, self._tell)
        except (ConnectionError, OSError):
            self._fail(PoolError(503, "No worker process could be started."))
        else:
            self._give(worker)

    def _fail(self, error: PoolError) -> None:
        """Tell who has waited longest that no process starts, or the log; the next one tries again."""
        if place := self._next():
            place.set_exception(error)
        else:
            print(f"api.pool: {error}", file=sys.stderr)
