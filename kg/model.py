"""The data that crosses the boundaries between stages: frozen, slotted dataclasses.

Offsets are character positions in ``Document.text``, end exclusive, so that
``text[start:end]`` is the span. ``Extraction`` is the extraction JSON of the gold
format (``SCHEMA.md``) as objects; ``to_dict`` and ``from_dict`` are its opposite pair.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PLAIN_MODALITIES = frozenset({"asserted", "reported"})
"""What is told in another modality, or negated, is no plain triple of the graph."""


@dataclass(frozen=True, slots=True)
class Document:
    """One article. ``date`` is the publication date, against which relative dates resolve."""

    id: str
    text: str
    title: str | None = None
    date: dt.date | None = None
    source: str | None = None
    language: str = "en"

    def to_dict(self) -> dict[str, Any]:
        """Return the article as plain JSON data."""
        date = self.date.isoformat() if self.date else None
        return {"id": self.id, "title": self.title, "date": date, "source": self.source,
                "language": self.language, "text": self.text}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Document:
        """Read what ``to_dict`` wrote; ``ValueError`` for a date that is not ISO 8601."""
        date = dt.date.fromisoformat(data["date"]) if data.get("date") else None
        return cls(data["id"], data["text"], data.get("title"), date, data.get("source"),
                   data.get("language") or "en")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the article's text, in characters, end exclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def to_dict(self) -> dict[str, int]:
        """Return ``{"start": ..., "end": ...}``."""
        return {"start": self.start, "end": self.end}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Span:
        """Read what ``to_dict`` wrote."""
        return cls(data["start"], data["end"])


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A span that refers to an entity. ``kind`` is ``name``, ``nominal`` or ``pronoun``."""

    start: int
    end: int
    kind: str = "name"


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing in the world with all the mentions of it in one article; ``also`` are further classes of it."""

    id: str
    type: str
    name: str
    mentions: tuple[Mention, ...]
    confidence: float = 1.0
    wikidata: str | None = None
    also: tuple[str, ...] = ()

    @property
    def types(self) -> tuple[str, ...]:
        """Return all classes of it, the one that names it first."""
        return self.type, *self.also

    def to_dict(self) -> dict[str, Any]:
        """Return the entity in the gold format."""
        mentions = [{"start": m.start, "end": m.end, "kind": m.kind} for m in self.mentions]
        data: dict[str, Any] = {"id": self.id, "type": self.type, "name": self.name,
                                "mentions": mentions, "confidence": self.confidence}
        data |= {"wikidata": self.wikidata} if self.wikidata else {}
        return data | ({"also": list(self.also)} if self.also else {})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Entity:
        """Read what ``to_dict`` wrote, or a gold file's entity."""
        mentions = tuple(Mention(m["start"], m["end"], m.get("kind", "name")) for m in data["mentions"])
        return cls(data["id"], data["type"], data["name"], mentions,
                   data.get("confidence", 1.0), data.get("wikidata"), tuple(data.get("also", ())))


@dataclass(frozen=True, slots=True)
class Value:
    """A date, amount, count, title or other literal as the text writes it."""

    text: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        """Return the value in the gold format."""
        return {"value": self.text, "start": self.start, "end": self.end}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Value:
        """Read what ``to_dict`` wrote; gold values without a span get an empty one."""
        return cls(data["value"], data.get("start", 0), data.get("end", 0))


@dataclass(frozen=True, slots=True)
class Relation:
    """A lasting fact between two entities, or an entity and a value, from the ontology's list."""

    subject: str
    predicate: str
    object: str | Value
    evidence: tuple[Span, ...]
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    modality: str = "asserted"
    polarity: str = "positive"
    confidence: float = 1.0
    component: str = "relations"

    def to_dict(self) -> dict[str, Any]:
        """Return the relation in the gold format."""
        target = self.object.to_dict() if isinstance(self.object, Value) else self.object
        return {"subject": self.subject, "predicate": self.predicate, "object": target,
                "qualifiers": dict(self.qualifiers), "evidence": [s.to_dict() for s in self.evidence],
                "modality": self.modality, "polarity": self.polarity,
                "confidence": self.confidence, "component": self.component}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Relation:
        """Read what ``to_dict`` wrote, or a gold file's relation."""
        target = data["object"] if isinstance(data["object"], str) else Value.from_dict(data["object"])
        return cls(data["subject"], data["predicate"], target,
                   tuple(Span.from_dict(s) for s in data.get("evidence", ())),
                   dict(data.get("qualifiers", {})), data.get("modality", "asserted"),
                   data.get("polarity", "positive"), data.get("confidence", 1.0),
                   data.get("component", "relations"))


@dataclass(frozen=True, slots=True)
class Argument:
    """What fills a role of an event: an entity id or a value."""

    role: str
    filler: str | Value
    confidence: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """Return the argument in the gold format."""
        target = self.filler.to_dict() if isinstance(self.filler, Value) else {"entity": self.filler}
        return {"role": self.role, "confidence": self.confidence} | target

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Argument:
        """Read what ``to_dict`` wrote, or a gold file's argument."""
        filler = data["entity"] if "entity" in data else Value.from_dict(data)
        return cls(data["role"], filler, data.get("confidence", 1.0))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, is planned, possible or denied; ``type`` is an event class."""

    id: str
    type: str
    trigger: Span
    arguments: tuple[Argument, ...]
    modality: str = "asserted"
    polarity: str = "positive"
    confidence: float = 1.0
    component: str = "events"

    def to_dict(self) -> dict[str, Any]:
        """Return the event in the gold format."""
        return {"id": self.id, "type": self.type, "trigger": self.trigger.to_dict(),
                "arguments": [a.to_dict() for a in self.arguments], "modality": self.modality,
                "polarity": self.polarity, "confidence": self.confidence, "component": self.component}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Event:
        """Read what ``to_dict`` wrote, or a gold file's event."""
        return cls(data["id"], data["type"], Span.from_dict(data["trigger"]),
                   tuple(Argument.from_dict(a) for a in data["arguments"]),
                   data.get("modality", "asserted"), data.get("polarity", "positive"),
                   data.get("confidence", 1.0), data.get("component", "events"))


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says what: ``content`` is the span of what is said, without quotation marks."""

    speaker: str
    cue: Span
    content: Span
    direct: bool
    confidence: float = 1.0
    component: str = "claims"

    def to_dict(self) -> dict[str, Any]:
        """Return the claim in the gold format."""
        return {"speaker": self.speaker, "cue": self.cue.to_dict(), "content": self.content.to_dict(),
                "direct": self.direct, "confidence": self.confidence, "component": self.component}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Claim:
        """Read what ``to_dict`` wrote, or a gold file's claim."""
        return cls(data["speaker"], Span.from_dict(data["cue"]), Span.from_dict(data["content"]),
                   data["direct"], data.get("confidence", 1.0), data.get("component", "claims"))


@dataclass(frozen=True, slots=True)
class Fact:
    """An open triple in the text's own words.

    ``predicate_lemma`` is the verb with its particle or preposition ("eliminate",
    "cut_off"). ``subject_entity`` and ``object_entity`` are entity ids where that end is
    a mention of one.
    """

    subject: str
    predicate: str
    object: str
    evidence: tuple[Span, ...]
    predicate_lemma: str = ""
    subject_entity: str | None = None
    object_entity: str | None = None
    modality: str = "asserted"
    polarity: str = "positive"
    confidence: float = 1.0
    component: str = "facts"

    def to_dict(self) -> dict[str, Any]:
        """Return the fact in the gold format."""
        data = {"subject": self.subject, "predicate": self.predicate, "object": self.object,
                "evidence": [s.to_dict() for s in self.evidence], "predicate_lemma": self.predicate_lemma,
                "modality": self.modality, "polarity": self.polarity,
                "confidence": self.confidence, "component": self.component}
        ends = {"subject_entity": self.subject_entity, "object_entity": self.object_entity}
        return data | {k: v for k, v in ends.items() if v}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fact:
        """Read what ``to_dict`` wrote, or a gold file's fact."""
        return cls(data["subject"], data["predicate"], data["object"],
                   tuple(Span.from_dict(s) for s in data.get("evidence", ())),
                   data.get("predicate_lemma", ""), data.get("subject_entity"), data.get("object_entity"),
                   data.get("modality", "asserted"), data.get("polarity", "positive"),
                   data.get("confidence", 1.0), data.get("component", "facts"))


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read out of one article.

    ``sentences`` are spans of the text; ``topic`` says what it is about, for comparison with that of another article
    (``kg.topics``).
    """

    document: Document
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()
    sentences: tuple[Span, ...] = ()
    topic: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the extraction JSON of the gold format."""
        layers = {name: [item.to_dict() for item in getattr(self, name)]
                  for name in ("entities", "relations", "events", "claims", "facts", "sentences")}
        topic = {"topic": self.topic} if self.topic else {}
        return {"document": self.document.to_dict()} | layers | topic

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Extraction:
        """Read what ``to_dict`` wrote, or a gold file."""
        def layer(name: str, item: Any) -> tuple[Any, ...]:
            return tuple(item.from_dict(row) for row in data.get(name, ()))

        return cls(Document.from_dict(data["document"]), layer("entities", Entity),
                   layer("relations", Relation), layer("events", Event), layer("claims", Claim),
                   layer("facts", Fact), layer("sentences", Span), data.get("topic", ""))
