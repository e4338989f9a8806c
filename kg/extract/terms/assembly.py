"""From scored candidates to an extraction that conforms to the schema: entities of one class each, and relations."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from spacy.tokens import Doc
from spacy.tokens import Span as DocSpan

from kg.extract.features import FloatArray, IntArray
from kg.extract.terms.scorers import Spans
from kg.extract.terms.spans import VALUE_LABELS
from kg.model import Document, Entity, Extraction, Mention, Relation, Span, Value
from kg.rdf.statements import TRUSTED
from kg.schema import Property
from kg.schema.joining import THING

if TYPE_CHECKING:
    from kg.extract.terms.finding import TermReader

COMPONENT = "terms"
LOG = logging.getLogger("stringer.terms")


class Candidate(NamedTuple):
    """A pair of spans by number and the property that it may stand in."""

    probability: float
    property: int
    subject: int
    object: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A text's candidate spans, their kinds, class probabilities, and all candidates above the threshold."""

    spans: Spans
    kinds: IntArray
    classes: FloatArray
    candidates: list[Candidate]


@dataclass(slots=True)
class Assembly:
    """Turns candidates into entities of one class each and relations, the likeliest first."""

    doc: Doc
    document: Document
    reader: TermReader
    scored: Scored
    names: dict[int, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, set[int]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def extraction(self) -> Extraction:
        """Return the extraction; what breaks domain, range or a shape is not in it."""
        properties = list(self.reader.schema.properties.values())
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
        return Extraction(self.document, entities, relations, sentences=sentences)

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
        """Give both ends the class that domain and range ask for; tell whether each can be of one."""
        ends = [(key[0], candidate.subject, known.domain)]
        if not is_value:
            ends.append((key[2], candidate.object, known.range))
        types = [self.class_of(name, span, wanted) for name, span, wanted in ends]
        if None in types:
            return False
        for (name, span, _), kind in zip(ends, types, strict=True):
            self.types[name] = str(kind)
            self.mentions.setdefault(name, set()).add(span)
        return True

    def class_of(self, name: str, span: int, wanted: frozenset[str]) -> str | None:
        """Return the class of an end that may be one of ``wanted``, narrower than before if need be."""
        present = self.types.get(name)
        if present is not None and present != THING:
            if not wanted or self.reader.schema.is_a(present, wanted):
                return present
            narrower = [kind for kind in wanted if self.reader.schema.is_a(kind, {present})]
            return min(narrower, default=None)
        allowed = self.reader.classes_below(wanted)
        if not len(allowed):
            return None if wanted else THING
        best = int(allowed[self.scored.classes[span, allowed].argmax()])
        if self.scored.classes[span, best] < self.reader.settings["classes"]:
            return None if wanted else THING
        return self.reader.class_iris[best]

    def name(self, span: int) -> str:
        """Return the words of a span, on one line."""
        if span not in self.names:
            self.names[span] = " ".join(self.text(span).text.split())
        return self.names[span]

    def text(self, span: int) -> DocSpan:
        """Return the words of a span number."""
        return self.doc[int(self.scored.spans.start[span]) : int(self.scored.spans.end[span]) + 1]

    def in_text_order(self) -> list[str]:
        """Return the names of the entities, by their first mention."""
        return sorted(self.mentions, key=lambda name: min(self.mentions[name]))

    def entity(self, name: str, id: str) -> Entity:
        """Return an entity with all the mentions that statements have."""
        spans = [self.text(span) for span in sorted(self.mentions[name])]
        mentions = tuple(Mention(s.start_char, s.end_char, "name" if any(t.pos_ == "PROPN" for t in s) else "nominal")
                         for s in spans)
        return Entity(id, self.types[name], name, mentions)

    def relation(self, known: Property, candidate: Candidate, is_value: bool, ids: dict[str, str]) -> Relation:
        """Return the relation of a candidate; its evidence spans both ends."""
        left, right = self.text(candidate.subject), self.text(candidate.object)
        target = (Value(right.text, right.start_char, right.end_char) if is_value
                  else ids[self.name(candidate.object)])
        evidence = Span(min(left.start_char, right.start_char), max(left.end_char, right.end_char))
        return Relation(ids[self.name(candidate.subject)], known.iri, target, (evidence,),
                        confidence=round(candidate.probability, 4), component=COMPONENT)


def triples(extraction: Extraction) -> list[tuple[str, str, str]]:
    """Return the relations of an extraction as (subject, property IRI, object) in the text's words."""
    names = {entity.id: entity.name for entity in extraction.entities}
    return [(names[r.subject], r.predicate, names[r.object] if isinstance(r.object, str) else r.object.text)
            for r in extraction.relations]
