"""The terms of rdflib and of pyoxigraph, one as the other."""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.errors import QueryError, StoreError
from kg.store.protocol import Quad


class Names(dict[Node, ox.NamedNode]):
    """The IRIs of quads, each converted once."""

    def __missing__(self, term: Node) -> ox.NamedNode:
        """Convert an IRI that has not come before; ``StoreError`` for another term."""
        if not isinstance(term, URIRef):
            raise StoreError(f"IRI expected, not {term!r}: nodes of a store have names that depend on content")
        self[term] = name = ox.NamedNode(term)
        return name


Terms = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]
Row = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal, ox.NamedNode]
"""The terms of a quad of a named graph; those of many quads share what each ``ox.Quad`` would copy."""


def to_row(quad: Quad, names: Names) -> Row:
    """Convert the rdflib terms of a quad, whose ``names`` others have too."""
    subject, predicate, object_, graph = quad
    try:
        # To ask for the type comes first because to look a literal up takes ten times as long.
        target = names[object_] if type(object_) is URIRef else _term(object_, names)
        return names[subject], names[predicate], target, names[graph]
    except ValueError as error:
        raise StoreError(f"no RDF quad: {quad!r}: {one_line(error)}") from error


def to_oxigraph(quad: Quad) -> ox.Quad:
    """Convert a quad of rdflib terms."""
    return ox.Quad(*to_row(quad, Names()))


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


def _term(term: Node, names: Names) -> ox.NamedNode | ox.Literal:
    if not isinstance(term, Literal):
        return names[term]
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=names[term.datatype]) if term.datatype else ox.Literal(str(term))


def one_line(error: Exception) -> str:
    """Return the message of an error on one line, without its end where it is long."""
    return " ".join(str(error).split())[:200]
