"""A few worker processes that are killed when a job takes too long, and replaced."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class PoolError(Exception):
    """A job got no answer; ``status`` is the HTTP status that says why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole answer to a job."""

    media_type: str
    body: bytes


class _Worker:
    """One process, its pipes, and the frames that go through them."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> _Worker:
        # The child imports the same modules as this process, whatever its working directory.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.worker", *arguments, env=environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        worker = cls(process)
        try:
            await worker.receive()
        except BaseException:
            await worker.stop()
            raise
        return worker

    async def run(self, job: Mapping[str, Any]) -> Reply:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        await self.process.stdin.drain()
        return await self.receive()

    async def receive(self) -> Reply:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise ConnectionError("the worker process ended")
        header = json.loads(line)
        if header["status"] != 200:
            raise PoolError(header["status"], header["detail"])
        body = await self.process.stdout.readexactly(header["length"])
        return Reply(header.get("media_type", ""), body)

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


class Pool:
    """Runs jobs in at most ``size`` processes; at most ``queue`` more jobs wait for one.

    A process starts at the first job that needs it and serves many. One that misses ``timeout``
    seconds, or whose caller has gone, is killed, so the work really ends.
    """

    def __init__(self, arguments: Sequence[str], *, size: int, queue: int, timeout: float) -> None:
        self.timeout = timeout
        self._arguments = tuple(arguments)
        self._capacity = size + queue
        self._free = asyncio.Semaphore(size)
        self._idle: list[_Worker] = []
        self._jobs = 0

    @property
    def idle_processes(self) -> list[int]:
        """Return the ids of the processes that wait for a job."""
        return [worker.process.pid for worker in self._idle]

    async def warm(self) -> None:
        """Start one process now, so that a store that cannot be opened is known at once."""
        self._idle.append(await self._start())

    async def run(self, job: Mapping[str, Any]) -> Reply:
        """Return the answer to ``job``; ``PoolError`` where it is refused, too slow or one too many."""
        if self._jobs >= self._capacity:
            raise PoolError(429, "Too many queries are waiting; try again in a moment.")
        self._jobs += 1
        try:
            async with self._free:
                return await self._run(job)
        finally:
            self._jobs -= 1

    async def close(self) -> None:
        """End the processes."""
        while self._idle:
            await self._idle.pop().stop()

    async def _start(self) -> _Worker:
        try:
            return await _Worker.start(self._arguments)
        except (ConnectionError, OSError) as error:
            raise PoolError(503, "No worker process could be started.") from error

    async def _run(self, job: Mapping[str, Any]) -> Reply:
        worker = self._idle.pop() if self._idle else await self._start()
        keep = False
        try:
            reply = await asyncio.wait_for(worker.run({**job, "timeout": self.timeout}), self.timeout)
            keep = True
        except PoolError:
            keep = True
            raise
        except TimeoutError as error:
            raise PoolError(504, f"Stopped after {self.timeout:g} seconds without a whole answer.") from error
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise PoolError(503, "The worker process ended before it answered.") from error
        finally:
            await self._release(worker, keep)
        return reply

    async def _release(self, worker: _Worker, keep: bool) -> None:
        if keep:
            self._idle.append(worker)
        else:
            # Shielded, because a cancelled request must not leave its query running.
            await asyncio.shield(worker.stop())
