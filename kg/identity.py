"""Articles into a store so that each thing has one IRI in all of them, with the reasons.

The store is a function of its articles and of what people decided, whatever the order in which they came:
``kg.linking.index`` decides, and in every article whose entities change the quads that name them are exchanged, in
the same transaction.
"""

from __future__ import annotations

import base64
import json
import logging
import zlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg import ontology, rdf
from kg.errors import InputError, KGError, StoreError
from kg.linking.comparison import Link
from kg.linking.happenings import Happening, Happenings, Report
from kg.linking.index import KINDS, Decisions, Index, Item
from kg.linking.readings import Reading, Record, read_record, rules
from kg.model import Extraction
from kg.rdf.reports import read_reports
from kg.schema import join
from kg.schema.keeping import KEPT, from_quads
from kg.store import Quad, Store, graphs_of
from kg.vocab import (
    DECISIONS,
    IDENTITY,
    NEWS,
    RDF,
    SCHEMA,
    SCHEMAS,
    WD,
    XSD,
    article_iri,
    expand,
    extraction_graph,
    facts_graph,
    node_iri,
    provenance_graph,
)

LOG = logging.getLogger("stringer.identity")

_Entities = dict[str, str | dict[str, str]]


class Identity:
    """The entities of a store, kept one to a thing while articles and decisions are added and removed.

    Opening reads the records of all articles once; after that a change costs as much as the names that
    it bears on. Nothing else may write articles meanwhile.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ontology = join(ontology.load(), from_quads(store.quads(KEPT, SCHEMAS)))
        self._open()

    @property
    def decisions(self) -> Decisions:
        """Return what people decided."""
        return self.index.decisions

    def add(self, extraction: Extraction, origin: str | None = None) -> None:
        """Store what an article says in place of what it said before; ``origin`` marks what it was read from."""
        self.add_together([(extraction, origin)])

    def add_together(self, read: Iterable[tuple[Extraction, str | None]]) -> None:
        """Store what several articles say, with their origins, all of it or nothing; of two with one id the last."""
        articles = {str(article_iri(extraction.document.id)): (extraction, origin) for extraction, origin in read}
        records = {article: read_record(extraction, self.ontology) for article, (extraction, _) in articles.items()}
        touched = set().union(*(self.index.put(article, record) for article, record in records.items()))
        self._write(touched, {article: extraction for article, (extraction, _) in articles.items()},
                    origins={article: origin for article, (_, origin) in articles.items()})

    def remove(self, article: str) -> None:
        """Forget an article; an unknown one changes nothing."""
        self._write(self.index.put(str(article), ()), {str(article): None})

    def decide(self, decisions: Decisions) -> None:
        """Put these decisions in the place of the present ones."""
        old = self.index.decisions
        changed = {end for name in KINDS
                   for pair in getattr(old, name) ^ getattr(decisions, name) for end in pair}
        names = {self.index.home(node) for node in changed}
        touched, reports = self.index.related(names), self.events.related(changed)
        self.index.decisions = self.events.decisions = decisions
        for name in sorted(names):
            self.index.refresh(name)
        before, after = set(_decision_quads(old)), set(_decision_quads(decisions))
        self._write(touched | self.index.related(names), {}, after - before, before - after,
                    reports | self.events.related(changed))

    def merge(self, one: str, other: str) -> bool:
        """Hold two names for one thing from now on; return whether that changes anything.

        It takes ``split`` of the same two back, and is a decision of its own only where evidence does not say so.
        """
        pair, before = _pair(one, other), self.decisions
        after = replace(before, apart=before.apart - {pair})
        if not self._are_one(pair, after):
            after = replace(after, same=after.same | {pair})
        self.decide(after)
        return after != before

    def split(self, one: str, other: str) -> bool:
        """Hold two names for two things from now on; the opposite of ``merge``."""
        pair, before = _pair(one, other), self.decisions
        after = replace(before, same=before.same - {pair})
        if self._are_one(pair, after):
            after = replace(after, apart=after.apart | {pair})
        self.decide(after)
        return after != before

    def set_apart(self, base: str, article: str) -> None:
        """Hold what an article means by a name for nobody whom another article means."""
        self.decide(replace(self.decisions, own=self.decisions.own | {(str(base), str(article))}))

    def bearer(self, node: str) -> str:
        """Return the entity of a name's IRI or of one of its bearers, the happening of an event, else itself."""
        if node in self.events.reports:
            return self._happening_among(self.events.decide(self.events.related([node])), node)
        return self._entity_among(self._entities, node)

    def _entity_among(self, entities: _Entities, node: str) -> str:
        base = self.index.home(node)
        found = [_of(entities[base], article) for article, iri in self.index.bearers(base).items() if iri == node]
        return found[0] if found else node

    def _are_one(self, pair: tuple[str, str], decisions: Decisions) -> bool:
        """Tell whether two IRIs would mean one thing under these decisions; changes nothing."""
        present = self.index.decisions
        self.index.decisions = self.events.decisions = decisions
        try:
            if pair[0] in self.events.reports:
                found = self.events.decide(self.events.related(pair))
                return any(set(pair) <= set(happening.reports) for happening in found)
            entities = self.index.decide(self.index.related(map(self.index.home, pair))).entity
            return self._entity_among(entities, pair[0]) == self._entity_among(entities, pair[1])
        finally:
            self.index.decisions = self.events.decisions = present

    @staticmethod
    def _happening_among(found: Iterable[Happening], node: str) -> str:
        return next((str(_happening_iri(happening)) for happening in found if node in happening.reports), node)

    def find(self, name: str) -> list[str]:
        """Return the IRIs of all who bear a name in some article, or the IRI itself; sorted."""
        iri = expand(name)
        return [iri] if iri else self.index.bearers_called(name)

    def entity_of(self, base: str, article: str) -> str:
        """Return the entity that a name means in an article."""
        return _of(self._entities[base], article)

    def _open(self) -> None:
        records, stale = self._stored_records()
        self.index = Index(read_decisions(self.store))
        names = self.index.load(records)
        outcome = self.index.decide(names)
        self._entities: _Entities = outcome.entity
        self._reasons: dict[str, set[Quad]] = {base: set(reason_quads(reasons))
                                               for base, reasons in outcome.reasons.items()}
        self.events = Happenings(self.index.decisions)
        self._reports = dict(self._stored_reports(stale))
        for article in self.index.records:
            self.events.put(article, self._resolved(article))
        self._reasons |= happening_quads(self.events.decide(self.events.reports))
        stored = {quad for predicate in _REASON_PREDICATES for quad in self.store.quads(predicate, IDENTITY)}
        computed = set().union(*self._reasons.values())
        if stored != computed:  # another version of this program decided otherwise
            stale = set(records)
        if (stale or stored != computed) and not self.store.read_only:
            self._rewrite(stale, computed - stored, stored - computed)

    def _stored_records(self) -> tuple[dict[str, Record], set[str]]:
        """Return the records of the articles, and which articles another version of this program read.

        The records of these are made anew, but in a store that is only read.
        """
        records: dict[str, Record] = {}
        stale: set[str] = set()
        for article, _, row, _ in self.store.quads(NEWS["identityRecord"]):
            kept = json.loads(str(row))
            current = isinstance(kept, dict) and kept["rules"] == _form()
            rows = kept["names"] if isinstance(kept, dict) else kept
            if current or self.store.read_only:
                records[str(article)] = tuple(map(Reading.from_row, rows))
            else:
                stale.add(str(article))
        return records | {article: read_record(self._extraction(article), self.ontology) for article in stale}, stale

    def _stored_reports(self, stale: Container[str]) -> Iterator[tuple[str, list[Report]]]:
        """Yield the reports of each article; a store of an earlier version keeps none beside the extraction."""
        rows = {str(article): json.loads(str(row)) for article, _, row, _ in self.store.quads(NEWS["eventRecord"])}
        for article in self.index.records:
            yield article, (list(map(Report.from_row, rows[article])) if article in rows and article not in stale
                            else list(read_reports(self._extraction(article), self.ontology)))

    def _resolved(self, article: str) -> Iterator[Report]:
        """Yield the reports of an article with the entities that it means in place of their names."""
        for report in self._reports.get(article, ()):
            fillers = {(role, self.entity_of(name, article)) for role, name in report.fillers}
            yield replace(report, fillers=tuple(sorted(fillers)))

    def _retell(self, articles: Mapping[str, Extraction | None], changed: Iterable[str]) -> set[str]:
        """Take in what these articles report, and who is meant in changed ones; return the reports to decide anew."""
        for article, extraction in articles.items():
            self._reports.pop(article, None)
            if extraction:
                self._reports[article] = list(read_reports(extraction, self.ontology))
        touched: set[str] = set()
        for article in sorted({*articles, *changed}):
            touched |= self.events.put(article, self._resolved(article))
        return touched

    def _rewrite(self, articles: Iterable[str], add: Iterable[Quad], remove: Iterable[Quad]) -> None:
        """Write articles anew, some at a time, then the reasons; what is killed before is done when next opened."""
        waiting = sorted(articles)
        if waiting:
            LOG.warning("another version wrote the names in %s: %d articles are written anew", self.store, len(waiting))
        for at in range(0, len(waiting), self.store.together):
            some = {article: self._extraction(article) for article in waiting[at : at + self.store.together]}
            origins = {article: self._origin(article) for article in some}
            self.store.change(_graphs(some), self._content(some, origins))
        self.store.change(add=add, remove=remove)

    def _write(self, touched: set[str], articles: Mapping[str, Extraction | None], add: Iterable[Quad] = (),
               remove: Iterable[Quad] = (), reports: Iterable[str] = (),
               origins: Mapping[str, str | None] = {}) -> None:
        try:
            outcome = self.index.decide(self.index.related(touched) | touched)
            touched = touched | set(outcome.entity)
            changed = self._changed(touched, outcome.entity) - articles.keys()
            before = {article: self._meanings(article) for article in changed}
            for base in touched:
                self._entities.pop(base, None)
            self._entities |= outcome.entity
            gone, come = self._moved(before)
            told = {*reports, *self._retell(articles, changed)}
            told |= self.events.related(told)
            old = {quad for base in (*touched, *told) for quad in self._reasons.pop(base, ())}
            fresh = {base: set(reason_quads(reasons)) for base, reasons in outcome.reasons.items()}
            fresh |= happening_quads(self.events.decide(told))
            self._reasons |= fresh
            new = set().union(*fresh.values())
            self.store.change(_graphs(articles), self._content(articles, origins), add={*add, *(new - old), *come},
                              remove={*remove, *(old - new), *gone})
        except KGError:
            self._open()  # as the store is, which nothing has changed
            raise

    def _changed(self, touched: Iterable[str], new: _Entities) -> set[str]:
        """Return the articles in which one of these names means another entity than before."""
        changed: set[str] = set()
        for base in touched:
            if base in new and base in self._entities and self._entities[base] != new[base]:
                old = self._entities[base]
                changed |= {article for article in self.index.articles_of(base)
                            if _known(old, article) and _of(old, article) != _of(new[base], article)}
        return changed

    def _meanings(self, article: str) -> dict[str, str]:
        """Return the entity of each name that an article uses."""
        return {reading.base: self.entity_of(reading.base, article) for reading in self.index.records[article]}

    def _moved(self, before: Mapping[str, Mapping[str, str]]) -> tuple[set[Quad], set[Quad]]:
        """Return the quads of articles that go, and those that come, now that some names mean other entities."""
        gone, come = set[Quad](), set[Quad]()
        for article, meanings in before.items():
            now = self._meanings(article)
            new = {old: now[base] for base, old in meanings.items() if now[base] != old}
            if _once(new, meanings.values()) and _once(new.values(), now.values()):
                iris: dict[Node, Node] = {URIRef(old): URIRef(entity) for old, entity in new.items()}
                quads = {quad for entity in new for graph in (facts_graph(article), provenance_graph(article))
                         for quad in self.store.about(entity, graph)}
                gone |= quads
                come |= {(iris.get(s, s), p, iris.get(o, o), graph) for s, p, o, graph in quads}
            else:  # two names mean one entity, and its quads do not tell of which name they are
                extraction = self._extraction(article)
                left, right = (set(rdf.extraction_to_quads(extraction, self.ontology, meant.__getitem__))
                               for meant in (meanings, now))
                gone |= left - right
                come |= right - left
        return gone, come

    def _content(self, articles: Mapping[str, Extraction | None],
                 origins: Mapping[str, str | None]) -> Iterator[Quad]:
        for article, extraction in articles.items():
            if extraction:
                bearing = Bearing(self.index.records.get(article, ()), tuple(self._reports.get(article, ())))
                yield from article_quads(extraction, self.ontology, partial(self.entity_of, article=article), bearing,
                                         origins.get(article))

    def _origin(self, article: str) -> str | None:
        """Return the mark of what an article was read from, if it has one."""
        return next((str(mark) for _, _, mark, _ in self.store.quads(NEWS["origin"], extraction_graph(article))), None)

    def _extraction(self, article: str) -> Extraction:
        """Return the kept extraction of an article."""
        for _, _, packed, _ in self.store.quads(NEWS["extraction"], extraction_graph(article)):
            return _unpack(str(packed))
        raise StoreError(f"the extraction of {article} is not in the store")


@dataclass(frozen=True, slots=True)
class Bearing:
    """What of an article bears on what other articles mean: its names and its events."""

    record: Record
    reports: tuple[Report, ...]

    @classmethod
    def of(cls, extraction: Extraction, known: ontology.Ontology) -> Bearing:
        """Read it from an extraction."""
        return cls(read_record(extraction, known), tuple(read_reports(extraction, known)))


def article_quads(extraction: Extraction, known: ontology.Ontology, entity_of: Callable[[str], str], bearing: Bearing,
                  origin: str | None) -> Iterator[Quad]:
    """Yield all that a store holds of an article, whose names mean the entities that ``entity_of`` gives."""
    article = article_iri(extraction.document.id)
    yield from rdf.extraction_to_quads(extraction, known, entity_of)
    graph = extraction_graph(article)
    names = [reading.to_row() for reading in bearing.record]
    yield article, NEWS["identityRecord"], _json({"rules": _form(), "names": names}), graph
    yield article, NEWS["eventRecord"], _json([report.to_row() for report in bearing.reports]), graph
    yield article, NEWS["extraction"], _pack(extraction), graph
    if origin:
        yield article, NEWS["origin"], Literal(origin), graph


def _graphs(articles: Iterable[str]) -> list[str]:
    """Return the names of the graphs of articles."""
    return [graph for article in articles for graph in graphs_of(article)]


def _form() -> str:
    """Return what tells whether this version of the program wrote an article."""
    return f"{rules()}.{rdf.FORM}"


_REASON_PREDICATES = tuple(map(str, (RDF["type"], NEWS["merges"], NEWS["into"], NEWS["item"], NEWS["confidence"],
                                     NEWS["feature"], NEWS["report"], SCHEMA["sameAs"])))


def reason_quads(reasons: Iterable[tuple[Link, str] | Item]) -> Iterator[Quad]:
    """Yield what the identity graph says of merges and links to items."""
    for reason in reasons:
        if isinstance(reason, Item):
            node, item = node_iri("item", reason.entity, reason.item, reason.feature), WD[reason.item]
            yield URIRef(reason.entity), SCHEMA["sameAs"], item, IDENTITY
            yield node, RDF["type"], NEWS["ItemLink"], IDENTITY
            yield node, NEWS["item"], item, IDENTITY
            entity, score, feature = reason.entity, reason.score, reason.feature
        else:
            (link, entity) = reason
            node, score, feature = node_iri("merge", link.left, link.right), link.score, link.feature
            yield node, RDF["type"], NEWS["Merge"], IDENTITY
            yield node, NEWS["merges"], URIRef(link.left), IDENTITY
            yield node, NEWS["merges"], URIRef(link.right), IDENTITY
        yield node, NEWS["into"], URIRef(entity), IDENTITY
        yield node, NEWS["confidence"], Literal(str(Decimal(str(score)).normalize()), datatype=XSD["decimal"]), IDENTITY
        yield node, NEWS["feature"], Literal(feature, datatype=XSD["string"]), IDENTITY


def _happening_iri(happening: Happening) -> URIRef:
    return node_iri("happening", happening.reports[0])


def happening_quads(happenings: Iterable[Happening]) -> dict[str, set[Quad]]:
    """Return what the identity graph says of happenings, under the first report of each."""
    quads: dict[str, set[Quad]] = {}
    for happening in happenings:
        iri = _happening_iri(happening)
        said: set[Quad] = {(iri, RDF["type"], NEWS["Happening"], IDENTITY)}
        said |= {(iri, NEWS["report"], URIRef(report), IDENTITY) for report in happening.reports}
        said.update(reason_quads((reason, str(iri)) for reason in happening.links))
        quads[happening.reports[0]] = said
    return quads


def _decision_quads(decisions: Decisions) -> Iterator[Quad]:
    for name in KINDS:
        for pair in getattr(decisions, name):
            node = node_iri("decision", name, *pair)
            yield node, RDF["type"], NEWS["IdentityDecision"], DECISIONS
            yield node, NEWS["decides"], Literal(name, datatype=XSD["string"]), DECISIONS
            yield from ((node, NEWS["regards"], URIRef(end), DECISIONS) for end in pair)


def read_decisions(store: Store) -> Decisions:
    """Return what people decided about the entities of a store."""
    names = {str(node): str(name) for node, _, name, _ in store.quads(NEWS["decides"], DECISIONS)}
    ends: dict[str, list[str]] = {iri: [] for iri in names}
    for node, _, end, _ in store.quads(NEWS["regards"], DECISIONS):
        ends[str(node)].append(str(end))
    pairs: dict[str, set[tuple[str, str]]] = {name: set() for name in KINDS}
    for iri, kind in names.items():
        one, other = sorted(ends[iri])  # an article's IRI sorts before an entity's
        pairs[kind].add((other, one) if kind == "own" else (one, other))
    return Decisions(**{name: frozenset(found) for name, found in pairs.items()})


def _pair(one: str, other: str) -> tuple[str, str]:
    if one == other:
        raise StoreError(f"{one} is one thing already; name two")
    return min(str(one), str(other)), max(str(one), str(other))  # an URIRef never equals a str


def _of(entity: str | Mapping[str, str], article: str) -> str:
    return entity if isinstance(entity, str) else entity[article]


def _known(entity: str | Mapping[str, str], article: str) -> bool:
    return isinstance(entity, str) or article in entity


def _once(some: Iterable[str], among: Iterable[str]) -> bool:
    """Tell whether each of some stands once among others."""
    counts = Counter(among)
    return all(counts[item] == 1 for item in some)


def _json(data: object) -> Literal:
    return Literal(json.dumps(data, ensure_ascii=False, separators=(",", ":")), datatype=XSD["string"])


def _pack(extraction: Extraction) -> Literal:
    data = json.dumps(extraction.to_dict(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packed = base64.b64encode(zlib.compress(data.encode("utf-8", "surrogatepass"), 6)).decode("ascii")
    return Literal(packed, datatype=XSD["base64Binary"], normalize=False)


def _unpack(packed: str) -> Extraction:
    return Extraction.from_dict(json.loads(zlib.decompress(base64.b64decode(packed)).decode("utf-8", "surrogatepass")))


def to_lines(decisions: Decisions) -> Iterator[str]:
    """Yield one line for each decision: ``same``, ``apart`` or ``own`` and two IRIs, between tabs; sorted."""
    for name in sorted(KINDS):
        yield from sorted("\t".join((name, *pair)) for pair in getattr(decisions, name))


def from_lines(lines: Iterable[str], place: str) -> Decisions:
    """Read what ``to_lines`` wrote; empty lines and those that start with ``#`` are comments."""
    pairs: dict[str, set[tuple[str, str]]] = {name: set() for name in KINDS}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, *ends = line.rstrip("\n").split("\t")
        iris = [iri for end in ends if (iri := expand(end.strip()))]
        if name not in pairs or len(ends) != 2 or len(iris) != 2:
            raise InputError(f"{place}: line {number}: {line.rstrip()!r} is not same, apart or own and two IRIs, "
                             "with tabs between them")
        pairs[name].add((iris[0], iris[1]) if name == "own" else _pair(*iris))
    if both := pairs["same"] & pairs["apart"]:
        raise InputError(f"{place}: {' and '.join(min(both))} are said to be the same and apart")
    return Decisions(**{name: frozenset(found) for name, found in pairs.items()})


__all__ = ["Bearing", "Decisions", "Identity", "article_quads", "from_lines", "read_decisions", "to_lines"]
