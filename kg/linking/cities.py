"""Cities of one name: who writes "London, Ontario" does not mean what others call London.

``gazetteers/cities.tsv`` has the names that cities of several regions bear, with these regions. The first is the one
that is meant where a text names no region; it is empty where none is so well known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from kg.linking.countries import WITHIN, countries

REACH = 40
"""Characters after a name in which its region may stand."""

_REGION = re.compile(r"\s?[,(]\s?((?:[A-Z][\w.'’-]*\s?){1,3})")


@cache
def _cities() -> dict[str, tuple[str, dict[str, str]]]:
    """Return for each name the usual region, and regions by the words that tell them: of states and of countries."""
    made = {}
    lines = resources.files(f"{__package__}.gazetteers").joinpath("cities.tsv").read_text("utf-8").splitlines()
    for name, usual, *regions in (line.split("\t") for line in lines):
        words: dict[str, set[str]] = {}
        for region in regions:
            for part in region.split(", "):
                words.setdefault(part, set()).add(region)
        made[name] = usual, {word: next(iter(found)) for word, found in words.items() if len(found) == 1}
    return made


@cache
def regions() -> frozenset[str]:
    """Return the parts of countries in which the cities are, in small letters: ``"ontario"``."""
    return frozenset(word.casefold() for _, words in _cities().values() for region in words.values()
                     for word in region.split(", ")[:-1])


def region_of(name: str, texts: Iterable[str]) -> str | None:
    """Return the region of a city, by what stands after its normalised name; None for the usual one, or none told.

    ``"london", [", Ontario, and"]`` gives ``"Ontario, Canada"``.
    """
    if name not in _cities():
        return None
    usual, regions = _cities()[name]
    found = {regions[word] for text in texts for word in _told(text) if word in regions}
    return found.pop() if len(found) == 1 and usual not in found else None


def region_behind(text: str) -> str | None:
    """Return the part of a country that a text names right behind a comma: ``", Ohio and"`` gives ``"Ohio"``."""
    said = _said(text) if text.startswith(",") else ()
    return next((word for word in said if word.casefold() in regions()), None)


def _told(text: str) -> Iterator[str]:
    """Yield what may be a region at the start of a text, as the lists have it."""
    for word in _said(text):
        known = countries().get(word, word)
        yield from (known, WITHIN.get(known, known))


def _said(text: str) -> Iterator[str]:
    """Yield what may be a region at the start of a text, the longest words first, with and without a last full stop."""
    match = _REGION.match(text[:REACH])
    words = match[1].split() if match else []
    for count in range(len(words), 0, -1):
        said = " ".join(words[:count]).replace("’", "'")
        yield from (said, said.rstrip("."))
