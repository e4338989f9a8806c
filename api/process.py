"""A worker process as the service sees it: one job goes in, one answer comes out, and it can be killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from api.answers import HEAD, STAGE

OnStage = Callable[[str], None]

ENDED = "The worker process ended before it answered."
_CAUSES = {-signal.SIGABRT: "Stopped: it needed more memory than it may have.",
           -signal.SIGSEGV: "Stopped: it is nested deeper than can be worked on."}
"""What ends a worker that nobody kills, by its exit status: Rust aborts without memory, a recursion past the stack."""


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


class Process(asyncio.SubprocessProtocol):
    """One process and its pipes; what it sends becomes the answer that somebody waits for.

    A protocol and no streams: those cost more than a small query does.
    """

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Reply] = loop.create_future()
        self._on_stage: OnStage | None = None
        self._ended: asyncio.Future[int] = loop.create_future()
        self._received = bytearray()
        self._expected = HEAD.size
        self._transport: asyncio.SubprocessTransport | None = None
        self._jobs: asyncio.WriteTransport | None = None

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> Process:
        """Return a process that is ready; ``ConnectionError`` or ``OSError`` where it does not start."""
        # The child imports the same modules as this process, whatever its working directory.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        _, worker = await asyncio.get_running_loop().subprocess_exec(
            cls, sys.executable, "-m", "api.worker", *arguments, env=environment, stderr=None)
        try:
            await worker._answer
        except BaseException:
            await worker.stop()
            raise
        return worker

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        assert self._transport is not None
        return self._transport.get_pid()

    @property
    def lives(self) -> bool:
        """Tell whether the process has not ended."""
        return not self._ended.done()

    async def run(self, job: Mapping[str, Any], limit: float, on_stage: OnStage | None = None) -> Reply:
        """Return the answer to a job; ``on_stage`` is called with the name of each of its stages that begins.

        Raises ``PoolError`` where the job is refused, ``TimeoutError`` after ``limit`` seconds and
        ``ConnectionError`` where the process ends; after the last two the process is of no use.
        """
        assert self._jobs is not None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Reply] = loop.create_future()
        self._answer, self._on_stage = answer, on_stage
        if not self.lives:
            raise ConnectionError(ENDED)
        self._jobs.write(json.dumps(job).encode() + b"\n")
        timer = loop.call_later(limit, self._fail, TimeoutError())
        try:
            return await answer
        finally:
            timer.cancel()

    async def stop(self) -> None:
        """Kill the process where it lives, and return when it has ended."""
        assert self._transport is not None
        if self.lives:
            self._transport.kill()
        await self._ended
        self._transport.close()

    async def obituary(self) -> str:
        """Return why a process ended that nobody killed."""
        done, _ = await asyncio.wait([self._ended], timeout=5)
        return _CAUSES.get(self._ended.result(), ENDED) if done else ENDED

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the pipe that jobs go into."""
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._jobs = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what the process sent, and pass the answer on when it is whole."""
        self._received += data
        while len(self._received) >= self._expected:
            status, told, length = HEAD.unpack_from(self._received)
            self._expected = HEAD.size + told + length
            if len(self._received) < self._expected:
                return
            self._settle(status, bytes(self._received[HEAD.size:HEAD.size + told]).decode(),
                         bytes(memoryview(self._received)[HEAD.size + told:self._expected]))
            self._received = self._received[self._expected:]
            self._expected = HEAD.size

    def pipe_connection_lost(self, fd: int, error: Exception | None) -> None:
        """Fail the answer: a process that closes a pipe is ending."""
        self._fail(ConnectionError(ENDED))

    def connection_lost(self, error: Exception | None) -> None:
        """Give the handles back of a process that ended by itself."""
        assert self._transport is not None
        self._transport.close()

    def process_exited(self) -> None:
        """Note how it ended."""
        assert self._transport is not None
        self._ended.set_result(self._transport.get_returncode() or 0)
        self._fail(ConnectionError(ENDED))

    def _settle(self, status: int, told: str, body: bytes) -> None:
        if self._answer.done():
            return
        if status == STAGE:
            if self._on_stage:
                self._on_stage(told)
        elif status == 200:
            self._answer.set_result(Reply(told, body))
        else:
            self._answer.set_exception(PoolError(status, told))

    def _fail(self, error: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(error)
            self._answer.exception()  # seen: nobody may be waiting
