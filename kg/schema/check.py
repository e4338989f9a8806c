"""What a schema leaves open, and what each gap means for extraction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kg.schema.terms import Property, Schema, local_name, words_of

GENERIC = frozenset({"has", "is", "of", "in", "relation", "related to", "related", "type", "value", "property"})


class Finding(NamedTuple):
    """A gap of a term: what it is and what follows from it. ``grave`` ones make the term useless."""

    term: str
    what: str
    consequence: str
    grave: bool = False


def check(schema: Schema) -> list[Finding]:
    """Return all findings, terms in the order of the file."""
    return [*_classes(schema), *_properties(schema), *_alike(schema)]


def _classes(schema: Schema) -> Iterator[Finding]:
    used = {kind for known in schema.properties.values() for kind in known.domain | known.range}
    if not schema.classes:
        yield Finding(schema.name, "no class is declared", "every span is a possible end of every property")
    if len(schema.classes) > 1 and not any(kind.apart for kind in schema.classes.values()):
        yield Finding(schema.name, "no classes are declared disjoint",
                      "a name may be of several: owl:disjointWith or owl:AllDisjointClasses says of which it may not")
    for iri, kind in schema.classes.items():
        name = local_name(iri)
        if iri in kind.above:
            yield Finding(name, "is its own superclass", "all classes of the circle are one")
        if not _is_said(kind.label):
            yield Finding(name, f"has no label, and its IRI says nothing ({name!r})", "cannot be found", True)
        if not ({iri} | kind.above) & used and not any(iri in below.above for below in schema.classes.values()):
            yield Finding(name, "is neither domain nor range of a property", "its instances get no statement")


def _properties(schema: Schema) -> Iterator[Finding]:
    for iri, known in schema.properties.items():
        name = local_name(iri)
        if not _is_said(known.label):
            yield Finding(name, f"has no label, and its IRI says nothing ({name!r})", "cannot be found", True)
        elif known.label == words_of(name) and not (known.also or known.comment or known.examples):
            yield Finding(name, "has no description but its name",
                          f"is found by the words {known.label!r} alone; other labels and an example would help")
        if known.label in GENERIC:
            yield Finding(name, f"its label {known.label!r} says too little", "many wrong statements: say more")
        yield from _ends(name, known)


def _ends(name: str, known: Property) -> Iterator[Finding]:
    if not known.domain:
        yield Finding(name, "has no domain", "an entity of any class may be its subject")
    if not known.range and known.value is None:
        yield Finding(name, "has no range", "any entity or value may be its object")
    if known.range and known.value is not None:
        yield Finding(name, "has both classes and datatypes in its range", f"is read as a value ({known.value})")
    if len(known.domain) > 1 or len(known.range) > 1:
        yield Finding(name, "has several classes at one end",
                      "any of them fits; RDFS means all at once: say owl:unionOf or schema:domainIncludes")


def _alike(schema: Schema) -> Iterator[Finding]:
    by_label: dict[str, list[Property]] = defaultdict(list)
    for known in schema.properties.values():
        for label in {label.casefold() for label in (known.label, *known.also)}:
            by_label[label].append(known)
    for label, group in by_label.items():
        for left, right in pairwise(group):
            if _overlap(left.domain, right.domain) and _overlap(left.range, right.range):
                yield Finding(local_name(left.iri), f"is called {label!r}, as is {local_name(right.iri)}",
                              "a text that says one says the other; give them different labels, domains or ranges")


def _overlap(left: frozenset[str], right: frozenset[str]) -> bool:
    return not left or not right or bool(left & right)


def _is_said(label: str) -> bool:
    """Tell whether a label has a word in it rather than a number such as ``P57``."""
    return any(len(word) > 1 and word.isalpha() for word in words_of(label).split())
