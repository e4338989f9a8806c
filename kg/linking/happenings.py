"""Which events of different articles are one happening that several of them report.

As with names, nothing is decided by what was decided before: a change gathers every report that could be linked to the
changed ones, directly or through others, and decides all of them anew, so the order of articles does not matter.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from kg.linking.clusters import cluster
from kg.linking.comparison import PERSON, Link
from kg.linking.index import Decisions

WINDOW, DAYS_OF_NEWS = 7, 2
"""Days between two reports at most: with two participants in common, and with one and no date in the text."""
COMMON = 25
"""Reports that share type, role, participant and fortnight: of more than this, a shared participant tells nothing."""
LONGEST = 31
"""A time of more days than this does not tell when an event was; its article's date does."""
TWO_SHARED, SAME_DAY, ONE_SHARED = 0.9, 0.85, 0.7
PLACE = "place"


@dataclass(frozen=True, slots=True)
class Report:
    """An event as one article tells it.

    ``fillers`` are its named participants by role, as the IRIs of their names; ``begins`` and ``ends`` the days of
    the event, or, unless ``dated``, the day of the article twice; ``None`` where neither is known.
    """

    iri: str
    type: str
    fillers: tuple[tuple[str, str], ...]
    begins: dt.date | None = None
    ends: dt.date | None = None
    dated: bool = False

    def to_row(self) -> list[Any]:
        """Return the report as JSON data."""
        days = [day and day.isoformat() for day in (self.begins, self.ends)]
        return [self.iri, self.type, [list(pair) for pair in self.fillers], *days, self.dated]

    @classmethod
    def from_row(cls, row: list[Any]) -> Report:
        """Read what ``to_row`` wrote."""
        iri, type_, fillers, begins, ends, dated = row
        first, last = (day and dt.date.fromisoformat(day) for day in (begins, ends))
        return cls(iri, type_, tuple((role, name) for role, name in fillers), first, last, dated)


@dataclass(frozen=True, slots=True)
class Happening:
    """The reports that are one, sorted, and the links that made them one."""

    reports: tuple[str, ...]
    links: tuple[Link, ...]


class Happenings:
    """The reports of all articles, found by type, participant and time; see the module.

    One that holds some of the reports only, whose others are elsewhere, is told which keys are too ``common``.
    """

    def __init__(self, decisions: Decisions, common: Collection[str] = ()) -> None:
        self.decisions = decisions
        self.common = common
        self.reports: dict[str, Report] = {}
        self._of: dict[str, tuple[str, ...]] = {}
        self._article: dict[str, str] = {}
        self._blocks: defaultdict[str, set[str]] = defaultdict(set)

    def put(self, article: str, reports: Iterable[Report]) -> set[str]:
        """Replace what an article reports; return the reports whose decisions may change, gone ones too."""
        old = self._of.pop(article, ())
        touched = set(old) | self.related(self._near(old))
        for iri in old:
            for key in report_keys(self.reports.pop(iri)):
                self._blocks[key].discard(iri)
            del self._article[iri]
        self._of[article] = tuple(self._learn(article, report) for report in reports)
        return touched | self.related(self._near(self._of[article]))

    def _learn(self, article: str, report: Report) -> str:
        self.reports[report.iri], self._article[report.iri] = report, article
        for key in report_keys(report):
            self._blocks[key].add(report.iri)
        return report.iri

    def _near(self, iris: Iterable[str]) -> set[str]:
        """Return the reports and those whose key they make too common, or no longer."""
        near = set(iris)
        for key in {key for iri in near for key in report_keys(self.reports[iri])}:
            if len(self._blocks[key]) - COMMON in range(len(near) + 1):
                near |= self._blocks[key]
        return near

    def related(self, iris: Iterable[str]) -> set[str]:
        """Return the known reports and all that could be linked to them, directly or through others."""
        found: set[str] = set()
        queue = [iri for iri in iris if iri in self.reports]
        while queue:
            iri = queue.pop()
            if iri not in found:
                found.add(iri)
                queue += self._candidates(iri)
        return found

    def _candidates(self, iri: str) -> Iterator[str]:
        for key in report_keys(self.reports[iri]):
            if not self._is_common(key):
                yield from (other for other in self._blocks[key] if self._link(iri, other))
        for pair in self.decisions.same | self.decisions.apart:
            if iri in pair:
                yield from (end for end in pair if end in self.reports)

    def _is_common(self, key: str) -> bool:
        return key in self.common or len(self._blocks[key]) > COMMON

    def decide(self, iris: Iterable[str]) -> list[Happening]:
        """Decide reports that are closed under ``related``; those that stand alone make no happening."""
        links = set(self._links(sorted(iri for iri in iris if iri in self.reports)))
        return [happening for part in _parts(links) for happening in self._clusters(part)]

    def _clusters(self, links: set[Link]) -> Iterator[Happening]:
        ends = {end for link in links for end in (link.left, link.right)}
        clusters, used = cluster(ends, links, self._apart(ends))
        yield from (Happening(tuple(sorted(members)), tuple(link for link in used if link.left in members))
                    for members in clusters if len(members) > 1)

    def _links(self, known: list[str]) -> Iterator[Link]:
        inside = set(known)
        for left, right in self.decisions.same:
            if {left, right} <= inside:
                yield Link.of(PERSON, left, right, "decided by a person")
        for key in {key for iri in known for key in report_keys(self.reports[iri])}:
            if not self._is_common(key):
                for one, other in combinations(sorted(self._blocks[key] & inside), 2):
                    if link := self._link(one, other):
                        yield link

    def _link(self, one: str, other: str) -> Link | None:
        """Return why two reports may be of one event, ``None`` where nothing says so or something speaks against it."""
        left, right = self.reports[one], self.reports[other]
        shared = set(left.fillers) & set(right.fillers)
        who = sorted(role for role, _ in shared if role != PLACE)
        if not who or self._are_strange(one, other):
            return None
        days = _days_between(left, right) or 0
        apart = "the same day" if days == 0 else f"{days} day{'s' * (days > 1)} apart"
        if len(shared) > 1:
            return Link.of(TWO_SHARED, one, other, f"{left.type}, {len(shared)} of who and where the same, {apart}")
        if left.dated and right.dated:
            return Link.of(SAME_DAY, one, other, f"{left.type}, {who[0]} and date the same")
        if days <= DAYS_OF_NEWS:
            return Link.of(ONE_SHARED, one, other, f"{left.type}, {who[0]} the same, {apart}")
        return None

    def _are_strange(self, one: str, other: str) -> bool:
        """Whether two reports cannot be of one event: of one article, too far off, or contradicting each other."""
        if self._article[one] == self._article[other]:
            return True
        days = _days_between(self.reports[one], self.reports[other])
        return days is None or days > WINDOW or _contradict(self.reports[one], self.reports[other])

    def _apart(self, iris: set[str]) -> dict[str, frozenset[str]]:
        """Return for each report those that cannot be of the same event: of its article, contradicting, too far off."""
        apart: defaultdict[str, set[str]] = defaultdict(set)
        decided = {pair for pair in self.decisions.apart if set(pair) <= iris}
        own = {pair for pair in self.decisions.same if set(pair) <= iris}
        for one, other in combinations(sorted(iris), 2):
            if (one, other) in decided or ((one, other) not in own and self._are_strange(one, other)):
                apart[one].add(other)
                apart[other].add(one)
        return {iri: frozenset(others) for iri, others in apart.items()}


def _parts(links: set[Link]) -> list[set[Link]]:
    """Return the links by connected component, so that each is decided by itself."""
    parts: dict[str, set[Link]] = {}
    for link in links:
        left, right = parts.setdefault(link.left, set()), parts.setdefault(link.right, set())
        small, large = sorted((left, right), key=len)
        large.add(link)
        if small is not large:
            large |= small
            parts.update(dict.fromkeys({end for old in large for end in (old.left, old.right)}, large))
    return list({id(part): part for part in parts.values()}.values())


def report_keys(report: Report) -> Iterator[str]:
    """Yield the keys under which reports of one event meet: type, role, participant and fortnight.

    Fortnights do not overlap, so chains of reports from day to day end, and a graph of many years costs no more than
    one of a few weeks. The price: reports on both sides of a fortnight's border are not found.
    """
    if report.begins is None or report.ends is None:
        return
    fortnight = report.begins.toordinal() // 14
    yield from (f"{report.type}|{role}|{name}|{fortnight}" for role, name in report.fillers if role != PLACE)


def _days_between(one: Report, other: Report) -> int | None:
    """Return how many days lie between two reports, 0 where their days meet."""
    if one.begins is None or one.ends is None or other.begins is None or other.ends is None:
        return None
    return max(0, (max(one.begins, other.begins) - min(one.ends, other.ends)).days)


def _contradict(one: Report, other: Report) -> bool:
    """Whether the two name different ones in one role, are of different types, or are dated apart by the text."""
    left: defaultdict[str, set[str]] = defaultdict(set)
    right: defaultdict[str, set[str]] = defaultdict(set)
    for fillers, by_role in ((one.fillers, left), (other.fillers, right)):
        for role, name in fillers:
            by_role[role].add(name)
    apart = one.dated and other.dated and (_days_between(one, other) or 0) > 0
    return one.type != other.type or apart or any(not left[role] & right[role] for role in left.keys() & right.keys())
