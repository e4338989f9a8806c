"""Events: trigger words with type, modality and polarity, and the entities and values that fill their roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from spacy.tokens import Token

from kg.extract.candidates import Values, pool_entities, score_words, to_value, word_candidates
from kg.extract.coordination import Coordination, coordinations
from kg.extract.entities import Cast
from kg.extract.features import Candidate, FloatArray, IntArray, Reading
from kg.extract.heads import NewsHeads
from kg.extract.modality import stated_modality, stated_polarity
from kg.extract.rules import PRECISION, lexical_triggers
from kg.extract.scorers import linear, softmax_with_none
from kg.extract.trace import Trace, threshold_reason
from kg.model import Argument, Span
from kg.nlp.mentions import softmax
from kg.ontology import Ontology


class Filler(NamedTuple):
    """What fills a role: an entity by its number, or a value by its number."""

    role: str
    number: int
    is_entity: bool
    probability: float


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before its entities have ids; ``subjects`` are the entities that are its grammatical subject."""

    token: int
    type: int
    probability: float
    modality: str
    polarity: str
    fillers: list[Filler]
    subjects: frozenset[int] = frozenset()


def find_events(reading: Reading, cast: Cast, values: Values, heads: NewsHeads, ontology: Ontology,
                trace: Trace | None = None) -> list[Draft]:
    """Return the events of a document in text order."""
    tokens, types, probabilities = find_triggers(reading, heads, lexical_triggers(reading, ontology), trace)
    if not len(tokens):
        return []
    words = word_candidates(tokens.tolist(), heads.word_label)
    vectors = reading.states[tokens] + heads.event_vectors[types]
    modality = softmax(linear(reading.states[tokens], heads.tokens, "modality")).argmax(axis=1)
    negative = linear(reading.states[tokens], heads.tokens, "polarity").argmax(axis=1)
    rows, mentions, logits = score_words(reading, words, vectors, cast.mentions, cast.vectors,
                                         heads.argument, heads.labels)
    entity_scores = pool_entities(logits, rows, mentions, cast, len(tokens))
    rows, numbers, value_logits = score_words(reading, words, vectors, values.candidates, values.vectors,
                                              heads.argument, heads.labels)
    drafts, lists = [], coordinations(reading, cast.mentions, cast.entity)
    for i, token in enumerate(tokens):
        name = heads.event_types[types[i]]
        allowed = np.array([ontology.allows_role(name, role) for role in heads.roles])
        mine = rows == i
        record = ArgumentRecord(trace, reading.doc[int(token)], heads.thresholds["arguments"]) if trace else None
        near_values = [(int(number), values.candidates[number]) for number in numbers[mine]]
        fillers = _entity_fillers(entity_scores[i], cast, heads, allowed, ontology, record)
        fillers += _value_fillers(value_logits[mine], near_values, heads, allowed, ontology, record)
        near_lists = [one for one in lists if one.sentence == reading.sentence[token]]
        fillers += _conjunct_fillers(near_lists, cast, heads, fillers, ontology)
        trigger = reading.doc[int(token)]
        drafts.append(Draft(int(token), int(types[i]), float(probabilities[i]),
                            stated_modality(trigger) or heads.modalities[modality[i]],
                            stated_polarity(trigger) or ("negative" if negative[i] else "positive"),
                            fillers, subjects(reading, cast, int(token))))
    return drafts


def find_triggers(reading: Reading, heads: NewsHeads, lexical: Mapping[int, str], trace: Trace | None = None
                  ) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the trigger tokens, their event type numbers and probabilities.

    Where the ontology's words alone name an event (``lexical``), its type stands, with at
    least the precision of that rule as probability.
    """
    scores = softmax(linear(reading.states, heads.tokens, "triggers"))
    types, some = scores[:, 1:].argmax(axis=1), 1 - scores[:, 0]
    for token, name in lexical.items():
        types[token] = heads.event_types.index(name)
        some[token] = max(scores[token, 1 + types[token]], PRECISION["trigger"])
    for token, name in lexical.items():
        for part in reading.compounds(token):
            if heads.event_types[types[part]] == name:  # "job" of "job cuts" is the same event
                some[token], some[part] = max(some[token], some[part]), 0
    likely = np.flatnonzero(some >= heads.thresholds["events"]).tolist()
    tokens = np.array([i for i in likely if not reading.doc[i].is_space], dtype=np.int64)
    if trace is not None:
        for word in reading.doc:
            score, name = float(some[word.i]), heads.event_types[types[word.i]]
            by = "rule: a word of the ontology" if word.i in lexical else "model"
            trace.add("events", name, (word.text,), Span(word.idx, word.idx + len(word)), score,
                      word.i in tokens, threshold_reason(score, heads.thresholds["events"], by))
    return tokens, types[tokens], some[tokens]


@dataclass(frozen=True, slots=True)
class ArgumentRecord:
    """Writes what was weighed for the roles of one event."""

    trace: Trace
    trigger: Token
    threshold: float

    def __call__(self, role: str, filler: Candidate | None, score: float, fits: bool) -> None:
        """Record one filler, by its mention nearest to the event."""
        if filler is None:
            return
        doc, trigger = self.trigger.doc, self.trigger
        span = doc[filler.start : filler.end + 1]
        reason = threshold_reason(score, self.threshold) if fits else "domain and range"
        where = Span(min(trigger.idx, span.start_char), max(trigger.idx + len(trigger), span.end_char))
        self.trace.add("arguments", role, (trigger.text, span.text), where, score,
                       fits and score >= self.threshold, reason)


def filler_words(reading: Reading, cast: Cast, values: Values, token: int, filler: Filler) -> str:
    """Return the text of a filler, an entity's by its mention nearest to the trigger."""
    candidate = _nearest(cast, filler.number, token) if filler.is_entity else values.candidates[filler.number]
    return reading.doc[candidate.start : candidate.end + 1].text if candidate else ""


def _nearest(cast: Cast, entity: int, token: int) -> Candidate | None:
    """Return the mention of an entity that is nearest to a token."""
    mentions = [m for m, number in zip(cast.mentions, cast.entity, strict=True) if number == entity]
    return min(mentions, key=lambda m: (abs(m.head - token), m.start), default=None)


def _entity_fillers(scores: FloatArray, cast: Cast, heads: NewsHeads, allowed: IntArray, ontology: Ontology,
                    record: ArgumentRecord | None = None) -> list[Filler]:
    probabilities = softmax_with_none(np.where(allowed, scores, -np.inf))
    fillers = []
    for entity, row in enumerate(probabilities):
        role = int(row[1:].argmax())
        fits = ontology.role_accepts(heads.roles[role], heads.mention_types[cast.types[entity]])
        if fits and row[1 + role] >= heads.thresholds["arguments"]:
            fillers.append(Filler(heads.roles[role], entity, True, float(row[1 + role])))
        if record is not None:
            record(heads.roles[role], _nearest(cast, entity, record.trigger.i), float(row[1 + role]), fits)
    return fillers


def subjects(reading: Reading, cast: Cast, token: int) -> frozenset[int]:
    """Return the entities that are the grammatical subject of a trigger, or of the verb that it is coordinated with."""
    verbs = {token, reading.first_conjunct(token)}
    return frozenset(entity for mention, entity in zip(cast.mentions, cast.entity.tolist(), strict=True)
                     if reading.deps[mention.head].startswith("nsubj") and int(reading.heads[mention.head]) in verbs)


def _conjunct_fillers(lists: Sequence[Coordination], cast: Cast, heads: NewsHeads, fillers: list[Filler],
                      ontology: Ontology) -> list[Filler]:
    """Return fillers for the entities that stand in one of the coordinations with a filler."""
    taken = {entity for _, entity, is_entity, _ in fillers if is_entity}
    added: dict[int, Filler] = {}
    for role, entity, is_entity, probability in fillers:
        together = [members for members, *_ in lists if is_entity and entity in members]
        for other in set().union(*together) - taken:
            if ontology.role_accepts(role, heads.mention_types[cast.types[other]]):
                added.setdefault(other, Filler(role, other, True, probability))
    return [added[entity] for entity in sorted(added)]


def _value_fillers(logits: FloatArray, values: Sequence[tuple[int, Candidate]], heads: NewsHeads, allowed: IntArray,
                   ontology: Ontology, record: ArgumentRecord | None = None) -> list[Filler]:
    probabilities = softmax_with_none(np.where(allowed, logits, -np.inf))
    fillers = []
    for (number, candidate), row in zip(values, probabilities, strict=True):
        role = int(row[1:].argmax())
        fits = ontology.role_accepts(heads.roles[role], "value")
        if fits and row[1 + role] >= heads.thresholds["arguments"]:
            fillers.append(Filler(heads.roles[role], number, False, float(row[1 + role])))
        if record is not None:
            record(heads.roles[role], candidate, float(row[1 + role]), fits)
    return fillers


def arguments(reading: Reading, draft: Draft, values: Values, ids: dict[int, str]) -> tuple[Argument, ...]:
    """Return a draft's fillers as arguments over entity ids, each filler of a role once."""
    made = []
    for role, number, is_entity, probability in sorted(draft.fillers):
        filler = ids.get(number) if is_entity else to_value(reading, values.candidates[number])
        if filler is not None:
            made.append(Argument(role, filler, round(probability, 4)))
    return tuple(made)


def trigger_span(reading: Reading, draft: Draft) -> Span:
    """Return the trigger word's characters."""
    token = reading.doc[draft.token]
    return Span(token.idx, token.idx + len(token))
