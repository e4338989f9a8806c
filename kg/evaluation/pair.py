"""The gold and the predicted extraction of one article, entities and events aligned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from kg.evaluation.likeness import is_mentioned, one_to_one, overlap, same_value, shared_mentions, word_f1
from kg.model import Argument, Entity, Event, Extraction, Relation, Value
from kg.ontology import Ontology, load


@dataclass(frozen=True)
class Pair:
    """The gold and the predicted extraction of one article."""

    gold: Extraction
    predicted: Extraction
    ontology: Ontology = field(default_factory=load)

    @cached_property
    def gold_entities(self) -> dict[str, Entity]:
        """Gold entities by id."""
        return {entity.id: entity for entity in self.gold.entities}

    @cached_property
    def predicted_entities(self) -> dict[str, Entity]:
        """Predicted entities by id."""
        return {entity.id: entity for entity in self.predicted.entities}

    @cached_property
    def to_gold(self) -> dict[str, str]:
        """Predicted entity id -> gold entity id, one to one, by shared mentions, then by name."""
        candidates = sorted(self._candidates(), reverse=True)
        return dict(one_to_one((predicted, gold) for _, _, predicted, gold in candidates))

    def _candidates(self) -> Iterator[tuple[int, float, str, str]]:
        for predicted in self.predicted.entities:
            for gold in self.gold.entities:
                if shared := shared_mentions(predicted, gold):
                    yield shared, word_f1(predicted.name, gold.name), predicted.id, gold.id

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The predicted relations of the ontology's closed list; others are not scored."""
        return tuple(relation for relation in self.predicted.relations if relation.predicate in self.ontology.relations)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The predicted events of a type; untyped ones are not scored."""
        return tuple(event for event in self.predicted.events if event.type != "Event")

    @cached_property
    def linked_events(self) -> dict[int, int]:
        """Predicted event -> gold event of its type, one to one, by trigger and arguments."""
        candidates = []
        for i, event in enumerate(self.events):
            for j, gold in enumerate(self.gold.events):
                if event.type == gold.type and (likeness := self._likeness(event, gold)):
                    candidates.append((likeness, i, j))
        return dict(one_to_one((i, j) for _, i, j in sorted(candidates, reverse=True)))

    def _likeness(self, event: Event, gold: Event) -> int:
        shared = sum(any(self.same_argument(a, b) for b in gold.arguments) for a in event.arguments)
        return 2 * (overlap(event.trigger, gold.trigger) > 0) + shared

    def same_argument(self, argument: Argument, gold: Argument) -> bool:
        """Whether two arguments have one role and one filler; an entity may match a value's span."""
        if argument.role != gold.role:
            return False
        match argument.filler, gold.filler:
            case str() as entity, str() as other:
                return self.to_gold.get(entity) == other
            case str() as entity, Value() as value:
                return is_mentioned(self.predicted_entities.get(entity), value)
            case Value() as value, str() as entity:
                return is_mentioned(self.gold_entities.get(entity), value)
            case Value() as value, Value() as other_value:
                return same_value(value, other_value)
        raise AssertionError("a filler is an entity id or a value")

    def say(self, text: str) -> str:
        """Return the text behind the article's id."""
        return f"{self.gold.document.id}: {text}"
