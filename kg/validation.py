"""SHACL validation of a graph against ``ontology/shapes.ttl``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox
import pyshacl
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import BNode, Node

from kg.errors import OntologyError
from kg.vocab import compact


class SupportsNQuads(Protocol):
    """What a store must be able to do to be validated."""

    def to_nquads(self) -> bytes:
        """Return all quads."""


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One thing that a graph should not say: the node, the path, the value and why not."""

    focus: str
    path: str
    value: str
    message: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.focus, self.path, self.value) if part)
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """What SHACL found, in a fixed order."""

    violations: tuple[Violation, ...]

    @property
    def conforms(self) -> bool:
        """Tell whether nothing was found."""
        return not self.violations


def validate(source: SupportsNQuads | Graph, *, shapes: Path | None = None, ontology: Path | None = None) -> Report:
    """Check a store or a graph, all named graphs together, against the shapes."""
    data = _merged(source)
    for triple in _class_tree(ontology):
        data.add(triple)
    _, results, _ = pyshacl.validate(data, shacl_graph=_shapes(shapes), inplace=True, inference="none")
    if not isinstance(results, Graph):
        raise OntologyError(f"The shapes cannot be used: {results}")
    return Report(tuple(sorted(_violations(results))))


def _merged(source: SupportsNQuads | Graph) -> Graph:
    data = Graph()
    if isinstance(source, Dataset):
        triples: Iterable[tuple[Node, Node, Node]] = ((s, p, o) for s, p, o, _ in source.quads())
    elif isinstance(source, Graph):
        triples = iter(source)
    else:
        triples = _parse(source.to_nquads(), ox.RdfFormat.N_QUADS)
    for triple in triples:
        data.add(triple)
    return data


def _parse(content: bytes, syntax: ox.RdfFormat) -> Iterator[tuple[Node, Node, Node]]:
    # Ten times faster than rdflib's own parsers, which matters for whole stores.
    for quad in ox.parse(content, format=syntax):
        yield _to_rdflib(quad.subject), _to_rdflib(quad.predicate), _to_rdflib(quad.object)


def _to_rdflib(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.BlankNode():
            return BNode(term.value)
        case ox.Literal() if term.language:
            return Literal(term.value, lang=term.language)
        case ox.Literal():
            plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
            return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value))
        case _:
            raise OntologyError(f"SHACL knows no triple terms: {term}")


@cache
def _shapes(path: Path | None) -> Graph:
    graph = Graph()
    for triple in _parse(_read(path, "shapes.ttl"), ox.RdfFormat.TURTLE):
        graph.add(triple)
    return graph


@cache
def _class_tree(path: Path | None) -> tuple[tuple[Node, Node, Node], ...]:
    triples = _parse(_read(path, "news.ttl"), ox.RdfFormat.TURTLE)
    return tuple(triple for triple in triples if triple[1] == RDFS.subClassOf)


def _read(path: Path | None, name: str) -> bytes:
    try:
        return (path or resources.files("ontology").joinpath(name)).read_bytes()
    except OSError as error:
        raise OntologyError(f"Cannot read {path or name}: {error}") from error


def _violations(results: Graph) -> Iterator[Violation]:
    for result in results.subjects(RDF.type, SH.ValidationResult):
        parts = (results.value(result, part) for part in (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage))
        yield Violation(*("" if part is None else compact(str(part)) for part in parts))
