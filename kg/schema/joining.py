"""A schema beside the news ontology, as one ontology: so that conformance, RDF and identity are the same for both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kg.ontology import Ontology, RelationType
from kg.schema.terms import Schema
from kg.vocab import OWL

THING = str(OWL["Thing"])
"""The class of what is of no class of the schema."""


def join(ontology: Ontology, schemas: Iterable[Schema]) -> Ontology:
    """Return the ontology with the classes and properties of schemas, under their IRIs."""
    for schema in schemas:
        ontology = _join(ontology, schema)
    return ontology


def _join(ontology: Ontology, schema: Schema) -> Ontology:
    classes = [*schema.classes, THING]
    identity = ontology.identity
    kinds = {iri: _topmost(schema, iri) for iri in classes}
    return replace(
        ontology,
        entity_types=tuple(dict.fromkeys([*ontology.entity_types, *classes])),
        relations={**ontology.relations, **{iri: _relation(schema, iri) for iri in schema.properties}},
        identity=replace(identity, classes={**identity.classes, **kinds}),
        pronouns={**ontology.pronouns, **{iri: frozenset() for iri in classes}},
        labels={**ontology.labels, **{term.iri: term.label for term in schema.terms()}})


def _topmost(schema: Schema, iri: str) -> str:
    """Return the class under which names identify: the highest one above, so that a narrower type is no other thing."""
    above = schema.classes[iri].above & schema.classes.keys() if iri in schema.classes else frozenset()
    highest = [kind for kind in above if not schema.classes[kind].above & schema.classes.keys()]
    return min(highest, default=iri)


def _relation(schema: Schema, iri: str) -> RelationType:
    known, classes = schema.properties[iri], [*schema.classes, THING]

    def below(wanted: frozenset[str]) -> frozenset[str]:
        return frozenset(kind for kind in classes if not wanted or schema.is_a(kind, wanted))

    value = known.value or (None if known.range else "string")
    return RelationType(iri, below(known.domain), frozenset() if known.value else below(known.range), value)
