"""Output profiles: how a reader of triples wants names and values written. What the text has not is never written."""

from __future__ import annotations

import re

from kg.linking.cities import region_behind, regions
from kg.model import Entity
from kg.schema.terms import NUMBER
from kg.values import resolve_time

DBPEDIA, WIKIDATA = "dbpedia", "wikidata"


def write_name(entity: Entity, text: str, profile: str) -> str:
    """Return the name of an entity of a text as the profile has it.

    DBpedia calls a place by its region too (``Akron, Ohio``), here where the text has the region right behind it.
    """
    if profile != DBPEDIA or entity.name.casefold() in regions():
        return entity.name
    behind = (region_behind(text[m.end :]) for m in entity.mentions if text[m.start : m.end] == entity.name)
    region = next(filter(None, behind), None)
    return f"{entity.name}, {region}" if region else entity.name


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
