"""SERVICE and LOAD between two real services on loopback."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest

from api.access import Access
from api.app import create_app
from api.limits import Limits
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
            app = create_app(folder / name, remote_hosts=hosts, access=Access(anonymous="write"),
                             limits=Limits(remote_bytes=100_000, remote_seconds=2))
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


class Endpoint(BaseHTTPRequestHandler):
    """Answers wrongly, as the address says."""

    def do_GET(self) -> None:
        """Answer to LOAD as to SERVICE."""
        self.do_POST()

    def do_POST(self) -> None:
        """Send elsewhere, too much, too slowly, nonsense or something of another type."""
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/small")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if self.path == "/page" else "text/turtle")
        self.end_headers()
        with suppress(OSError):
            for _ in range(10_000):
                self.wfile.write(b"<a:a> <a:b> 1 .\n" * (1000 if self.path == "/much" else 1))
                self.wfile.flush()
                if self.path != "/much":
                    time.sleep(0.2)
                if self.path in ("/small", "/page", "/nonsense"):
                    break

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Return the address of an endpoint that answers wrongly."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("path", "reason"), [
    ("redirect", "status 302"), ("much", "more than 100000 bytes"), ("slow", "seconds"), ("page", "text/html")])
def test_answers_past_a_limit(ports: tuple[int, int, int], endpoint: str, path: str, reason: str) -> None:
    """What sends elsewhere, is too long or takes too long is not taken, and the client learns why."""
    _, allowed, _ = ports
    started = time.monotonic()
    load = update(allowed, f"LOAD <{endpoint}/{path}> INTO GRAPH <a:bad>")
    assert (load.status, reason in json.loads(load.body)["detail"]) == (502, True), load
    assert update(allowed, f"LOAD SILENT <{endpoint}/{path}> INTO GRAPH <a:bad>").status == 204
    assert json.loads(ask(allowed, "ASK { GRAPH <a:bad> { ?s ?p ?o } }").body)["boolean"] is False
    if path != "page":
        answer = ask(allowed, f"SELECT * {{ SERVICE <{endpoint}/{path}> {{ ?s ?p ?o }} }}")
        assert (answer.status, reason in json.loads(answer.body)["detail"]) == (502, True), answer
    assert ask(allowed, f"SELECT * {{ SERVICE SILENT <{endpoint}/{path}> {{ ?s ?p ?o }} }}").status == 200
    assert time.monotonic() - started < 30


def test_nonsense_shows_nothing_of_the_gateway(ports: tuple[int, int, int], endpoint: str) -> None:
    """An answer that is no result fails the query, and the way to the endpoint stays this process's own."""
    answer = ask(ports[1], f"SELECT * {{ SERVICE <{endpoint}/nonsense> {{ ?s ?p ?o }} }}")
    assert answer.status in (400, 502)
    assert f"{endpoint}/nonsense>".encode() in answer.body
    assert answer.body.count(b"://") == 1


def test_load_in_an_update(ports: tuple[int, int, int], endpoint: str) -> None:
    """LOAD is one operation of an update, into the default graph too; its relative IRIs are those of the document."""
    full, allowed, _ = ports
    document = f"http://127.0.0.1:{full}/store?default"
    text = f"PREFIX x: <a:> LOAD <{document}> INTO GRAPH x:one ; LOAD SILENT <{endpoint}/page> ; LOAD <{document}>"
    assert update(allowed, text).status == 204
    both = "ASK { ?company rdfs:label 'Amazon' GRAPH <a:one> { ?company rdfs:label 'Amazon' } }"
    assert json.loads(ask(allowed, both).body)["boolean"] is True


def test_description_says_whether(ports: tuple[int, int, int]) -> None:
    """The description names federation only where it is possible."""
    _, allowed, closed = ports
    assert [b"BasicFederatedQuery" in send(port, "GET", "/sparql", {}, None).body for port in (allowed, closed)] == [
        True, False]
