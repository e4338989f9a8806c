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
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from api.answers import HEAD, STAGE, Answer, Job, RefusedError
from kg.errors import InputError, KGError, QueryError

_GRACE = 5.0
_UNREADABLE = "The store or the language model could not be read. The server's log has the details."
_OUT_OF_MEMORY = "Stopped: it needed more memory than it may have."


def main(arguments: list[str]) -> None:
    """Say that the process is there, then answer jobs until standard input ends."""
    parser = argparse.ArgumentParser(prog="api.worker")
    parser.add_argument("kind", choices=["reader", "writer", "extractor"])
    parser.add_argument("store", type=Path, nargs="?")
    parser.add_argument("--memory", type=int, help="bytes of private memory")
    options = parser.parse_args(arguments)
    frames = _take_stdout()
    answer = _answerer(options.kind, options.store, lambda stage: _tell(frames, stage))
    _limit_memory(options.memory)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _send(frames, 200)
    gc.freeze()
    for line in sys.stdin.buffer:
        _answer(frames, answer, json.loads(line))


def _take_stdout() -> BinaryIO:
    # What a library prints would break the frames: only this handle reaches the parent.
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return frames


def _answerer(kind: str, store: Path, tell: Callable[[str], None]) -> Callable[[Job], Answer]:
    if kind == "writer":
        from api.writing import Writer

        return Writer(store).answer
    from api import jobs

    return jobs.Reader().answer if kind == "reader" else partial(jobs.extract, tell=tell)


def _limit_memory(limit: int | None) -> None:
    # A process past the limit gets no more memory: Rust and RocksDB abort then, Python raises MemoryError.
    if limit is not None and sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _answer(frames: BinaryIO, answer: Callable[[Job], Answer], job: Job) -> None:
    _limit_time(job.get("timeout"))
    try:
        media_type, body = answer(job)
    except RefusedError as refusal:
        return _send(frames, refusal.status, str(refusal))
    except (QueryError, InputError) as error:
        return _send(frames, 400, str(error))
    except KGError as error:
        # Such a message names folders of this machine: it is for the log and not for the client.
        print(error, file=sys.stderr)
        return _send(frames, 503, _UNREADABLE)
    except MemoryError:
        return _send(frames, 503, _OUT_OF_MEMORY)
    _send(frames, 200, media_type, body)


def _limit_time(seconds: float | None) -> None:
    # Should the parent die during a job, the kernel still ends this process: a Python signal
    # handler would wait for the query, the default action of SIGALRM does not.
    if seconds is not None and hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)


def _tell(frames: BinaryIO, stage: str) -> None:
    text = stage.encode()
    frames.write(HEAD.pack(STAGE, len(text), 0) + text)
    frames.flush()


def _send(frames: BinaryIO, status: int, told: str = "", body: bytes = b"") -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    text = told.encode("utf-8", "replace")
    frames.write(HEAD.pack(status, len(text), len(body)) + text)
    frames.write(body)
    frames.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
