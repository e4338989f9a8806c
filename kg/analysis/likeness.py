"""Who is like whom, and who should be connected but is not."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx
import numpy as np

from kg.analysis.network import Ranked, by_score, is_entity, undirected, weight_of
from kg.analysis.paths import find_node
from kg.analysis.projections import participation

Feature = tuple[str, bool, str]
"""Predicate, whether the edge points away, and what is at its other end: a node, or its type."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two entities that no statement and no event connects, with their common neighbours, the rarest first."""

    source: Ranked
    target: Ranked
    score: float
    common: tuple[Ranked, ...]


def similar(graph: nx.MultiDiGraph, name: str, *, limit: int = 10) -> list[Ranked]:
    """Return the entities most like one: with the same relations and roles, to the same things or things of a type.

    The score is the cosine of their features, from 0 to 1. A feature weighs as much as its edge, times the
    logarithm of how rare it is (inverse document frequency). ``name`` is as ``find_node`` takes it.

    Salton and Buckley (1988), Term-weighting approaches in automatic text retrieval.
    """
    vectors = _vectors(graph)
    wanted = find_node(graph, name)
    own = vectors.get(wanted, {})
    scores = {node: _cosine(own, vector) for node, vector in vectors.items() if node != wanted}
    found = (Ranked(node, graph.nodes[node]["label"], graph.nodes[node]["type"], score)
             for node, score in scores.items() if score > 0)
    return list(by_score(found)[:limit])


def suggest_links(graph: nx.MultiDiGraph, *, limit: int = 10) -> list[Suggestion]:
    """Return pairs of entities that share neighbours and are not connected, those with the best reasons first.

    The score adds 1 / ln(number of its neighbours) for each common neighbour: a rare acquaintance says more
    than a famous one. Entities of one event count as connected.

    Adamic and Adar (2003), Friends and neighbors on the web; Liben-Nowell and Kleinberg (2007), The
    link-prediction problem for social networks.
    """
    from scipy import sparse  # a quarter of a second that every other view would wait for

    plain = undirected(_folded(graph))
    nodes = list(plain)
    if not nodes:
        return []
    links = nx.to_scipy_sparse_array(plain, nodelist=nodes, weight=None, format="csr", dtype=np.float64)
    degrees = np.maximum(links.sum(axis=1), 2)  # who has one neighbour is nobody's common neighbour
    shared = sparse.triu(links @ sparse.diags_array(1 / np.log(degrees)) @ links, 1)
    apart = (shared - shared.multiply(links)).tocoo()
    rows, columns, scores = (part[apart.data > 0] for part in (*apart.coords, apart.data))
    # Nodes are sorted, so equal scores come by IRI.
    best = np.lexsort((columns, rows, -scores.round(12)))[:limit]
    return [_suggestion(graph, plain, (nodes[rows[i]], nodes[columns[i]]), float(scores[i])) for i in best]


def _suggestion(graph: nx.MultiDiGraph, plain: nx.Graph, pair: tuple[str, str], score: float) -> Suggestion:
    def shown(node: str, value: float) -> Ranked:
        return Ranked(node, graph.nodes[node]["label"], graph.nodes[node]["type"], value)

    common = by_score(shown(node, 1 / math.log(plain.degree(node))) for node in nx.common_neighbors(plain, *pair))
    return Suggestion(shown(pair[0], score), shown(pair[1], score), score, common)


def _folded(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return the entities only, connected by their statements and by the events that they share."""
    entities = [node for node in graph if is_entity(graph, node)]
    return nx.compose(nx.MultiDiGraph(graph.subgraph(entities)), participation(graph))


def _vectors(graph: nx.MultiDiGraph) -> dict[str, dict[Feature, float]]:
    weights: defaultdict[str, dict[Feature, float]] = defaultdict(dict)
    for node, feature, weight in _features(graph):
        if is_entity(graph, node):
            weights[node][feature] = max(weights[node].get(feature, 0.0), weight)
    frequency = Counter(feature for vector in weights.values() for feature in vector)
    return {node: {feature: weight * math.log(1 + len(weights) / frequency[feature])
                   for feature, weight in sorted(weights[node].items())} for node in sorted(weights)}


def _features(graph: nx.MultiDiGraph) -> Iterator[tuple[str, Feature, float]]:
    for source, target, predicate, data in graph.edges(keys=True, data=True):
        for node, other, forward in ((source, target, True), (target, source, False)):
            yield node, (predicate, forward, other), weight_of(data)
            yield node, (predicate, forward, graph.nodes[other]["type"]), weight_of(data)


def _cosine(a: dict[Feature, float], b: dict[Feature, float]) -> float:
    shared = sum(value * b[feature] for feature, value in a.items() if feature in b)
    return shared / (math.hypot(*a.values()) * math.hypot(*b.values())) if shared else 0.0
