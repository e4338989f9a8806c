"""Output profiles: how a reader of triples wants dates written. What the text does not show is never written."""

from __future__ import annotations

import re

from kg.values import resolve_time

AS_WRITTEN, BENCHMARK = "as-written", "text2kgbench"


def write_value(text: str, profile: str) -> str:
    """Return a value as the profile has it: in Text2KGBench a year is its first day, ``01 January 1962``.

    Other dates stay as they are: the day is there already, and one written in another order would no longer
    stand in the text.
    """
    if profile != BENCHMARK or not re.fullmatch(r"\d{4}", text):
        return text
    time = resolve_time(text, None)
    return time.begins.strftime("%d %B %Y") if time is not None and time.begins is not None else text
