"""Writes on a condition: only where nothing has been written since, or where a graph is or is not there."""

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from api.access import Access
from api.app import create_app
from api.limits import Limits
from kg.vocab import article_iri, compact
from tests.api.conftest import layoffs, write_store

TURTLE = {"content-type": "text/turtle"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store with one article."""
    path = tmp_path_factory.mktemp("conditional") / "store"
    write_store(path, layoffs())
    return path


@pytest.fixture(scope="module")
def writer(path: Path) -> Iterator[TestClient]:
    """Return a client of a service that everybody may write to and that looks for others' writes once an hour."""
    with TestClient(create_app(path, limits=Limits(staleness=3600), access=Access(anonymous="write"))) as client:
        yield client


def put(client: TestClient, value: int, **headers: str) -> int:
    """Replace a graph under a condition and return the status."""
    given = TURTLE | {name.replace("_", "-"): text for name, text in headers.items()}
    return client.put("/store?graph=a:g", content=f"<a:s> <a:p> {value} .", headers=given).status_code


def tag(client: TestClient) -> str:
    """Return the tag of the present state, from a view."""
    return client.get("/v1/summary").headers["etag"]


def test_only_what_was_read_is_changed(writer: TestClient) -> None:
    """Whoever read before another wrote is refused, whatever was read and written, and nothing is changed."""
    assert put(writer, 1) == 201
    graph = writer.get("/store?graph=a:g", headers={"accept": "text/turtle"})
    read = graph.headers["etag"]
    assert put(writer, 2, if_match=f'"other", {read}') == 204
    assert put(writer, 3, if_match=read) == 412
    assert put(writer, 3, if_match=tag(writer)) == 204
    stale = tag(writer)
    assert writer.post("/sparql", data={"update": "CLEAR SILENT GRAPH <a:h>"}).status_code == 204
    assert writer.post("/sparql", data={"update": "CLEAR ALL"}, headers={"if-match": stale}).status_code == 412
    name = compact(article_iri("layoffs"))
    assert writer.delete(f"/v1/articles/{name}", headers={"if-match": stale}).status_code == 412
    assert writer.get(f"/v1/articles/{name}").status_code == 200
    assert "3" in writer.get("/store?graph=a:g", headers={"accept": "text/turtle"}).text


def test_each_graph_by_itself(writer: TestClient) -> None:
    """A write to one graph does not keep another from being changed, and an update keeps both."""
    def put_other(value: int) -> int:
        return writer.put("/store?graph=a:other", content=f"<a:s> <a:p> {value} .", headers=TURTLE).status_code

    put(writer, 1)
    read = writer.get("/store?graph=a:g").headers["etag"]
    assert put_other(1) in (201, 204)
    assert writer.put("/store?default", content="", headers=TURTLE).status_code == 204
    assert put(writer, 2, if_match=read) == 204
    assert put(writer, 3, if_match=read) == 412
    read = writer.get("/store?graph=a:g").headers["etag"]
    assert writer.post("/sparql", data={"update": "INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 4 } }"}).status_code == 204
    assert put_other(2) == 204
    assert put(writer, 3, if_match=read) == 412


@pytest.mark.parametrize("given", ['W/{}', '"x"', "x", '""', '"x{}"'])
def test_tags_of_no_state(writer: TestClient, given: str) -> None:
    """A weak tag or one that the service never gave is no match."""
    assert put(writer, 1, if_match=given.format(tag(writer).strip('"'))) == 412


def test_graphs_that_have_to_be_there_or_not(writer: TestClient) -> None:
    """``If-Match: *`` wants the graph to be there, ``If-None-Match: *`` wants it to be new."""
    writer.delete("/store?graph=a:g")
    assert put(writer, 1, if_match="*") == 412
    assert put(writer, 1, if_none_match="*") == 201
    assert put(writer, 2, if_none_match="*") == 412
    assert put(writer, 2, if_match="*") == 204


def test_writes_of_other_processes_count(writer: TestClient, path: Path) -> None:
    """A write that readers do not see yet makes the condition false all the same."""
    writer.portal.call(writer.app.state.service.keeper.pool.run, {"close": True})  # type: ignore[union-attr, attr-defined]
    read = tag(writer)
    assert put(writer, 4, if_match=read) == 204
    writer.portal.call(writer.app.state.service.keeper.pool.run, {"close": True})  # type: ignore[union-attr, attr-defined]
    read = tag(writer)
    other = ox.Store(path)
    other.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal(1)))
    del other
    assert tag(writer) == read
    assert put(writer, 5, if_match=read) == 412
