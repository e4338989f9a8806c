import csv
import io
from typing import Any

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from kg.vocab import NEWS, article_iri, facts_graph

CEOS = "SELECT DISTINCT ?name { ?p news:ceoOf ?c . ?p rdfs:label ?name . ?c rdfs:label 'Amazon' }"
CONSTRUCT = "CONSTRUCT { ?p news:ceoOf ?c } WHERE { ?p news:ceoOf ?c }"
FORM = "application/x-www-form-urlencoded"


def ask(client: TestClient, query: str, accept: str = "*/*", **parameters: Any) -> Any:
    """Send a query with GET."""
    return client.get("/sparql", params={"query": query, **parameters}, headers={"accept": accept})


def test_select_as_json(client: TestClient) -> None:
    """A query without prefix declarations finds the CEO."""
    response = ask(client, CEOS)
    assert response.headers["content-type"] == "application/sparql-results+json"
    assert response.json()["results"]["bindings"] == [{"name": {"type": "literal", "value": "Andy Jassy"}}]


def test_three_ways_to_ask(client: TestClient) -> None:
    """GET, a form and a body that is the query give the same answer."""
    answers = [ask(client, CEOS), client.post("/sparql", data={"query": CEOS}),
               client.post("/sparql", content=CEOS, headers={"content-type": "application/sparql-query"})]
    assert {response.status_code for response in answers} == {200}
    assert len({response.content for response in answers}) == 1


@pytest.mark.parametrize(("accept", "start"), [
    ("application/sparql-results+xml", "<?xml"), ("text/csv", "name\r\nAndy Jassy"),
    ("text/tab-separated-values", '?name\n"Andy Jassy"'), ("application/json", "{"),
])
def test_select_formats(client: TestClient, accept: str, start: str) -> None:
    """Solutions come in the four formats of SPARQL 1.1."""
    response = ask(client, CEOS, accept)
    assert response.headers["content-type"].partition(";")[0] == accept
    assert response.text.startswith(start)


@pytest.mark.parametrize("accept", [
    "text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"])
def test_construct_formats(client: TestClient, accept: str) -> None:
    """Triples come in four formats, which read back as the same graph."""
    response = ask(client, CONSTRUCT, accept)
    assert response.headers["content-type"].partition(";")[0] == accept
    [quad] = ox.parse(response.content, format=ox.RdfFormat.from_media_type(accept))
    assert quad.predicate == ox.NamedNode(NEWS["ceoOf"])


def test_ask(client: TestClient) -> None:
    """A yes-or-no question is answered as JSON or XML, and never as CSV."""
    assert ask(client, "ASK { ?e a news:Layoff }").json()["boolean"] is True
    assert ask(client, "ASK { ?e a news:Layoff }", "text/csv").status_code == 406


def test_not_acceptable(client: TestClient) -> None:
    """A format that the result does not have is 406, with the list of those that it has."""
    response = ask(client, CEOS, "text/turtle")
    assert response.status_code == 406
    assert "text/csv" in response.json()["detail"]


def test_default_graph_uri(client: TestClient) -> None:
    """With default-graph-uri only that graph is read."""
    query = "SELECT (COUNT(*) AS ?n) { ?p news:ceoOf ?c }"
    counts = [next(csv.DictReader(io.StringIO(
        ask(client, query, "text/csv", **{"default-graph-uri": facts_graph(article_iri(name))}).text)))["n"]
        for name in ("layoffs", "office")]
    assert counts == ["1", "0"]


def test_named_graph_uri(client: TestClient) -> None:
    """With named-graph-uri only that graph can be named."""
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    graph = facts_graph(article_iri("office"))
    response = ask(client, query, **{"named-graph-uri": graph})
    assert [row["g"]["value"] for row in response.json()["results"]["bindings"]] == [str(graph)]


@pytest.mark.parametrize("query", [
    "SELECT", "SELECT * { ?s ?p }", "INSERT DATA { <a:a> <a:b> <a:c> }",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "LOAD <http://127.0.0.1:9/>",
])
def test_refused_queries(client: TestClient, query: str) -> None:
    """Malformed queries, updates and calls to other hosts are 400 with a reason."""
    response = ask(client, query)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_parameters_are_checked(client: TestClient) -> None:
    """The query must be there, once, in UTF-8, and no update beside it."""
    assert client.post("/sparql", data={"x": "y"}).status_code == 400
    assert client.get("/sparql?query=ASK{}&query=ASK{}").status_code == 400
    assert client.post("/sparql", content=b"query=%ff", headers={"content-type": FORM}).status_code == 400
    assert client.post("/sparql", data={"update": "CLEAR ALL", "query": "ASK {}"}).status_code == 400
    assert client.get("/sparql?query=ASK{}&timeout=soon").status_code == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/json"])
def test_unsupported_media_type(client: TestClient, content_type: str) -> None:
    """Only forms, queries and updates can be posted."""
    response = client.post("/sparql", content=CEOS, headers={"content-type": content_type})
    assert response.status_code == 415


def test_remote_from_reads_nothing(client: TestClient) -> None:
    """FROM names graphs of the store; a remote one is empty and is not fetched."""
    response = ask(client, "SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }")
    assert response.json()["results"]["bindings"] == []
