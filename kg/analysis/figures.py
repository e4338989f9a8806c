"""All figures of all entities at once, and what ``kg analyze`` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from kg.analysis import engines
from kg.analysis.grouping import Community, communities
from kg.analysis.likeness import Suggestion, suggest_links
from kg.analysis.network import ranked, undirected
from kg.analysis.pivots import estimate_betweenness
from kg.analysis.structure import Bridge, bridges


@dataclass(frozen=True, slots=True)
class Figures:
    """An entity with its measures; ``community`` counts from 1, the largest, and is 0 for loners."""

    iri: str
    label: str
    type: str
    pagerank: float
    betweenness: float
    degree: int
    core: int
    community: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``kg analyze`` prints."""

    nodes: int
    edges: int
    figures: tuple[Figures, ...]
    communities: tuple[Community, ...]
    bridges: tuple[Bridge, ...]
    suggestions: tuple[Suggestion, ...]


Measured = tuple[float, float, int, int]
"""PageRank, betweenness, degree and core number."""

MEASURES = ("pagerank", "betweenness", "degree", "core")
"""What entities can be ranked by."""


def figures(graph: nx.MultiDiGraph, *, by: str = "pagerank", seed: int = 0, samples: int = 250,
            backend: str | None = None) -> list[Figures]:
    """Return all measures of all entities, the highest by one of ``MEASURES`` first.

    Betweenness is exact up to ``samples`` nodes and estimated from so many beyond. Each measure is that of the
    function of the same name.
    """
    groups = communities(graph, seed=seed, backend=backend)
    return _figures(graph, groups, by, measures(graph, samples=samples, seed=seed, backend=backend))


def summarize(graph: nx.MultiDiGraph, *, limit: int = 10, by: str = "pagerank", seed: int = 0, samples: int = 250,
              backend: str | None = None) -> Summary:
    """Return the size of the graph, its top entities by one of ``MEASURES``, and the first of all else.

    Betweenness is exact up to ``samples`` nodes and estimated from so many beyond.
    """
    groups = communities(graph, seed=seed, backend=backend)
    measured = measures(graph, samples=samples, seed=seed, backend=backend)
    return Summary(len(graph), graph.number_of_edges(), tuple(_figures(graph, groups, by, measured)[:limit]),
                   tuple(groups[:limit]), tuple(bridges(graph, backend=backend)[:limit]),
                   tuple(suggest_links(graph, limit=limit)))


def _figures(graph: nx.MultiDiGraph, groups: Sequence[Community], by: str,
             measured: Mapping[str, Measured]) -> list[Figures]:
    numbers = {member.iri: number for number, group in enumerate(groups, 1) for member in group.members}
    order = ranked(graph, {iri: values[MEASURES.index(by)] for iri, values in measured.items()})
    return [Figures(entity.iri, entity.label, entity.type, *measured[entity.iri], numbers.get(entity.iri, 0))
            for entity in order]


def measures(graph: nx.MultiDiGraph, *, samples: int = 250, seed: int = 0,
             backend: str | None = None) -> dict[str, Measured]:
    """Return PageRank, betweenness, degree and core number of each node, of events too."""
    if not graph:
        return {}
    plain = undirected(graph)
    estimated = samples < len(plain) and backend is None
    between = estimate_betweenness(plain, samples, seed) if estimated else engines.betweenness(plain, None, backend)
    ranks, cores = engines.pagerank(plain, 0.85, backend), engines.core_numbers(plain, backend)
    return {node: (float(ranks[node]), float(between[node]), plain.degree(node), int(cores[node])) for node in plain}
