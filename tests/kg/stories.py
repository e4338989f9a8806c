"""Short articles with their extractions, made by hand: tests of identity depend on no language model."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from kg.model import Argument, Document, Entity, Event, Extraction, Mention, Relation, Span, Value


@dataclass
class Story:
    """An article under construction: ``who`` adds an entity, ``job`` a position; ``extraction`` ends it."""

    id: str
    date: dt.date | None = None
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def who(self, type: str, name: str, *others: str, kind: str = "name") -> str:
        """Add an entity that the text calls by these names, in parentheses after the first; return its id."""
        mentions = []
        for number, word in enumerate((name, *others)):
            self.text += " (" if number else " "
            mentions.append(Mention(len(self.text), len(self.text) + len(word), kind))
            self.text += word + (")" if number else "")
        self.text += "."
        entity = Entity(f"e{len(self.entities)}", type, name, tuple(mentions))
        self.entities.append(entity)
        return entity.id

    def job(self, person: str, where: str, title: str, **qualifiers: str) -> None:
        """Say that a person holds a position somewhere; ``status``, ``since`` and ``until`` say when."""
        start = len(self.text) + 1
        self.text += f" {title}."
        self.relations.append(Relation(person, "positionAt", where, (Span(start, start + len(title)),),
                                       {"title": title, "status": "current"} | qualifiers))

    def event(self, type: str, *, modality: str = "asserted", **roles: str) -> None:
        """Say that something happened: roles have entities by their ids, anything else is a value."""
        start = len(self.text) + 1
        self.text += f" {type}"
        arguments = []
        for role, filler in roles.items():
            if any(entity.id == filler for entity in self.entities):
                arguments.append(Argument(role, filler))
            else:
                self.text += f" {filler}"
                arguments.append(Argument(role, Value(filler, len(self.text) - len(filler), len(self.text))))
        self.text += "."
        trigger = Span(start, start + len(type))
        self.events.append(Event(f"v{len(self.events)}", type, trigger, tuple(arguments), modality))

    def extraction(self) -> Extraction:
        """Return the article with what was said of it."""
        return Extraction(Document(self.id, self.text, date=self.date), tuple(self.entities), tuple(self.relations),
                          tuple(self.events))
