"""Quads, triples and assertions, and the literals and value nodes in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.model import Span
from kg.values import Quantity, TimeValue, parse_quantity, resolve_time
from kg.vocab import NEWS, RDF, XSD, node_iri

_KEPT = 4096
"""Numbers whose literals are kept: offsets and confidences come again and again."""

_DATE_FORMS = {"day": ("date", 10), "month": ("gYearMonth", 7), "year": ("gYear", 4)}
"""The datatype of a time of this granularity, and how much of an ISO date it shows."""


class Quad(NamedTuple):
    """A triple and the named graph that holds it, in rdflib terms."""

    subject: URIRef
    predicate: URIRef
    object: Node
    graph: URIRef


class Triple(NamedTuple):
    """A triple that needs no receipt: a label, or a part of a value node."""

    subject: URIRef
    predicate: URIRef
    object: Node
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Assertion:
    """A triple with its receipt, the node ``statement``. ``spans`` are the evidence, the leading one first."""

    subject: URIRef
    predicate: URIRef
    object: Node
    spans: tuple[Span, ...]
    component: str
    confidence: float = 1.0
    modality: str = "asserted"
    polarity: str = "positive"
    plain: bool = True
    qualifiers: tuple[tuple[URIRef, Node], ...] = ()
    statement: URIRef | None = None


def value_node(text: str, kind: str | None, published: dt.date | None, plain: bool, *, ahead: bool = False
               ) -> tuple[Node, list[Triple]]:
    """Return the node of a value, a literal or a value node, and the triples that describe a value node.

    ``kind`` is ``Quantity``, ``TimeValue``, ``date``, ``number`` or ``string``; the first two are value nodes, which
    are the same in all articles. ``ahead`` is as in ``resolve_time``.
    """
    match kind:
        case "Quantity":
            parts = list(_quantity_parts(parse_quantity(text) or Quantity(text, "quantity")))
        case "TimeValue":
            parts = list(_time_parts(resolve_time(text, published, ahead=ahead) or TimeValue(text, None, None, "")))
        case "date":
            return _date_literal(text, published), []
        case "number":
            number = parse_quantity(text)
            return (decimal_literal(number.number) if number and number.number is not None else Literal(text)), []
        case _:
            return Literal(text), []
    node = node_iri(kind.casefold(), *(f"{predicate} {value.n3()}" for predicate, value in parts))
    return node, [Triple(node, predicate, value, plain) for predicate, value in parts]


def _date_literal(text: str, published: dt.date | None) -> Literal:
    """Return a day, a month or a year as its datatype of XML Schema, and any other time as the text has it."""
    time = resolve_time(text, published)
    form = _DATE_FORMS.get(time.granularity) if time is not None else None
    if time is None or time.begins is None or form is None:
        return Literal(text)
    datatype, length = form
    return Literal(time.begins.isoformat()[:length], datatype=XSD[datatype])


def _quantity_parts(quantity: Quantity) -> Iterator[tuple[URIRef, Node]]:
    yield RDF["type"], NEWS["Quantity"]
    yield NEWS["valueText"], Literal(quantity.text)
    yield NEWS["quantityKind"], Literal(quantity.kind)
    numbers = {"number": quantity.number, "lower": quantity.lower, "upper": quantity.upper}
    yield from ((NEWS[name], decimal_literal(number)) for name, number in numbers.items() if number is not None)
    words = {"unit": quantity.unit, "currency": quantity.currency, "approximator": quantity.approximator}
    yield from ((NEWS[name], Literal(word)) for name, word in words.items() if word)


def _time_parts(time: TimeValue) -> Iterator[tuple[URIRef, Node]]:
    yield RDF["type"], NEWS["TimeValue"]
    yield NEWS["valueText"], Literal(time.text)
    days = {"begins": time.begins, "ends": time.ends}
    yield from ((NEWS[name], date_literal(day)) for name, day in days.items() if day)
    words = {"granularity": time.granularity, "approximator": time.approximator}
    yield from ((NEWS[name], Literal(word)) for name, word in words.items() if word)


@lru_cache(_KEPT)
def decimal_literal(number: Decimal) -> Literal:
    """Return an ``xsd:decimal`` in its canonical form, which stores that keep numbers by value give back."""
    plain = format(number, "f")
    return Literal(plain.rstrip("0").rstrip(".") if "." in plain else plain, datatype=XSD["decimal"])


@lru_cache(_KEPT)
def integer_literal(number: int) -> Literal:
    """Return an ``xsd:integer``."""
    return Literal(str(number), datatype=XSD["integer"])


def date_literal(day: dt.date) -> Literal:
    """Return an ``xsd:date``."""
    return Literal(day.isoformat(), datatype=XSD["date"])
