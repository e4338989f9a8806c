"""Who computes: networkx, one of its backends, or rustworkx and networkit for large graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from typing import Any

import networkx as nx
import numpy as np

from kg.errors import KGError

FAST_EDGES = 20_000
"""Graphs with more edges than this are computed by rustworkx and networkit, where both are installed."""

TOLERANCE = 1e-12
ROUNDS = 1000
"""PageRank goes on until it moves by less than the tolerance a node, so that all engines agree."""


def pagerank(plain: nx.Graph, damping: float, backend: str | None) -> dict[str, float]:
    """Return the PageRank of each node of a weighted graph."""
    if not is_fast(plain, backend):
        return dict(dispatch(nx.pagerank, plain, backend, alpha=damping, weight="weight", tol=TOLERANCE,
                             max_iter=ROUNDS))
    import rustworkx

    nodes, edges = _numbered(plain)
    arrays = rustworkx.PyDiGraph()
    arrays.add_nodes_from(nodes)
    arrays.add_edges_from([way for a, b, weight in edges for way in ((a, b, weight), (b, a, weight))])
    scores = rustworkx.pagerank(arrays, alpha=damping, weight_fn=float, tol=TOLERANCE, max_iter=ROUNDS)
    return _named(nodes, scores)


def betweenness(plain: nx.Graph, weight: str | None, backend: str | None) -> dict[str, float]:
    """Return the exact betweenness of each node; with ``weight`` shortest paths add up that attribute."""
    if not is_fast(plain, backend):
        return dict(dispatch(nx.betweenness_centrality, plain, backend, weight=weight))
    if weight:
        return weighted_betweenness(plain, weight)
    import rustworkx

    nodes, arrays = _arrays(plain)
    return _named(nodes, rustworkx.graph_betweenness_centrality(arrays))


def weighted_betweenness(plain: nx.Graph, weight: str) -> dict[str, float]:
    """Return the exact betweenness of each node by networkit, whose shortest paths add up an attribute."""
    import networkit

    nodes, edges = _numbered(plain, weight)
    sources, targets, weights = map(np.array, zip(*edges, strict=True))
    arrays = networkit.GraphFromCoo((weights, (sources, targets)), n=len(nodes), weighted=True)
    return _named(nodes, networkit.centrality.Betweenness(arrays, normalized=True).run().scores())


def core_numbers(plain: nx.Graph, backend: str | None) -> dict[str, float]:
    """Return the core number of each node."""
    if not is_fast(plain, backend):
        return dict(dispatch(nx.core_number, plain, backend))
    import rustworkx

    nodes, arrays = _arrays(plain)
    return _named(nodes, rustworkx.core_number(arrays))


def bridges(plain: nx.Graph, backend: str | None) -> list[tuple[str, str]]:
    """Return the edges whose removal cuts a part off, each with its ends sorted, sorted."""
    if not is_fast(plain, backend):
        found: Iterable[tuple[str, str]] = dispatch(nx.bridges, plain, backend)
    else:
        import rustworkx

        nodes, arrays = _arrays(plain)
        pairs: Iterable[Any] = rustworkx.bridges(arrays)
        found = ((nodes[a], nodes[b]) for a, b in pairs)
    return sorted((min(ends), max(ends)) for ends in found)


def dispatch(function: Callable[..., Any], plain: nx.Graph, backend: str | None, **options: Any) -> Any:
    """Call a function of networkx, by a backend where one is named; ``KGError`` where that cannot be."""
    try:
        return function(plain, backend=backend, **options)
    except (ImportError, NotImplementedError) as error:
        raise KGError(f"networkx backend {backend!r}: {error}") from error


def is_fast(plain: nx.Graph, backend: str | None) -> bool:
    """Tell whether rustworkx and networkit compute this graph."""
    return backend is None and plain.number_of_edges() > FAST_EDGES and _installed()


@cache
def _installed() -> bool:
    return all(map(find_spec, ("rustworkx", "networkit")))


def _arrays(plain: nx.Graph) -> tuple[list[str], Any]:
    import rustworkx

    nodes, edges = _numbered(plain)
    arrays = rustworkx.PyGraph(multigraph=False)
    arrays.add_nodes_from(nodes)
    arrays.add_edges_from(edges)
    return nodes, arrays


def _numbered(plain: nx.Graph, weight: str = "weight") -> tuple[list[str], list[tuple[int, int, float]]]:
    nodes = list(plain)
    numbers = {node: number for number, node in enumerate(nodes)}
    return nodes, [(numbers[a], numbers[b], weight) for a, b, weight in plain.edges(data=weight, default=1.0)]


def _named(nodes: list[str], scores: Any) -> dict[str, float]:
    return {node: scores[number] for number, node in enumerate(nodes)}
