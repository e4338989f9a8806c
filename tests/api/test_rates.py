from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.access import Access, Token, digest
from api.app import create_app
from api.limits import Limits
from api.rates import WINDOW, Rates


@given(st.integers(1, 50), st.lists(st.floats(0, 30), max_size=120))
def test_never_more_than_the_quota(quota: int, pauses: list[float]) -> None:
    """In no stretch of time passes more than the quota and what that time gives back, and what is told is true."""
    now = 0.0
    rates = Rates(quota, lambda: now)
    passed: list[float] = []
    for pause in pauses:
        now += pause
        remaining, full, wait = rates.take("a")
        assert 0 <= full <= WINDOW + 1e-6
        if remaining >= 0:
            passed.append(now)
        if remaining < 1:
            assert wait > -1e-6
            now += wait + 1e-6
            assert rates.take("a")[0] >= 0
            passed.append(now)
    for i, start in enumerate(passed):
        for j in range(i, len(passed)):
            assert j - i + 1 <= quota + (passed[j] - start) * quota / WINDOW + 1e-3


def test_clients_count_apart() -> None:
    """A burst of the quota passes and one more does not; each client has its own, and those at rest are forgotten."""
    now = 0.0
    rates = Rates(3, lambda: now)
    assert [rates.take("a")[0] for _ in range(4)] == [2, 1, 0, -1]
    assert rates.take("a")[2] == pytest.approx(WINDOW / 3)
    assert rates.take("b")[0] == 2
    now = 1000.0
    for i in range(10_001):
        rates.take(f"c{i}")
    assert rates.take("a")[0] == 2


def test_service(store_path: Path) -> None:
    """A client past its quota gets 429 with the time to wait; holders of tokens, and probes, are counted apart."""
    access = Access((Token("ann", "read", digest("secret")),))
    with TestClient(create_app(store_path, limits=Limits(rate=2), access=access)) as client:
        first, second, third = (client.get("/sparql?query=ASK{}") for _ in range(3))
        assert (first.status_code, second.status_code, third.status_code) == (200, 200, 429)
        assert first.headers["ratelimit-policy"] == '"client";q=2;w=60'
        assert [answer.headers["ratelimit"][:12] for answer in (first, second, third)] == [
            '"client";r=1', '"client";r=0', '"client";r=0']
        assert third.headers["content-type"] == "application/problem+json"
        assert 0 < int(third.headers["retry-after"]) <= 30
        assert client.get("/sparql?query=ASK{}", headers={"authorization": "Bearer secret"}).status_code == 200
        assert client.get("/sparql?query=ASK{}", headers={"authorization": "Bearer other"}).status_code == 429
        assert client.get("/health").status_code == 200
