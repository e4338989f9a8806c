"""Output profiles: how a reader of triples wants values written. What the text does not show is never written."""

from __future__ import annotations

import re

from kg.schema.terms import NUMBER
from kg.values import resolve_time

DBPEDIA, WIKIDATA = "dbpedia", "wikidata"


def write_value(text: str, kind: str | None, profile: str) -> str:
    """Return a value of a kind (``kg.schema.terms``) as the profile has it.

    Wikidata's years are their first day, ``01 January 1962``; other dates stay as they are: the day is there already,
    and one written in another order would no longer stand in the text. DBpedia's numbers are without their units.
    """
    if profile == DBPEDIA:
        number = re.search(r"\d[\d,]*(?:\.\d+)?", text) if kind == NUMBER else None
        return number[0] if number else text
    if not re.fullmatch(r"\d{4}", text):
        return text
    time = resolve_time(text, None)
    return time.begins.strftime("%d %B %Y") if time is not None and time.begins is not None else text
