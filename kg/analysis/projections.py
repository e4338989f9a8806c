"""Networks of entities alone, made from the events between them."""

from __future__ import annotations

from itertools import combinations

import networkx as nx

from kg.analysis.network import is_entity

PREDICATE = "participation"


def participation(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return the entities, joined where they take part in the same events.

    An event with n participants adds its confidence / (n - 1) to the ``weight`` of the edge between two of
    them, so that each participant gives its confidence once; ``articles`` counts the events. Edges point from
    the first to the second by IRI.

    Newman (2001), Scientific collaboration networks II: Shortest paths, weighted networks, and centrality.
    """
    found = nx.MultiDiGraph()
    found.add_nodes_from((node, dict(graph.nodes[node])) for node in sorted(graph) if is_entity(graph, node))
    for event in sorted(node for node in graph if not is_entity(graph, node)):
        members = sorted({node for node in graph.successors(event) if node in found})
        confidence = graph.nodes[event]["confidence"]
        for pair in combinations(members, 2):
            _add(found, *pair, confidence / (len(members) - 1), confidence)
    return found


def _add(graph: nx.MultiDiGraph, source: str, target: str, weight: float, confidence: float) -> None:
    if not graph.has_edge(source, target, PREDICATE):
        graph.add_edge(source, target, PREDICATE, predicate=PREDICATE, label="in events together", kind="events",
                       weight=0.0, confidence=0.0, articles=0)
    edge = graph.edges[source, target, PREDICATE]
    edge.update(weight=edge["weight"] + weight, confidence=max(edge["confidence"], confidence),
                articles=edge["articles"] + 1)
