"""Output profiles: how a reader of triples wants dates written. What the text does not show is never written."""

from __future__ import annotations

import re

from kg.values import resolve_time

AS_WRITTEN, WIKIDATA = "as-written", "wikidata"


def write_value(text: str, profile: str) -> str:
    """Return a value as the profile has it: Wikidata's years are their first day, ``01 January 1962``.

    Other dates stay as they are: the day is there already, and one written in another order would no longer
    stand in the text.
    """
    if profile != WIKIDATA or not re.fullmatch(r"\d{4}", text):
        return text
    time = resolve_time(text, None)
    return time.begins.strftime("%d %B %Y") if time is not None and time.begins is not None else text
