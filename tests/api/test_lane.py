"""Connections that workers answer themselves: what a client gets does not depend on it, and nothing is lost."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from api.access import Access
from api.app import create_app
from api.lane import read_question
from api.limits import Limits
from api.service import Service
from tests.api.conftest import layoffs, office, write_store
from tests.api.running import run_app
from tests.api.test_limits import ENDLESS, wait_for
from tests.w3c.replay import send

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="handles are passed on and polled as on Linux")

LIMITS = Limits(seconds=3, workers=2, queue=20)
NAMES = "SELECT ?n { ?s a news:Place ; rdfs:label ?n }"
ADDED = 'INSERT DATA { <urn:p%d> a news:Place ; rdfs:label "place %d" }'
QUERY = {"content-type": "application/sparql-query"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
UPDATE = {"content-type": "application/sparql-update"}


def asked(query: str) -> str:
    """Return the path of a query."""
    return f"/sparql?query={quote(query)}"


ASKED = asked(NAMES)
Row = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Return a service that everybody may write to."""
    path = tmp_path_factory.mktemp("lane") / "store"
    write_store(path, layoffs(), office())
    return create_app(path, limits=LIMITS, access=Access(anonymous="write"))


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    """Run the service and return its port."""
    with run_app(app) as port:
        yield port


class Kept:
    """A connection that is kept from one request to the next."""

    def __init__(self, app: FastAPI, port: int) -> None:
        self._app = app
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Row:
        """Send a request and return status, headers and body."""
        self._connection.request(method, path, body, headers or {})
        answer = self._connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def select(self, query: str) -> Row:
        """Send a query by GET."""
        return self.ask("GET", asked(query))

    def lend(self) -> None:
        """Ask until a worker has the connection."""
        before = lent(self._app)
        wait_for(lambda: self.select("ASK {}")[0] == 200 and lent(self._app) > before)


def lent(app: FastAPI) -> int:
    """Return how many connections the workers have."""
    time.sleep(0.02)  # it is handed on after the answer
    return sum(len(connections) for connections in app.state.front.lent.values())


@pytest.fixture
def kept(app: FastAPI, port: int) -> Iterator[Kept]:
    """Return a connection that a worker has."""
    with Kept(app, port) as connection:
        connection.lend()
        yield connection
    wait_for(lambda: lent(app) == 0)


@pytest.mark.parametrize(("method", "path", "headers", "body"), [
    ("GET", ASKED, {}, None), ("GET", ASKED, {"accept": "text/csv"}, None),
    ("GET", asked("CONSTRUCT WHERE { ?s a news:Place }"), {"accept": "text/turtle"}, None),
    ("GET", asked("SELECT * { GRAPH ?g { ?s a news:Place } } ORDER BY ?g ?s") + "&named-graph-uri=urn:x", {}, None),
    ("GET", asked("SELECT <x>"), {}, None), ("GET", asked("SELECT (<x> AS ?x) {}"), {}, None),
    ("POST", "/sparql", QUERY, NAMES.encode()), ("POST", "/sparql", FORM, b"query=" + quote(NAMES).encode()),
    ("POST", "/sparql", QUERY, b"\xff"), ("POST", "/sparql", FORM, b"query=%FF"), ("POST", "/sparql", FORM, b"x=1"),
    ("POST", "/sparql", {"content-type": "text/plain"}, b"ASK {}"), ("HEAD", ASKED, {}, None),
    ("GET", ASKED, {"accept": "image/png"}, None), ("GET", "/sparql", {}, None),
    ("GET", ASKED + "&timeout=0", {}, None), ("GET", ASKED + "&query=ASK{}", {}, None),
    ("GET", ASKED, {"authorization": "Bearer nobody"}, None),
    ("GET", ASKED, {"x-request-id": "mine", "origin": "https://a.example"}, None), ("GET", "/v1/summary", {}, None),
    ("DELETE", "/sparql", {}, None), ("POST", "/sparql", QUERY, b"ASK {}" + b" " * 70_000),
    ("GET", asked("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 9000"), {}, None),
])
def test_answers_are_the_same(kept: Kept, port: int, method: str, path: str, headers: dict[str, str],
                              body: bytes | None) -> None:
    """Status, headers and body of whatever is asked do not depend on who has the connection."""
    there = kept.ask(method, path, headers, body)
    here = send(port, method, path, headers, body, authority=f"127.0.0.1:{port}")
    varying = ("date", "etag") if "x-request-id" in headers else ("date", "etag", "x-request-id")
    assert there[0] == here.status
    assert {k: v for k, v in there[1].items() if k not in varying} == {
        k: v for k, v in here.headers.items() if k not in varying}
    assert there[2] == here.body


@given(st.binary(max_size=200))
def test_nothing_odd_is_answered(rest: bytes) -> None:
    """What is not a whole plain query to the letter is left to uvicorn."""
    head = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n"
    question = read_question(head + rest + b"\r\n\r\n", ["*"])
    if question is not None:
        names = [line.partition(b":")[0].lower() for line in rest.partition(b"\r\n\r\n")[0].split(b"\r\n") if line]
        assert set(names) <= {b"accept", b"accept-encoding", b"accept-language", b"cache-control", b"connection",
                              b"dnt", b"pragma", b"referer", b"user-agent", b"content-type"}
        assert question.job["sparql"] == "ASK{}"


@pytest.mark.parametrize("data", [
    b"GET /sparql?query=ASK{} HTTP/1.0\r\nHost: a\r\n\r\n", b"GET /sparql?query=ASK{} HTTP/1.1\r\n\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: a\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: b\r\n\r\n", b"GET /sparql?update=CLEAR+ALL HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: a\r\nAccept: x\nY: z\r\n\r\n", b"", b"\r\n\r\n", b"GET\r\n\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: 7\r\n\r\nASK {}",
    b"POST /sparql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Type: application/sparql-query\r\n\r\n",
])
def test_what_is_left_to_uvicorn(data: bytes) -> None:
    """Requests in pieces, of another kind or with fields that change something are not answered by a worker."""
    assert read_question(data, ["a"]) is None


def test_counts(kept: Kept, port: int) -> None:
    """What workers answer is in the metrics, soon after."""
    def count() -> float:
        families = text_string_to_metric_families(send(port, "GET", "/metrics", {}, None).body.decode())
        return sum(sample.value for family in families for sample in family.samples
                   if sample.name == "stringer_http_requests_total" and sample.labels["route"] == "/sparql")

    time.sleep(1.5)
    before = count()
    for _ in range(20):
        assert kept.select(NAMES)[0] == 200
    wait_for(lambda: count() == before + 20)


def test_pipelined_and_in_pieces(app: FastAPI, port: int) -> None:
    """Several requests at once, and one in pieces, are answered in their order."""
    request = f"GET {asked('SELECT (%d AS ?x) {}')} HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        data = b""
        for numbers, cut in (((1,), 0), ((2, 3, 4), 0), ((5, 6), 30), ((7,), 60)):
            message = "".join(request.replace("%25d", str(number)) for number in numbers).encode()
            connection.sendall(message[:len(message) - cut])
            time.sleep(0.1)
            connection.sendall(message[len(message) - cut:])
            while data.count(b'"value":"') < numbers[-1]:
                data += connection.recv(1 << 16)
        values = [part.partition(b'"')[0] for part in data.split(b'"value":"')[1:]]
        assert values == [b"1", b"2", b"3", b"4", b"5", b"6", b"7"]


def test_slow_query_is_a_job(app: FastAPI, kept: Kept, port: int) -> None:
    """A query that takes longer is counted, stopped at its limit, and keeps no other connection waiting."""
    service: Service = app.state.service
    with Kept(app, port) as other, Kept(app, port) as third:
        other.lend()
        third.lend()
        slow = threading.Thread(target=lambda: answers.append(kept.select(ENDLESS)))
        answers: list[Row] = []
        slow.start()
        wait_for(lambda: service.queries.jobs == 1)
        for connection in (other, third, other, third):
            assert connection.select(NAMES)[0] == 200
        slow.join()
        assert (answers[0][0], json.loads(answers[0][2])["detail"]) == (
            504, "Stopped after 3 seconds without a whole answer.")
        assert kept.select(NAMES)[0] == 200
    wait_for(lambda: len(service.queries.idle_processes) == LIMITS.workers)


def test_numbers_and_texts_in_one_order(app: FastAPI, kept: Kept) -> None:
    """A query whose order ends the process is asked again with numbers last; others are asked as they are written."""
    service: Service = app.state.service
    values = [*map(str, range(100)), *(f'"{i}"' for i in range(100)), *(f'"{i}x"' for i in range(100))]
    random.Random(5).shuffle(values)
    before = service.queries.restarts
    status, _, body = kept.select(f"SELECT ?o {{ VALUES ?o {{ {' '.join(values)} }} }} ORDER BY ?o")
    assert status == 200
    found = [row["o"] for row in json.loads(body)["results"]["bindings"]]
    assert [int(term["value"]) for term in found if "datatype" in term] == list(range(100))
    assert all("datatype" in term for term in found[200:])
    wait_for(lambda: len(service.queries.idle_processes) == LIMITS.workers)
    assert service.queries.restarts > before
    assert kept.select("SELECT ?o { VALUES ?o { 2 'a' 1 } } ORDER BY ?o")[0] == 200


def test_client_that_goes(app: FastAPI, port: int) -> None:
    """The process of a query ends whose client has gone, also where it has begun by itself."""
    service: Service = app.state.service
    connection = Kept(app, port)
    connection.lend()
    connection._connection.request("GET", asked(ENDLESS))
    wait_for(lambda: service.queries.jobs == 1)
    before = service.queries.restarts
    connection._connection.close()
    assert wait_for(lambda: service.queries.jobs == 0) < 2
    assert service.queries.restarts == before + 1


def test_write_is_seen_on_every_connection(app: FastAPI, port: int) -> None:
    """Whoever got the answer to an update sees it, whichever worker has the connection."""
    with Kept(app, port) as one, Kept(app, port) as other:
        one.lend()
        other.lend()
        for i in range(10):
            assert send(port, "POST", "/sparql", UPDATE, (ADDED % (i, i)).encode()).status == 204
            for connection in (one, other):
                assert f"place {i}".encode() in connection.select(NAMES)[2]
        folder = next(path for path in (app.state.service.store / ".snapshots").iterdir() if path.is_dir())
        wait_for(lambda: len([path for path in folder.iterdir() if path.is_dir()]) == 1)


def test_killed_workers_lose_nothing(app: FastAPI, port: int) -> None:
    """With workers killed again and again, kept connections get every answer, but for one being sent just then."""
    service: Service = app.state.service
    stop, answered = threading.Event(), list[int]()

    def client() -> None:
        while not stop.is_set():
            with Kept(app, port) as connection:
                try:
                    while not stop.is_set():
                        answered.append(connection.select(NAMES)[0])
                except (ConnectionError, http.client.HTTPException):
                    answered.append(0)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    kills = 6
    for _ in range(kills):
        time.sleep(0.5)
        killed = service.queries.processes[0]
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda killed=killed: killed not in service.queries.processes)  # type: ignore[misc]
        wait_for(lambda: len(service.queries.processes) == LIMITS.workers, 30)
    stop.set()
    for thread in threads:
        thread.join()
    assert len([status for status in answered if status != 200]) <= kills
    assert len(answered) > 100


def test_quiet_connections_go_back(app: FastAPI, port: int) -> None:
    """A connection that nobody uses goes back to uvicorn, which closes it in time."""
    with Kept(app, port) as connection:
        connection.lend()
        wait_for(lambda: lent(app) == 0, 10)
        assert connection.select("ASK {}")[0] == 200


@pytest.mark.parametrize("options", [{"access": Access(anonymous=None)}, {"limits": Limits(rate=1000)}])
def test_services_that_see_each_request(tmp_path: Path, options: dict[str, object]) -> None:
    """Where requests need a token or are counted for each client, workers answer none of them themselves."""
    assert create_app(tmp_path, **options).state.front is None  # type: ignore[arg-type]
