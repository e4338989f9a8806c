"""Values in sentences: ``sentences.tsv`` is the specification.

Each row has a publication date, a sentence with its values in brackets, and what each means:
``money 2000000000 GBP <=2000000000 (up to)`` is kind, number, currency, bounds and approximator,
``week 2025-07-14..2025-07-20 (earlier)`` granularity, first and last day; a question mark stands for
days that text and publication date leave open.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from kg.nlp.values import LABELS, find_values
from kg.values import Quantity, TimeValue, parse_quantity, resolve_time

LINES = [line.split("\t") for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()
         if not line.startswith("#")]
ROWS = [(published, sentence, [meaning for meaning in meanings.split("; ") if meaning])
        for published, sentence, meanings in LINES]
BRACKETED = re.compile(r"\[(.*?)\]")
NLP = spacy.blank("en")


def date(published: str) -> dt.date | None:
    """Return the publication date of a row."""
    return dt.date.fromisoformat(published) if published else None


def write_quantity(quantity: Quantity) -> str:
    """Return a quantity in the notation of the table."""
    per = quantity.unit and f"/{quantity.unit}" if quantity.kind == "money" else quantity.unit
    bounds = [_bound(">=", quantity.lower), _bound("<=", quantity.upper)]
    number = [_plain(quantity.number)] if quantity.number is not None else bounds
    parts = [quantity.kind, *number, quantity.currency, per, *(bounds if quantity.number is not None else ()),
             quantity.approximator and f"({quantity.approximator})"]
    return " ".join(part for part in parts if part)


def write_time(time: TimeValue) -> str:
    """Return a time in the notation of the table."""
    begins, ends = (day.isoformat() if day else "" for day in (time.begins, time.ends))
    days = "?" if not begins and not ends else begins if begins == ends else f"{begins}..{ends}"
    return " ".join(part for part in (time.granularity, days, time.approximator and f"({time.approximator})") if part)


def _plain(number: Decimal | None) -> str:
    return "" if number is None else format(number, "f")


def _bound(sign: str, number: Decimal | None) -> str:
    return "" if number is None else sign + _plain(number)


def meaning(expression: str, expected: str, published: str) -> str | None:
    """Return what an expression means, read as an amount or as a time as the expected meaning asks."""
    if expected.split()[0] in LABELS:
        quantity = parse_quantity(expression)
        return None if quantity is None else write_quantity(quantity)
    time = resolve_time(expression, date(published))
    return None if time is None else write_time(time)


def test_the_table_is_large_and_covers_each_kind() -> None:
    """At least two hundred expressions, among them each kind of amount and each unit of the calendar."""
    meanings = [meaning for *_, meanings in ROWS for meaning in meanings]
    assert len(meanings) >= 200
    assert {meaning.split()[0] for meaning in meanings} >= {
        *LABELS, "day", "week", "weekend", "month", "quarter", "half-year", "fiscal", "year", "decade", "century",
        "season", "time", "vague"}


@pytest.mark.parametrize(("published", "sentence", "meanings"), ROWS)
def test_meaning(published: str, sentence: str, meanings: list[str]) -> None:
    """Each bracketed expression means what its row says, seen from the publication date."""
    expressions = BRACKETED.findall(sentence)
    assert [meaning(one, expected, published) for one, expected in zip(expressions, meanings, strict=True)] == meanings


@pytest.mark.parametrize(("published", "sentence", "meanings"), ROWS)
def test_place(published: str, sentence: str, meanings: list[str]) -> None:
    """The values found in the running sentence are the bracketed ones, one in each, as time or kind of amount."""
    places, text = [], ""
    for plain, expression in re.findall(r"([^\[]*)(?:\[(.*?)\])?", sentence):
        places += [(len(text + plain), len(text + plain + expression))] if expression else []
        text += plain + expression
    found = find_values(spaced(text))
    assert [span.label_ for span in found] == [LABELS.get(meaning.split()[0], "DATE") for meaning in meanings]
    assert all(start <= span.start_char and span.end_char <= end
               for (start, end), span in zip(places, found, strict=True))


def spaced(text: str) -> Doc:
    """Return the text as tokens."""
    return NLP.make_doc(text)
