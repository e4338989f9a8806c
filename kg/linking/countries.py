"""Countries by what they are called, and the country that an article is about."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources

from kg.linking.comparison import squash
from kg.model import Extraction

LONGEST = 4
"""Words of the longest name of a country that may lead another name ("New Zealand Parliament")."""

WITHIN = {"England": "United Kingdom"}
"""Countries whose state institutions are those of a larger one."""


@cache
def countries() -> dict[str, str]:
    """Return countries and American states by their names, short forms and adjectives ("Danish"), case-sensitive."""
    lines = resources.files(__package__).joinpath("countries.tsv").read_text("utf-8").splitlines()
    return {word: line.split("\t")[0] for line in lines for word in line.split("\t")}


@cache
def _by_letters() -> dict[str, str]:
    return {squash(name): country for name, country in countries().items()}


def country_called(name: str) -> str | None:
    """Return the country or American state of a name, a short form or an adjective, whatever case and marks."""
    return _by_letters().get(squash(name))


def state_called(name: str) -> str | None:
    """Return the country whose institutions a country's name tells: England has those of the United Kingdom."""
    country = country_called(name)
    return country and WITHIN.get(country, country)


def is_of_country(name: str) -> bool:
    """Tell whether a name is a country's or its adjective's with more behind it ("U.S. judge", "Iraqi army")."""
    words = name.split()
    return country_called(name) is None and any(
        country_called(" ".join(words[:count])) for count in range(1, min(LONGEST + 1, len(words))))


def main_country(extraction: Extraction) -> str | None:
    """Return the country that an article speaks of more than of all others together, or as much; None if there is none.

    Names that begin with a country count too ("the Iraqi army").
    """
    text, counts = extraction.document.text, Counter[str]()
    for mention in (mention for entity in extraction.entities for mention in entity.mentions):
        words = text[mention.start : mention.end].replace("’", "'").removeprefix("the ").split()[:LONGEST]
        leading = (" ".join(words[:count]).removesuffix("'s") for count in range(len(words), 0, -1))
        country = next((countries()[name] for name in leading if name in countries()), None)
        if country is not None:
            counts[WITHIN.get(country, country)] += 1
    if not counts:
        return None
    (first, count), *others = counts.most_common()
    tied = bool(others) and others[0][1] == count
    return None if tied or 2 * count < counts.total() else first
