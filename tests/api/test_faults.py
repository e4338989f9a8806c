"""Clients that send too much, too slowly, or ask for too much."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import psutil
import pytest

from api.access import Access
from api.app import create_app
from api.limits import MIB, Limits
from tests.api.conftest import layoffs, write_store
from tests.api.running import run_app
from tests.w3c.replay import Answer, send

LIMITS = Limits(seconds=2, workers=2, queue=40)

@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a service that everybody may write to and return its port."""
    store = tmp_path_factory.mktemp("faults") / "store"
    write_store(store, layoffs())
    with run_app(create_app(store, limits=LIMITS, access=Access(anonymous="write"))) as port:
        yield port


def test_announced_body_is_refused_unread(port: int) -> None:
    """A body of 200 MB is refused before it is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"PUT /store?graph=a:g HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\n"
                           b"Content-Length: 200000000\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(("path", "media_type"), [
    ("/sparql", "application/sparql-update"), ("/sparql", "application/x-www-form-urlencoded"),
    ("/store?graph=a:g", "text/turtle"), ("/store?graph=a:g", "multipart/form-data; boundary=b"),
    ("/v1/articles", "application/jsonl"), ("/v1/merges", "application/json"),
])
def test_unannounced_body_is_refused_early(port: int, path: str, media_type: str) -> None:
    """A body of 200 MB in pieces, without a length, is refused after what is allowed, and never held in memory."""
    piece = b"100000\r\n" + b"x" * MIB + b"\r\n"
    service = psutil.Process()
    sent, memory = 0, service.memory_info().rss
    with socket.create_connection(("127.0.0.1", port), timeout=0.002) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n".encode())
        answer = b""
        while not answer and sent < 200:
            connection.settimeout(10)
            connection.sendall(piece)
            sent += 1
            connection.settimeout(0.002)
            with suppress(TimeoutError):
                answer = connection.recv(4096)
            assert service.memory_info().rss - memory < 4 * LIMITS.request
    assert answer.startswith(b"HTTP/1.1 413"), answer
    assert b"application/problem+json" in answer
    assert sent * MIB < 3 * LIMITS.request


def test_slow_clients_hold_nobody_up(port: int) -> None:
    """Clients that send a byte now and then take no worker."""
    with ExitStack() as stack:
        for i in range(60):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nqu" if i % 2 else b"GET /spa")
        started = time.monotonic()
        assert send(port, "GET", "/sparql?query=ASK%7B%7D", {}, None).status == 200
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("bomb", [
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?l",
    "SELECT (COUNT(*) AS ?n) { ?a (!<a:x>|^!<a:x>)* ?b . ?b (!<a:y>|^!<a:y>)* ?c . ?c (!<a:z>|^!<a:z>)* ?d }",
])
def test_bombs_are_stopped_and_others_go_on(port: int, bomb: str) -> None:
    """A cross product and a path over everything end on time; meanwhile lookups are answered by the other worker."""
    def lookup(_: int) -> Answer:
        return send(port, "GET", "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D", {}, None)

    with ThreadPoolExecutor(1) as thread:
        started = time.monotonic()
        headers = {"content-type": "application/sparql-query"}
        runaway = thread.submit(send, port, "POST", "/sparql", headers, bomb.encode())
        time.sleep(0.3)
        assert {lookup(i).status for i in range(20)} == {200}
        assert runaway.result().status in (503, 504)
        assert time.monotonic() - started < LIMITS.seconds + 3
