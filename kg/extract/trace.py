"""What the extraction weighed and why it kept or left it: an optional record that the layers fill as they decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kg.model import Span

LEAST = 0.05


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing weighed: a label of a layer for some words of the text.

    ``parts`` are the words in the order of the label's ends (subject and object, event and filler).
    ``reason`` says what accepted it, or why it was rejected. ``span`` is where it stands.
    """

    layer: str
    label: str
    parts: tuple[str, ...]
    span: Span
    score: float
    accepted: bool
    reason: str


@dataclass(slots=True)
class Trace:
    """Collects decisions; candidates of a score below ``least`` are not worth a line."""

    least: float = LEAST
    decisions: list[Decision] = field(default_factory=list)

    def add(self, layer: str, label: str, parts: tuple[str, ...], span: Span, score: float, accepted: bool, reason: str
            ) -> None:
        """Record one decision."""
        if accepted or score >= self.least:
            self.decisions.append(Decision(layer, label, parts, span, round(float(score), 4), accepted, reason))

    def withdraw(self, layer: str, parts: tuple[str, ...], reason: str) -> None:
        """Mark what was accepted for these words as rejected by a later step."""
        self.decisions = [replace(d, accepted=False, reason=reason)
                          if d.accepted and d.layer == layer and d.parts == parts else d for d in self.decisions]

    def note(self, layer: str, start: int, more: str) -> None:
        """Add to the reason of what was accepted at a place."""
        if more:
            self.decisions = [replace(d, reason=f"{d.reason}, {more}")
                              if d.accepted and d.layer == layer and d.span.start == start else d
                              for d in self.decisions]

    def within(self, span: Span) -> Iterator[Decision]:
        """Yield the decisions that rest on some of a stretch of text, in text order, the likeliest first."""
        inside = [d for d in self.decisions if d.span.overlaps(span)]
        yield from sorted(inside, key=lambda d: (d.span, -d.score, d.label, d.parts))


def threshold_reason(score: float, threshold: float, by: str = "model") -> str:
    """Return "model" where a score reaches its threshold, else by how much it falls short."""
    return by if score >= threshold else f"below the threshold {threshold:.2f}"
