from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from api.access import Access
from api.app import create_app
from kg.store import open_store

TURTLE = {"content-type": "text/turtle"}
UPDATE = {"content-type": "application/sparql-update"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a service over an empty store that everybody may write to."""
    path: Path = tmp_path_factory.mktemp("graphs") / "store"
    open_store(path).close()
    with TestClient(create_app(path, access=Access(anonymous="write"))) as client:
        yield client


@pytest.fixture(autouse=True)
def _empty(client: TestClient) -> None:
    assert client.post("/sparql", data={"update": "DROP ALL"}).status_code == 204


def triples(client: TestClient, path: str) -> set[ox.Triple]:
    """Return the triples of a graph."""
    response = client.get(path, headers={"accept": "application/n-triples"})
    assert response.status_code == 200, response.text
    return {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)}


@pytest.mark.parametrize(("media_type", "body"), [
    ("text/turtle", "<a:s> <a:p> <a:o> ."), ("application/n-triples", "<a:s> <a:p> <a:o> ."),
    ("application/ld+json", '{"@id": "a:s", "a:p": {"@id": "a:o"}}'),
    ("application/rdf+xml",
     '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="a:s">'
     '<p xmlns="a:" rdf:resource="a:o"/></rdf:Description></rdf:RDF>'),
])
def test_formats(client: TestClient, media_type: str, body: str) -> None:
    """A graph goes in and comes back in each of the four formats."""
    response = client.put("/store?graph=a:g", content=body.encode(), headers={"content-type": media_type})
    assert response.status_code == 201, response.text
    back = client.get("/store?graph=a:g", headers={"accept": media_type})
    assert back.headers["content-type"].partition(";")[0] == media_type
    [quad] = ox.parse(back.content, format=ox.RdfFormat.from_media_type(media_type))
    assert quad.triple == ox.Triple(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.NamedNode("a:o"))


def test_put_replaces_and_post_adds(client: TestClient) -> None:
    """PUT leaves only what it sent, POST leaves what was there."""
    client.put("/store?graph=a:g", content=b"<a:s> <a:p> 1 .", headers=TURTLE)
    assert client.post("/store?graph=a:g", content=b"<a:s> <a:p> 2 .", headers=TURTLE).status_code == 204
    assert len(triples(client, "/store?graph=a:g")) == 2
    assert client.put("/store?graph=a:g", content=b"<a:s> <a:p> 3 .", headers=TURTLE).status_code == 204
    assert len(triples(client, "/store?graph=a:g")) == 1


def test_default_graph_is_no_named_one(client: TestClient) -> None:
    """The default graph is written, read and emptied by itself."""
    assert client.put("/store?default", content=b"<a:s> <a:p> 1 .", headers=TURTLE).status_code == 204
    client.put("/store?graph=a:g", content=b"<a:s> <a:p> 2 .", headers=TURTLE)
    assert len(triples(client, "/store?default")) == 1
    assert client.delete("/store?default").status_code == 204
    assert triples(client, "/store?default") == set()
    assert len(triples(client, "/store?graph=a:g")) == 1


def test_empty_graph_is_there(client: TestClient) -> None:
    """A graph without triples is a graph, until it is removed."""
    assert client.put("/store?graph=a:g", content=b"", headers=TURTLE).status_code == 201
    assert triples(client, "/store?graph=a:g") == set()
    assert client.delete("/store?graph=a:g").status_code == 204
    assert client.get("/store?graph=a:g").status_code == 404
    assert client.delete("/store?graph=a:g").status_code == 404


def test_direct_names_keep_their_encoding(client: TestClient) -> None:
    """The graph of a direct address is the address as it was sent."""
    assert client.put("/store/a%20b", content=b"<> <a:p> 1 .", headers=TURTLE).status_code == 201
    [triple] = triples(client, "/store?graph=http://testserver/store/a%2520b")
    assert triple.subject == ox.NamedNode("http://testserver/store/a%20b")


def test_blank_nodes_of_two_files_differ(client: TestClient) -> None:
    """The same label in two files of a form is two nodes, and the files' text arrives as it was."""
    files = [("a", ("a.ttl", "_:b <a:p> 'é\\n'.\r\n".encode(), "text/turtle")),
             ("b", ("b.ttl", b"_:b <a:p> 2 .", "text/turtle"))]
    assert client.post("/store?graph=a:g", files=files).status_code == 201
    found = triples(client, "/store?graph=a:g")
    assert len({triple.subject for triple in found}) == 2
    assert ox.Literal("é\n") in {triple.object for triple in found}


def test_patch(client: TestClient) -> None:
    """A patch is an update of the one graph."""
    client.put("/store?graph=a:g", content=b"<a:s> <a:p> 1 .", headers=TURTLE)
    patch = b"DELETE { ?s <a:p> ?o } INSERT { ?s <a:q> ?o } WHERE { ?s <a:p> ?o }"
    assert client.patch("/store?graph=a:g", content=patch, headers=UPDATE).status_code == 204
    [triple] = triples(client, "/store?graph=a:g")
    assert triple.predicate == ox.NamedNode("a:q")
    assert client.patch("/store?graph=a:g", content=b"DROP ALL", headers=UPDATE).status_code == 400
    assert client.patch("/store?graph=a:g", content=patch, headers=TURTLE).status_code == 415


@pytest.mark.parametrize(("path", "body", "headers", "status"), [
    ("/store", b"", TURTLE, 400), ("/store?graph=a:g&default", b"", TURTLE, 400),
    ("/store?graph=a:g&graph=a:h", b"", TURTLE, 400), ("/store?graph=no%20iri", b"", TURTLE, 400),
    ("/store?graph=a:g", b"<a:s> <a:p>", TURTLE, 400), ("/store?graph=a:g", b"\xff", TURTLE, 400),
    ("/store?graph=a:g", b"", {"content-type": "text/plain"}, 415), ("/store?graph=a:g", b"", {}, 415),
    ("/store?graph=a:g", b"", {"content-type": "text/turtle; charset=utf-16"}, 415),
    ("/store?graph=a:g", b"", {"content-type": "multipart/form-data"}, 400),
    ("/store?graph=a:g", b"--b\r\nContent-Type: text/turtle\r\n\r\n<a:a> <a:b> 1 .",
     {"content-type": "multipart/form-data; boundary=b"}, 400),
    ("/store?graph=a:g", b"--c--", {"content-type": "multipart/form-data; boundary=b"}, 400),
])
def test_malformed_requests(client: TestClient, path: str, body: bytes, headers: dict[str, str], status: int) -> None:
    """A request that names no one graph, or whose body cannot be read, is refused and changes nothing."""
    response = client.put(path, content=body, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert client.get("/store?graph=a:g").status_code == 404


def test_not_acceptable(client: TestClient) -> None:
    """A format that no graph has is 406."""
    assert client.get("/store?default", headers={"accept": "text/csv"}).status_code == 406


def test_unchanged_graph_is_not_sent_again(client: TestClient) -> None:
    """A client that has the graph gets 304 until something is written; another format is another answer."""
    client.put("/store?graph=a:g", content=b"<a:s> <a:p> 1 .", headers=TURTLE)
    tag = client.get("/store?graph=a:g", headers={"accept": "text/turtle"}).headers["etag"]
    known = {"accept": "text/turtle", "if-none-match": f'"x", {tag}'}
    response = client.get("/store?graph=a:g", headers=known)
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    assert client.get("/store?graph=a:g", headers=known | {"accept": "application/n-triples"}).status_code == 200
    client.put("/store?graph=a:g", content=b"<a:s> <a:p> 2 .", headers=TURTLE)
    assert client.get("/store?graph=a:g", headers=known).status_code == 200
