"""Measures of a part of the graph, and who is like whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from kg import analysis
from kg.errors import KGError
from kg.graph import to_networkx
from kg.store import Store
from kg.views.terms import Data, expand
from kg.vocab import compact


def measures(store: Store, nodes: Iterable[str] | None = None) -> Data:
    """Return the measures of ``kg.analysis.figures`` and the bridges, of all or of the part between some nodes.

    Nodes that the graph does not hold are left out.
    """
    graph = to_networkx(store)
    if nodes is not None:
        graph = graph.subgraph([iri for iri in map(expand, nodes) if iri in graph])
    rows = ({"id": compact(row.iri), **asdict(row)} for row in analysis.figures(graph))
    return {"measures": list(rows),
            "bridges": [{"source": compact(bridge.source), "target": compact(bridge.target), "parted": bridge.parted}
                        for bridge in analysis.bridges(graph)]}


def similar(store: Store, entity: str, limit: int = 10) -> Data | None:
    """Return the entities most like one, with the likeness from 0 to 1; ``entity`` is a name or an identifier."""
    graph = to_networkx(store)
    try:
        found = analysis.similar(graph, expand(entity) if ":" in entity and " " not in entity else entity, limit=limit)
    except KGError:
        return None
    return {"similar": [{"id": compact(row.iri), **asdict(row)} for row in found]}
