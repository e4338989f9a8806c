"""What the service says of itself: a SPARQL 1.1 Service Description with VoID statistics and examples."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from api.negotiation import GRAPHS, SOLUTIONS, TRIPLES
from kg import queries
from kg.store import Store
from kg.vocab import PREFIXES, RDF, RDFS, XSD

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
SH = "http://www.w3.org/ns/shacl#"
SCHEMA = PREFIXES["schema"]
_FORMATS = "http://www.w3.org/ns/formats/"
_TYPE = RDF["type"]

_RESULT_FORMATS = {
    "application/sparql-results+json": "SPARQL_Results_JSON", "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV", "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle", "application/n-triples": "N-Triples", "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD", "application/n-quads": "N-Quads", "application/trig": "TriG",
}
_TOTALS = """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?distinctSubjects)
    (COUNT(DISTINCT ?p) AS ?properties) (COUNT(DISTINCT ?o) AS ?distinctObjects) { ?s ?p ?o }"""
_CLASSES = "SELECT ?part (COUNT(DISTINCT ?s) AS ?n) { ?s a ?part FILTER(isIRI(?part)) } GROUP BY ?part ORDER BY ?part"
_PROPERTIES = "SELECT ?part (COUNT(*) AS ?n) { ?s ?part ?o } GROUP BY ?part ORDER BY ?part"



def describe(store: Store, endpoint: str, *, writable: bool, federated: bool) -> list[bytes]:
    """Return the description as lines of N-Triples, sorted."""
    triples = [*_service(endpoint, writable, federated), *_statistics(store, endpoint), *_prefixes(endpoint),
               *_examples(endpoint)]
    return sorted({f"{triple} .".encode() for triple in triples})


def _service(endpoint: str, writable: bool, federated: bool) -> Iterator[ox.Triple]:
    service, dataset, graph = (f"{endpoint}#{part}" for part in ("service", "dataset", "default-graph"))
    yield _triple(service, _TYPE, SD + "Service")
    yield _triple(service, SD + "endpoint", endpoint)
    languages = ["SPARQL10Query", "SPARQL11Query", *(["SPARQL11Update"] if writable else [])]
    yield from (_triple(service, SD + "supportedLanguage", SD + language) for language in languages)
    yield from (_triple(service, SD + "resultFormat", _FORMATS + _RESULT_FORMATS[name])
                for name in (*SOLUTIONS, *TRIPLES) if name in _RESULT_FORMATS)
    if writable:
        yield from (_triple(service, SD + "inputFormat", _FORMATS + _RESULT_FORMATS[name]) for name in GRAPHS)
    if federated:
        yield _triple(service, SD + "feature", SD + "BasicFederatedQuery")
    yield _triple(service, SD + "defaultDataset", dataset)
    yield _triple(dataset, _TYPE, SD + "Dataset")
    yield _triple(dataset, SD + "defaultGraph", graph)
    yield _triple(graph, _TYPE, SD + "Graph")
    yield _triple(graph, _TYPE, VOID + "Dataset")
    yield _triple(graph, VOID + "sparqlEndpoint", endpoint)


def _statistics(store: Store, endpoint: str) -> Iterator[ox.Triple]:
    """Yield the VoID statistics of the default graph with its parts by class and by property."""
    graph = f"{endpoint}#default-graph"
    [totals] = _rows(store, _TOTALS)
    for name in ("triples", "distinctSubjects", "properties", "distinctObjects"):
        yield _triple(graph, VOID + name, totals[name])
    classes, properties = list(_rows(store, _CLASSES)), list(_rows(store, _PROPERTIES))
    yield _triple(graph, VOID + "classes", _integer(len(classes)))
    yield from _parts(graph, "class", "entities", classes)
    yield from _parts(graph, "property", "triples", properties)


def _parts(graph: str, kind: str, count: str, rows: list[ox.QuerySolution]) -> Iterator[ox.Triple]:
    for i, row in enumerate(rows):
        part = f"{graph}-{kind}-{i}"
        yield _triple(graph, f"{VOID}{kind}Partition", part)
        yield _triple(part, VOID + kind, row["part"])
        yield _triple(part, VOID + count, row["n"])


def _prefixes(endpoint: str) -> Iterator[ox.Triple]:
    for prefix, namespace in PREFIXES.items():
        declaration = f"{endpoint}#prefix-{prefix}"
        yield _triple(f"{endpoint}#service", SH + "declare", declaration)
        yield _triple(declaration, _TYPE, SH + "PrefixDeclaration")
        yield _triple(declaration, SH + "prefix", ox.Literal(prefix))
        yield _triple(declaration, SH + "namespace", ox.Literal(namespace, datatype=ox.NamedNode(XSD["anyURI"])))


def _examples(endpoint: str) -> Iterator[ox.Triple]:
    """Yield the named queries as ``sh:SPARQLExecutable`` resources, as query editors look for them."""
    for name in queries.names():
        query, example = queries.load(name), f"{endpoint}#example-{name}"
        yield _triple(example, _TYPE, SH + "SPARQLExecutable")
        yield _triple(example, _TYPE, SH + "SPARQLSelectExecutable")
        yield _triple(example, SH + "prefixes", f"{endpoint}#service")
        yield _triple(example, RDFS["label"], ox.Literal(query.title))
        yield _triple(example, RDFS["comment"], ox.Literal(query.description))
        yield _triple(example, SH + "select", ox.Literal(query.text))
        yield _triple(example, SCHEMA + "target", endpoint)


def _rows(store: Store, query: str) -> Iterator[ox.QuerySolution]:
    results = store.query(query)
    assert isinstance(results, ox.QuerySolutions)
    return iter(results)


def _triple(subject: str, predicate: str, object_: object) -> ox.Triple:
    term = object_ if isinstance(object_, ox.NamedNode | ox.Literal) else ox.NamedNode(str(object_))
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), term)


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD["integer"]))
