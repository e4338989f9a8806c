"""The service over a graph behind a real endpoint: queries, views, writes, limits, and an endpoint that goes."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import Request, Response
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Route
from typer.testing import CliRunner

from api.access import Access, Token, digest
from api.app import create_app
from api.limits import Limits
from api.service import Service
from kg.cli import app as command
from kg.errors import InputError
from kg.pipeline import add
from kg.store.credentials import PASSWORD, TOKEN, USER
from kg.store.remote import open_endpoint
from kg.vocab import article_iri
from tests.api.conftest import layoffs, office, write_store
from tests.api.running import run_app
from tests.api.test_limits import ENDLESS, ask, assert_problem, wait_for
from tests.servers import VIRTUOSO_PASSWORD, VIRTUOSO_USER, run_oxigraph, run_virtuoso

LIMITS = Limits(seconds=30, rows=100, workers=1, queue=0, endpoint_staleness=0.5)
ACCESS = Access((Token("ann", "write", digest("secret")),))
TOKENED = {"authorization": "Bearer secret"}
ARTICLE = {"text": "Amazon cut 300 jobs on Thursday. Andy Jassy is the CEO of Amazon.", "title": "Amazon cuts jobs",
           "date": "2025-07-18"}


@pytest.fixture(autouse=True, scope="module")
def _no_credentials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the credentials of whoever runs the tests out of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETRC", str(tmp_path_factory.mktemp("netrc") / "none"))
        yield


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server with two articles."""
    with ExitStack() as stack:
        if request.param == "virtuoso":
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            patch.setenv(USER, VIRTUOSO_USER)
            patch.setenv(PASSWORD, VIRTUOSO_PASSWORD)
            url = stack.enter_context(run_virtuoso(tmp_path_factory.mktemp("virtuoso")))
        else:
            url = stack.enter_context(run_oxigraph())
        with open_endpoint(url) as store:
            add([layoffs(), office()], store)
        yield url


@pytest.fixture(scope="module")
def client(endpoint: str) -> Iterator[TestClient]:
    """Return a client of the service over it."""
    with TestClient(create_app(endpoint, limits=LIMITS, access=ACCESS)) as client:
        yield client


@pytest.fixture(scope="module")
def disk(store_path: Path) -> Iterator[TestClient]:
    """Return a client of a service over the same articles on disk."""
    with TestClient(create_app(store_path)) as client:
        yield client


@pytest.mark.parametrize("path", [
    "/v1/summary", "/v1/articles", "/v1/entities?q=amazon", "/v1/events?type=Layoff", "/v1/claims", "/v1/network",
    "/v1/path?source=Andy%20Jassy&target=Dublin",
    "/sparql?query=SELECT%20?n%20{%20?s%20a%20news:Place%20;%20rdfs:label%20?n%20}",
    "/sparql?query=ASK%20{%20?s%20rdfs:label%20'Dublin'%20}",
    "/sparql?query=CONSTRUCT%20WHERE%20{%20?s%20news:operatesIn%20?o%20}",
])
def test_answers_are_those_of_a_directory(client: TestClient, disk: TestClient, path: str) -> None:
    """Queries and views over an endpoint are what they are over a directory."""
    answers = [each.get(path, headers={"accept": "application/json, text/turtle;q=0.5"}) for each in (client, disk)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("path", ["/", "/articles", "/events", "/claims", "/conflicts", "/graph", "/query"])
def test_pages(client: TestClient, path: str) -> None:
    """Pages for people are filled from the endpoint."""
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_article(client: TestClient, endpoint: str) -> None:
    """An article is added with a token, seen at once, and gone with all that it said when it is removed."""
    with open_endpoint(endpoint) as store:
        before = store.to_nquads()
        assert client.post("/v1/articles", json=ARTICLE).status_code == 401
        added = client.post("/v1/articles", json=ARTICLE, headers=TOKENED)
        assert added.status_code == 201
        name = added.json()["id"]
        assert name in [article["id"] for article in client.get("/v1/articles").json()["articles"]]
        assert store.to_nquads() != before
        assert client.delete(f"/v1/articles/{name}", headers=TOKENED).status_code == 204
        assert client.get(f"/v1/articles/{name}").status_code == 404
        assert store.to_nquads() == before


def test_merge(client: TestClient) -> None:
    """Two names are held for one entity and for two again, in searches at once."""
    def names() -> set[str]:
        return {entity["label"] for entity in client.get("/v1/entities").json()["entities"]}

    pair, before = {"one": "Microsoft", "other": "Zeta Labs"}, names()
    assert client.post("/v1/merges", json=pair, headers=TOKENED).json()["changed"] is True
    assert len(names()) == len(before) - 1
    assert client.post("/v1/splits", json=pair, headers=TOKENED).json()["changed"] is True
    assert names() == before


def test_graphs_and_updates(client: TestClient) -> None:
    """Graphs are written, read, changed by an update and dropped at the endpoint, with a token only."""
    graph, turtle = "/store?graph=urn:test:g", {"content-type": "text/turtle"}
    assert client.put(graph, content="<urn:a> <urn:b> 1 .", headers=turtle).status_code == 401
    assert client.put(graph, content="<urn:a> <urn:b> 1 .", headers=turtle | TOKENED).status_code == 201
    update = {"update": "INSERT DATA { GRAPH <urn:test:g> { <urn:a> rdfs:label 'x' } }"}
    assert client.post("/sparql", data=update, headers=TOKENED).status_code == 204
    assert client.get(graph, headers={"accept": "application/n-triples"}).text.count(" .\n") == 2
    assert client.delete(graph, headers=TOKENED).status_code == 204
    assert client.get(graph).status_code == 404
    bad = client.post("/sparql", data={"update": "INSERT DATA {"}, headers=TOKENED)
    assert (bad.status_code, "127.0.0.1" in bad.text) == (400, False)


def test_conditions(client: TestClient) -> None:
    """A client is spared what it has, but no write relies on a tag, since others may have written unseen."""
    tag = client.get("/v1/summary").headers["etag"]
    assert tag.startswith("W/")
    for given in (tag, tag.removeprefix("W/")):
        refused = client.put("/store?graph=urn:test:h", content="", headers=TOKENED | {"if-match": given})
        assert (refused.status_code, "endpoint" in refused.json()["detail"]) == (412, True)
    missing = client.delete("/store?graph=urn:test:h", headers=TOKENED | {"if-match": "*"})
    assert missing.status_code == 412


def test_writes_of_others_are_seen(client: TestClient, endpoint: str) -> None:
    """What somebody else writes to the endpoint is seen by queries at once and by views within the stated time."""
    def entities() -> int:
        return sum(entry["entities"] for entry in client.get("/v1/entities").json()["types"])

    before = entities()
    with open_endpoint(endpoint) as store:
        store.remove_article(article_iri("office"))
        assert client.get("/sparql", params={"query": "ASK { ?s rdfs:label 'Dublin' }"}).json()["boolean"] is False
        wait_for(lambda: entities() == before - 1, LIMITS.endpoint_staleness + 5)
        add([office()], store)
        wait_for(lambda: entities() == before, LIMITS.endpoint_staleness + 5)


def test_limits() -> None:
    """Time, rows and the queue are limited; a query past its time, or whose client goes, lets go of the endpoint."""
    with ExitStack() as stack:
        url = stack.enter_context(run_oxigraph())  # of its own, because it works on when nobody waits any more
        with open_endpoint(url, environment={}) as store:
            add([layoffs()], store)
        app = create_app(url, limits=LIMITS)
        port = stack.enter_context(run_app(app))
        service: Service = app.state.service
        assert_problem(ask(port, "SELECT * { ?a ?b ?c }"), 503, "100 rows")
        assert_problem(ask(port, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), 400, "SERVICE")
        started = time.monotonic()
        assert_problem(ask(port, ENDLESS, timeout=1), 504, "1 seconds")
        assert time.monotonic() - started < 4
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        connection.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: service.queries.jobs == 1)
        assert_problem(ask(port, "ASK {}"), 429, "waiting")
        connection.close()
        wait_for(lambda: service.queries.jobs == 0, 4)
        assert json.loads(ask(port, "ASK {}").body)["boolean"] is True


async def breaks_off(request: Request) -> Response:
    """Answer questions, and begin to answer all else, as servers do that run into their own time limit."""
    yes = b'{"head": {}, "boolean": true}'
    body = yes if b"ASK" in await request.body() else b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": '
    return Response(body, media_type="application/sparql-results+json")


def test_answer_that_breaks_off() -> None:
    """Half an answer of the endpoint is an error, in queries as in views, and the worker goes on."""
    with run_app(Starlette(routes=[Route("/sparql", breaks_off, methods=["POST"])])) as port:
        app = create_app(f"http://127.0.0.1:{port}/sparql")
        with TestClient(app) as client:
            for path in ("/sparql?query=SELECT%20*%20{%20?x%20a%20?y%20}", "/v1/articles"):
                assert (client.get(path).status_code, client.get("/ready").status_code) == (502, 200)
            assert app.state.service.queries.restarts == 0


def test_endpoint_that_goes() -> None:
    """Without its endpoint the service lives, is not ready, answers with a problem and shows no address."""
    with ExitStack() as server:
        url = server.enter_context(run_oxigraph())
        with TestClient(create_app(url, access=ACCESS)) as client:
            assert client.get("/ready").status_code == 200
            assert client.post("/sparql", data={"update": "CLEAR ALL"}, headers=TOKENED).status_code == 204
            server.close()
            assert client.get("/health").status_code == 200
            for answer in (client.get("/ready"), client.get("/v1/summary"), client.get("/store?default"),
                           client.post("/sparql", data={"update": "CLEAR ALL"}, headers=TOKENED)):
                assert answer.status_code == 503
                assert answer.headers["content-type"] == "application/problem+json"
                assert "does not answer" in answer.json()["detail"]
                assert "127.0.0.1" not in answer.text


def test_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Credentials get the service into an endpoint; where they do not, nobody is shown them."""
    write_store(tmp_path / "store", layoffs())
    with run_app(create_app(tmp_path / "store", access=Access(ACCESS.tokens, anonymous=None))) as port:
        url = f"http://127.0.0.1:{port}/sparql"
        for secret, status in (("secret", 200), ("wrong-secret", 502)):
            monkeypatch.setenv(TOKEN, secret)
            with TestClient(create_app(url)) as client:
                answer = client.get("/sparql", params={"query": "ASK { ?s a news:Company }"})
                assert answer.status_code == status, answer.text
                shown = answer.text + client.get("/metrics").text + "".join(capfd.readouterr())
                assert "secret" not in shown


def test_command_says_what_is_wrong() -> None:
    """kg serve over an address where nothing is, or that would let others fetch, ends with one line."""
    result = CliRunner().invoke(command, ["serve", "--store", "http://127.0.0.1:9/sparql"])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    with pytest.raises(InputError, match="--remote"):
        create_app("http://127.0.0.1:9/sparql", remote_hosts=["example.org"])
