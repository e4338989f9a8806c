from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from api.access import Access, Token, digest
from api.app import create_app
from api.direct import Direct

FORM = {"content-type": "application/x-www-form-urlencoded"}
QUERY = {"content-type": "application/sparql-query"}
ASKED = {"query": "SELECT ?s { ?s a news:Company } ORDER BY ?s LIMIT 2"}
REQUESTS: list[tuple[str, dict[str, Any], dict[str, str], bytes]] = [
    ("GET", ASKED, {}, b""), ("HEAD", ASKED, {}, b""), ("GET", ASKED, {"accept": "text/csv"}, b""),
    ("GET", ASKED, {"accept": "image/png"}, b""), ("GET", {"query": "SELECT"}, {}, b""), ("GET", {}, {}, b""),
    ("GET", {}, {"accept": "text/html"}, b""), ("GET", {"query": ["ASK {}", "ASK {}"]}, {}, b""),
    ("GET", {"update": "CLEAR ALL"}, {}, b""), ("GET", ASKED | {"timeout": "0"}, {}, b""),
    ("GET", ASKED, {"authorization": "Bearer nobody"}, b""), ("GET", ASKED, {"authorization": "Bearer ann"}, b""),
    ("POST", {}, FORM, b"query=ASK%20%7B%7D"), ("POST", {}, QUERY, b"ASK {}"), ("POST", {}, QUERY, b"\xff"),
    ("POST", {}, FORM, b"update=CLEAR%20ALL"), ("POST", {}, {}, b"ASK {}"), ("POST", {}, QUERY, b" " * 20_000_000),
    ("PUT", {}, QUERY, b"ASK {}"), ("OPTIONS", {}, {}, b""),
    ("GET", ASKED, {"host": "evil.example"}, b""),
]


def services(store: Path) -> Iterator[TestClient]:
    """Yield clients of a service that takes the short way and of one that does not."""
    access = Access((Token("ann", "read", digest("ann")),))
    for middleware in (Direct, None):
        app = create_app(store, access=access, allowed_hosts=["testserver"], origins=["https://a.example"])
        if middleware is None:
            app.user_middleware = [entry for entry in app.user_middleware if cast(object, entry.cls) is not Direct]
        with TestClient(app) as client:
            yield client


@pytest.fixture(scope="module")
def answers(store_path: Path) -> list[list[tuple[int, dict[str, str], bytes]]]:
    """Return what both services answer."""
    found = []
    for client in services(store_path):
        rows = []
        for method, parameters, headers, body in REQUESTS:
            answer = client.request(method, "/sparql", params=parameters, content=body, follow_redirects=False,
                                    headers={"x-request-id": "same", "origin": "https://a.example"} | headers)
            rows.append((answer.status_code, dict(answer.headers), answer.content))
        rows.append((200, {}, b"\n".join(line for line in client.get("/metrics").content.splitlines()
                                         if line.startswith(b"stringer_http_requests_total"))))
        found.append(rows)
    return found


def test_both_ways_answer_the_same(answers: list[list[tuple[int, dict[str, str], bytes]]]) -> None:
    """Status, headers and body of every kind of request, and what is counted, do not depend on the way."""
    short, long = answers
    for asked, one, other in zip([*REQUESTS, "metrics"], short, long, strict=True):
        assert one == other, asked
    assert {200, 204, 303, 400, 401, 403, 405, 406, 413, 415} >= {status for status, _, _ in short} >= {
        200, 303, 400, 401, 405, 406, 413, 415}
    assert all("content-security-policy" in headers for _, headers, _ in short[:-1])
