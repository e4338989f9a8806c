"""Which IRIs mean one thing, kept up to date while articles come, change and go.

What the index answers is a function of the set of articles in it and the set of decisions, and of
nothing else: each change gathers every name that could be linked to the changed ones, directly or
through others, and decides all of them anew. Keeping what an earlier article led to would be cheaper,
and would let the order of articles decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import combinations

from kg.linking import gazetteers
from kg.linking.clusters import cluster
from kg.linking.comparison import (
    ACRONYM,
    GAZETTEER,
    INITIALS,
    PERSON,
    SPELLING,
    VARIANT,
    Link,
    block_keys,
    is_acronym,
    is_variant,
    same_long_form,
    same_spelling,
    same_words,
    squash,
    without_initials,
)
from kg.linking.countries import country_called
from kg.linking.names import iri_of
from kg.linking.people import LIKE_NAMES, Context, Namesakes, company_of, load_weights
from kg.linking.readings import Reading, Record

LARGEST_BLOCK = 50
"""A key that more names share than this tells nothing, so it makes no candidates."""

MOST_COMPARED = 20
"""Articles of a name that are compared with those of another, so that a common name costs no more than others."""
WELL_KNOWN = 3
"""Articles in which a name is so common that it needs no other evidence."""
AMBIGUOUS = 3
"""Letters of an acronym that often stands for other things too: "AAA", "PA"."""
LISTING = 100
"""Named things in an article that lists them: that two people stand in a list with many others tells nothing."""

_CONGRESS = ("senat", "congress", "representative", "speaker", "whip")


KINDS = ("same", "apart", "own")
"""The kinds of decisions: the fields of ``Decisions``."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided: pairs that are one, pairs that are not, and readings that are nobody else's.

    ``same`` and ``apart`` hold pairs of IRIs, the smaller first; ``own`` pairs of an IRI and an article.
    """

    same: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()
    own: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A link to a Wikidata item."""

    entity: str
    item: str
    score: float
    feature: str


Bearers = str | dict[str, str]
"""The IRI of the one bearer of a name, or of the bearer in each article where there are several."""


@dataclass(slots=True)
class _Name:
    """One IRI by class and name, and the articles that use it."""

    coarse: str
    key: str
    shared: bool
    readings: dict[str, Reading] = field(default_factory=dict)
    employers: Counter[str] | None = None
    titles: Counter[str] | None = None
    namesakes: Namesakes | None = None

    def add(self, article: str, reading: Reading) -> None:
        """Take in what an article calls so."""
        self.readings[article] = reading
        if reading.employers:  # most names have none, and a counter takes more room than the rest
            self.employers, self.titles = self.employers or Counter(), self.titles or Counter()
            self.employers.update(reading.employers)
            self.titles.update(reading.titles)

    def remove(self, article: str) -> None:
        """Forget what an article calls so."""
        reading = self.readings.pop(article)
        if reading.employers and self.employers and self.titles:
            self.employers -= Counter(reading.employers)
            self.titles -= Counter(reading.titles)
        self.namesakes = None  # groups that have grown together are not taken apart again

    def blocks(self) -> Iterator[str]:
        return name_keys(self.coarse, self.key, self.shared)


@dataclass(slots=True)
class Outcome:
    """What is decided of some names: the entity of each, by article where articles differ, and the reasons."""

    entity: dict[str, str | dict[str, str]]
    reasons: dict[str, set[tuple[Link, str] | Item]]


class Index:
    """The readings of all articles, found by name, key and spoken name; see the module.

    One that holds some of the names only, whose others are elsewhere, is told which keys are too ``common``.
    """

    def __init__(self, decisions: Decisions = Decisions(), common: Collection[str] = ()) -> None:
        self.records: dict[str, Record] = {}
        self.common = common
        self._company: dict[str, frozenset[str]] = {}
        self._decisions = decisions
        self._names: dict[str, _Name] = {}
        self._blocks: defaultdict[str, set[str]] = defaultdict(set)
        # Acronyms: short IRI -> long IRI -> articles whose text has both names for one thing.
        self._expansions: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._shortened: defaultdict[str, set[str]] = defaultdict(set)
        self._home: dict[str, str] = {}
        self._gazetteer = gazetteers.load()

    @property
    def decisions(self) -> Decisions:
        """What people decided."""
        return self._decisions

    @decisions.setter
    def decisions(self, decisions: Decisions) -> None:
        for base, _ in self._decisions.own ^ decisions.own:
            if base in self._names:
                self._names[base].namesakes = None
        self._decisions = decisions

    def put(self, article: str, record: Record) -> set[str]:
        """Replace what an article says, ``()`` to forget it; return the names whose decisions may change."""
        readings = (*self.records.get(article, ()), *record)
        touched = self.related(self._near(readings))
        for reading in self.records.pop(article, ()):
            self._forget(article, reading)
        self._company.pop(article, None)
        if record:
            self._put(article, record)
        return touched | self.related(self._near(readings))

    def load(self, records: Mapping[str, Record]) -> set[str]:
        """Take in the articles of a store at once and return all names."""
        for article, record in records.items():
            self._put(article, record)
        for base in self._names:
            self._bearers(base)
        return set(self._names)

    def _put(self, article: str, record: Record) -> None:
        self.records[article] = record
        self._company[article] = company_of(record)
        for reading in record:
            self._learn(article, reading)

    def _near(self, readings: Iterable[Reading]) -> set[str]:
        """Return the names whose links these readings bear on by themselves."""
        near: set[str] = set()
        for reading in readings:
            near |= {reading.base, *(end for pair in acronyms(reading) for end in pair)}
            for key in name_keys(reading.coarse, reading.key, reading.shared):
                # One more or less makes the key too common, or no longer.
                if len(self._blocks[key]) in (LARGEST_BLOCK, LARGEST_BLOCK + 1):
                    near |= self._blocks[key]
            if reading.base in self._names:
                self._bearers(reading.base)  # whose names decisions may use
        return near

    def related(self, bases: Iterable[str]) -> set[str]:
        """Return the names and all that could be linked to them, directly or through others."""
        found: set[str] = set()
        queue = [base for base in bases if base in self._names]
        while queue:
            base = queue.pop()
            if base not in found:
                found.add(base)
                queue += [other for other in self._candidates(base) if other in self._names]
        return found

    def articles_of(self, base: str) -> set[str]:
        """Return the articles that use a name."""
        return set(self._names[base].readings) if base in self._names else set()

    def bearers(self, base: str) -> dict[str, str]:
        """Return for each article that uses a name the IRI of the bearer whom it means."""
        if base not in self._names:
            return {}
        bearers = self._bearers(base)
        return dict.fromkeys(self._names[base].readings, bearers) if isinstance(bearers, str) else bearers

    def bearers_called(self, name: str) -> list[str]:
        """Return the IRIs of all whom some article calls so, whatever case and marks; sorted."""
        wanted = squash(name)
        found = [base for base, known in self._names.items()
                 if wanted and wanted in {squash(known.key), *(squash(r.name) for r in known.readings.values())}]
        return sorted({node for base in found for node in _nodes(self._bearers(base))})

    def refresh(self, base: str) -> None:
        """Learn the IRIs of the bearers of a name, which decisions may name."""
        if base in self._names:
            self._bearers(base)

    def home(self, node: str) -> str:
        """Return the name of which this IRI is one bearer; a name's own IRI is its own."""
        return self._home.get(node, node)

    def decide(self, bases: Iterable[str]) -> Outcome:
        """Decide names that are closed under ``related``."""
        known = sorted(base for base in bases if base in self._names)
        bearers = {base: self._bearers(base) for base in known}
        nodes = {node for found in bearers.values() for node in _nodes(found)}
        links = [link for link in self._links(known, bearers) if link.left in nodes and link.right in nodes]
        clusters, used = cluster(nodes, links, self._apart(nodes))
        entity_of = {node: self._best(members) for members in clusters for node in members}
        outcome = Outcome({}, {base: set() for base in known})
        for base, found in bearers.items():
            one = {entity_of[node] for node in _nodes(found)}
            if isinstance(found, dict) and len(one) > 1:
                outcome.entity[base] = {article: entity_of[node] for article, node in found.items()}
                continue
            [entity] = one
            outcome.entity[base] = entity
            if item := self._item(base, entity):
                outcome.reasons[base].add(item)
        for link in used:
            outcome.reasons[self.home(link.left)].add((link, entity_of[link.left]))
        return outcome

    def _learn(self, article: str, reading: Reading) -> None:
        name = self._names.get(reading.base)
        if name is None:
            name = self._names[reading.base] = _Name(reading.coarse, reading.key, reading.shared)
            for key in name.blocks():
                self._blocks[key].add(reading.base)
        name.add(article, reading)
        if name.namesakes and (reading.base, article) not in self.decisions.own:
            name.namesakes.add(article, self._context(reading.base, article))
        for short, long in acronyms(reading):
            self._expansions[short][long].add(article)
            self._shortened[long].add(short)

    def _forget(self, article: str, reading: Reading) -> None:
        name = self._names[reading.base]
        name.remove(article)
        for short, long in acronyms(reading):
            self._expansions[short][long].discard(article)
            if not self._expansions[short][long]:
                del self._expansions[short][long]
                self._shortened[long].discard(short)
        if not name.readings:
            del self._names[reading.base]
            for key in name.blocks():
                self._blocks[key].discard(reading.base)

    def _is_common(self, key: str) -> bool:
        return key in self.common or len(self._blocks[key]) > LARGEST_BLOCK

    def _candidates(self, base: str) -> set[str]:
        name = self._names[base]
        found: set[str] = set()
        for key in name.blocks():
            if not self._is_common(key):
                found |= {other for other in self._blocks[key] if is_alike(key, name.key, self._names[other].key)}
        for short in (base, *self._shortened.get(base, ())):
            found |= {short, *self._expansions.get(short, {})}
        if decided := self.decisions.same | self.decisions.apart:
            nodes = {base, *_nodes(self._bearers(base))}
            found |= {self.home(node) for pair in decided if nodes & set(pair) for node in pair}
        return found

    def _bearers(self, base: str) -> Bearers:
        """Return which bearer of the name is meant: the name's IRI, or by article where there are several."""
        name = self._names[base]
        own = {article for iri, article in self.decisions.own if iri == base} & name.readings.keys()
        namesakes = self._namesakes(base, name)
        if not own and not (namesakes and namesakes.several):
            return base
        others = namesakes.names() if namesakes else dict.fromkeys(name.readings.keys() - own, "")
        marks = others | {article: article for article in own}
        bearers = {article: self._bearer(base, name, mark) for article, mark in marks.items()}
        self._home.update((node, base) for node in bearers.values())
        return bearers

    def _namesakes(self, base: str, name: _Name) -> Namesakes | None:
        """Return the people of a person's name."""
        if name.namesakes is None and name.coarse == "Person" and name.shared:
            name.namesakes = Namesakes({article: self._context(base, article) for article in sorted(name.readings)
                                        if (base, article) not in self.decisions.own})
        return name.namesakes

    def _bearer(self, base: str, name: _Name, mark: str) -> str:
        return str(iri_of((name.coarse, name.key, mark))) if mark else base

    def _context(self, base: str, article: str) -> Context:
        return Context.of(self._names[base].readings[article], self._company[article])

    def _links(self, bases: list[str], bearers: Mapping[str, Bearers]) -> Iterator[Link]:
        for left, right in sorted(self.decisions.same):
            yield Link.of(PERSON, left, right, "decided by a person")
        # A name that several people bear is no evidence for any of them.
        single = [base for base in bases if _nodes(bearers[base]) == {base}]
        blocks: defaultdict[str, list[str]] = defaultdict(list)
        for base in single:
            for key in self._names[base].blocks():
                blocks[key].append(base)
        for key, members in blocks.items():
            if not self._is_common(key):
                yield from self._block_links(key, members)
        for base in single:
            for long, articles in self._long_forms(base).items():
                times = "1 article" if len(articles) == 1 else f"{len(articles)} articles"
                yield Link.of(ACRONYM, base, long, f"acronym, spelt out in {times}")

    def _block_links(self, key: str, members: list[str]) -> Iterator[Link]:
        if key.startswith("gazetteer|"):
            yield from (Link.of(GAZETTEER, a, b, f"both names of {key[10:]}") for a, b in combinations(members, 2)
                        if self._names[a].coarse != "Person" or self._not_strangers(a, b))
        elif "|initials|" in key:
            yield from self._initials(members)
        else:
            for one, other in combinations(members, 2):
                left, right = self._names[one], self._names[other]
                if same_spelling(left.key, right.key):
                    if left.coarse != "Place" or same_words(left.key, right.key) or self._keep_company(one, other):
                        yield Link.of(SPELLING, one, other, "equal but for accents, spaces and marks")
                elif is_variant(left.key, right.key) and (
                        self._work_together(one, other) if left.coarse == "Person" else self._keep_company(one, other)):
                    yield Link.of(VARIANT, one, other, "one letter differs in a long word")

    def _initials(self, members: list[str]) -> Iterator[Link]:
        """Link a name without middle initials to the one name with them; two such names say nothing."""
        plain = [base for base in members if self._names[base].key == without_initials(self._names[base].key)]
        full = [base for base in members if base not in plain]
        if len(full) == 1:
            yield from (Link.of(INITIALS, base, full[0], "equal but for middle initials") for base in plain
                        if self._not_strangers(base, full[0]))

    def _work_together(self, one: str, other: str) -> bool:
        """Tell whether an employer of one is an employer of the other."""
        return bool(self._employers(one) & self._employers(other))

    def _not_strangers(self, one: str, other: str) -> bool:
        """Tell whether some article on one and some article on the other are likely about one person."""
        pairs = [(left, right) for left in self._contexts(one) for right in self._contexts(other)
                 if max(len(left.company), len(right.company)) < LISTING]
        return any(load_weights().probability(*pair) >= LIKE_NAMES for pair in pairs)

    def _keep_company(self, one: str, other: str) -> bool:
        """Tell whether articles on both speak of a third thing, or one is a misprint of a common one."""
        rare, common = sorted(len(self._names[base].readings) for base in (one, other))
        return (rare == 1 and common >= WELL_KNOWN) or any(left.company & right.company - {one, other}
                   for left in self._contexts(one) for right in self._contexts(other))

    def _long_forms(self, short: str) -> Mapping[str, Set[str]]:
        """Return what an acronym means, with the articles that have both: nothing, or all forms of one name."""
        longs: Mapping[str, Set[str]] = self._expansions.get(short, {})
        if len(longs) > 1:
            first, *others = (self._spelt(long, articles) for long, articles in sorted(longs.items()))
            if not all(same_long_form(first, other) for other in others):
                return {}
        return longs if longs and self._is_known(short, longs) else {}

    def _spelt(self, base: str, articles: Set[str]) -> str:
        """Return a name as one of the articles writes it."""
        return next(words for reading in self.records[min(articles)]
                    for iri, words in ((reading.base, reading.name), *reading.spoken) if iri == base)

    def _is_known(self, short: str, longs: Mapping[str, Set[str]]) -> bool:
        """Tell whether an acronym means its long forms: it is long and common, or articles bear it out.

        They do where they spell it out, or speak of what those do that use a long form. More than two of three have to:
        of the merges that were read 9 of 16 with fewer were right.
        """
        spelt = frozenset[str]().union(*longs.values())
        others = sorted(self._names[short].readings.keys() - spelt)[:MOST_COMPARED]
        long_enough = len(squash(self._names[short].key)) > AMBIGUOUS
        if len(spelt) >= WELL_KNOWN or (long_enough and len(others) > WELL_KNOWN):
            return True
        said = frozenset[str]().union(*(context.company for long in longs for context in self._contexts(long)))
        said = said.union(*(self._company.get(article, ()) for article in spelt)) - {short, *longs}
        alike = sum(bool(self._company[article] & said) for article in others)
        return 3 * (len(spelt) + alike) > 2 * (len(spelt) + len(others))

    def _contexts(self, base: str) -> list[Context]:
        """Return what articles say of the bearer of a name; of a common one, as many as are enough to tell."""
        readings = self._names[base].readings if base in self._names else {}
        return [self._context(base, article) for article in sorted(readings)[:MOST_COMPARED]]

    def _employers(self, base: str) -> Set[str]:
        return (self._names[base].employers or {}).keys()

    def _apart(self, nodes: set[str]) -> dict[str, frozenset[str]]:
        apart: defaultdict[str, set[str]] = defaultdict(set)
        for left, right in self.decisions.apart:
            if left in nodes and right in nodes:
                apart[left].add(right)
                apart[right].add(left)
        return {node: frozenset(others) for node, others in apart.items()}

    def _best(self, members: Iterable[str]) -> str:
        """Return the IRI that stands for a cluster: the one of the commonest name, and of such the longest.

        Articles count by powers of two. A name then seldom takes the place of another, which is written into all
        articles that have it: on average, each article is so written a fixed number of times at most.
        """
        def rank(node: str) -> tuple[int, int, int, str]:
            name = self._names[self.home(node)]
            return (-len(name.readings).bit_length(), -len(name.key.split()), -len(name.key), node)

        return min(members, key=rank)

    def _item(self, base: str, entity: str) -> Item | None:
        name = self._names[base]
        entry = self._gazetteer.find(name.coarse, name.key) if name.shared else None
        if entry is None or entry.item is None:
            return None
        if entry.kind == "country":
            return Item(entity, entry.item, 0.98, "name of a country, of no city or state elsewhere")
        if any(word in title for title in name.titles or () for word in _CONGRESS):
            return Item(entity, entry.item, 0.95, "name of a member of Congress, and a title of Congress")
        return None


def name_keys(coarse: str, key: str, shared: bool) -> Iterator[str]:
    """Yield the keys under which a name meets those that could be linked to it; none unless it is ``shared``."""
    if shared:
        yield from block_keys(coarse, key)
        if entry := gazetteers.load().find(coarse, key):
            yield f"gazetteer|{entry.id}"


def is_alike(key: str, one: str, other: str) -> bool:
    """Tell whether two names under one key could be linked: without this, chains of keys would join most names."""
    return key.startswith("gazetteer|") or "|initials|" in key or same_spelling(one, other) or is_variant(one, other)


def acronyms(reading: Reading) -> set[tuple[str, str]]:
    """Return the pairs of an acronym and its long form that the article has for one thing."""
    if not reading.shared or reading.coarse == "Person":
        return set()
    names = {(reading.base, reading.name), *reading.spoken}
    return {(short, long) for short, a in names for long, b in names
            if short != long and is_acronym(a, b) and not country_called(a)}


def _nodes(bearers: Bearers) -> set[str]:
    return {bearers} if isinstance(bearers, str) else set(bearers.values())
