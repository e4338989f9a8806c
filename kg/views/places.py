"""Where the nodes of a large graph are drawn: groups are discs side by side, and within each the links pull."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.float64]

_WHOLE = 300
"""Groups of more nodes are divided again: springs take time in the square of the nodes."""
_GOLDEN = math.pi * (3 - math.sqrt(5))


def places(plain: nx.Graph, groups: Iterable[Iterable[str]]) -> dict[str, tuple[float, float]]:
    """Return a place for each node of an undirected graph, so that each has about one unit of area.

    Each group fills a disc, laid out by springs; discs stand as near as they can to those that they are linked to,
    the largest in the middle. The same graph and groups give the same places, whatever their order.

    Fruchterman and Reingold (1991), Graph drawing by force-directed placement.
    """
    discs = sorted((sorted(group) for group in groups), key=lambda group: (-len(group), group[0]))
    inner = {node: place for disc in discs for node, place in _inside(plain.subgraph(disc), disc).items()}
    middles = _packed(plain, discs)
    return {node: (round(float(inner[node][0] + x), 2), round(float(inner[node][1] + y), 2))
            for disc, (x, y) in zip(discs, middles, strict=True) for node in disc}


def _inside(part: nx.Graph, nodes: Sequence[str]) -> dict[str, Places]:
    """Return places around the origin, within a disc of as many units of area as there are nodes."""
    if len(nodes) == 1:
        return {nodes[0]: np.zeros(2)}
    if len(nodes) > _WHOLE and len(finer := _divided(part, nodes)) > 1:
        return {node: np.array(place) for node, place in places(part, finer).items()}
    ordered = nx.Graph()  # springs depend on the order of nodes
    ordered.add_nodes_from(nodes)
    ordered.add_edges_from(sorted(tuple(sorted(edge)) for edge in part.edges()))
    found = nx.spring_layout(ordered, seed=1, iterations=60)
    array = np.array([found[node] for node in nodes])
    return dict(zip(nodes, _filled(array - array.mean(axis=0)) * _radius(nodes), strict=True))


def _filled(array: Places) -> Places:
    """Return the places drawn out until they fill the unit disc evenly, each in its direction from the middle."""
    lengths = np.linalg.norm(array, axis=1)
    ranks = np.argsort(np.argsort(lengths, kind="stable"), kind="stable")
    return np.asarray(array / np.maximum(lengths, 1e-9)[:, None] * np.sqrt((ranks + 0.5) / len(array))[:, None])


def _divided(part: nx.Graph, nodes: Sequence[str]) -> list[list[str]]:
    numbers = {node: number for number, node in enumerate(nodes)}
    numbered = nx.Graph()
    numbered.add_nodes_from(range(len(nodes)))
    numbered.add_edges_from(sorted(tuple(sorted((numbers[a], numbers[b]))) for a, b in part.edges()))
    return [[nodes[number] for number in group] for group in nx.community.louvain_communities(numbered, seed=1)]


def _radius(nodes: Sequence[str]) -> float:
    return math.sqrt(len(nodes) / math.pi)


def _packed(plain: nx.Graph, discs: Sequence[Sequence[str]]) -> Places:
    """Return the middles of discs that do not overlap."""
    home = {node: number for number, disc in enumerate(discs) for node in disc}
    links = np.zeros((len(discs), len(discs)))
    for a, b in plain.edges():
        links[home[a], home[b]] += 1
        links[home[b], home[a]] += 1
    radii = np.array([_radius(disc) + 0.8 for disc in discs])
    middles, rim = np.zeros((len(discs), 2)), 0.0
    for number in range(1, len(discs)):
        near, others = links[number, :number], (middles[:number], radii[:number])
        if near.any():
            middles[number] = _free(near @ middles[:number] / near.sum(), radii[number], *others)
        else:  # nothing pulls it: where the one before found no place, it finds none either
            middles[number] = _free(np.zeros(2), radii[number], *others, beyond=rim)
            rim = float(np.linalg.norm(middles[number])) - radii[number]
    return middles


def _free(wanted: Places, radius: float, middles: Places, radii: Places, *, beyond: float = 0.0) -> Places:
    """Return the free place nearest to the wanted one along a spiral of sunflower seeds, from ``beyond`` outwards."""
    from scipy.spatial.distance import cdist  # a quarter of a second that every other view would wait for

    gap = radius / 2
    start, step = int((max(beyond, 0) / gap) ** 2), 64
    while True:
        seeds = np.arange(start, start + step)
        turns = np.stack([np.cos(seeds * _GOLDEN), np.sin(seeds * _GOLDEN)], axis=1)
        tried = wanted + gap * np.sqrt(seeds)[:, None] * turns
        free = np.flatnonzero((cdist(tried, middles) >= radii + radius).all(axis=1))
        if len(free):
            return np.asarray(tried[free[0]])
        start, step = start + step, step * 2
