"""The neighbourhood of a node as nodes with places and edges: what a page needs to draw it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import networkx as nx
import numpy as np
import numpy.typing as npt
import pyoxigraph as ox

from kg.store import Store
from kg.views.statements import Statement, statements_about, statements_among
from kg.views.terms import Data, describe, expand, predicate, query_text
from kg.vocab import RDF, RDFS, SKOS, compact

Places = npt.NDArray[np.float64]

_SEEDS = 12
_DRAWN = ("entity", "event")
_NAMING = {str(iri) for iri in (RDF["type"], RDFS["label"], SKOS["altLabel"])}
_ENDS = ("source", "target", "predicate")
_WIDTH = 1.3
"""How much wider than high a drawing is, as screens are."""


def neighbourhood(store: Store, id: str | None = None, hops: int = 1, limit: int = 60) -> Data | None:
    """Return what is at most ``hops`` steps from a node; without one, the most connected part.

    Of more than ``limit`` nodes the nearest and best connected stay. The same store gives the
    same places.
    """
    center = expand(id) if id else None
    graph = _graph(store, center, hops, limit)
    if graph is None:
        return None
    kept = _kept(graph, center, limit)
    return {"center": compact(center) if center else None, "truncated": len(kept) < len(graph), **_node_link(kept)}


def subgraph(store: Store, id: str | None = None, hops: int = 1, limit: int = 60) -> nx.MultiDiGraph | None:
    """Return what ``neighbourhood`` shows as a graph of networkx, to be written as node-link data, GraphML or GEXF.

    Nodes are IRIs with ``label``, ``type`` and ``kind``; edges are keyed by predicate, with ``label``, ``modality``,
    ``polarity``, ``confidence``, ``asserted`` and ``receipts``.
    """
    center = expand(id) if id else None
    graph = _graph(store, center, hops, limit)
    if graph is None:
        return None
    kept, plain = _kept(graph, center, limit), nx.MultiDiGraph()
    for iri, data in sorted(kept.nodes(data=True)):
        plain.add_node(iri, **{name: data[name] for name in ("label", "type", "kind")})
    for source, target, name, data in sorted(kept.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        told = _edge(data["statement"])
        plain.add_edge(source, target, name, **{key: value for key, value in told.items() if key not in _ENDS})
    return plain


def triples_among(store: Store, graph: nx.MultiDiGraph) -> list[bytes]:
    """Return the plain triples between the nodes of a ``subgraph``, and their types and names, as sorted N-Triples."""
    results = store.query(query_text("triples", node=graph))
    assert isinstance(results, ox.QueryTriples)
    return sorted({f"{triple} .".encode() for triple in results
                   if triple.predicate.value in _NAMING or getattr(triple.object, "value", "") in graph})


def layout(graph: nx.Graph) -> dict[str, tuple[float, float]]:
    """Return a place for each node of a connected graph, in a frame about 2.6 wide and 2 high.

    Distances on the page follow distances in the graph: Kamada and Kawai, "An algorithm for
    drawing general undirected graphs" (1989); larger graphs are drawn by springs.
    """
    plain = nx.Graph()
    plain.add_nodes_from(sorted(graph))
    plain.add_edges_from(sorted({tuple(sorted(edge[:2])) for edge in graph.edges() if edge[0] != edge[1]}))
    places = nx.kamada_kawai_layout(plain) if len(plain) <= 150 else nx.spring_layout(plain, seed=1)
    if not places:
        return {}
    spread = _spread(np.array([places[node] for node in plain]) * (_WIDTH, 1.0))
    return {node: (round(float(x), 4), round(float(y), 4)) for node, (x, y) in zip(plain, spread, strict=True)}


def _spread(places: Places) -> Places:
    """Push places apart until each has room for a name: a box of its share of the page."""
    height = 1.3 / math.sqrt(len(places))
    box = np.array([height * _WIDTH * 1.2, height])
    for _ in range(80):
        apart = places[:, None] - places[None]
        overlap = np.maximum(0.0, 1 - np.abs(apart / box).max(axis=2))
        np.fill_diagonal(overlap, 0)
        if not overlap.any():
            break
        places = places + 0.25 * (_direction(apart / box) * overlap[..., None] * box).sum(axis=1)
    return places


def _direction(apart: Places) -> Places:
    length = np.linalg.norm(apart, axis=2, keepdims=True)
    # Coincident places part along their order, so that the result depends on nothing else.
    order = np.sign(np.subtract.outer(np.arange(len(apart)), np.arange(len(apart))))[..., None] * (1.0, 0.5)
    return np.where(length > 1e-9, apart / np.maximum(length, 1e-9), order)


def _graph(store: Store, center: str | None, hops: int, limit: int) -> nx.MultiDiGraph | None:
    """Return what is around the center, or around the best connected entities; ``None`` for an unknown center."""
    graph = _around(store, [center] if center else _best_connected(store), hops, limit)
    if center and center not in graph:
        known = describe(store, [center])[center]
        if not known["type"]:
            return None
        graph.add_node(center, **known)
    return graph


def _best_connected(store: Store) -> list[str]:
    return [row.iri for row in store.entity_index().find(limit=_SEEDS)]


def _around(store: Store, seeds: Iterable[str], hops: int, width: int) -> nx.MultiDiGraph:
    """Return the graph of statements between entities and events, read outwards from the seeds.

    From each step's nodes only the ``width`` best connected so far are followed, of equals those of which most is said:
    no drawing has room for more.
    """
    graph = nx.MultiDiGraph()
    frontier, seen = set(seeds), set[str]()
    for _ in range(hops):
        seen |= frontier
        found = _extend(store, graph, statements_about(store, frontier)) - seen
        frontier = set(sorted(found, key=lambda node: _rank(graph, node))[:width])
    # Edges between the outermost nodes belong to the picture too.
    _extend(store, graph, statements_among(store, frontier))
    return graph


def _extend(store: Store, graph: nx.MultiDiGraph, statements: Iterable[Statement]) -> set[str]:
    """Add the statements whose ends are both drawn, and return their nodes."""
    linked = [s for s in statements if s.linked and s.subject != s.object]
    nodes = describe(store, (iri for s in linked for iri in (s.subject, s.object)))
    drawn = [s for s in linked if nodes[s.subject]["kind"] in _DRAWN and nodes[s.object]["kind"] in _DRAWN]
    for s in drawn:
        graph.add_node(s.subject, **nodes[s.subject])
        graph.add_node(s.object, **nodes[s.object])
        graph.add_edge(s.subject, s.object, s.predicate, statement=s)
    return {iri for s in drawn for iri in (s.subject, s.object)}


def _kept(graph: nx.MultiDiGraph, center: str | None, limit: int) -> nx.MultiDiGraph:
    """Return the connected part around the center, or the largest one, cut down to ``limit`` nodes."""
    parts = sorted(nx.weakly_connected_components(graph), key=lambda part: (-len(part), min(part)))
    part: set[str] = next((p for p in parts if center is None or center in p), set())
    middle = center or min(part, key=lambda node: _rank(graph, node), default=None)
    if middle is None:
        return graph
    distance = nx.single_source_shortest_path_length(graph.to_undirected(as_view=True), middle)
    order = sorted(part, key=lambda node: (distance[node] if center else 0, *_rank(graph, node)))
    cut = graph.subgraph(order[:limit])
    return cut.subgraph(nx.node_connected_component(cut.to_undirected(as_view=True), middle))


def _degree(graph: nx.MultiDiGraph, node: str) -> int:
    return len({*graph.predecessors(node), *graph.successors(node)})


def _rank(graph: nx.MultiDiGraph, node: str) -> tuple[int, int, str]:
    """Return what sorts the best connected nodes first, and of equals those of which most is said, then by IRI."""
    edges = [*graph.in_edges(node, data="statement"), *graph.out_edges(node, data="statement")]
    return -_degree(graph, node), -sum(len(statement.nodes) for *_, statement in edges), node


def _node_link(graph: nx.MultiDiGraph) -> Data:
    places = layout(graph)
    nodes = [data | {"x": places[iri][0], "y": places[iri][1], "degree": _degree(graph, iri)}
             for iri, data in sorted(graph.nodes(data=True))]
    edges = [_edge(data["statement"]) for *_, data in sorted(graph.edges(keys=True, data=True), key=lambda e: e[:3])]
    return {"nodes": nodes, "edges": edges}


def _edge(statement: Statement) -> Data:
    property_ = predicate(statement.predicate)
    return {"source": compact(statement.subject), "target": compact(statement.object), "predicate": property_["id"],
            "label": property_["label"], "modality": statement.modality, "polarity": statement.polarity,
            "confidence": statement.confidence, "asserted": statement.asserted, "receipts": len(statement.nodes)}
