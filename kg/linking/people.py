"""People of one name: who of them are one person, by where they work and what their articles speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Context:
    """What an article says of a person that tells people of one name apart.

    ``employers`` are organisations where the person has a position, ``company`` everything named that the
    article speaks of, places left out: half of all articles speak of the same few.
    """

    employers: frozenset[str]
    company: frozenset[str]


SHARED_COMPANY = 3
"""So many named things that both articles speak of make people of one name one person."""


def people(contexts: Mapping[str, Context]) -> dict[str, str]:
    """Return for each article who of the people of one name it means; one name for all where nothing tells them apart.

    Articles that name employers are grouped: two of them mean one person if an employer in one is
    mentioned in the other, or if they speak of ``SHARED_COMPANY`` same things; what is joined to one of a
    group is joined to all. With at most one group everybody is one person (``""``). Of several, each is named
    after its first employer, and an article without one belongs to the group with which it shares most, if
    there is one such group, else to nobody but itself (its own name).
    """
    known = {article: context for article, context in contexts.items() if context.employers}
    groups = _groups(known)
    if len(groups) < 2:
        return dict.fromkeys(contexts, "")
    names = {article: min(frozenset().union(*(known[item].employers for item in group)))
             for group in groups for article in group}
    company = {names[group[0]]: frozenset().union(*(known[item].company | known[item].employers for item in group))
               for group in groups}
    rest = {article: _nearest(context.company, company) or article
            for article, context in contexts.items() if article not in known}
    return names | rest


def _groups(known: Mapping[str, Context]) -> list[list[str]]:
    """Return the connected articles, each group sorted, the groups too."""
    parent = {article: article for article in known}

    def root(article: str) -> str:
        while parent[article] != article:
            parent[article] = article = parent[parent[article]]
        return article

    employers = frozenset().union(*(context.employers for context in known.values()))
    first: dict[str, str] = {}
    for article, context in known.items():
        for iri in (context.company | context.employers) & employers:
            parent[root(article)] = root(first.setdefault(iri, article))
    # Pairs are counted only where employers leave several groups, so a much-named person costs linear time.
    if len({root(article) for article in known}) > 1:
        for one, other in combinations(known, 2):
            if len(known[one].company & known[other].company) >= SHARED_COMPANY:
                parent[root(one)] = root(other)
    groups: dict[str, list[str]] = {}
    for article in sorted(known):
        groups.setdefault(root(article), []).append(article)
    return sorted(groups.values())


def _nearest(company: frozenset[str], groups: Mapping[str, frozenset[str]]) -> str | None:
    shared = {name: len(company & members) for name, members in groups.items()}
    most = max(shared.values())
    best = [name for name, count in shared.items() if count == most]
    return best[0] if most and len(best) == 1 else None
