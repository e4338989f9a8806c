"""From scored candidates to an extraction that conforms to the schema: entities with their classes, and relations."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from kg.extract.features import FloatArray, IntArray
from kg.extract.terms.scorers import Spans
from kg.extract.terms.spans import VALUE_LABELS
from kg.extract.topics import load_topics
from kg.model import Document, Entity, Extraction, Mention, Relation, Span, Value
from kg.nlp.component import is_name
from kg.rdf.statements import TRUSTED
from kg.schema import Property
from kg.schema.joining import THING

if TYPE_CHECKING:
    from kg.extract.terms.finding import TermReader

COMPONENT = "terms"
OWN_VOTE = 0.5
"""What the probability of a name's class counts beside those of the statements about it."""
LEAST_VOTE = 0.2
"""What a further class of a name must have of the votes of its likeliest; chosen on open sentences of Text2KGBench."""
LOG = logging.getLogger("stringer.terms")


class Candidate(NamedTuple):
    """A pair of spans by number and the property that it may stand in."""

    probability: float
    property: int
    subject: int
    object: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A text's candidate spans, their kinds, class probabilities, and all candidates above the threshold.

    ``referents`` are the names, by first and last word, that pronouns and descriptions stand for.
    """

    spans: Spans
    kinds: IntArray
    classes: FloatArray
    candidates: list[Candidate]
    referents: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Assembly:
    """Turns candidates into entities and relations, the likeliest first.

    An entity has the class that names it, and those that its statements ask for unless the schema says that nothing is
    of both.
    """

    doc: Doc
    document: Document
    reader: TermReader
    scored: Scored
    names: dict[int, str] = field(default_factory=dict)
    types: dict[str, list[str]] = field(default_factory=dict)
    votes: dict[str, FloatArray] = field(default_factory=dict)
    mentions: dict[str, set[int]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def extraction(self) -> Extraction:
        """Return the extraction; what breaks domain, range or a shape is not in it."""
        properties = self.reader.pairing.properties
        self.choose_types(properties)
        kept: dict[tuple[str, str, str], tuple[Candidate, bool]] = {}
        for candidate in self.scored.candidates:
            known = properties[candidate.property]
            key = (self.name(candidate.subject), known.iri, self.name(candidate.object))
            if key[0] == key[2] or key in kept:
                continue
            if not self.in_shape(known, key):
                if candidate.probability >= TRUSTED:
                    LOG.warning("%s: left out, as it breaks a shape: %s %s %s", self.document.id, *key)
                continue
            is_value = self.is_value(known, candidate.object)
            if self.typed(known, candidate, key, is_value):
                kept[key] = candidate, is_value
                self.counts[key[0], known.iri] = self.counts.get((key[0], known.iri), 0) + 1
        ids = {name: f"e{number + 1}" for number, name in enumerate(self.in_text_order())}
        relations = tuple(self.relation(properties[c.property], c, is_value, ids) for c, is_value in kept.values())
        entities = tuple(self.entity(name, id) for name, id in ids.items())
        sentences = tuple(Span(sent.start_char, sent.end_char) for sent in self.doc.sents)
        return Extraction(self.document, entities, relations, sentences=sentences,
                          topic=load_topics().of(self.doc, self.reader.encoder))

    def choose_types(self, properties: Sequence[Property]) -> None:
        """Give each name the class that most of what is said of it asks for, each property at its likeliest.

        One of which nothing asks a class has the likeliest, or none.
        """
        asked: dict[tuple[str, int, bool], float] = {}
        spans: dict[str, int] = {}
        for probability, number, *ends in self.scored.candidates:
            for span, is_object in zip(ends, (False, True), strict=True):
                name = self.name(span)
                spans.setdefault(name, span)
                asked.setdefault((name, number, is_object), probability)
        votes = self.votes = {name: self.scored.classes[span] * OWN_VOTE for name, span in spans.items()}
        sure = {name for name, row in votes.items() if row.max(initial=0) >= self.reader.settings["classes"] * OWN_VOTE}
        for (name, number, is_object), probability in asked.items():
            wanted = properties[number].range if is_object else properties[number].domain
            if wanted and len(below := self.reader.pairing.classes_below(wanted)):
                votes[name][below] += probability
                sure.add(name)
        self.types = {name: [self.reader.pairing.class_iris[int(row.argmax())] if name in sure else THING]
                      for name, row in votes.items()}

    def in_shape(self, known: Property, key: tuple[str, str, str]) -> bool:
        """Tell whether one more value keeps to the SHACL constraints of a property."""
        shape = known.shape
        return ((shape.most is None or self.counts.get((key[0], known.iri), 0) < shape.most)
                and (shape.pattern is None or re.search(shape.pattern, key[2]) is not None)
                and (not shape.among or key[2] in shape.among))

    def is_value(self, known: Property, span: int) -> bool:
        """Tell whether an object stands as a literal."""
        return known.value is not None or (not known.range and self.scored.kinds[span] < len(VALUE_LABELS))

    def typed(self, known: Property, candidate: Candidate, key: tuple[str, str, str], is_value: bool) -> bool:
        """Tell whether both ends are of classes that domain and range allow, or may be, and keep them if so."""
        ends = [(key[0], candidate.subject, known.domain)]
        if not is_value:
            ends.append((key[2], candidate.object, known.range))
        classes = [self.class_for(name, wanted) for name, _, wanted in ends]
        if None in classes:
            return False
        for (name, span, _), kind in zip(ends, classes, strict=True):
            self.mentions.setdefault(name, set()).add(span)
            if kind and kind not in self.types[name]:
                self.types[name].append(kind)
        return True

    def class_for(self, name: str, wanted: frozenset[str]) -> str | None:
        """Return a class of a name that is one of ``wanted`` or below one: one it has, else the likeliest that may be.

        None wanted is any class, ``""``; ``None`` is that there is none.
        """
        if not wanted:
            return ""
        has, schema = self.types[name], self.reader.schema
        if found := next((kind for kind in has if schema.is_a(kind, wanted)), None):
            return found
        below, votes = self.reader.pairing.classes_below(wanted), self.votes[name]
        enough = below[votes[below] >= LEAST_VOTE * votes.max(initial=0)]
        likely = (self.reader.pairing.class_iris[n] for n in enough[np.argsort(-votes[enough], kind="stable")].tolist())
        return next((kind for kind in likely if not any(schema.are_apart(kind, other) for other in has)), None)

    def name(self, span: int) -> str:
        """Return the words of a span, or of the name that it stands for, on one line."""
        if span not in self.names:
            self.names[span] = " ".join(self.referent(span).text.split())
        return self.names[span]

    def text(self, span: int) -> DocSpan:
        """Return the words of a span number."""
        return self.doc[int(self.scored.spans.start[span]) : int(self.scored.spans.end[span]) + 1]

    def referent(self, span: int) -> DocSpan:
        """Return the name that a span stands for, else its own words."""
        place = place_of(self.text(span))
        start, end = self.scored.referents.get(place, place)
        return self.doc[start : end + 1]

    def in_text_order(self) -> list[str]:
        """Return the names of the entities, by their first mention."""
        return sorted(self.mentions, key=lambda name: min(self.mentions[name]))

    def entity(self, name: str, id: str) -> Entity:
        """Return an entity with the mentions that statements have, and the name that these stand for."""
        places = {place_of(text) for span in self.mentions[name] for text in (self.text(span), self.referent(span))}
        spans = [self.doc[start : end + 1] for start, end in sorted(places)]
        mentions = tuple(Mention(s.start_char, s.end_char, mention_kind(s)) for s in spans)
        return Entity(id, self.types[name][0], name, mentions, also=tuple(self.types[name][1:]))

    def relation(self, known: Property, candidate: Candidate, is_value: bool, ids: dict[str, str]) -> Relation:
        """Return the relation of a candidate; its evidence spans both ends."""
        left, right = self.text(candidate.subject), self.text(candidate.object)
        target = (Value(right.text, right.start_char, right.end_char) if is_value
                  else ids[self.name(candidate.object)])
        evidence = Span(min(left.start_char, right.start_char), max(left.end_char, right.end_char))
        return Relation(ids[self.name(candidate.subject)], known.iri, target, (evidence,),
                        confidence=round(candidate.probability, 4), component=COMPONENT)


def place_of(span: DocSpan) -> tuple[int, int]:
    """Return the first and the last word of a span."""
    return span.start, span.end - 1


def mention_kind(span: DocSpan) -> str:
    """Return how a span names its entity."""
    if is_name(span):
        return "name"
    return "pronoun" if span.root.pos_ == "PRON" else "nominal"


def triples(extraction: Extraction) -> list[tuple[str, str, str]]:
    """Return the relations of an extraction as (subject, property IRI, object) in the text's words."""
    names = {entity.id: entity.name for entity in extraction.entities}
    return [(names[r.subject], r.predicate, names[r.object] if isinstance(r.object, str) else r.object.text)
            for r in extraction.relations]
