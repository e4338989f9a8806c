"""Edges on which the connection of the graph hangs."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from kg.analysis import engines
from kg.analysis.network import undirected


@dataclass(frozen=True, slots=True)
class Bridge:
    """The only connection between two parts of the graph; ``parted`` is the number of nodes of the smaller part."""

    source: str
    target: str
    parted: int


def bridges(graph: nx.MultiDiGraph, *, backend: str | None = None) -> list[Bridge]:
    """Return the edges without which their ends would not be connected, those that part most nodes first.

    Ends are sorted. What hangs on the graph by one edge alone parts a single node.

    Tarjan (1974), A note on finding the bridges of a graph.
    """
    plain = undirected(graph)
    found, (below, sizes) = engines.bridges(plain, backend), _sizes(plain)
    parts = ((a, b, min(below[a], below[b])) for a, b in found)
    return sorted((Bridge(a, b, min(part, sizes[a] - part)) for a, b, part in parts),
                  key=lambda bridge: (-bridge.parted, bridge.source, bridge.target))


def _sizes(plain: nx.Graph) -> tuple[dict[str, int], dict[str, int]]:
    """Return for each node the nodes below it in a spanning tree, itself included, and those of its component.

    Every spanning tree holds all bridges, so what is below the lower end of one is what it parts.
    """
    below = dict.fromkeys(plain, 1)
    sizes: dict[str, int] = {}
    for component in nx.connected_components(plain):
        root = min(component)
        sizes.update(dict.fromkeys(component, len(component)))
        for parent, child in reversed(list(nx.bfs_edges(plain, root))):
            below[parent] += below[child]
    return below, sizes
