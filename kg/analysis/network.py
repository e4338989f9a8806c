"""The graph as the algorithms want it: simple, undirected, weighted, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entity with its score."""

    iri: str
    label: str
    type: str
    score: float


def undirected(graph: nx.MultiDiGraph) -> nx.Graph:
    """Return the graph with at most one edge between two nodes, sorted, without loops.

    ``weight`` is that of the best supported of the parallel edges, ``distance`` its inverse.
    """
    plain = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    weighed = ((source, target, weight_of(data)) for source, target, data in graph.edges(data=True))
    for source, target, weight in sorted(weighed):
        if source != target:
            best = max(weight, plain.get_edge_data(source, target, {"weight": 0.0})["weight"])
            plain.add_edge(source, target, weight=best, distance=1 / best)
    return plain


def weight_of(edge: Mapping[str, Any]) -> float:
    """Return the weight of an edge: its own, else articles times confidence; above zero."""
    weight = edge.get("weight", edge.get("articles", 1) * edge.get("confidence", 1.0))
    return max(float(weight), 1e-9)


def ranked(graph: nx.MultiDiGraph, scores: Mapping[str, float]) -> list[Ranked]:
    """Return the entities among the scored nodes, the highest first."""
    return list(by_score(Ranked(iri, graph.nodes[iri]["label"], graph.nodes[iri]["type"], float(score))
                         for iri, score in scores.items() if is_entity(graph, iri)))


def by_score(members: Iterable[Ranked]) -> tuple[Ranked, ...]:
    """Return entities the highest first, those with equal scores by IRI."""
    # Scores that differ in the last digits only are equal, whatever the processor's rounding.
    return tuple(sorted(members, key=lambda member: (-round(member.score, 12), member.iri)))


def is_entity(graph: nx.MultiDiGraph, node: str) -> bool:
    """Tell whether a node is an entity and no event."""
    return bool(graph.nodes[node]["kind"] == "entity")
