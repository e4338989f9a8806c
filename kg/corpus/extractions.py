"""Extraction JSON, as ``kg extract`` writes it, in the place of articles."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kg.corpus.checks import check_field, decode
from kg.corpus.reading import raise_error
from kg.errors import InputError
from kg.model import Extraction

ENDINGS = (".json", ".jsonl", ".ndjson")


def read_extractions(inputs: Iterable[str | os.PathLike[str]], *,
                     on_error: Callable[[InputError], object] = raise_error) -> Iterator[Extraction]:
    """Return the extractions of ``.json`` and ``.jsonl`` files and of folders of them, in the order of their names.

    Each input that is no extraction goes to ``on_error``, and the rest is still read.
    """
    places: dict[str, str] = {}
    for path in _files(inputs, on_error):
        data = _bytes_of(path, on_error)
        for place, found in () if data is None else parse_extractions(data, str(path)):
            if isinstance(found, InputError):
                on_error(found)
            elif other := places.get(found.document.id):
                on_error(InputError(f"{place}: id {found.document.id!r} is already taken by {other}"))
            else:
                places[found.document.id] = place
                yield found


def _bytes_of(path: Path, on_error: Callable[[InputError], object]) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        on_error(InputError(f"{path}: {error.strerror}"))
        return None


def _files(inputs: Iterable[str | os.PathLike[str]], on_error: Callable[[InputError], object]) -> Iterator[Path]:
    for name in inputs:
        path = Path(name)
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in ENDINGS)
        if not found:
            on_error(InputError(f"{path}: no extraction in this folder; endings read: {', '.join(ENDINGS)}"))
        yield from found


def parse_extractions(data: bytes, place: str) -> Iterator[tuple[str, Extraction | InputError]]:
    """Yield the extractions of one file with their places, and an ``InputError`` for each that is none."""
    try:
        for row, text in _rows(data, place):
            try:
                yield row, _extraction(text, row)
            except InputError as error:
                yield row, error
    except InputError as error:
        yield place, error


def _rows(data: bytes, place: str) -> Iterator[tuple[str, str]]:
    text = decode(data, place)
    if place.lower().endswith(".json"):
        yield place, text
        return
    # Not splitlines(): JSON strings may hold line separators of Unicode.
    rows = enumerate(text.split("\n"), 1)
    yield from ((f"{place}: line {number}", row) for number, row in rows if row.strip())


def _extraction(text: str, place: str) -> Extraction:
    try:
        extraction = Extraction.from_dict(json.loads(text))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"{place}: no extraction JSON: {type(error).__name__}: {error}") from error
    check_field("id", extraction.document.id, place)
    return extraction
