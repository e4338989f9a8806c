"""What a store says of its entities: labels, types, other names, and how much is said of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

import pyoxigraph as ox
from rdflib import URIRef

from kg.vocab import ENT, NEWS, RDF, RDFS, SKOS

_DEFAULT = ox.DefaultGraph()
_ENDS = (RDF["subject"], RDF["object"])
_NAMING = (RDFS["label"], SKOS["altLabel"], RDF["type"])


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
    labels, aliases, types = (_all_values(store, predicate) for predicate in _NAMING)
    said = Counter(quad.object.value for predicate in _ENDS
                   for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, _DEFAULT)
                   if isinstance(quad.object, ox.NamedNode))
    return [_row(iri, labels[iri], aliases[iri], types[iri], said[iri]) for iri in sorted(labels)]


def read_entity(store: ox.Store, iri: str) -> EntityRow | None:
    """Return the row that ``read_entities`` has for one entity, or ``None`` where it has none."""
    node = ox.NamedNode(iri)
    labels, aliases, types = ([value for _, value in _values(store, predicate, node)] for predicate in _NAMING)
    said = sum(1 for predicate in _ENDS
               for _ in store.quads_for_pattern(None, ox.NamedNode(predicate), node, _DEFAULT))
    return _row(iri, labels, aliases, types, said) if labels else None


def entities_in(quads: Iterable[ox.Quad]) -> set[str]:
    """Return the IRIs of the entities that the quads are about."""
    return {term.value for quad in quads for term in (quad.subject, quad.object) if _is_entity(term)}


def _all_values(store: ox.Store, predicate: URIRef) -> defaultdict[str, list[str]]:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for iri, value in _values(store, predicate):
        values[iri].append(value)
    return values


def _values(store: ox.Store, predicate: URIRef, node: ox.NamedNode | None = None) -> Iterator[tuple[str, str]]:
    """Yield entities with values of the property: once for each article that states it."""
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, None):
        # The default graph repeats once what the articles' graphs hold.
        if _is_entity(quad.subject) and quad.graph_name != _DEFAULT:
            yield quad.subject.value, getattr(quad.object, "value", "")


def _is_entity(term: object) -> TypeGuard[ox.NamedNode]:
    return isinstance(term, ox.NamedNode) and term.value.startswith(ENT)


def _row(iri: str, labels: list[str], aliases: list[str], types: list[str], said: int) -> EntityRow:
    label = _commonest(labels)
    others = tuple(sorted({*labels, *aliases} - {label}))
    return EntityRow(iri, label, _commonest(types).removeprefix(NEWS), others, said, len(labels))


def _commonest(values: list[str]) -> str:
    """Return the value given most often; of several, the first in the alphabet."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value), default="")
