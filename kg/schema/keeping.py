"""Schemas in a store: a graph that was built in the terms of an ontology keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.schema.terms import Class, Property, Schema, Shape
from kg.vocab import NEWS, RDFS, SCHEMAS, node_iri

KEPT = NEWS["schema"]
"""What the graph of schemas says of each: its content as JSON."""


def to_quads(schema: Schema) -> Iterator[tuple[URIRef, URIRef, Node, URIRef]]:
    """Yield what a store keeps of a schema: the whole of it, and a label of each term for whoever queries."""
    yield node_iri("schema", schema.digest()), KEPT, Literal(to_json(schema)), SCHEMAS
    for term in schema.terms():
        yield URIRef(term.iri), RDFS["label"], Literal(term.label), SCHEMAS


def from_quads(quads: Iterable[tuple[Any, Any, Any, Any]]) -> list[Schema]:
    """Return the schemas among quads, in the order of their names."""
    kept = sorted(str(content) for _, predicate, content, _ in quads if predicate == KEPT)
    return sorted(map(from_json, kept), key=lambda schema: schema.name)


def to_json(schema: Schema) -> str:
    """Return a schema as JSON."""
    return json.dumps({"name": schema.name, "classes": [asdict(kind) for kind in schema.classes.values()],
                       "properties": [asdict(known) for known in schema.properties.values()]},
                      ensure_ascii=False, default=sorted)


def from_json(text: str) -> Schema:
    """Read what ``to_json`` wrote."""
    data = json.loads(text)
    classes = [Class(**_frozen(row)) for row in data["classes"]]
    properties = [Property(**_frozen(row) | {"shape": Shape(**_frozen(row["shape"]))}) for row in data["properties"]]
    return Schema(data["name"], {kind.iri: kind for kind in classes}, {known.iri: known for known in properties})


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    sets = ("above", "apart", "domain", "range")
    return {name: frozenset(value) if name in sets else tuple(value) if isinstance(value, list) else value
            for name, value in row.items()}
