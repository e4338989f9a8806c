import asyncio
import os
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from api.pool import Pool, PoolError

ENDLESS: dict[str, Any] = {"sparql": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
                           "accept": None, "default_graphs": [], "named_graphs": []}
QUICK = ENDLESS | {"sparql": "ASK {}"}


def pool(store_path: Path, *, size: int = 1, queue: int = 0, timeout: float = 30) -> Pool:
    """Return a pool over the store."""
    return Pool([str(store_path)], size=size, queue=queue, timeout=timeout)


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
        queries = pool(store_path, timeout=1)
        await queries.warm()
        [process] = queries.idle_processes
        started = time.monotonic()
        with pytest.raises(PoolError) as raised:
            await queries.run(ENDLESS)
        assert raised.value.status == 504
        assert time.monotonic() - started < 5
        assert not is_running(process)
        assert b"true" in (await queries.run(QUICK)).body
        await queries.close()

    run(work())


def test_one_query_too_many_is_refused(store_path: Path) -> None:
    """Where all processes work and the queue is full, a query gets 429 at once."""
    async def work() -> None:
        queries = pool(store_path, timeout=2)
        slow = asyncio.create_task(queries.run(ENDLESS))
        await asyncio.sleep(0)
        with pytest.raises(PoolError) as raised:
            await queries.run(QUICK)
        assert raised.value.status == 429
        with pytest.raises(PoolError):
            await slow
        await queries.close()

    run(work())


def test_waiting_query_is_answered(store_path: Path) -> None:
    """A query that finds room in the queue waits and is answered."""
    async def work() -> None:
        queries = pool(store_path, queue=3)
        replies = await asyncio.gather(*(queries.run(QUICK) for _ in range(4)))
        assert [reply.body for reply in replies] == [replies[0].body] * 4
        assert len(queries.idle_processes) == 1
        await queries.close()

    run(work())


def test_abandoned_query_is_killed(store_path: Path) -> None:
    """A query whose caller has gone does not go on."""
    async def work() -> None:
        queries = pool(store_path)
        await queries.warm()
        [process] = queries.idle_processes
        task = asyncio.create_task(queries.run(ENDLESS))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not is_running(process)
        await queries.close()

    run(work())


def test_missing_store_is_named(tmp_path: Path) -> None:
    """A store that is not there is an error before any query."""
    async def work() -> None:
        with pytest.raises(PoolError, match="there is no store"):
            await pool(tmp_path / "nothing").warm()

    run(work())
