"""Extraction: a parsed spaCy Doc in, entities, relations, events, claims and facts out."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from kg.extract import claims as claim_layer
from kg.extract import events as event_layer
from kg.extract import relations as relation_layer
from kg.extract.candidates import Values, find_value_candidates
from kg.extract.confidence import with_confidence
from kg.extract.entities import Cast, build_entities, find_cast, record_mentions
from kg.extract.facts import find_facts, lookup_in
from kg.extract.features import Reading
from kg.extract.heads import NewsHeads, load_heads
from kg.extract.settling import settle
from kg.extract.topics import load_topics
from kg.extract.trace import Trace
from kg.model import PLAIN_MODALITIES, Claim, Document, Event, Extraction, Relation, Span
from kg.nlp.threads import one_thread
from kg.ontology import Ontology
from kg.ontology import load as load_ontology

__all__ = ["Trace", "extract"]


def extract(doc: Doc, document: Document, heads: NewsHeads | None = None, ontology: Ontology | None = None,
            trace: Trace | None = None) -> Extraction:
    """Return all that one parsed article says. ``doc`` comes from ``kg.nlp.load()``.

    A ``trace`` is filled with what was weighed and why it was kept or left.
    """
    heads, ontology = heads or load_heads(), ontology or load_ontology()
    with one_thread():
        return with_confidence(_extract(doc, document, heads, ontology, trace), heads.calibration)


def _extract(doc: Doc, document: Document, heads: NewsHeads, ontology: Ontology, trace: Trace | None) -> Extraction:
    reading = Reading(doc)
    cast = find_cast(reading, heads, ontology)
    values = find_value_candidates(reading, heads, ontology)
    relations = relation_layer.find_relations(reading, cast, values, heads, ontology, trace)
    parts = [(r.subject, r.object) for r in relations if r.predicate == "partOf" and isinstance(r.object, int)]
    drafts = event_layer.find_events(reading, cast, values, heads, ontology, trace)
    events = settle(drafts, heads.event_types, parts, ontology)
    if trace is not None:
        record_mentions(reading, heads, trace)
        _record_settling(reading, cast, values, drafts, events, trace)
    claims = claim_layer.find_claims(reading, cast, heads, trace)
    taking_part = {e for r in relations for e in (r.subject, r.object) if isinstance(e, int)}
    taking_part |= {number for e in events for _, number, is_entity, _ in e.fillers if is_entity}
    taking_part |= {c.speaker for c in claims}
    probabilities = doc.spans["mentions"].attrs.get("probabilities", [1.0] * len(cast.mentions))
    entities = build_entities(reading, cast, heads, taking_part, probabilities)
    ids = {number: entity.id for number, entity in entities.items()}
    listed = tuple(sorted(entities.values(), key=lambda entity: int(entity.id[1:])))
    return Extraction(document, listed, tuple(_relation(r, ids) for r in relations),
                      tuple(_event(reading, n, e, values, heads, ids) for n, e in enumerate(events)),
                      tuple(_claim(c, ids) for c in claims),
                      tuple(find_facts(doc, lookup_in(listed), trace)),
                      tuple(Span(sent.start_char, sent.end_char) for sent in doc.sents),
                      load_topics().of(doc, heads.encoder))


def _record_settling(reading: Reading, cast: Cast, values: Values, drafts: Sequence[event_layer.Draft],
                     events: Sequence[event_layer.Draft], trace: Trace) -> None:
    """Mark what became one with another event or gave way to another filler, and say what state events are told in."""
    kept = {event.token: {filler[:3] for filler in event.fillers} for event in events}
    for draft in drafts:
        word = reading.doc[draft.token].text
        if draft.token not in kept:
            trace.withdraw("events", (word,), "the same event as another trigger names")
        for filler in draft.fillers:
            if draft.token in kept and filler[:3] not in kept[draft.token]:
                words = event_layer.filler_words(reading, cast, values, draft.token, filler)
                trace.withdraw("arguments", (word, words), "another filler of the role is likelier or its whole")
    for event in events:
        state = [event.modality] * (event.modality != "asserted") + ["negated"] * (event.polarity == "negative")
        plain = event.modality in PLAIN_MODALITIES and event.polarity == "positive"
        trace.note("events", reading.doc[event.token].idx, " and ".join(state) + ("" if plain else ": not asserted"))


def _relation(draft: relation_layer.Draft, ids: dict[int, str]) -> Relation:
    target = ids[draft.object] if isinstance(draft.object, int) else draft.object
    return Relation(ids[draft.subject], draft.predicate, target, draft.evidence, draft.qualifiers,
                    confidence=round(draft.probability, 4), component=draft.component)


def _event(reading: Reading, number: int, draft: event_layer.Draft, values: Values, heads: NewsHeads,
           ids: dict[int, str]) -> Event:
    return Event(f"v{number + 1}", heads.event_types[draft.type], event_layer.trigger_span(reading, draft),
                 event_layer.arguments(reading, draft, values, ids), draft.modality, draft.polarity,
                 round(draft.probability, 4))


def _claim(draft: claim_layer.Draft, ids: dict[int, str]) -> Claim:
    return Claim(ids[draft.speaker], draft.cue, draft.content, draft.direct, round(draft.probability, 4))
