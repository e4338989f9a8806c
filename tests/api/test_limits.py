"""Limits of the running service, over real connections."""

import itertools
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from api.access import Access
from api.app import create_app
from api.limits import MIB, Limits
from api.rows import count_rows
from api.service import Service
from kg.store import open_store
from tests.api.conftest import layoffs, office, write_store
from tests.api.running import run_app
from tests.w3c.replay import Answer, send

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
GREEDY = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
UPDATE = {"content-type": "application/sparql-update"}
LIMITS = Limits(seconds=20, rows=1000, bytes=200_000, memory=400 * MIB, workers=2, queue=1, staleness=0.5)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Return a service with tight limits that everybody may write to."""
    path = tmp_path_factory.mktemp("limits") / "store"
    write_store(path, layoffs())
    app = create_app(path, limits=LIMITS, access=Access(anonymous="write"))
    app.state.path = path
    return app


@pytest.fixture(scope="module")
def port(app: FastAPI) -> Iterator[int]:
    """Run the service and return its port."""
    with run_app(app) as port:
        yield port


def ask(port: int, query: str, **parameters: object) -> Answer:
    """Send a query."""
    rest = "".join(f"&{name}={value}" for name, value in parameters.items())
    return send(port, "GET", f"/sparql?query={quote(query)}{rest}", {}, None)


def holds(port: int, pattern: str) -> bool:
    """Tell whether the readers see a pattern."""
    return bool(json.loads(ask(port, f"ASK {{ {pattern} }}").body)["boolean"])


def wait_for(true: Callable[[], bool], seconds: float = 10) -> float:
    """Return after how many seconds something became true."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds
        time.sleep(0.05)
    return time.monotonic() - started


def assert_problem(answer: Answer, status: int, word: str) -> None:
    """Check that the answer is a whole problem document and nothing else."""
    assert (answer.status, answer.media_type) == (status, "application/problem+json"), answer
    assert word in json.loads(answer.body)["detail"]


def test_time(port: int) -> None:
    """A request may ask for less time, and its query is answered with 504 when that is over."""
    started = time.monotonic()
    assert_problem(ask(port, ENDLESS, timeout=1), 504, "1 seconds")
    assert time.monotonic() - started < 10
    assert holds(port, "")


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv",
                                    "text/tab-separated-values"])
def test_rows(port: int, accept: str) -> None:
    """One row more than allowed is refused as a whole, in every format."""
    query = "SELECT (1 AS ?x) {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {}"
    path = "/sparql?query=" + quote(query.format(LIMITS.rows))
    assert count_rows(send(port, "GET", path, {"accept": accept}, None).body, _format(accept)) == LIMITS.rows
    path = "/sparql?query=" + quote(query.format(LIMITS.rows + 1))
    assert_problem(send(port, "GET", path, {"accept": accept}, None), 503, "1000 rows")


def _format(accept: str) -> str:
    return {"json": "json", "xml": "xml", "csv": "csv", "values": "tsv"}[accept.replace("+", "-").rpartition("-")[2]
                                                                         .rpartition("/")[2]]


def test_rows_of_a_graph(port: int) -> None:
    """A graph with more triples than allowed is refused too."""
    construct = "CONSTRUCT {{ ?a ?b ?c . ?a ?b ?f }} {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {}"
    assert ask(port, construct.format(100)).status == 200
    assert_problem(ask(port, construct.format(100_000)), 503, "rows")


def test_bytes(port: int) -> None:
    """A result longer than allowed is refused as a whole."""
    long = ("SELECT (CONCAT(STR(?a), STR(?b), STR(?c), STR(?d), STR(?e), STR(?f)) AS ?x) "
            "{ ?a ?b ?c . ?d ?e ?f } LIMIT 999")
    assert_problem(ask(port, long), 503, "200000 bytes")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is RLIMIT_DATA")
def test_memory(port: int) -> None:
    """A query that needs more memory than allowed is stopped, and others go on."""
    assert_problem(ask(port, GREEDY, timeout=120), 503, "memory")
    assert holds(port, "")


def test_client_that_goes_stops_its_query(app: FastAPI, port: int) -> None:
    """The process of a query whose connection is closed ends."""
    service: Service = app.state.service
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: service.queries.jobs == 1)
        time.sleep(0.5)
        before = set(service.queries.processes)
    assert wait_for(lambda: service.queries.jobs == 0) < 3
    wait_for(lambda: len(service.queries.idle_processes) == LIMITS.workers)
    assert len(before - set(service.queries.processes)) == 1


def test_full_queue(app: FastAPI, port: int) -> None:
    """With all workers and places in the queue taken, a query gets 429 at once and is told when to come again."""
    service: Service = app.state.service
    with ThreadPoolExecutor() as threads:
        slow = [threads.submit(ask, port, ENDLESS, timeout=3) for _ in range(LIMITS.workers + LIMITS.queue)]
        wait_for(lambda: service.queries.jobs == len(slow))
        answer = ask(port, "ASK {}")
        assert_problem(answer, 429, "waiting")
        assert answer.headers["retry-after"]
        assert {future.result().status for future in slow} <= {503, 504}


def test_endless_update(port: int) -> None:
    """An update past its limit is stopped and changes nothing."""
    update = ("INSERT DATA { <a:a> <a:b> 1 } ; "
              "INSERT { ?a <a:c> ?z } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?x ?y ?z }")
    assert_problem(send(port, "POST", "/sparql?timeout=2", UPDATE, update.encode()), 504, "2 seconds")
    assert not holds(port, "<a:a> <a:b> 1")


def test_update_is_seen_when_answered(port: int) -> None:
    """Whoever got the answer to an update sees it in the next query, in every worker."""
    for i in range(5):
        assert send(port, "POST", "/sparql", UPDATE, f"INSERT DATA {{ <a:now> <a:is> {i} }}".encode()).status == 204
        assert holds(port, f"<a:now> <a:is> {i}")


def test_other_process_is_seen(app: FastAPI, port: int) -> None:
    """What another writer adds is seen soon after, without a restart, in views as in queries."""
    def articles() -> int:
        return int(json.loads(send(port, "GET", "/v1/summary", {}, None).body)["articles"])

    before = articles()
    write_store(app.state.path, office())
    assert wait_for(lambda: articles() == before + 1) < LIMITS.staleness + 3


def test_other_process_that_holds_the_store(app: FastAPI, port: int) -> None:
    """While another writer has the store, readers see what it flushed and updates get 503."""
    with open_store(app.state.path) as store:
        store.update("INSERT DATA { <a:held> <a:is> 1 }")
        store.flush()
        wait_for(lambda: holds(port, "<a:held> <a:is> 1"))
        assert_problem(send(port, "POST", "/sparql", UPDATE, b"INSERT DATA { <a:b> <a:b> 1 }"), 503, "Another process")
    assert send(port, "POST", "/sparql", UPDATE, b"INSERT DATA { <a:b> <a:b> 1 }").status == 204


def test_killed_writer_loses_nothing_acknowledged(app: FastAPI, port: int) -> None:
    """Whatever is killed during updates: what was answered with 204 is there, and the rest goes on."""
    service: Service = app.state.service
    done: list[int] = []

    def killer() -> None:
        for _ in range(5):
            time.sleep(0.7)
            for process in service.keeper.pool.processes:
                os.kill(process, signal.SIGKILL)

    thread = threading.Thread(target=killer)
    thread.start()
    deadline = time.monotonic() + 60
    for i in itertools.takewhile(lambda _: thread.is_alive() or len(done) < 3, itertools.count()):
        if send(port, "POST", "/sparql", UPDATE, f"INSERT DATA {{ <a:kept> <a:is> {i} }}".encode()).status == 204:
            done.append(i)
        assert time.monotonic() < deadline
    thread.join()
    wait_for(lambda: all(holds(port, f"<a:kept> <a:is> {i}") for i in done))


def test_killed_readers_fail_only_their_query(app: FastAPI, port: int) -> None:
    """With both readers killed the next query is answered."""
    service: Service = app.state.service
    for process in service.queries.processes:
        os.kill(process, signal.SIGKILL)
    time.sleep(0.2)
    assert holds(port, "")


def test_snapshots_are_removed(tmp_path: Path) -> None:
    """One snapshot is there at a time, a new one only after a write, and none when the service has stopped.

    What a killed service left is removed when another starts.
    """
    path = tmp_path / "store"
    write_store(path, layoffs())
    left = path / ".snapshots" / "of-a-killed-service"
    (left / "0").mkdir(parents=True)
    app = create_app(path, limits=Limits(staleness=0.1), access=Access(anonymous="write"))
    with run_app(app) as port:
        assert send(port, "POST", "/sparql", UPDATE, b"INSERT DATA { <a:b> <a:b> 1 }").status == 204
        assert not left.exists()
        time.sleep(2)  # the writer has given the store back, and nothing new is there to be seen
        [home] = (path / ".snapshots").iterdir()
        [snapshot] = [entry for entry in home.iterdir() if entry.is_dir()]
        time.sleep(1)
        assert snapshot.exists()
    assert list((path / ".snapshots").iterdir()) == []
