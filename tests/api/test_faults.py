"""Clients that send nonsense, too much, or too slowly."""

import random
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.access import Access
from api.app import create_app
from api.limits import Limits
from tests.api.conftest import layoffs, write_store
from tests.api.running import run_app
from tests.w3c.replay import Answer, send

LIMITS = Limits(seconds=2, workers=2, queue=40)
SEEDS = [
    ("GET", "/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%203&default-graph-uri=a:g", {}, b""),
    ("GET", "/sparql", {"accept": "text/turtle;q=0.5, application/ld+json"}, b""),
    ("POST", "/sparql", {"content-type": "application/sparql-query"}, b"ASK { ?s (news:a|^news:b)* 'x'@en , 1.5e3 }"),
    ("POST", "/sparql", {"content-type": "application/x-www-form-urlencoded"},
     b"query=ASK%20%7B%7D&named-graph-uri=a:b"),
    ("POST", "/sparql?using-graph-uri=a:g", {"content-type": "application/sparql-update"},
     b"PREFIX x: <a:> DELETE { ?s x:p ?o } INSERT { ?s x:q ?o } WHERE { ?s x:p ?o FILTER(?o = 'a') } ; "
     b"DROP SILENT GRAPH x:h"),
    ("PUT", "/store?graph=a:g", {"content-type": "text/turtle"}, b"@prefix x: <a:> . x:s x:p [ x:q 'a' ] , ( 1 2 ) ."),
    ("POST", "/store", {"content-type": "application/ld+json"}, b'{"@id": "a:s", "a:p": [{"@value": 1}]}'),
    ("POST", "/store?graph=a:g", {"content-type": "multipart/form-data; boundary=b"},
     b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Type: text/turtle\r\n\r\n'
     b"<a:a> <a:b> 1 .\r\n--b--\r\n"),
    ("PATCH", "/store?graph=a:g", {"content-type": "application/sparql-update"}, b"INSERT DATA { <a:s> <a:p> 1 }"),
    ("GET", "/v1/entities?q=ama&limit=3", {}, b""), ("GET", "/v1/graph?entity=x&hops=1", {}, b""),
]
SPLINTERS = [b"{", b"}", b"<", b"\\u", b"'", b"\x00", b"\xff", b"%", b";", b":", b"SELECT"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store."""
    path = tmp_path_factory.mktemp("faults") / "store"
    write_store(path, layoffs())
    return path


@pytest.fixture(scope="module")
def port(store: Path) -> Iterator[int]:
    """Run a service that everybody may write to and return its port."""
    with run_app(create_app(store, limits=LIMITS, access=Access(anonymous="write"))) as port:
        yield port


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return the data with a few bytes removed, doubled, swapped or replaced."""
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)
        piece = data[min(at, other):max(at, other)][:12]
        data = chance.choice([
            data[:at] + data[at + len(piece):], data[:at] + piece + data[at:],
            data[:at] + chance.choice(SPLINTERS) + data[at:]])
    return data


def test_nonsense(port: int, store: Path) -> None:
    """Damaged requests get an answer that blames the request or a limit, and shows nothing of this machine."""
    chance = random.Random(5)
    statuses = set()
    for _ in range(300):
        method, path, headers, body = chance.choice(SEEDS)
        if body and chance.random() < 0.8:
            body = damaged(body, chance)
        else:
            text = damaged(path.encode()[1:], chance)
            path = "/" + "".join(chr(byte) if 33 <= byte < 127 else f"%{byte:02X}" for byte in text)
        answer = send(port, method, path, headers, body)
        statuses.add(answer.status)
        assert answer.status < 500 or answer.status in (503, 504), (method, path, body, answer)
        assert str(store).encode() not in answer.body, (method, path, body, answer)
        assert b"Traceback" not in answer.body
    assert {200, 204, 400} <= statuses


def test_announced_body_is_refused_unread(port: int) -> None:
    """A body of 200 MB is refused before it is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"PUT /store?graph=a:g HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\n"
                           b"Content-Length: 200000000\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


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
