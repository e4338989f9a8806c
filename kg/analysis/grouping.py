"""Who belongs together, and how that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx

from kg.analysis.centrality import pagerank
from kg.analysis.engines import dispatch
from kg.analysis.network import Ranked, by_score, undirected


@dataclass(frozen=True, slots=True)
class Community:
    """Entities that are connected more among themselves than to others, the most central first."""

    members: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A community of an earlier time and the one of a later time that continues it; ``None`` where there is none.

    ``likeness`` is the Jaccard index of their members: the share of all that both have.
    """

    before: Community | None
    after: Community | None
    likeness: float
    stayed: tuple[Ranked, ...]
    joined: tuple[Ranked, ...]
    left: tuple[Ranked, ...]


def communities(graph: nx.MultiDiGraph, *, resolution: float = 1.0, seed: int = 0,
                backend: str | None = None) -> list[Community]:
    """Group connected entities so that modularity is high; the largest group first, loners left out.

    Modularity is the share of edges, by weight, that lie inside groups, less the share that would if edges were
    drawn at random between nodes of the same degrees. A higher ``resolution`` gives smaller groups. The method is
    greedy and visits nodes in an order drawn with ``seed``.

    Blondel, Guillaume, Lambiotte and Lefebvre (2008), Fast unfolding of communities in large networks;
    Newman and Girvan (2004), Finding and evaluating community structure in networks.
    """
    scores = {entity.iri: entity for entity in pagerank(graph, backend=backend)}
    found = (by_score(scores[node] for node in group if node in scores)
             for group in partition(undirected(graph), resolution=resolution, seed=seed, backend=backend))
    return sorted((Community(members) for members in found if len(members) > 1),
                  key=lambda community: (-len(community.members), community.members[0].iri))


def partition(plain: nx.Graph, *, resolution: float = 1.0, seed: int = 0, backend: str | None = None) -> list[set[str]]:
    """Return groups of all nodes, events included, as ``communities`` finds them."""
    # Numbers in place of names: sets of strings are walked in another order in each process.
    names = list(plain)
    numbered = nx.convert_node_labels_to_integers(plain)
    groups = dispatch(nx.community.louvain_communities, numbered, backend, resolution=resolution, seed=seed)
    return [{names[number] for number in group} for group in groups]


def changes(before: Sequence[Community], after: Sequence[Community]) -> list[Change]:
    """Pair the communities of two times, the most alike first, each once; then those that ended and those that began.

    Greene, Doyle and Cunningham (2010), Tracking the evolution of communities in dynamic social networks.
    """
    alike = sorted((-_likeness(a, b), i, j) for i, a in enumerate(before) for j, b in enumerate(after))
    pairs: dict[int, int] = {}
    for likeness, i, j in alike:
        if likeness < 0 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    continued = [_change(before[i], after[j]) for i, j in pairs.items()]
    ended = [_change(community, None) for i, community in enumerate(before) if i not in pairs]
    begun = [_change(None, community) for j, community in enumerate(after) if j not in pairs.values()]
    return [*continued, *ended, *begun]


def _likeness(a: Community, b: Community) -> float:
    first, second = ({member.iri for member in community.members} for community in (a, b))
    return len(first & second) / len(first | second)


def _change(before: Community | None, after: Community | None) -> Change:
    old, new = before.members if before else (), after.members if after else ()
    first, second = ({member.iri for member in members} for members in (old, new))
    return Change(before, after, _likeness(before, after) if before and after else 0.0,
                  tuple(member for member in new if member.iri in first),
                  tuple(member for member in new if member.iri not in first),
                  tuple(member for member in old if member.iri not in second))
