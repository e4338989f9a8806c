"""The whole network in columns: a page draws, filters and searches it without asking again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx

from kg import analysis
from kg.analysis.grouping import partition
from kg.files import keep_file
from kg.store import Store
from kg.views.places import places
from kg.views.statements import Key, implied, is_asserted
from kg.views.terms import Data, describe, predicate, rows
from kg.vocab import NEWS

_NAMES = 3
_PIVOTS = 100
_MEASURES = ("x", "y", "pagerank", "betweenness", "degree", "core", "community")


@dataclass(slots=True)
class _Edge:
    """What all statements of one triple say together."""

    articles: set[str] = field(default_factory=set)
    confidence: float = 0.0
    asserted: bool = False


def network(store: Store, limit: int = 20_000, *, keep: Path | str | None = None) -> Data:
    """Return entities, events and the statements between them in columns, with places and figures.

    ``nodes`` and ``edges`` map each attribute to a list; ``source`` and ``target`` are numbers of nodes, ``type``,
    ``predicate`` and ``articles`` numbers in the tables of the same names. Places and figures (``kg.analysis``) are
    computed from what some article holds for true, communities from all edges; ``community`` counts from 1, the
    largest, and 0 stands for none.
    Of more than ``limit`` nodes those with the highest PageRank stay. What takes time is read from the file ``keep``
    where that was computed from the same edges, else computed and kept there.
    """
    edges = _edges(store)
    nodes = sorted({end for source, _, target in edges for end in (source, target)})
    described = describe(store, nodes)
    graph = _graph(edges, described)
    figures = _kept(Path(keep) if keep else None, edges, lambda: _figures(graph))
    shown = _foremost(nodes, figures, limit)
    kept = {key: edge for key, edge in edges.items() if key[0] in shown and key[2] in shown}
    return {"truncated": len(shown) < len(nodes), "communities": _communities(graph, figures),
            **_columns(store, [node for node in nodes if node in shown], kept, described, figures)}


def network_of(graph: nx.MultiDiGraph) -> Data:
    """Return a network of ``kg.graph`` as ``network`` returns a store's, its articles without dates and sources."""
    edges = {(source, key, target): _Edge({f"{i}" for i in range(data.get("articles", 1))}, data["confidence"], True)
             for source, target, key, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3])}
    figures = _figures(graph)
    described = {node: {"id": node, **data} for node, data in graph.nodes(data=True)}
    labels = {key: data["label"] for _, _, key, data in graph.edges(keys=True, data=True)}
    tables = _tables(sorted(graph), edges, described, figures, labels, {})
    return {"truncated": False, "communities": _communities(graph, figures), **tables}


def _edges(store: Store) -> dict[Key, _Edge]:
    found: dict[Key, _Edge] = {}
    for row in rows(store, "network"):
        edge = found.setdefault((row["subject"], row["predicate"], row["object"]), _Edge())
        edge.articles.add(row["article"])
        edge.confidence = max(edge.confidence, float(row["confidence"]))
        edge.asserted |= is_asserted(row["modality"].removeprefix(NEWS), row["polarity"].removeprefix(NEWS))
    hidden = implied(found)
    return {key: found[key] for key in sorted(found) if key not in hidden}


def _graph(edges: Mapping[Key, _Edge], described: Mapping[str, Data]) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((iri, {name: node[name] for name in ("label", "type", "kind")})
                         for iri, node in described.items())
    graph.add_edges_from((source, target, name, {"articles": len(edge.articles), "confidence": edge.confidence,
                                                 "asserted": edge.asserted})
                         for (source, name, target), edge in edges.items())
    return graph


def _figures(graph: nx.MultiDiGraph) -> dict[str, list[float]]:
    """Return the values of ``_MEASURES`` by node."""
    plain = analysis.undirected(graph)
    groups = sorted((sorted(group) for group in partition(plain)), key=lambda group: (-len(group), group[0]))
    numbers = {node: number if len(group) > 1 else 0 for number, group in enumerate(groups, 1) for node in group}
    held = nx.MultiDiGraph()
    held.add_nodes_from(graph.nodes(data=True))
    held.add_edges_from(edge for edge in graph.edges(keys=True, data=True) if edge[3].get("asserted", True))
    where, measured = places(plain, groups), analysis.measures(held, samples=_PIVOTS)
    return {node: [*where[node], *(round(value, 8) for value in measured[node]), numbers[node]] for node in plain}


def _kept(path: Path | None, edges: Mapping[Key, _Edge],
          compute: Callable[[], dict[str, list[float]]]) -> dict[str, list[float]]:
    if path is None:
        return compute()
    told = [(key, len(edge.articles), edge.confidence, edge.asserted) for key, edge in edges.items()]
    digest = hashlib.sha256(json.dumps(told).encode("utf-8", "surrogatepass")).hexdigest()
    try:
        stored = json.loads(path.read_bytes())
        if stored["digest"] == digest:
            return dict(stored["figures"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # there is none yet, or it is damaged
    figures = compute()
    keep_file(path, json.dumps({"digest": digest, "figures": figures}).encode())
    return figures


def _foremost(nodes: Sequence[str], figures: Mapping[str, Sequence[float]], limit: int) -> set[str]:
    rank = _MEASURES.index("pagerank")
    return set(sorted(nodes, key=lambda node: (-figures[node][rank], node))[:limit])


def _communities(graph: nx.MultiDiGraph, figures: Mapping[str, Sequence[float]]) -> list[Data]:
    """Return number, size, middle and foremost entities of each community, the largest first."""
    rank = _MEASURES.index("pagerank")
    members: dict[int, list[str]] = {}
    for node in sorted(graph, key=lambda node: (graph.nodes[node]["kind"] != "entity", -figures[node][rank], node)):
        members.setdefault(int(figures[node][-1]), []).append(node)
    return [{"number": number, "size": len(nodes), "names": [graph.nodes[node]["label"] for node in nodes[:_NAMES]],
             "x": round(sum(figures[node][0] for node in nodes) / len(nodes), 2),
             "y": round(sum(figures[node][1] for node in nodes) / len(nodes), 2)}
            for number, nodes in sorted(members.items()) if number]


def _columns(store: Store, nodes: Sequence[str], edges: Mapping[Key, _Edge], described: Mapping[str, Data],
             figures: Mapping[str, Sequence[float]]) -> Data:
    told = {row["article"]: row for row in rows(store, "articles")}
    labels = {name: predicate(name)["label"] for name in {name for _, name, _ in edges}}
    return _tables(nodes, edges, described, figures, labels, told)


def _tables(nodes: Sequence[str], edges: Mapping[Key, _Edge], described: Mapping[str, Data],
            figures: Mapping[str, Sequence[float]], labels: Mapping[str, str], told: Mapping[str, Any]) -> Data:
    place = _numbers(nodes)
    types = _numbers({described[node]["type"] for node in nodes})
    predicates = _numbers({name for _, name, _ in edges})
    articles = _numbers({article for edge in edges.values() for article in edge.articles})
    return {
        "nodes": {"id": [described[node]["id"] for node in nodes],
                  "label": [described[node]["label"] for node in nodes],
                  "type": [types[described[node]["type"]] for node in nodes],
                  "event": [int(described[node]["kind"] == "event") for node in nodes],
                  **{name: [figures[node][i] for node in nodes] for i, name in enumerate(_MEASURES)}},
        "edges": {"source": [place[key[0]] for key in edges], "target": [place[key[2]] for key in edges],
                  "predicate": [predicates[key[1]] for key in edges],
                  "confidence": [round(edge.confidence, 4) for edge in edges.values()],
                  "asserted": [int(edge.asserted) for edge in edges.values()],
                  "articles": [sorted(articles[article] for article in edge.articles) for edge in edges.values()]},
        "types": list(types),
        "predicates": [{"id": predicate(name)["id"], "label": labels[name]} for name in predicates],
        "articles": {"date": [told.get(article, {}).get("date") for article in articles],
                     "source": [told.get(article, {}).get("source") for article in articles]},
    }


def _numbers(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(names))}
