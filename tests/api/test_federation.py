"""SERVICE and LOAD between two real services on loopback."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest

from api.access import Access
from api.app import create_app
from kg.store import open_store
from tests.api.conftest import layoffs, write_store
from tests.api.running import run_app
from tests.w3c.replay import Answer, send


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, int]]:
    """Return the ports of a service with a graph, of one that may call it, and of one that may not."""
    folder = tmp_path_factory.mktemp("federation")
    write_store(folder / "full", layoffs())
    with ExitStack() as stack:
        full = stack.enter_context(run_app(create_app(folder / "full")))
        writers = []
        for name, hosts in (("allowed", ["127.0.0.1"]), ("closed", [])):
            open_store(folder / name).close()
            app = create_app(folder / name, remote_hosts=hosts, access=Access(anonymous="write"))
            writers.append(stack.enter_context(run_app(app)))
        yield full, writers[0], writers[1]


def ask(port: int, query: str) -> Answer:
    """Send a query."""
    return send(port, "GET", f"/sparql?query={quote(query)}", {}, None)


def update(port: int, text: str) -> Answer:
    """Send an update."""
    return send(port, "POST", "/sparql", {"content-type": "application/sparql-update"}, text.encode())


def test_service(ports: tuple[int, int, int]) -> None:
    """A listed endpoint answers within a query; without the list the same query is refused."""
    full, allowed, closed = ports
    query = f"ASK {{ SERVICE <http://127.0.0.1:{full}/sparql> {{ ?company rdfs:label 'Amazon' }} }}"
    answer = ask(allowed, query.replace("rdfs:label", "<http://www.w3.org/2000/01/rdf-schema#label>"))
    assert (answer.status, json.loads(answer.body).get("boolean")) == (200, True), answer
    assert ask(closed, query).status == 400


def test_load(ports: tuple[int, int, int]) -> None:
    """A listed host's graph is loaded; without the list LOAD is refused and LOAD SILENT does nothing."""
    full, allowed, closed = ports
    load = f"<http://127.0.0.1:{full}/store?default> INTO GRAPH <a:g>"
    loaded = "ASK { GRAPH <a:g> { ?company rdfs:label 'Amazon' } }"
    assert update(allowed, f"LOAD {load}").status == 204
    assert json.loads(ask(allowed, loaded).body)["boolean"] is True
    assert update(closed, f"LOAD {load}").status == 400
    assert update(closed, f"LOAD SILENT {load}").status == 204
    assert json.loads(ask(closed, loaded).body)["boolean"] is False


def test_endpoint_that_fails(ports: tuple[int, int, int]) -> None:
    """An endpoint that does not answer makes the query fail as a whole, and says so."""
    _, allowed, _ = ports
    answer = ask(allowed, "SELECT * { SERVICE <http://127.0.0.1:9999/none> { ?s ?p ?o } }")
    assert (answer.status, answer.media_type) == (502, "application/problem+json")


def test_description_says_whether(ports: tuple[int, int, int]) -> None:
    """The description names federation only where it is possible."""
    _, allowed, closed = ports
    assert [b"BasicFederatedQuery" in send(port, "GET", "/sparql", {}, None).body for port in (allowed, closed)] == [
        True, False]
