"""How two entities are connected, and which node a name means."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from kg.analysis.network import undirected
from kg.errors import KGError
from kg.search import fold


@dataclass(frozen=True, slots=True)
class Step:
    """One edge of a path, in the direction of the path; ``forward`` tells whether the edge points that way."""

    source: str
    predicate: str
    target: str
    forward: bool


def shortest_path(graph: nx.MultiDiGraph, source: str, target: str) -> list[Step]:
    """Return the fewest edges that lead from one entity to another, in whatever direction they point.

    Entities are IRIs or names, as ``find_node`` takes them. Of equally short paths it is always the same one.
    Raises ``KGError`` for an unknown name and where no path exists.

    Breadth-first search from both ends: Pohl (1971), Bi-directional search.
    """
    start, end = find_node(graph, source), find_node(graph, target)
    try:
        nodes = nx.bidirectional_shortest_path(undirected(graph), start, end)
    except nx.NetworkXNoPath:
        raise KGError(f"no path leads from {source!r} to {target!r}") from None
    return [_step(graph, a, b) for a, b in pairwise(nodes)]


def find_node(graph: nx.MultiDiGraph, name: str) -> str:
    """Return the node with this IRI, or the entity with this name; of several, the best connected one.

    Where no label is the name, a label that starts with it will do. Raises ``KGError`` if there is none.
    """
    if name in graph:
        return name
    wanted = fold(name)
    labels = {str(node): fold(data["label"]) for node, data in graph.nodes(data=True) if data["kind"] == "entity"}
    found = [node for node, label in labels.items() if wanted and label.startswith(wanted)]
    if not found:
        raise KGError(f"no entity is called {name!r}")
    return min(found, key=lambda node: (labels[node] != wanted, -graph.degree(node), node))


def _step(graph: nx.MultiDiGraph, source: str, target: str) -> Step:
    """Return the surest of the edges between two nodes, of equals the first by predicate."""
    edges = [(-data["confidence"], predicate, forward)
             for a, b, forward in ((source, target, True), (target, source, False))
             for predicate, data in graph.get_edge_data(a, b, default={}).items()]
    _, predicate, forward = min(edges)
    return Step(source, predicate, target, forward)
