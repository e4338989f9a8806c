"""The W3C's protocol tests, replayed over a connection."""

from pathlib import Path

from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from tests.w3c.replay import replay, send
from tests.w3c.suite import entries, read_protocol_tests

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")


def test_sparql_protocol(suite: Path, port: int) -> None:
    """All 34 tests of the SPARQL 1.1 Protocol pass."""
    tests = read_protocol_tests(suite / "sparql11" / "protocol", "manifest.ttl")
    failures = {test.name: wrong for test in tests if (wrong := replay(test, port, {"/sparql/": "/sparql"}))}
    assert failures == {}
    assert len(tests) == 34


def test_graph_store_protocol(suite: Path, port: int) -> None:
    """All 13 tests of the Graph Store HTTP Protocol pass, with direct and with indirect names."""
    folder = suite / "sparql11" / "graph-store-protocol"
    tests = read_protocol_tests(folder, "manifest-direct.ttl", "manifest-indirect.ttl")
    failures = {test.name: wrong for test in tests if (wrong := replay(test, port, {"/gsp": "/store"}))}
    assert failures == {}
    assert len(tests) == 13


def test_service_description(suite: Path, port: int) -> None:
    """All 3 tests of the service description pass: GET gives RDF, which names the endpoint and fits the schema."""
    manifest = Graph().parse(suite / "sparql11" / "service-description" / "manifest.ttl")
    names = {str(entry).rpartition("#")[2] for entry in entries(manifest)}
    assert names == {"has-endpoint-triple", "returns-rdf", "conforms-to-schema"}
    answer = send(port, "GET", "/sparql", {}, None)
    assert (answer.status, answer.media_type) == (200, "text/turtle")
    graph = Graph().parse(data=answer.body, format="turtle")
    endpoint = URIRef(f"http://127.0.0.1:{port}/sparql")
    [service] = graph.subjects(SD.endpoint, endpoint)
    assert (service, RDF.type, SD.Service) in graph
    assert misfits(graph) == []


def misfits(graph: Graph) -> list[object]:
    """Return the triples of a description whose ends are not of the classes that its vocabulary demands."""
    instances = {SD.Language: {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update},
                 SD.Feature: {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs,
                              SD.BasicFederatedQuery}}
    of_service = ("endpoint", "feature", "supportedLanguage", "resultFormat", "inputFormat", "defaultDataset")
    domains: dict[Node, URIRef] = {SD[name]: SD.Service for name in of_service}
    domains |= dict.fromkeys((SD.defaultGraph, SD.namedGraph), SD.Dataset)
    ranges: dict[Node, URIRef] = {SD.defaultDataset: SD.Dataset, SD.defaultGraph: SD.Graph,
                                  SD.namedGraph: SD.NamedGraph}
    known: dict[Node, set[URIRef]] = {SD.supportedLanguage: instances[SD.Language], SD.feature: instances[SD.Feature]}
    terms = set(domains) | {RDF.type}
    ours = [(s, p, o) for s, p, o in graph if str(p).startswith(str(SD))]
    return [(s, p, o) for s, p, o in ours
            if p not in terms or (s, RDF.type, domains[p]) not in graph
            or (p in ranges and (o, RDF.type, ranges[p]) not in graph) or (p in known and o not in known[p])
            or (p == SD.resultFormat and not str(o).startswith("http://www.w3.org/ns/formats/"))]
