"""Walk the inputs, read each in its format, check it and give it its id."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NoReturn

from kg.corpus.checks import check_field, check_language, check_text, parse_date
from kg.corpus.draft import Draft
from kg.corpus.formats import READERS, Drafts, read_html, read_jsonl, read_unknown
from kg.errors import InputError
from kg.model import Document

Inputs = Iterable[str | os.PathLike[str]]
OnError = Callable[[InputError], object]
STDIN = "-"


def raise_error(error: InputError) -> NoReturn:
    """Raise the error: the first bad input ends the reading."""
    raise error


def read(
    inputs: Inputs,
    *,
    title: str | None = None,
    date: str | dt.date | None = None,
    source: str | None = None,
    language: str | None = None,
    on_error: OnError = raise_error,
) -> Iterator[Document]:
    """Return the articles of files, folders and standard input (``-``), read one at a time.

    The id is a JSON row's ``id``, else the file's name without its ending, else a hash of
    the text. ``title``, ``date``, ``source`` and ``language`` win over what the article says
    of itself. Each input that is no article goes to ``on_error`` as an ``InputError`` that
    names file, line or byte, and value; the rest is still read.
    """
    return _read(inputs, _options(title, date, source, language), on_error)


def read_page(html: str, id: str) -> Document:
    """Return the article that a web page holds, with the page's own title, date and source.

    Raises ``InputError`` where it holds none that can be read.
    """
    [draft] = read_html(BytesIO(html.encode("utf-8", "replace")), "the page")
    if isinstance(draft, InputError):
        raise draft
    return _document(replace(draft, id=id), {})


def count(inputs: Iterable[str | os.PathLike[str]]) -> int | None:
    """Return how many articles the inputs hold at most, files and lines of JSONL; ``None`` with standard input."""
    total = 0
    for name in inputs:
        if name == STDIN:
            return None
        path = Path(name)
        total += sum(map(_count_in, path.rglob("*"))) if path.is_dir() else _count_in(path) or 1
    return total


def _count_in(path: Path) -> int:
    if path.suffix.lower() not in READERS or not path.is_file():
        return 0
    if READERS[path.suffix.lower()] is not read_jsonl:
        return 1
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())


def read_bytes(data: bytes, place: str, **options: str | None) -> Iterator[tuple[str, Document | InputError]]:
    """Yield the articles of one file with their places, and an ``InputError`` for each that is none; ids may repeat.

    ``options`` are those of ``read``.
    """
    known = _options(**{"title": None, "date": None, "source": None, "language": None, **options})
    for draft in _from_stream(BytesIO(data), place, Path(place).stem):
        if isinstance(draft, InputError):
            yield place, draft
        else:
            try:
                yield draft.place, _document(draft, known)
            except InputError as error:
                yield draft.place, error


def _read(inputs: Inputs, options: Mapping[str, str], on_error: OnError) -> Iterator[Document]:
    places: dict[str, str] = {}
    for draft in _drafts(inputs):
        try:
            if isinstance(draft, InputError):
                raise draft
            document = _document(draft, options)
            _claim_id(document.id, draft.place, places)
        except InputError as error:
            on_error(error)
        else:
            yield document


def _options(title: str | None, date: str | dt.date | None, source: str | None,
             language: str | None) -> dict[str, str]:
    """Check the options once, before the first article, so that a typing error costs nothing."""
    if isinstance(date, str):
        date = parse_date(date, "option")
    if language:
        check_language(language, "option")
    given = {"title": title, "date": date and date.isoformat(), "source": source, "language": language}
    return {name: value for name, value in given.items() if value}


def _document(draft: Draft, options: Mapping[str, str]) -> Document:
    check_text(draft.text, draft.place)
    fields = {name: getattr(draft, name) or None for name in ("title", "date", "source", "language")} | dict(options)
    for name, value in {**fields, "id": draft.id}.items():
        check_field(name, value or "", draft.place)
    date = parse_date(fields["date"], draft.place) if fields["date"] else None
    language = check_language(fields["language"] or "en", draft.place)
    return Document(draft.id or _content_id(draft.text), draft.text, fields["title"], date,
                    fields["source"], language)


def _content_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _claim_id(id: str, place: str, places: dict[str, str]) -> None:
    if id in places:
        raise InputError(f"{place}: id {id!r} is already taken by {places[id]}")
    places[id] = place


def _drafts(inputs: Inputs) -> Drafts:
    for name in inputs:
        path = Path(name)
        if name == STDIN:
            yield from _from_stream(sys.stdin.buffer, "standard input", "")
        elif path.is_dir():
            yield from _from_folder(path)
        else:
            yield from _from_file(path)


def _from_folder(folder: Path) -> Drafts:
    empty = True
    for draft in _walk(folder):
        empty = False
        yield draft
    if empty:
        yield InputError(f"{folder}: no article in this folder; endings read: {', '.join(READERS)}")


def _walk(folder: Path) -> Drafts:
    """Read all files with a known ending in the order of their names, subfolders too."""
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        yield InputError(f"{folder}: {error.strerror}")
        return
    for path in entries:
        if path.is_dir() and not path.is_symlink():  # a link may lead back up
            yield from _walk(path)
        elif path.suffix.lower() in READERS:
            yield from _from_file(path)


def _from_file(path: Path) -> Drafts:
    try:
        with path.open("rb") as file:
            yield from _from_stream(file, str(path), path.stem)
    except OSError as error:
        yield InputError(f"{path}: {error.strerror}")


def _from_stream(stream: BinaryIO, place: str, stem: str) -> Drafts:
    reader = READERS.get(Path(place).suffix.lower(), read_unknown)
    try:
        for draft in reader(stream, place):
            if isinstance(draft, Draft) and draft.place == place:  # not a row, whose place names its line
                draft = replace(draft, id=draft.id or stem)
            yield draft
    except InputError as error:
        yield error
