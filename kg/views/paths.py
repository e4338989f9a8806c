"""How two entities are connected."""

from __future__ import annotations

from kg import analysis
from kg.analysis import Step
from kg.errors import KGError
from kg.graph import to_networkx
from kg.store import Store
from kg.views.terms import Data, describe, expand, predicate


def path(store: Store, source: str, target: str) -> Data | None:
    """Return the fewest edges that lead from one entity or event to another, in whatever direction they point.

    Both are identifiers or names; ``None`` where one of them is unknown or no path exists.
    """
    graph = to_networkx(store)
    try:
        steps = analysis.shortest_path(graph, *(_node(name) for name in (source, target)))
    except KGError:
        return None
    nodes = describe(store, {iri for step in steps for iri in (step.source, step.target)})
    return {"length": len(steps), "steps": [_step(step, nodes) for step in steps]}


def _node(name: str) -> str:
    return expand(name) if ":" in name and " " not in name else name


def _step(step: Step, nodes: dict[str, Data]) -> Data:
    ends = (step.source, step.target) if step.forward else (step.target, step.source)
    return {"subject": nodes[ends[0]], "predicate": predicate(step.predicate), "object": nodes[ends[1]]}
