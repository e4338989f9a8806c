"""Extractions whose names are decided to what a graph holds of them: quads, and tables for Spark SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from rdflib import URIRef

from kg.identity import Bearing, article_quads, happening_quads, reason_quads
from kg.linking.comparison import Link
from kg.linking.happenings import Happening, Report
from kg.linking.index import Item
from kg.linking.readings import Reading
from kg.model import Extraction
from kg.ontology import Ontology
from kg.rdf.statements import Reading as Statements
from kg.rdf.terms import Assertion
from kg.spark.extraction import known_ontology
from kg.store import Quad
from kg.store.terms import to_oxigraph

MENTIONS = "entity: string, type: string, start: int, end: int, kind: string, text: string"
STATEMENTS = ("statement: string, subject: string, predicate: string, object: string, literal: string, plain: boolean, "
              "modality: string, polarity: string, confidence: double, component: string, "
              "qualifiers: map<string, string>")
EVIDENCE = "statement: string, start: int, end: int, text: string"
TABLES = {"mentions": MENTIONS, "statements": STATEMENTS, "evidence": EVIDENCE}
DESCRIBED = "article string, lines array<string>, " + ", ".join(
    f"{name} array<struct<{columns}>>" for name, columns in TABLES.items())

Row = dict[str, Any]


def describe(extractions: DataFrame, meanings: DataFrame, ontology: str | None) -> DataFrame:
    """Return for each article its quads as lines of N-Quads, and its mentions, statements and evidence."""
    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            yield pd.DataFrame([_described(row, known_ontology(ontology)) for row in frame.itertuples()])

    return extractions.join(meanings, "article", "left").mapInPandas(run, DESCRIBED)


def table_of(described: DataFrame, name: str) -> DataFrame:
    """Return one of ``TABLES``."""
    return described.select("article", F.explode(name).alias("row")).select("article", "row.*")


def identity_lines(decided: DataFrame) -> DataFrame:
    """Return what the identity graph says of names as lines of N-Quads."""
    def lines(row: Any) -> Iterable[Quad]:
        if isinstance(row.item, str):  # a null is a number to pandas
            return reason_quads([Item(row.into, row.item, row.score, row.feature)])
        return reason_quads([(Link(row.score, row.left, row.right, row.feature), row.into)])

    return _lines(decided.where("article is null"), lines)


def happening_lines(happenings: DataFrame) -> DataFrame:
    """Return what the identity graph says of happenings as lines of N-Quads."""
    def lines(row: Any) -> Iterable[Quad]:
        links = tuple(Link(*(link[name] for name in ("score", "left", "right", "feature"))) for link in row.links)
        return set().union(*happening_quads([Happening(tuple(row.reports), links)]).values())

    return _lines(happenings, lines)


def to_lines(quads: Iterable[Quad]) -> list[str]:
    """Return quads as lines of N-Quads, without line ends."""
    return [f"{to_oxigraph(quad)} ." for quad in quads]


def _lines(table: DataFrame, quads_of: Any) -> DataFrame:
    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            yield pd.DataFrame({"value": [line for row in frame.itertuples() for line in to_lines(quads_of(row))]})

    return table.mapInPandas(run, "value string").distinct()


def _described(row: Any, known: Ontology) -> Row:
    extraction = Extraction.from_dict(json.loads(row.extraction))
    bearing = Bearing(tuple(map(Reading.from_row, json.loads(row.record))),
                      tuple(map(Report.from_row, json.loads(row.reports))))
    meant: Mapping[str, str] = row.meant or {}
    reading = Statements(extraction, known, meant.__getitem__)
    said = list(reading.statements())
    return {"article": row.article,
            "lines": to_lines(article_quads(extraction, known, meant.__getitem__, bearing, row.origin)),
            "mentions": list(_mentions(extraction, reading.meaning)), "statements": list(map(_statement, said)),
            "evidence": list(_evidence(extraction, said))}


def _mentions(extraction: Extraction, meaning: Callable[[str], URIRef]) -> Iterator[Row]:
    for entity in extraction.entities:
        for mention in entity.mentions:
            yield {"entity": str(meaning(entity.id)), "type": entity.type, "start": mention.start, "end": mention.end,
                   "kind": mention.kind, "text": extraction.document.text[mention.start:mention.end]}


def _statement(item: Any) -> Row:
    """Return the row of an assertion, or of a triple that has no receipt."""
    node = isinstance(item.object, URIRef)
    row: Row = {"statement": None, "subject": str(item.subject), "predicate": str(item.predicate),
                "object": str(item.object) if node else None, "literal": None if node else str(item.object),
                "plain": item.plain, "modality": None, "polarity": None, "confidence": None, "component": None,
                "qualifiers": {}}
    if isinstance(item, Assertion):
        row |= {"statement": str(item.statement), "modality": item.modality,
                "polarity": item.polarity, "confidence": item.confidence, "component": item.component,
                "qualifiers": {str(name): str(value) for name, value in item.qualifiers}}
    return row


def _evidence(extraction: Extraction, said: Iterable[object]) -> Iterator[Row]:
    for item in said:
        if isinstance(item, Assertion):
            yield from ({"statement": str(item.statement), "start": span.start, "end": span.end,
                         "text": extraction.document.text[span.start:span.end]} for span in item.spans)
