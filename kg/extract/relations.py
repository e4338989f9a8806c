"""Relations of the closed list: entity pairs scored over their mention pairs, and job titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kg.extract.candidates import Values, near, to_value
from kg.extract.confidence import BY_RULE
from kg.extract.coordination import agree, coordinations
from kg.extract.entities import Cast
from kg.extract.features import Candidate, FloatArray, IntArray, Reading, pair_features
from kg.extract.heads import NewsHeads
from kg.extract.rules import PRECISION, located, parts
from kg.extract.scorers import pool, softmax_with_none
from kg.extract.tenure import find_tenure
from kg.extract.trace import Trace, threshold_reason
from kg.model import Span, Value
from kg.ontology import Ontology

REACH = 2
TITLE, POSITION = "title", "positionAt"
_REASONS = {"partOf": "rule: called a unit of it", "locatedIn": "rule: its region stands behind it"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A relation before its entities have ids; ``object`` is an entity number or a value.

    ``evidence`` is the text that spans both ends, then the dates since when and until when it holds.
    """

    subject: int
    predicate: str
    object: int | Value
    evidence: tuple[Span, ...]
    probability: float
    qualifiers: dict[str, str]
    component: str = "relations"


def find_relations(reading: Reading, cast: Cast, values: Values, heads: NewsHeads, ontology: Ontology,
                   trace: Trace | None = None) -> list[Draft]:
    """Return the relations of a document, the evidence being the text that spans the best mention pair."""
    scored = score_pairs(reading, cast, values, heads)
    if scored is None:
        return []
    right, numbers, logits = [*cast.mentions, *values.candidates], scored.keys, scored.logits
    allowed = _allowed(list(numbers), cast, values, heads, ontology)
    pooled = scored.pooled[:, : len(heads.relations)]
    learned = softmax_with_none(np.where(allowed, pooled, -np.inf))
    types = [heads.mention_types[cast.types[entity]] for entity in cast.entity]
    places = located(reading, cast.mentions, types)
    rules = {"partOf": parts(reading, cast.mentions, types, ontology), "locatedIn": places}
    ruled = _without_regions(_with_rules(learned, numbers, rules, cast, heads), numbers, cast, places)
    lists = coordinations(reading, cast.mentions, cast.entity, {region for _, region in places})
    probabilities = agree(ruled, numbers, lists, cast, _shared(heads, ontology))
    titles = _titles(probabilities, numbers, heads)

    def best_pair(n: int, label: int) -> tuple[int, int]:
        rows = np.flatnonzero(scored.groups == n)
        return scored.index[int(rows[logits[rows, label].argmax()])]

    drafts = []
    for key, n in numbers.items():
        for label in np.flatnonzero(probabilities[n, 1:] >= heads.thresholds["relations"]):
            predicate = heads.relations[label]
            if predicate == TITLE:
                continue
            i, j = best_pair(n, int(label))
            draft = _draft(reading, key, predicate, cast.mentions[i], right[j], values, cast,
                           float(probabilities[n, 1 + label]), titles, ontology)
            by_rule = ruled[n, 1 + label] == probabilities[n, 1 + label] > learned[n, 1 + label]
            drafts.append(replace(draft, component=BY_RULE) if by_rule else draft)
    kept = one_place_per_title(drafts)
    if trace is not None:
        dropped = [d for d in drafts if d not in kept]
        table = Table(list(numbers), learned, ruled, probabilities, softmax_with_none(pooled), allowed)
        for row in weighed(table, heads, dropped):
            i, j = best_pair(*row.place)
            span, words = _words(reading, cast.mentions[i], right[j])
            trace.add("relations", row.label, words, span, row.score, row.accepted, row.reason)
    return kept


class Table(NamedTuple):
    """Pairs of ends with what they were weighed as: by the model, with the rules, with the coordinations.

    ``free`` is without domain and range. All are (pairs, ...).
    """

    keys: list[tuple[int, int]]
    learned: FloatArray
    ruled: FloatArray
    final: FloatArray
    free: FloatArray
    allowed: FloatArray


class Weighed(NamedTuple):
    """One relation weighed for the pair and label at ``place``."""

    place: tuple[int, int]
    label: str
    score: float
    accepted: bool
    reason: str


def weighed(table: Table, heads: NewsHeads, dropped: Sequence[Draft]) -> Iterator[Weighed]:
    """Yield each pair and relation with what became of it."""
    gone = {(d.subject, d.object, d.predicate) for d in dropped}
    for n, key in enumerate(table.keys):
        for label, name in enumerate(heads.relations):
            threshold = heads.thresholds["titles" if name == TITLE else "relations"]
            score, free = float(table.final[n, 1 + label]), float(table.free[n, 1 + label])
            if not table.allowed[n, label]:
                if free >= threshold:
                    yield Weighed((n, label), name, free, False, "domain and range")
                continue
            learned, ruled = float(table.learned[n, 1 + label]), float(table.ruled[n, 1 + label])
            by = ("rule: coordinated with one that has it" if score > ruled else
                  _REASONS[name] if ruled > learned else "model")
            reason = threshold_reason(score, threshold, by)
            accepted = score >= threshold and (*key, name) not in gone
            if score >= threshold and not accepted:
                reason = "another organisation of the title is likelier"
            elif score < threshold <= ruled:
                reason, score = "coordinated with the other end, or likelier the other way round", ruled
            elif ruled < threshold <= learned:
                reason, score = "only tells where another place is", learned
            yield Weighed((n, label), name, score, accepted, reason)


def _words(reading: Reading, left: Candidate, right: Candidate) -> tuple[Span, tuple[str, str]]:
    """Return the stretch that two mentions span, and their words."""
    a, b = (reading.doc[c.start : c.end + 1] for c in (left, right))
    return Span(min(a.start_char, b.start_char), max(a.end_char, b.end_char)), (a.text, b.text)


@dataclass(frozen=True, slots=True)
class Scored:
    """Mention pairs with logits (pairs, columns), pooled into those of entity pairs.

    ``index`` are (mention, mention or value) numbers, ``keys`` number the (entity, entity or
    value) pairs, ``groups`` tell which of them each mention pair belongs to. The columns are
    the relations and then the properties of the heads.
    """

    index: list[tuple[int, int]]
    keys: dict[tuple[int, int], int]
    groups: IntArray
    logits: FloatArray
    pooled: FloatArray


def score_pairs(reading: Reading, cast: Cast, values: Values, heads: NewsHeads) -> Scored | None:
    """Score the pairs of mentions, and of mentions and values, in reach; None where there are none."""
    right = [*cast.mentions, *values.candidates]
    index = [(i, j) for i, j in near(reading, cast.mentions, right, REACH)
             if j >= len(cast.mentions) or cast.entity[i] != cast.entity[j]]
    if not index:
        return None
    vectors = np.concatenate([cast.vectors, values.vectors])
    pairs = pair_features(reading, cast.mentions, right, index, heads.labels)
    logits = heads.relation(cast.vectors, vectors, pairs, reading.states)
    ends = np.concatenate([cast.entity, len(cast) + np.arange(len(values.candidates))])
    pairs_of_entities = [(int(cast.entity[i]), int(ends[j])) for i, j in index]
    keys = {key: n for n, key in enumerate(dict.fromkeys(pairs_of_entities))}
    groups = np.array([keys[key] for key in pairs_of_entities], dtype=np.int64)
    return Scored(index, keys, groups, logits, pool(logits, groups, len(keys)))


def one_place_per_title(drafts: Sequence[Draft]) -> list[Draft]:
    """Keep of each person's title only the likeliest organisation."""
    best: dict[tuple[int, str], float] = {}
    for draft in drafts:
        key = draft.subject, draft.qualifiers.get(TITLE, "")
        if draft.predicate == POSITION:
            best[key] = max(best.get(key, 0.0), draft.probability)
    return [d for d in drafts if d.predicate != POSITION
            or d.probability >= best[d.subject, d.qualifiers.get(TITLE, "")]]


def _allowed(keys: list[tuple[int, int]], cast: Cast, values: Values, heads: NewsHeads, ontology: Ontology
             ) -> FloatArray:
    """Return (pairs, relations): whether domain and range admit the two ends."""
    table: dict[tuple[str, str], list[bool]] = {}
    rows = []
    for subject, target in keys:
        left = heads.mention_types[cast.types[subject]]
        is_value = target >= len(cast)
        right = "value" if is_value else heads.mention_types[cast.types[target]]
        if (left, right) not in table:
            table[left, right] = [(left == "Person" and is_value) if name == TITLE
                                  else ontology.allows_relation(name, left, right) for name in heads.relations]
        rows.append(table[left, right])
    return np.array(rows)


def _shared(heads: NewsHeads, ontology: Ontology) -> list[bool]:
    """Tell for each relation whether coordinated entities share it; a position is one person's own."""
    return [name not in (POSITION, TITLE) and not ontology.relations[name].symmetric for name in heads.relations]


def _with_rules(learned: FloatArray, numbers: dict[tuple[int, int], int], rules: Mapping[str, list[tuple[int, int]]],
                cast: Cast, heads: NewsHeads) -> FloatArray:
    """Return the probabilities, raised to a rule's precision where it finds that relation between two mentions."""
    probabilities = learned.copy()
    for name, pairs in rules.items():
        label = 1 + heads.relations.index(name)
        for i, j in pairs:
            n = numbers.get((int(cast.entity[i]), int(cast.entity[j])))
            if n is not None:
                probabilities[n, label] = max(probabilities[n, label], PRECISION[name])
    return probabilities


def _without_regions(ruled: FloatArray, numbers: dict[tuple[int, int], int], cast: Cast,
                     places: list[tuple[int, int]]) -> FloatArray:
    """Return the probabilities without relations to what only tells where another place is, but for that place's own.

    On the gold training articles 20 relations have such a place as their object, and 4 its region
    (``python -m kg.training.rule_precision GOLD_DIR``).
    """
    probabilities = ruled.copy()
    regions = {region for _, region in places}
    elsewhere = {int(cast.entity[i]) for i in range(len(cast.mentions)) if i not in regions}
    kept = {(int(cast.entity[i]), int(cast.entity[j])) for i, j in places}
    only = {region for _, region in kept} - elsewhere
    for pair, n in numbers.items():
        if pair[1] in only and pair not in kept:
            probabilities[n, 1:] = 0
    return probabilities


def _titles(probabilities: FloatArray, numbers: dict[tuple[int, int], int], heads: NewsHeads
            ) -> dict[int, list[tuple[float, int]]]:
    """Return the likely title values of each entity, best first, as (probability, target number)."""
    label = heads.relations.index(TITLE)
    found: dict[int, list[tuple[float, int]]] = {}
    for (subject, target), n in numbers.items():
        probability = float(probabilities[n, 1 + label])
        if probability >= heads.thresholds["titles"]:
            found.setdefault(subject, []).append((probability, target))
    return {subject: sorted(rows, reverse=True) for subject, rows in found.items()}


def _draft(reading: Reading, key: tuple[int, int], predicate: str, left: Candidate, right: Candidate, values: Values,
           cast: Cast, probability: float, titles: dict[int, list[tuple[float, int]]], ontology: Ontology) -> Draft:
    subject, target = key
    found = titles.get(subject, []) if predicate == POSITION else []
    title = _nearest(reading, [values.candidates[t - len(cast)] for _, t in found], right) if found else None
    named = [left, right, title] if title else [left, right]
    words = reading.doc[min(c.start for c in named) : max(c.end for c in named) + 1]
    evidence = [Span(words.start_char, words.end_char)]
    qualifiers = {"title": reading.doc[title.start : title.end + 1].text, "status": "current"} if title else {}
    if target < len(cast) and not ontology.relations[predicate].timeless:
        tenure = find_tenure(reading, left, right, title, ontology)
        qualifiers |= tenure.qualifiers()
        evidence += [Span(date.start, date.end) for date in (tenure.since, tenure.until) if date]
    filler = target if target < len(cast) else to_value(reading, values.candidates[target - len(cast)])
    return Draft(subject, predicate, filler, tuple(evidence), probability, qualifiers)


def _nearest(reading: Reading, titles: list[Candidate], organisation: Candidate) -> Candidate:
    """Return the title closest to the mention of the organisation."""
    return min(titles, key=lambda title: (abs(title.head - organisation.head), title.start))
