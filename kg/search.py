"""The entities of a store as a list in memory, and finding them by name."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import URIRef

from kg.vocab import ENT, NEWS, RDF, RDFS, SKOS


@dataclass(frozen=True, slots=True)
class EntityRow:
    """One entity of a store: its commonest label and type, other names, and how much is said of it."""

    iri: str
    label: str
    type: str
    aliases: tuple[str, ...] = ()
    statements: int = 0
    articles: int = 0


def read_entities(store: ox.Store) -> list[EntityRow]:
    """Return every entity of the store with its commonest label and type, sorted by IRI."""
    labels, aliases, types = (_values(store, name) for name in (RDFS["label"], SKOS["altLabel"], RDF["type"]))
    said = Counter(quad.object.value for predicate in (RDF["subject"], RDF["object"])
                   for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph())
                   if isinstance(quad.object, ox.NamedNode))
    return [_entity_row(iri, labels[iri], aliases[iri], types[iri], said[iri]) for iri in sorted(labels)]


def rank(rows: Iterable[EntityRow], text: str, limit: int) -> list[EntityRow]:
    """Return the entities whose names match best; among equals, the one most is said about first."""
    needle = fold(text)
    graded = ((_grade(row, needle), row) for row in rows) if needle else ()
    hits = [(grade, row) for grade, row in graded if grade is not None]
    hits.sort(key=lambda hit: (hit[0], -hit[1].statements, hit[1].label, hit[1].iri))
    return [row for _, row in hits[:max(limit, 0)]]


def fold(text: str) -> str:
    """Return the text without case, accents and repeated spaces, for comparison."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.casefold().split())


def _grade(row: EntityRow, needle: str) -> float | None:
    """Return how far the nearest name is from the needle; an alias half a step farther than the label."""
    label = _distance(fold(row.label), needle)
    aliases = (_distance(fold(alias), needle) for alias in row.aliases)
    return min([d for d in [label] if d is not None] + [d + 0.5 for d in aliases if d is not None], default=None)


def _distance(name: str, needle: str) -> int | None:
    """Return 0 for an equal name, 1 for a prefix, 2 for the start of a word, 3 inside one, else None."""
    if needle not in name:
        return None
    if name.startswith(needle):
        return 0 if name == needle else 1
    return 2 if re.search(rf"\b{re.escape(needle)}", name) else 3


def _values(store: ox.Store, predicate: URIRef) -> dict[str, list[str]]:
    """Return the values of the property for every entity: once for each article that states it."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
        # The default graph repeats once what the articles' graphs hold.
        if (isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ENT)
                and quad.graph_name != ox.DefaultGraph()):
            values[quad.subject.value].append(getattr(quad.object, "value", ""))
    return values


def _entity_row(iri: str, labels: list[str], aliases: list[str], types: list[str], said: int) -> EntityRow:
    label = _commonest(labels)
    others = tuple(sorted({*labels, *aliases} - {label}))
    return EntityRow(iri, label, _commonest(types).removeprefix(NEWS), others, said, len(labels))


def _commonest(values: list[str]) -> str:
    """Return the value given most often; of several, the first in the alphabet."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value), default="")
