"""Requests that are nonsense: each is answered, blamed on whoever sent it, and told nothing of this machine."""

from __future__ import annotations

import json
import random
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from api.access import Access
from api.app import create_app
from api.limits import Limits
from api.process import ENDED
from tests.api.conftest import layoffs, write_store
from tests.api.grammar import damaged, sentence
from tests.api.running import run_app
from tests.w3c.replay import Answer, send

LIMITS = Limits(seconds=1, workers=2)
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
SOUND = {"query": b"ASK {}", "update": b"INSERT DATA { <a:s> <a:p> 1 }"}
SECRETS = [b"Traceback", b"site-packages", b"/api/", b"/kg/", b"panicked", ENDED.encode()]
"""What no answer shows: code, and that a worker did not survive."""
READ_ARTICLES = {("POST", "/v1/articles"), ("POST", "/v1/extract")}
"""What starts the language model."""

for media_type in ("application/sparql-query", "application/sparql-update", "application/ld+json", "text/turtle",
                   "application/n-triples", "application/rdf+xml"):
    @schemathesis.serializer(media_type)
    def serialize(context: schemathesis.SerializationContext, value: Any) -> bytes:
        """Return what is sent as text, or else as JSON."""
        return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store."""
    path = tmp_path_factory.mktemp("malformed") / "store"
    write_store(path, layoffs())
    return path


@pytest.fixture(scope="module")
def port(store: Path) -> Iterator[int]:
    """Run a service that everybody may write to and return its port."""
    with run_app(create_app(store, limits=LIMITS, access=Access(anonymous="write"))) as port:
        yield port


def checked(answer: Answer, store: Path, sent: object) -> int:
    """Return the status of an answer that is no fault of the service, a problem where it is no success."""
    assert answer.status < 500 or answer.status in (503, 504), (sent, answer)
    for secret in (str(store).encode(), *SECRETS):
        assert secret not in answer.body, (sent, answer)
    if answer.status >= 400:
        assert answer.media_type == "application/problem+json", (sent, answer)
        assert json.loads(answer.body)["status"] == answer.status
    return answer.status


def test_nonsense(port: int, store: Path) -> None:
    """Damaged requests of every kind are answered."""
    chance = random.Random(5)
    statuses = set()
    for _ in range(300):
        method, path, headers, body = chance.choice(SEEDS)
        if body and chance.random() < 0.8:
            body = damaged(body, chance)
        else:
            text = damaged(path.encode()[1:], chance)
            path = "/" + "".join(chr(byte) if 33 <= byte < 127 else f"%{byte:02X}" for byte in text)
        statuses.add(checked(send(port, method, path, headers, body), store, (method, path, body)))
    assert {200, 204, 400} <= statuses


def test_generated_sparql(port: int, store: Path) -> None:
    """Queries and updates made from the grammar are answered, whole or damaged."""
    chance = random.Random(5)
    statuses: Counter[int] = Counter()
    for i in range(400):
        kind = chance.choice(["query", "update"])
        text = sentence(kind, chance).encode()
        if i % 2:
            text = damaged(text, chance)
        answer = send(port, "POST", "/sparql", {"content-type": f"application/sparql-{kind}"}, text)
        statuses[checked(answer, store, text)] += 1
    assert min(statuses[200], statuses[204], statuses[400]) > 20, statuses


@pytest.mark.parametrize(("kind", "text"), [
    ("query", "ASK " + "{" * 100_000 + "}" * 100_000),
    ("query", "ASK { FILTER" + "(" * 100_000 + "1" + ")" * 100_000 + "}"),
    ("query", "ASK { ?s " + "(" * 100_000 + "a" + ")" * 100_000 + " ?o }"),
    ("query", "ASK { FILTER(" + "!" * 100_000 + "1) }"),
    ("query", "ASK { ?s a ?o " + "OPTIONAL { ?s a ?o " * 100_000 + "}" * 100_000 + "}"),
    ("update", "INSERT {} WHERE " + "{" * 100_000 + "}" * 100_000),
    ("update", "INSERT DATA { <a:s> <a:p> " + "(" * 100_000 + ")" * 100_000 + " }"),
], ids=["groups", "brackets", "paths", "not", "optional", "update", "lists"])
def test_deep_nesting(port: int, store: Path, kind: str, text: str) -> None:
    """What is nested too deep is refused for that before it is read, and no process is lost."""
    answer = send(port, "POST", "/sparql", {"content-type": f"application/sparql-{kind}"}, text.encode())
    assert checked(answer, store, text[:40]) == 400
    assert b"within each other" in answer.body
    assert send(port, "POST", "/sparql", {"content-type": f"application/sparql-{kind}"}, SOUND[kind]).status < 300


@pytest.mark.parametrize("path", ["/v1/entities?q=" + "x" * 70_000, "/a b", "\r\n"], ids=["long", "space", "no HTTP"])
def test_what_is_no_request(port: int, store: Path, path: str) -> None:
    """An address longer than 64 KiB, and what is no HTTP, are answered with a problem too."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\ncontent-type: application/problem+json\r\n" in head + b"\r\n"
    assert json.loads(body)["status"] == 400


def test_long_sum(port: int, store: Path) -> None:
    """What needs more stack without brackets is answered with that reason, and the next request is served."""
    text = b"ASK { FILTER(1" + b"+1" * 100_000 + b") }"
    answer = send(port, "POST", "/sparql", {"content-type": "application/sparql-query"}, text)
    assert checked(answer, store, text[:40]) == 503
    assert b"nested" in answer.body
    assert send(port, "POST", "/sparql", {"content-type": "application/sparql-query"}, SOUND["query"]).status == 200


def requests_of(openapi: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return what makes malformed requests of the operations, evenly of each."""
    found = schemathesis.openapi.from_dict(openapi).get_all_operations()
    operations = [result.ok() for result in found if isinstance(result, Ok)]
    return st.sampled_from([
        operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE) for operation in operations
        if (operation.method.upper(), operation.path) not in READ_ARTICLES]).flatmap(lambda strategy: strategy)


def test_requests_that_break_the_description(port: int, store: Path, root: Path) -> None:
    """A thousand requests that break ``docs/openapi.json`` are answered."""
    statuses: Counter[int] = Counter()

    @seed(5)
    @settings(max_examples=1000, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(requests_of(json.loads((root / "docs" / "openapi.json").read_text("utf-8"))))
    def work(case: Any) -> None:
        response = case.call(base_url=f"http://127.0.0.1:{port}")
        headers = {name: values[0] for name, values in response.headers.items()}
        answer = Answer(response.status_code, headers, response.content)
        statuses[checked(answer, store, (response.request.method, response.request.url, response.request.body))] += 1

    work()
    assert sum(statuses.values()) >= 1000
    assert statuses[422] > 100, statuses
