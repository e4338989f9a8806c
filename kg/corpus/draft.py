"""What a format's reader hands on: an article's fields as they stand in the input."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before its checks; ``place`` is the file, with the line for JSONL rows."""

    place: str
    text: str
    id: str | None = None
    title: str | None = None
    date: str | None = None
    source: str | None = None
    language: str | None = None
