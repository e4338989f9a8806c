"""An answer that takes long: who asks gets the newest one that there is."""

import asyncio
from pathlib import Path

import pytest

from api.latest import PATIENCE, Latest
from api.pool import PoolError, Reply


class Counting:
    """Answers with its number of calls, as slowly as it is told."""

    def __init__(self, seconds: float = 0) -> None:
        self.calls = 0
        self.seconds = seconds

    async def __call__(self) -> Reply:
        """Return the number of this call."""
        self.calls += 1
        number = self.calls
        await asyncio.sleep(self.seconds)
        return Reply("text/plain", b"%d" % number)


def test_one_state_is_computed_once(tmp_path: Path) -> None:
    """All who ask about one state get one answer; another state has another."""
    async def work() -> None:
        compute = Counting()
        latest = Latest(compute, tmp_path / "file")
        assert set(await asyncio.gather(latest.get("a"), latest.get("a"))) == {b"1"}
        assert await latest.get("a") == b"1"
        assert await latest.get("b") == b"2"

    asyncio.run(work())


def test_an_earlier_answer_is_there_at_once(tmp_path: Path) -> None:
    """Where computing takes long, the answer of the state before is given, by a new service too; later the new one."""
    async def work() -> None:
        file = tmp_path / "file"
        await Latest(Counting(), file).get("a")
        compute = Counting(seconds=PATIENCE * 3)
        again = Latest(compute, file)
        compute.calls = 7
        assert await again.get("b") == b"1"
        await again.renew("b")
        assert (await again.get("b"), file.read_bytes(), compute.calls) == (b"8", b"8", 8)
        await again.close()

    asyncio.run(work())


def test_a_failure_is_told_where_there_is_no_answer(tmp_path: Path) -> None:
    """What cannot be computed raises the reason, and is tried again; nothing is kept where nothing can be written."""
    async def fail() -> Reply:
        raise PoolError(504, "too late")

    async def work() -> None:
        latest = Latest(fail, tmp_path / "none" / "file")
        for _ in range(2):
            with pytest.raises(PoolError, match="too late"):
                await latest.get("a")
        assert await Latest(Counting(), tmp_path / "none" / "file").get("a") == b"1"

    asyncio.run(work())
