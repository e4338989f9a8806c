"""The W3C test suite as data: what each of its protocol tests sends and what it expects back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")

STATUS = {"OK": range(200, 201), "Created": range(201, 202), "NoContent": range(204, 205),
          "NotFound": range(404, 405), "StatusCode2xx": range(200, 300), "StatusCode3xx": range(300, 400),
          "StatusCode4xx": range(400, 500)}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what the answer has to be."""

    method: str
    path: str
    authority: str
    headers: dict[str, str]
    body: str | None
    statuses: list[str]
    boolean: bool | None
    format: str | None
    answer: tuple[str, str] | None
    """Media type and text of a graph that the answer has to be isomorphic to."""
    location: str | None
    """The variable that stands for the answer's Location in the requests after this."""


@dataclass(frozen=True, slots=True)
class ProtocolTest:
    """A sequence of exchanges over a store with these graphs."""

    name: str
    graphs: dict[str, Path]
    exchanges: list[Exchange]


def read_protocol_tests(folder: Path, *manifests: str) -> list[ProtocolTest]:
    """Return the tests that manifests describe in the W3C HTTP vocabulary, in their order."""
    tests = []
    for name in manifests:
        graph = Graph().parse(folder / name)
        for entry in entries(graph):
            exchanges = list(_exchanges(graph, entry))
            tests.append(ProtocolTest(str(entry).rpartition("#")[2], _graphs(graph, entry), exchanges))
    return tests


def entries(graph: Graph) -> Iterator[Node]:
    """Yield the tests of a manifest in its order."""
    for head in graph.objects(None, MF.entries):
        yield from graph.items(head)


def _graphs(graph: Graph, entry: Node) -> dict[str, Path]:
    data = graph.objects(entry, UT.graphData)
    return {str(graph.value(node, RDFS.label)): path_of(graph.value(node, UT.graph)) for node in data}


def path_of(iri: Node | None) -> Path:
    """Return the file that an IRI of the suite names."""
    assert isinstance(iri, URIRef)
    return Path(iri.removeprefix("file://"))


def _exchanges(graph: Graph, entry: Node) -> Iterator[Exchange]:
    action = graph.value(entry, MF.action)
    authority = str(graph.value(action, HT.connectionAuthority))
    for head in graph.objects(action, HT.requests):
        for request in graph.items(head):
            yield _exchange(graph, request, authority)


def _exchange(graph: Graph, request: Node, authority: str) -> Exchange:
    response = graph.value(request, HT.resp)
    assert response is not None
    boolean = graph.value(response, MF.expectedBoolean)
    format_ = graph.value(response, MF.expectedFormat)
    location = graph.value(response, MF.expectedLocation)
    text = _body(graph, response)
    return Exchange(
        str(graph.value(request, HT.methodName)), str(graph.value(request, HT.absolutePath)), authority,
        _headers(graph, request), _body(graph, request),
        [str(status).rpartition("#")[2] for status in graph.objects(response, MF.expectedStatus)],
        None if boolean is None else str(boolean) == "true", None if format_ is None else str(format_),
        None if text is None else (_headers(graph, response)["content-type"], text),
        None if location is None else str(location))


def _headers(graph: Graph, message: Node) -> dict[str, str]:
    heads = graph.objects(message, HT.headers)
    return {str(graph.value(header, HT.fieldName)).lower(): str(graph.value(header, HT.fieldValue))
            for head in heads for header in graph.items(head)}


def _body(graph: Graph, message: Node) -> str | None:
    body = graph.value(message, HT.body)
    return None if body is None else str(graph.value(body, CNT.chars))
