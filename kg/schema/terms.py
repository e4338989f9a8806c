"""Classes and properties of a schema, and which types of entities fit which ends."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

DATE, NUMBER, TEXT = "date", "number", "text"
"""What a property with a literal range takes; ``TEXT`` is any span."""


@dataclass(frozen=True, slots=True)
class Class:
    """A class; ``above`` are all its superclasses, ``event`` whether it is one of events.

    Nothing is of it and of a class that is, or is below, one of those ``apart``, which have it among theirs.
    """

    iri: str
    label: str
    also: tuple[str, ...] = ()
    comment: str = ""
    examples: tuple[str, ...] = ()
    above: frozenset[str] = frozenset()
    event: bool = False
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shape:
    """What SHACL asks of a property's values beyond its range; ``most`` is the largest number of them a subject has."""

    most: int | None = None
    pattern: str | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """A property. An empty ``domain`` or ``range`` holds anything; ``value`` is the kind of literal, or ``None``."""

    iri: str
    label: str
    also: tuple[str, ...] = ()
    comment: str = ""
    examples: tuple[str, ...] = ()
    domain: frozenset[str] = frozenset()
    range: frozenset[str] = frozenset()
    value: str | None = None
    shape: Shape = field(default_factory=Shape)


@dataclass(frozen=True, slots=True)
class Schema:
    """The terms of an ontology by IRI, in the order of the file."""

    name: str
    classes: Mapping[str, Class]
    properties: Mapping[str, Property]

    def terms(self) -> Iterator[Class | Property]:
        """Yield all classes and properties."""
        yield from self.classes.values()
        yield from self.properties.values()

    def is_a(self, kind: str, wanted: Iterable[str]) -> bool:
        """Tell whether a class is one of these or below one of them."""
        found = self.classes.get(kind)
        return found is not None and not (found.above | {kind}).isdisjoint(wanted)

    def are_apart(self, one: str, other: str) -> bool:
        """Tell whether the schema says that nothing is of both classes."""
        if one not in self.classes:
            return False
        kinds = [one, *self.classes[one].above & self.classes.keys()]
        return self.is_a(other, frozenset[str]().union(*(self.classes[iri].apart for iri in kinds)))

    def allows(self, predicate: str, subject: str, target: str | None) -> bool:
        """Tell whether the property may stand between entities of these classes; ``None`` is a value."""
        known = self.properties.get(predicate)
        if known is None or (known.domain and not self.is_a(subject, known.domain)):
            return False
        if target is None:
            return not known.range
        return known.value is None and (not known.range or self.is_a(target, known.range))

    def digest(self) -> str:
        """Return a hash of all that the schema says."""
        content = [self.name, *(asdict(term) for term in self.terms())]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=_listed).encode()).hexdigest()


def _listed(value: Any) -> list[str]:
    return sorted(value)


def words_of(name: str) -> str:
    """Return the words of a local name: ``"birthPlace"`` and ``"birth_place"`` give ``"birth place"``."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    words = re.sub(r"[_\-\s/]+", " ", split).split()
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words)


def local_name(iri: str) -> str:
    """Return the part of an IRI after the last ``#``, ``/`` or ``:``."""
    return re.split(r"[#/:]", iri.rstrip("#/"))[-1]
