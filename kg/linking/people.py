"""People of one name: who of them are one person, by where they work and what their articles speak of."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

from kg import topics
from kg.linking.names import GOVERNMENT
from kg.linking.readings import Reading, Record

ONE_PERSON, LIKE_NAMES = 0.9, 0.95
"""The probability from which two articles that use one name, or two alike ones, mean one person."""
MIDDLE = 0.09
"""How alike topics are that say nothing: halfway between those of articles on one person and on two."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an article says of a person that tells people of one name apart.

    ``employers`` are organisations where the person has a position, under ``titles``; ``company`` is everything named
    that the article speaks of, places and governments left out: half of all articles speak of the same few. ``topic``
    is what it is about.
    """

    employers: frozenset[str]
    company: frozenset[str]
    titles: frozenset[str] = frozenset()
    topic: str = ""

    @classmethod
    def of(cls, reading: Reading, company: frozenset[str]) -> Context:
        """Return what an article says of a person, whose ``company`` is what ``company_of`` gives for all of it."""
        return cls(frozenset(reading.employers), company - {reading.base}, frozenset(reading.titles) - {""},
                   reading.topic)


def company_of(record: Record) -> frozenset[str]:
    """Return everything named that an article speaks of, places and governments left out."""
    return frozenset(reading.base for reading in record if reading.shared and reading.coarse != "Place"
                     and not reading.key.startswith(f"{GOVERNMENT} ("))


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model of two articles that use one name: log odds of their meaning one person.

    ``prior`` are the odds by the name alone, the others what two contexts add; made by ``kg.training.identity``.
    """

    prior: float
    base: float
    company: float
    linked: float
    strange: float
    same_title: float
    other_title: float
    topic: float

    def probability(self, one: Context, other: Context) -> float:
        """Return how likely the two are one person."""
        odds = self.prior + self.base + sum(
            weight * value for weight, value in zip(self.of_features(), features(one, other), strict=True))
        return 1 / (1 + math.exp(-odds))

    def of_features(self) -> tuple[float, ...]:
        """Return the weights in the order of ``features``."""
        return self.company, self.linked, self.strange, self.same_title, self.other_title, self.topic

    def to_json(self) -> str:
        """Return the weights as the file of the package holds them."""
        return json.dumps({name: round(value, 3) for name, value in asdict(self).items()}, indent=1) + "\n"


@cache
def load_weights() -> Weights:
    """Return the weights of the package."""
    return Weights(**json.loads(resources.files(__package__).joinpath("people.json").read_text(encoding="utf-8")))


def features(one: Context, other: Context) -> tuple[float, ...]:
    """Return what two contexts share and where they differ.

    These are the logarithm of one more than the number of named things that both articles speak of, and as 0 or 1
    whether an employer in one is mentioned in the other, whether both name employers of which that is not so,
    whether a job title is the same, and whether both name titles and none is; then how much more alike than ``MIDDLE``
    the topics of the articles are.
    """
    linked = bool(one.employers & (other.company | other.employers) or other.employers & one.company)
    strange = bool(one.employers and other.employers) and not linked
    same = bool(one.titles & other.titles)
    likeness = topics.likeness(one.topic, other.topic)
    return (math.log1p(len(one.company & other.company)), float(linked), float(strange), float(same),
            float(bool(one.titles and other.titles) and not same), 0.0 if likeness is None else likeness - MIDDLE)


class Namesakes:
    """The articles that use one person's name, in groups that mean one person each.

    Two articles that name employers are joined where ``Weights.probability`` says so; what is joined to one of a group
    is joined to all. Groups only grow, so the order of articles does not matter. An article is compared with others
    until one joins it, so a much-named person costs no more than others.
    """

    def __init__(self, contexts: Mapping[str, Context] = {}) -> None:
        self.contexts: dict[str, Context] = {}
        self.groups: list[list[str]] = []
        self._weights = load_weights()
        for article, context in contexts.items():
            self.add(article, context)

    def add(self, article: str, context: Context) -> None:
        """Take in another article."""
        self.contexts[article] = context
        if context.employers:
            joined = [group for group in self.groups if self._belongs(context, group)]
            apart = [group for group in self.groups if not any(group is other for other in joined)]
            self.groups = [*apart, [*(other for group in joined for other in group), article]]

    def _belongs(self, context: Context, group: list[str]) -> bool:
        return any(self._weights.probability(context, self.contexts[other]) >= ONE_PERSON for other in reversed(group))

    @property
    def several(self) -> bool:
        """Tell whether the name is one of several people."""
        return len(self.groups) > 1

    def names(self) -> dict[str, str]:
        """Return for each article whom it means: ``""`` in all of them where nothing tells people apart.

        Of several, the one with most articles is ``""`` and the others are named after their first employer. An article
        without an employer belongs to the group with which it shares most, of equals the larger one, and if these
        are equal too to nobody but itself (its own name).
        """
        if not self.several:
            return dict.fromkeys(self.contexts, "")
        groups = {self._employer(group): group for group in self.groups}
        # Sizes count by powers of two: a group that grows seldom takes the name, and with it the IRI, of another.
        greatest = min(groups, key=lambda name: (-len(groups[name]).bit_length(), name))
        marks = {article: name for name, group in groups.items() for article in group}
        company = {name: frozenset[str]().union(*(self.contexts[article].company | self.contexts[article].employers
                                                  for article in group)) for name, group in groups.items()}
        for article in self.contexts.keys() - marks.keys():
            shared = {name: (len(self.contexts[article].company & things), len(groups[name]))
                      for name, things in company.items()}
            marks[article] = _only_greatest(shared) or article
        return {article: "" if mark == greatest else mark for article, mark in marks.items()}

    def _employer(self, group: list[str]) -> str:
        return min(employer for article in group for employer in self.contexts[article].employers)


def _only_greatest(values: Mapping[str, tuple[int, int]]) -> str | None:
    most = max(values.values())
    best = [name for name, value in values.items() if value == most]
    return best[0] if len(best) == 1 else None
