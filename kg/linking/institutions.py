"""Institutions that many countries have under one name: who says "Parliament" means that of some country.

The names are in ``institutions.txt``: those of the unlabelled news that articles on several countries use, none of
which is meant nearly always ("Congress", "State Department").
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from kg.linking.countries import LONGEST, WITHIN, country_called


@cache
def _names() -> frozenset[str]:
    return frozenset(resources.files(__package__).joinpath("institutions.txt").read_text("utf-8").splitlines())


def institution(key: str) -> tuple[str, str | None] | None:
    """Return the institution and the country that a normalised name tells; None if it is no such name.

    ``"british parliament"`` and ``"parliament of the uk"`` give ``("parliament", "United Kingdom")``.
    """
    if key in _names():
        return key, None
    words = key.split()
    for count in range(1, min(LONGEST + 1, len(words))):
        rest, country = " ".join(words[count:]), state_called(" ".join(words[:count]))
        if country is not None and rest in _names():
            return rest, country
    if match := re.fullmatch(r"(.+?) of (?:the )?(.+)", key):
        name, country = match[1], state_called(match[2])
        if country is not None and name in _names():
            return name, country
    return None


def is_of_country(name: str) -> bool:
    """Tell whether a name is a country's or its adjective's with more behind it ("U.S. judge", "Iraqi army")."""
    words = name.split()
    return country_called(name) is None and any(
        country_called(" ".join(words[:count])) for count in range(1, min(LONGEST + 1, len(words))))


def state_called(name: str) -> str | None:
    """Return the country whose institutions a country's name tells: England has those of the United Kingdom."""
    country = country_called(name)
    return country and WITHIN.get(country, country)
