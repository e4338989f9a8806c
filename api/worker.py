"""The process that does one job at a time and can be killed: ``python -m api.worker reader``.

pyoxigraph can neither be interrupted nor given a time limit, so whatever reads or writes the store
runs here. Jobs come in as one JSON object a line on standard input; each answer goes to standard output
as ``api.answers.HEAD``, the media type or the reason why there is no body, and the body; an extractor tells its
stages so before.
"""

from __future__ import annotations

import argparse
import gc
import json
import mmap
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from api.answers import GRACE, HEAD, NOTE, STAGE, Answer, Job, Outcome, RefusedError, Send
from kg.errors import CutShortError, EndpointError, InputError, KGError, QueryError, UnavailableError

if TYPE_CHECKING:
    from api.lane import Lane

_STRANGE = "The endpoint that keeps the graph did not answer as it should. The server's log has the details."
_TROUBLE: Sequence[tuple[type[Exception], int, str]] = (
    (UnavailableError, 503, "The endpoint that keeps the graph does not answer; try again later."),
    (CutShortError, 503, "The endpoint that keeps the graph cut the result short; ask for less with LIMIT."),
    (EndpointError, 502, _STRANGE),
    (SyntaxError, 502, _STRANGE),  # of results that break off, which pyoxigraph reads bit by bit
    (KGError, 503, "The store or the language model could not be read. The server's log has the details."))
"""What a client is told of errors whose own words are for the log: they name folders and addresses."""

_OUT_OF_MEMORY = "Stopped: it needed more memory than it may have."


def main(arguments: list[str]) -> None:
    """Say that the process is there, then answer jobs until standard input ends."""
    parser = argparse.ArgumentParser(prog="api.worker")
    parser.add_argument("kind", choices=["reader", "writer", "extractor"])
    parser.add_argument("store", nargs="?", help="directory, or address of an endpoint")
    parser.add_argument("--memory", type=int, help="bytes of private memory")
    parser.add_argument("--lane", type=int, nargs=2, help="handles of the socket of connections and of the shared note")
    options = parser.parse_args(arguments)
    frames = _take_stdout()
    send = partial(_send, frames)
    answer = partial(_outcome, _answerer(options.kind, options.store, partial(send, STAGE)))
    _limit_memory(options.memory)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the service ends its workers itself
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    lane = _lane(options.lane, answer, send) if options.lane else None
    send(200)
    gc.freeze()
    for job in lane.jobs() if lane else map(json.loads, sys.stdin.buffer):
        _limit_time(job["timeout"] + GRACE if job.get("timeout") else 0)
        outcome = lane.work(job) if lane else answer(job)
        _limit_time(0)
        send(*outcome)


def _take_stdout() -> BinaryIO:
    # What a library prints would break the frames: only this handle reaches the parent.
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return frames


def _answerer(kind: str, store: str, tell: Callable[[str], None]) -> Callable[[Job], Answer]:
    if kind == "writer":
        from api.writing import EndpointWriter, Writer
        from kg.store import is_address

        return EndpointWriter(store).answer if is_address(store) else Writer(Path(store)).answer
    from api import jobs

    return jobs.Reader().answer if kind == "reader" else partial(jobs.extract, tell=tell)


def _limit_memory(limit: int | None) -> None:
    # A process past the limit gets no more memory: Rust and RocksDB abort then, Python raises MemoryError.
    if limit is not None and sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _lane(handles: Sequence[int], answer: Callable[[Job], Outcome], send: Send) -> Lane:
    from api.lane import Lane

    handover = socket.socket(fileno=handles[0])
    handover.setblocking(False)
    return Lane(answer, send, handover, memoryview(mmap.mmap(handles[1], NOTE)).cast("Q"))


def _outcome(answer: Callable[[Job], Answer], job: Job) -> Outcome:
    """Return the answer to a job, or the status and the reason why there is none."""
    try:
        return 200, *answer(job)
    except RefusedError as refusal:
        return refusal.status, str(refusal), b""
    except (QueryError, InputError) as error:
        return 400, str(error), b""
    except (KGError, SyntaxError) as error:
        print(error, file=sys.stderr)
        status, detail = next((status, detail) for kind, status, detail in _TROUBLE if isinstance(error, kind))
        return status, detail, b""
    except MemoryError:
        return 503, _OUT_OF_MEMORY, b""


def _limit_time(seconds: float) -> None:
    # Should the parent die during a job, the kernel still ends this process: a Python signal
    # handler would wait for the query, the default action of SIGALRM does not.
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _send(frames: BinaryIO, status: int, told: str = "", body: bytes = b"") -> None:
    text = told.encode("utf-8", "replace")
    frames.write(HEAD.pack(status, len(text), len(body)) + text)
    frames.write(body)
    frames.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
