"""What stands out in a graph: centrality, communities and paths, over the networkx projection.

Every function takes the ``MultiDiGraph`` of ``kg.graph.to_networkx`` and gives the same answer
for the same graph, whatever the order in which its nodes were added. Only entities are ranked and
grouped; events carry what flows between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from kg.errors import KGError
from kg.search import fold


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entity with its score."""

    iri: str
    label: str
    type: str
    score: float


@dataclass(frozen=True, slots=True)
class Community:
    """Entities that are connected more among themselves than to others, the most central first."""

    members: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One edge of a path, in the direction of the path; ``forward`` tells whether the edge points that way."""

    source: str
    predicate: str
    target: str
    forward: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``kg analyze`` prints."""

    nodes: int
    edges: int
    pagerank: tuple[Ranked, ...]
    betweenness: tuple[Ranked, ...]
    communities: tuple[Community, ...]


def pagerank(graph: nx.MultiDiGraph, *, damping: float = 0.85) -> list[Ranked]:
    """Rank entities by the share of time that a random reader who follows edges spends there.

    With probability ``damping`` the reader follows an edge in either direction, chosen by weight, else
    jumps anywhere: statements connect both ends, so direction is left out. Scores of all nodes sum to 1.

    Brin and Page (1998), The anatomy of a large-scale hypertextual web search engine.
    """
    return _ranked(graph, nx.pagerank(undirected(graph), alpha=damping, weight="weight") if graph else {})


def betweenness(graph: nx.MultiDiGraph, *, samples: int | None = None, seed: int = 0) -> list[Ranked]:
    """Rank entities by the share of shortest paths between other nodes that run through them.

    Takes time nodes x edges; ``samples`` estimates it from so many start nodes, drawn with ``seed``.

    Brandes (2001), A faster algorithm for betweenness centrality; Brandes and Pich (2007) for sampling.
    """
    plain = undirected(graph)
    count = min(samples, len(plain)) if samples is not None else None
    return _ranked(graph, nx.betweenness_centrality(plain, k=count, seed=seed))


def communities(graph: nx.MultiDiGraph, *, resolution: float = 1.0, seed: int = 0) -> list[Community]:
    """Group connected entities so that modularity is high; the largest group first, loners left out.

    A higher ``resolution`` gives smaller groups. The method is greedy and visits nodes in an order drawn
    with ``seed``.

    Blondel, Guillaume, Lambiotte and Lefebvre (2008), Fast unfolding of communities in large networks.
    """
    scores = {ranked.iri: ranked for ranked in pagerank(graph)}
    # Numbers in place of names: sets of strings are walked in another order in each process.
    plain = undirected(graph)
    names = list(plain)
    numbered = nx.convert_node_labels_to_integers(plain)
    groups = nx.community.louvain_communities(numbered, resolution=resolution, seed=seed)
    found = [_by_score(scores[names[number]] for number in group if names[number] in scores) for group in groups]
    return sorted((Community(members) for members in found if len(members) > 1),
                  key=lambda community: (-len(community.members), community.members[0].iri))


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


def summarize(graph: nx.MultiDiGraph, *, limit: int = 10, seed: int = 0, samples: int = 250) -> Summary:
    """Return the size of the graph, its top entities by both centralities, and its largest communities.

    Betweenness is exact up to ``samples`` nodes and estimated from so many beyond.
    """
    return Summary(len(graph), graph.number_of_edges(), tuple(pagerank(graph)[:limit]),
                   tuple(betweenness(graph, samples=samples, seed=seed)[:limit]),
                   tuple(communities(graph, seed=seed)[:limit]))


def undirected(graph: nx.MultiDiGraph) -> nx.Graph:
    """Return the graph with at most one edge between two nodes, sorted, without loops.

    ``weight`` is the number of articles behind the best supported of the parallel edges.
    """
    plain = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    for source, target, articles in sorted(graph.edges(data="articles", default=1)):
        if source != target:
            known = plain.get_edge_data(source, target, {"weight": 0})["weight"]
            plain.add_edge(source, target, weight=max(known, articles))
    return plain


def _step(graph: nx.MultiDiGraph, source: str, target: str) -> Step:
    """Return the surest of the edges between two nodes, of equals the first by predicate."""
    edges = [(-data["confidence"], predicate, forward)
             for a, b, forward in ((source, target, True), (target, source, False))
             for predicate, data in graph.get_edge_data(a, b, default={}).items()]
    _, predicate, forward = min(edges)
    return Step(source, predicate, target, forward)


def _ranked(graph: nx.MultiDiGraph, scores: Mapping[str, float]) -> list[Ranked]:
    nodes = graph.nodes
    return list(_by_score(Ranked(iri, nodes[iri]["label"], nodes[iri]["type"], score)
                          for iri, score in scores.items() if nodes[iri]["kind"] == "entity"))


def _by_score(members: Iterable[Ranked]) -> tuple[Ranked, ...]:
    # Scores that differ in the last digits only are equal, whatever the processor's rounding.
    return tuple(sorted(members, key=lambda member: (-round(member.score, 12), member.iri)))
