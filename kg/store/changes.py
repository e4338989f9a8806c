"""What a change of a store consists of: the graphs of an article, and the operations of an update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import pyoxigraph as ox
from rdflib import URIRef

from kg.errors import StoreError
from kg.vocab import EXTRACTION, extraction_graph, facts_graph, provenance_graph

Item = TypeVar("Item")


def graphs_of(article: str) -> tuple[URIRef, URIRef, URIRef]:
    """Return the names of the graphs that an article owns."""
    return facts_graph(article), provenance_graph(article), extraction_graph(article)


@lru_cache(1024)
def is_merged(graph: object) -> bool:
    """Tell whether the default graph repeats what a named graph says."""
    return not (isinstance(graph, ox.NamedNode) and graph.value.endswith(EXTRACTION))


def by_graph(triples: Iterable[tuple[object, ox.Triple]]) -> Iterator[tuple[ox.NamedNode, list[ox.Triple]]]:
    """Yield the names of the graphs with their triples."""
    graphs: dict[ox.NamedNode, list[ox.Triple]] = {}
    for graph, triple in triples:
        assert isinstance(graph, ox.NamedNode)
        graphs.setdefault(graph, []).append(triple)
    return iter(graphs.items())


@dataclass(frozen=True, slots=True)
class Insertion:
    """Triples to be added to a graph, or to the default graph."""

    graph: ox.NamedNode | None
    triples: Sequence[ox.Triple]

    def to_texts(self, size: int) -> Iterator[str]:
        """Yield it as operations of at most ``size`` triples."""
        for triples in batches(self.triples, size):
            yield data("INSERT", triples, self.graph)


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start:start + size]


def data(verb: str, triples: Iterable[ox.Triple], graph: ox.NamedNode | None = None) -> str:
    """Return the operation that inserts the triples into a graph, or deletes them from it."""
    lines = " .\n".join(map(str, triples))
    if not lines:
        return ""
    return f"{verb} DATA {{ {lines} }}" if graph is None else f"{verb} DATA {{ GRAPH {graph} {{ {lines} }} }}"


def check_graphs(given: Iterable[object], graphs: set[str]) -> None:
    """Raise ``StoreError`` where the graph of a quad is none of the graphs."""
    for name in given:
        if not isinstance(name, ox.NamedNode) or name.value not in graphs:
            raise StoreError(f"quad of graph {name} given for {', '.join(sorted(graphs))}")
