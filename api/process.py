"""A worker process as the service sees it: one job goes in, one answer comes out, and it can be killed."""

from __future__ import annotations

import asyncio
import json
import mmap
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from api.answers import ASIDE, HEAD, NOTE, STAGE

OnStage = Callable[[str], None]

ENDED = "The worker process ended before it answered."
_CAUSES = {-signal.SIGABRT: "Stopped: it needed more memory than it may have.",
           -signal.SIGSEGV: "Stopped: it is nested deeper than can be worked on."}
"""What ends a worker that nobody kills, by its exit status: Rust aborts without memory, a recursion past the stack."""


_FORKING = threading.Lock()


@asynccontextmanager
async def forking() -> AsyncIterator[None]:
    """Let one event loop of this process fork at a time: uvloop refuses where two do in two threads."""
    while not _FORKING.acquire(blocking=False):
        await asyncio.sleep(0.001)
    try:
        yield
    finally:
        _FORKING.release()


class BusyError(Exception):
    """A job was not begun, because the process works on something else."""


class PoolError(Exception):
    """A job got no answer; ``status`` is the HTTP status that says why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class AbortedError(PoolError):
    """A job at which its process gave up by itself: pyoxigraph without memory, or with an order that is none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole answer to a job."""

    media_type: str
    body: bytes


Tell = Callable[["Process", int | None, str, bytes], None]
"""Gets what a process says aside, as ``api.answers`` names it, and ``None`` at its end."""


class Shared:
    """What this process shares with a worker that answers connections: a socket to pass them through, and a note."""

    def __init__(self) -> None:
        self.socket, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self._memory = os.memfd_create("note")
        os.ftruncate(self._memory, NOTE)
        self.note = memoryview(mmap.mmap(self._memory, NOTE)).cast("Q")

    @property
    def handles(self) -> list[int]:
        """Return the handles that the worker inherits, as its arguments name them."""
        return [self._theirs.fileno(), self._memory]

    def passed(self) -> None:
        """Close the handles that the worker has inherited."""
        self._theirs.close()
        os.close(self._memory)


class Process(asyncio.SubprocessProtocol):
    """One process and its pipes; what it sends becomes the answer that somebody waits for.

    A protocol and no streams: those cost more than a small query does.
    """

    def __init__(self, shared: Shared | None, tell: Tell | None) -> None:
        loop = asyncio.get_running_loop()
        self._tell = tell
        self._shared = shared
        self._interrupted = False
        self._answer: asyncio.Future[Reply] = loop.create_future()
        self._on_stage: OnStage | None = None
        self._ended: asyncio.Future[int] = loop.create_future()
        self._received = bytearray()
        self._expected = HEAD.size
        self._transport: asyncio.SubprocessTransport | None = None
        self._jobs: asyncio.WriteTransport | None = None

    @classmethod
    async def start(cls, arguments: Sequence[str], tell: Tell | None = None) -> Process:
        """Return a process that is ready; ``ConnectionError`` or ``OSError`` where it does not start.

        ``tell`` gets what the process says of the connections that it is handed, and is told of its end; without it the
        process takes none.
        """
        # The child imports the same modules as this process, whatever its working directory.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        shared = Shared() if tell else None
        handles = shared.handles if shared else []
        options = ["--lane", *map(str, handles)] if handles else []
        try:
            async with forking():
                _, worker = await asyncio.get_running_loop().subprocess_exec(
                    partial(cls, shared, tell), sys.executable, "-m", "api.worker", *arguments, *options,
                    env=environment, stderr=None, pass_fds=handles)
        finally:
            if shared:
                shared.passed()
        try:
            await worker._answer
        except BaseException:
            await worker.stop()
            raise
        return worker

    @property
    def answering(self) -> int:
        """Return the number of the connection that the process is sending an answer on, or 0."""
        return self._shared.note[0] if self._shared else 0

    def say(self, message: Mapping[str, Any]) -> None:
        """Send something that has no answer."""
        assert self._jobs is not None
        self._jobs.write(json.dumps(message).encode() + b"\n")

    def hand_over(self, number: int, handle: int) -> bool:
        """Pass a connection on, and tell whether the process has room for it."""
        assert self._shared is not None
        try:
            socket.send_fds(self._shared.socket, [number.to_bytes(8)], [handle])
        except OSError:
            return False
        return True

    def interrupt(self) -> None:
        """Expect the answer to a query that the process has begun; a job that it was sent meanwhile is not begun."""
        self._fail(BusyError())
        self._interrupted = True
        self._answer = asyncio.get_running_loop().create_future()

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

        Raises ``BusyError`` where it was not begun, ``PoolError`` where it is refused, ``TimeoutError`` after ``limit``
        seconds and ``ConnectionError`` where the process ends; after the last two the process is of no use.
        """
        self._answer, self._on_stage = asyncio.get_running_loop().create_future(), on_stage
        if not self.lives:
            raise ConnectionError(ENDED)
        self.say(job)
        return await self.finish(limit)

    async def finish(self, limit: float) -> Reply:
        """Return the answer to what the process works on; see ``run``."""
        answer = self._answer
        timer = asyncio.get_running_loop().call_later(limit, self._fail, TimeoutError())
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

    async def obituary(self) -> PoolError:
        """Return why a process ended that nobody killed."""
        done, _ = await asyncio.wait([self._ended], timeout=5)
        status = self._ended.result() if done else 0
        return (AbortedError if status == -signal.SIGABRT else PoolError)(503, _CAUSES.get(status, ENDED))

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
        """Give the handles back of a process that has ended and said all that it had to say."""
        assert self._transport is not None
        self._transport.close()
        if self._tell:
            self._tell(self, None, "", b"")
        if self._shared:
            self._shared.socket.close()

    def process_exited(self) -> None:
        """Note how it ended."""
        assert self._transport is not None
        self._ended.set_result(self._transport.get_returncode() or 0)
        self._fail(ConnectionError(ENDED))

    def _settle(self, status: int, told: str, body: bytes) -> None:
        if self._tell and status in ASIDE:
            return self._tell(self, status, told, body)
        if status == STAGE:
            if self._on_stage and not self._answer.done():
                self._on_stage(told)
            return
        if self._interrupted:
            self._interrupted = False
            self.say({"resume": True})
        if self._answer.done():
            return
        if status == 200:
            self._answer.set_result(Reply(told, body))
        else:
            self._answer.set_exception(PoolError(status, told))

    def _fail(self, error: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(error)
            self._answer.exception()  # seen: nobody may be waiting
