"""The terms of rdflib and of pyoxigraph, one as the other."""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.errors import QueryError, StoreError
from kg.store.protocol import Quad


def to_oxigraph(quad: Quad) -> ox.Quad:
    """Convert a quad of rdflib terms."""
    subject, predicate, object_, graph = quad
    try:
        return ox.Quad(_named(subject), _named(predicate), _term(object_), _named(graph))
    except ValueError as error:
        raise StoreError(f"no RDF quad: {quad!r}: {one_line(error)}") from error


def from_quad(quad: ox.Quad) -> Quad:
    """Convert a quad of a named graph."""
    assert isinstance(quad.graph_name, ox.NamedNode)
    return (from_oxigraph(quad.subject), from_oxigraph(quad.predicate), from_oxigraph(quad.object),
            from_oxigraph(quad.graph_name))


def from_oxigraph(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    """Convert a term; ``StoreError`` for one without a name."""
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.Literal() if term.language:
            return Literal(term.value, lang=term.language)
        case ox.Literal():
            return Literal(term.value, datatype=URIRef(term.datatype.value))
        case _:
            raise StoreError(f"{term} has no name, so it is none of this program's terms")


def graph_name(iri: str) -> ox.NamedNode:
    """Return the name of a graph; ``QueryError`` where it is no IRI."""
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"no IRI: {iri!r}") from error


def _term(term: Node) -> ox.NamedNode | ox.Literal:
    if type(term) is URIRef or not isinstance(term, Literal):  # the first is ten times faster to ask
        return _named(term)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(term.datatype)) if term.datatype else ox.Literal(str(term))


def _named(term: Node) -> ox.NamedNode:
    if not isinstance(term, URIRef):
        raise StoreError(f"IRI expected, not {term!r}: nodes of a store have names that depend on content")
    return ox.NamedNode(term)


def one_line(error: Exception) -> str:
    """Return the message of an error on one line, without its end where it is long."""
    return " ".join(str(error).split())[:200]
