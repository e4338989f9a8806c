"""What a store says of its entities: labels, types, other names, and how much is said of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

import pyoxigraph as ox
from rdflib import URIRef

from kg.vocab import ENT, NEWS, RDF, RDFS, SKOS

_DEFAULT = ox.DefaultGraph()
ENDS = (RDF["subject"], RDF["object"])
NAMING = (RDFS["label"], SKOS["altLabel"], RDF["type"])

Values = Mapping[str, Counter[str]]
"""The values of a property by subject, each with the number of articles that state it."""


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
    labels, aliases = (_all_values(store, predicate) for predicate in NAMING[:2])
    # Statements and their evidence have many more types than entities have.
    types = {iri: _values_of(store, iri, NAMING[2]) for iri in labels}
    return entity_rows(labels, aliases, types, _said(store))


def entity_rows(labels: Values, aliases: Values, types: Values, said: Mapping[str, int]) -> list[EntityRow]:
    """Return a row for each subject that has a label, sorted by IRI; ``said`` counts the statements of each."""
    none: Counter[str] = Counter()
    return [_row(iri, labels[iri], aliases.get(iri, none), types.get(iri, none), said.get(iri, 0))
            for iri in sorted(labels)]


def read_entity(store: ox.Store, iri: str) -> EntityRow | None:
    """Return the row that ``read_entities`` has for one entity, or ``None`` where it has none."""
    node = ox.NamedNode(iri)
    labels, aliases, types = (_values_of(store, iri, predicate) for predicate in NAMING)
    said = sum(1 for predicate in ENDS
               for _ in store.quads_for_pattern(None, ox.NamedNode(predicate), node, _DEFAULT))
    return _row(iri, labels, aliases, types, said) if labels else None


def _said(store: ox.Store) -> Counter[str]:
    """Return how many statements each IRI is an end of, counted where it has not been turned into text yet."""
    said: Counter[str] = Counter()
    for predicate in ENDS:
        rows = store.query(f"SELECT ?end (COUNT(*) AS ?n) {{ ?s <{predicate}> ?end FILTER(isIRI(?end)) }} "
                           "GROUP BY ?end")
        assert isinstance(rows, ox.QuerySolutions)
        said.update({row["end"].value: int(row["n"].value) for row in rows})
    return said


def _all_values(store: ox.Store, predicate: URIRef) -> Values:
    values: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for iri, value in _values(store, predicate):
        values[iri][value] += 1
    return values


def _values_of(store: ox.Store, iri: str, predicate: URIRef) -> Counter[str]:
    return Counter(value for _, value in _values(store, predicate, ox.NamedNode(iri)))


def _values(store: ox.Store, predicate: URIRef, node: ox.NamedNode | None = None) -> Iterator[tuple[str, str]]:
    """Yield entities with values of the property: once for each article that states it."""
    for quad in store.quads_for_pattern(node, ox.NamedNode(predicate), None, None):
        # The default graph repeats once what the articles' graphs hold.
        if is_entity(quad.subject) and quad.graph_name != _DEFAULT:
            yield quad.subject.value, getattr(quad.object, "value", "")


def is_entity(term: object) -> TypeGuard[ox.NamedNode]:
    """Tell whether a term is the IRI of an entity."""
    return isinstance(term, ox.NamedNode) and term.value.startswith(ENT)


def _row(iri: str, labels: Counter[str], aliases: Counter[str], types: Counter[str], said: int) -> EntityRow:
    label = _commonest(labels)
    others = tuple(sorted({*labels, *aliases} - {label}))
    return EntityRow(iri, label, _commonest(types).removeprefix(NEWS), others, said, labels.total())


def _commonest(counts: Counter[str]) -> str:
    """Return the value given most often; of several, the first in the alphabet."""
    return min(counts, key=lambda value: (-counts[value], value), default="")
