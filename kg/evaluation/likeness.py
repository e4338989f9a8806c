"""When two spans, names or values count as the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from kg.model import Entity, Value

Key = TypeVar("Key", int, str)


class Stretch(Protocol):
    """Anything with a start and an end in the text."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """The character after the last one."""


def overlap(a: Stretch, b: Stretch) -> float:
    """Return intersection over union of two spans."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return shared / (max(a.end, b.end) - min(a.start, b.start)) if shared > 0 else 0.0


def words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"\w+", text.lower())


def word_f1(a: str, b: str) -> float:
    """Return the F1 of the words that two strings share, order left out."""
    left, right = words(a), words(b)
    common = sum(min(left.count(word), right.count(word)) for word in set(left))
    return 2 * common / (len(left) + len(right)) if common else 0.0


def same_value(a: Value, b: Value) -> bool:
    """Whether two values stand in the same place or read nearly the same."""
    return (_has_span(a) and _has_span(b) and overlap(a, b) >= 0.5) or word_f1(a.text, b.text) >= 0.8


def _has_span(value: Value) -> bool:
    return value.end > value.start


def is_mentioned(entity: Entity | None, value: Value) -> bool:
    """Whether a mention of the entity stands where the value does."""
    mentions = entity.mentions if entity and _has_span(value) else ()
    return any(overlap(mention, value) >= 0.5 for mention in mentions)


def shared_mentions(a: Entity, b: Entity) -> int:
    """Count the mentions of one entity that overlap some mention of the other by half."""
    return sum(any(overlap(mention, other) >= 0.5 for other in b.mentions) for mention in a.mentions)


def one_to_one(pairs: Iterable[tuple[Key, Key]]) -> Iterator[tuple[Key, Key]]:
    """Keep each pair, best first, whose two sides are both still free."""
    left, right = set(), set()
    for a, b in pairs:
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            yield a, b


