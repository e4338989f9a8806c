"""Confidence: a head's probability as the share of such statements that is right.

The curves, one per layer, were fitted on the gold dev articles by `kg.training.calibration`
and lie in the model file; a layer without one keeps its probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from kg.model import Argument, Claim, Entity, Event, Extraction, Fact, Relation

Statement = TypeVar("Statement", Argument, Claim, Entity, Event, Fact, Relation)

LAYERS = {"entities": "entities+type", "relations": "relations", "events": "events", "arguments": "event arguments",
          "claims": "claims", "facts": "facts (recall)"}
"""What each kind of statement is called by the scorer."""

BY_RULE = "relations.parts"
"""The component of relations whose probability is the measured precision of a rule, and needs no curve."""


def calibrated(probability: float, curve: Sequence[float]) -> float:
    """Return the logistic curve (slope, offset) of a probability's log odds, rounded to four digits."""
    clipped = min(max(probability, 1e-4), 1 - 1e-4)
    slope, offset = curve
    return round((1 + math.tanh((slope * math.log(clipped / (1 - clipped)) + offset) / 2)) / 2, 4)


def with_confidence(extraction: Extraction, curves: Mapping[str, Sequence[float]]) -> Extraction:
    """Return an extraction with the confidence of every statement that a head decided calibrated."""
    def one(layer: str, item: Statement) -> Statement:
        curve = curves.get(layer)
        return replace(item, confidence=calibrated(item.confidence, curve)) if curve else item

    def each(layer: str, items: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(one(layer, item) for item in items)

    events = (replace(event, arguments=each("arguments", event.arguments)) for event in extraction.events)
    return replace(extraction, entities=each("entities", extraction.entities),
                   relations=tuple(relation if relation.component == BY_RULE else one("relations", relation)
                                   for relation in extraction.relations),
                   events=each("events", events),
                   claims=each("claims", extraction.claims), facts=each("facts", extraction.facts))
