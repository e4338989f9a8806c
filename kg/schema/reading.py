"""Schemas from files: OWL, RDFS, SKOS and SHACL in any syntax of RDF, and the JSON of Text2KGBench."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import OntologyError
from kg.schema.graph import SchemaGraph
from kg.schema.terms import DATE, NUMBER, TEXT, Class, Property, Schema, words_of

SYNTAXES = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".n3": ox.RdfFormat.N3,
            ".owl": ox.RdfFormat.RDF_XML, ".rdf": ox.RdfFormat.RDF_XML, ".xml": ox.RdfFormat.RDF_XML,
            ".jsonld": ox.RdfFormat.JSON_LD, ".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}
BENCHMARK = "https://w3id.org/stringer/text2kgbench/"
LITERALS = {"number": NUMBER, "Date": DATE, "Year": DATE, "string": TEXT}
"""Ranges of the benchmark's JSON that are no classes, though some of its ontologies list them as concepts."""


def read_schema(path: Path) -> Schema:
    """Read a schema; ``OntologyError`` where the file cannot be read or has no property."""
    schema = _read_json(path) if path.suffix == ".json" else SchemaGraph(read_quads(path)).schema(path.stem)
    if not schema.properties:
        raise OntologyError(f"{path}: no property is declared, so there is nothing to extract")
    return schema


def read_quads(path: Path) -> list[ox.Quad]:
    """Read the statements of a file of RDF; the suffix tells the syntax."""
    if path.suffix not in SYNTAXES:
        raise OntologyError(f"{path}: unknown kind of ontology; known are {', '.join(sorted([*SYNTAXES, '.json']))}")
    try:
        return list(ox.parse(path.read_bytes(), format=SYNTAXES[path.suffix], base_iri="https://example.org/ontology"))
    except (OSError, SyntaxError, ValueError) as error:
        raise OntologyError(f"Cannot read the ontology {path}: {error}") from error


def _read_json(path: Path) -> Schema:
    try:
        data = json.loads(path.read_text("utf-8"))
        return from_benchmark(data)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OntologyError(f"Cannot read the ontology {path}: {error!r}") from error


def from_benchmark(data: Mapping[str, Any]) -> Schema:
    """Return the schema of an ontology of Text2KGBench (Mihindukulasooriya et al. 2023).

    A relation's IRI ends in its label, which is what the benchmark names it by; two relations of one label are one.
    """
    base = f"{BENCHMARK}{data['id']}#"
    classes = {base + row["qid"]: Class(base + row["qid"], words_of(row["label"])) for row in data["concepts"]}
    named = classes.keys() - {base + kind for kind in LITERALS}
    properties: dict[str, Property] = {}
    for row in data["relations"]:
        iri = base + row["label"].replace(" ", "_")
        ends = [{base + row[end]} & named for end in ("domain", "range")]
        if known := properties.get(iri):
            ends = [ends[0] | known.domain, ends[1] | known.range]
        properties[iri] = Property(iri, words_of(row["label"]), domain=frozenset(ends[0]), range=frozenset(ends[1]),
                                   value=LITERALS.get(row["range"]))
    return Schema(data["id"], classes, properties)
