"""Who is in the middle: four measures of centrality."""

from __future__ import annotations

import networkx as nx

from kg.analysis import engines
from kg.analysis.network import Ranked, ranked, undirected
from kg.analysis.pivots import estimate_betweenness


def pagerank(graph: nx.MultiDiGraph, *, damping: float = 0.85, backend: str | None = None) -> list[Ranked]:
    """Rank entities by the share of time that a random reader who follows edges spends there.

    With probability ``damping`` the reader follows an edge in either direction, chosen by weight, else
    jumps anywhere: statements connect both ends, so direction is left out. Scores of all nodes sum to 1.

    Brin and Page (1998), The anatomy of a large-scale hypertextual web search engine.
    """
    return ranked(graph, engines.pagerank(undirected(graph), damping, backend) if graph else {})


def betweenness(graph: nx.MultiDiGraph, *, samples: int | None = None, seed: int = 0, weighted: bool = False,
                backend: str | None = None) -> list[Ranked]:
    """Rank entities by the share of shortest paths between other nodes that run through them.

    Takes time nodes x edges; ``samples`` estimates it from so many start nodes, drawn with ``seed``. Paths are
    short in edges, or, where ``weighted``, in the sum of 1 / weight, so that they prefer well supported edges;
    that is always exact.

    Freeman (1977), A set of measures of centrality based on betweenness; Brandes (2001), A faster algorithm for
    betweenness centrality; Brandes and Pich (2007), Centrality estimation in large networks.
    """
    plain = undirected(graph)
    if samples is None or samples >= len(plain) or weighted or backend:
        return ranked(graph, engines.betweenness(plain, "distance" if weighted else None, backend))
    return ranked(graph, estimate_betweenness(plain, samples, seed))


def degree(graph: nx.MultiDiGraph, *, weighted: bool = False) -> list[Ranked]:
    """Rank entities by the number of their neighbours, or by the sum of their edges' weights ("strength").

    Freeman (1978), Centrality in social networks; Barrat, Barthelemy, Pastor-Satorras and Vespignani (2004),
    The architecture of complex weighted networks.
    """
    return ranked(graph, dict(undirected(graph).degree(weight="weight" if weighted else None)))


def core_numbers(graph: nx.MultiDiGraph, *, backend: str | None = None) -> list[Ranked]:
    """Rank entities by the largest k for which they belong to the k-core.

    That is the largest part of the graph in which every node has at least k neighbours of that part.

    Seidman (1983), Network structure and minimum degree; Batagelj and Zaversnik (2003), An O(m) algorithm for
    cores decomposition of networks.
    """
    return ranked(graph, engines.core_numbers(undirected(graph), backend))
