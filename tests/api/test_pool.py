import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from api.gateway import CLOSED
from api.pool import Pool, PoolError
from api.process import forking

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
QUICK = "ASK {}"


def job(store_path: Path, sparql: str) -> dict[str, Any]:
    """Return a job for a reader of the store."""
    return {"store": str(store_path), "version": "", "sparql": sparql, "accept": None, "base": None, "remote": CLOSED,
            "rows": 1000, "bytes": 10**6, "default_graphs": [], "named_graphs": []}


def pool(*, size: int = 1, queue: int = 0, timeout: float = 30, memory: int | None = None) -> Pool:
    """Return a pool of readers."""
    limit = [] if memory is None else ["--memory", str(memory)]
    return Pool(["reader", *limit], size=size, queue=queue, timeout=timeout)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a test that waits."""
    asyncio.run(work)


def is_running(process: int) -> bool:
    """Tell whether there is a process of this id."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_late_query_is_killed(store_path: Path) -> None:
    """A query past its limit gets 504, its process ends, and the next query is answered by another."""
    async def work() -> None:
        async with pool(timeout=1) as queries:
            await queries.warm()
            [process] = queries.idle_processes
            started = time.monotonic()
            with pytest.raises(PoolError) as raised:
                await queries.run(job(store_path, ENDLESS))
            assert raised.value.status == 504
            assert time.monotonic() - started < 5
            assert not is_running(process)
            assert b"true" in (await queries.run(job(store_path, QUICK), timeout=30)).body

    run(work())


def test_one_query_too_many_is_refused(store_path: Path) -> None:
    """Where all processes work and the queue is full, a query gets 429 at once."""
    async def work() -> None:
        async with pool(timeout=2) as queries:
            slow = asyncio.create_task(queries.run(job(store_path, ENDLESS)))
            await asyncio.sleep(0)
            with pytest.raises(PoolError) as raised:
                await queries.run(job(store_path, QUICK))
            assert raised.value.status == 429
            with pytest.raises(PoolError):
                await slow

    run(work())


def test_waiting_query_is_answered(store_path: Path) -> None:
    """A query that finds room in the queue waits and is answered."""
    async def work() -> None:
        async with pool(queue=3) as queries:
            replies = await asyncio.gather(*(queries.run(job(store_path, QUICK)) for _ in range(4)))
            assert [reply.body for reply in replies] == [replies[0].body] * 4
            assert len(queries.idle_processes) == 1

    run(work())


def test_abandoned_query_is_killed(store_path: Path) -> None:
    """A query whose caller has gone does not go on."""
    async def work() -> None:
        async with pool() as queries:
            await queries.warm()
            [process] = queries.idle_processes
            task = asyncio.create_task(queries.run(job(store_path, ENDLESS)))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not is_running(process)

    run(work())


def test_killed_process_is_replaced(store_path: Path) -> None:
    """A process that is killed while it waits costs no query; one killed at work fails its query only."""
    async def work() -> None:
        async with pool(size=2, queue=2) as queries:
            await queries.warm()
            os.kill(queries.idle_processes[-1], signal.SIGKILL)
            await asyncio.sleep(0.2)
            assert b"true" in (await queries.run(job(store_path, QUICK))).body
            slow = asyncio.create_task(queries.run(job(store_path, ENDLESS)))
            before = set(queries.idle_processes)
            await asyncio.sleep(0.3)
            [working] = before - set(queries.idle_processes)
            os.kill(working, signal.SIGKILL)
            started = time.monotonic()
            with pytest.raises(PoolError) as raised:
                await slow
            assert raised.value.status == 503
            while len(queries.idle_processes) < 2 and time.monotonic() - started < 60:  # a loaded machine is slow
                await asyncio.sleep(0.02)
            assert len(queries.idle_processes) == 2

    run(work())


def test_close_while_processes_start(store_path: Path) -> None:
    """A pool that is closed while it starts processes, for a caller who has gone, leaves none behind."""
    async def work() -> None:
        async with pool(size=2) as queries:
            task = asyncio.create_task(queries.run(job(store_path, QUICK)))
            await asyncio.sleep(0.05)
            task.cancel()
        assert task.cancelled() or await asyncio.wait([task])
        assert queries.processes == []

    run(work())


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is RLIMIT_DATA")
def test_memory_limit(store_path: Path) -> None:
    """A query that needs more memory than it may have gets 503 that says so, and the next one an answer."""
    greedy = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    async def work() -> None:
        async with pool(memory=300 * 2**20, queue=1, timeout=300) as queries:
            with pytest.raises(PoolError, match="more memory") as raised:
                await queries.run(job(store_path, greedy))
            assert raised.value.status == 503
            assert b"true" in (await queries.run(job(store_path, QUICK))).body

    run(work())


def test_loops_in_several_threads_start_processes() -> None:
    """uvloop refuses to fork where the loop of another thread does; a large process, which forks slowly, shows it."""
    large = bytearray(400_000_000)
    uvloop = pytest.importorskip("uvloop", reason="asyncio's own event loop has no such limit")
    statuses: list[int | None] = []

    async def start_some() -> None:
        loop = asyncio.get_running_loop()
        for _ in range(20):
            async with forking():
                transport, _ = await loop.subprocess_exec(asyncio.SubprocessProtocol, sys.executable, "--version")
            while transport.get_returncode() is None:
                await asyncio.sleep(0.005)
            statuses.append(transport.get_returncode())
            transport.close()

    threads = [threading.Thread(target=lambda: uvloop.run(start_some())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [0] * 60
    assert len(large)
