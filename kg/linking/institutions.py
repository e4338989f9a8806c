"""Institutions that many countries have under one name: who says "Parliament" means that of some country.

The names are in ``institutions.txt``: those of the unlabelled news that articles on several countries use, none of
which is meant nearly always ("Congress", "State Department").
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from kg.linking.countries import LONGEST, state_called


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
        rest = " ".join(words[count:])
        if rest in _names() and (country := state_called(" ".join(words[:count]))):
            return rest, country
    match = re.fullmatch(r"(.+?) of (?:the )?(.+)", key)
    if match and match[1] in _names() and (country := state_called(match[2])):
        return match[1], country
    return None
