"""The content of a store as bytes that depend on nothing but its quads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import pyoxigraph as ox

from kg.errors import StoreError
from kg.export import RDF_FORMATS, write

Graphs = Iterable[tuple[ox.NamedNode, list[bytes]]]
"""Named graphs in the order of their names, each as lines of N-Triples without line ends."""


def to_nquads(graphs: Graphs) -> bytes:
    """Return the graphs as N-Quads with sorted lines: equal graphs give equal bytes."""
    return b"".join(line + b"\n" for line in sorted(_lines(graphs)))


def dump(graphs: Graphs, format: str) -> bytes:
    """Return the graphs in an RDF format, sorted.

    ``trig``, ``nquads`` and ``jsonld`` hold all graphs; ``turtle``, ``ntriples`` and ``rdfxml``
    know no graphs and hold the facts of all articles merged, without their provenance.
    """
    if format not in RDF_FORMATS:
        raise StoreError(f"unknown format {format!r}; choose one of {', '.join(RDF_FORMATS)}")
    if format == "nquads":
        return to_nquads(graphs)
    if RDF_FORMATS[format].supports_datasets:
        return write(_lines(graphs), RDF_FORMATS[format])
    facts = (triples for name, triples in graphs if name.value.endswith("/facts"))
    return write(sorted(set(chain.from_iterable(facts))), RDF_FORMATS[format])


def _lines(graphs: Graphs) -> Iterator[bytes]:
    """Yield lines of N-Quads, sorted within each graph."""
    for name, triples in graphs:
        end = f"{name} .".encode()
        yield from sorted(line[:-1] + end for line in triples)
