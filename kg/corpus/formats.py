"""One reader per format: bytes of a file in, drafts out. ``READERS`` is the table."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kg.corpus.checks import MAX_BYTES, check_size, decode
from kg.corpus.draft import Draft
from kg.errors import InputError

Drafts = Iterator[Draft | InputError]
KEYS = ("id", "text", "title", "date", "source", "language")

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"(title|date|source|language)[ \t]*:[ \t]*(\S.*?)[ \t]*\r?$", re.MULTILINE)
_HTML_START = re.compile(rb"\s*<(!doctype html|html)\b", re.IGNORECASE)


def read_text(stream: BinaryIO, place: str) -> Drafts:
    """Read one article, its text exactly as given."""
    yield Draft(place, decode(_all_of(stream, place), place))


def read_markdown(stream: BinaryIO, place: str) -> Drafts:
    """Read one article with optional front matter; the text is what a reader would see."""
    fields, body = _front_matter(decode(_all_of(stream, place), place), place)
    yield Draft(place, plain_text(body), **fields)


def read_html(stream: BinaryIO, place: str) -> Drafts:
    """Read the article of a web page, with the page's metadata; menus and the like are left out."""
    from trafilatura import bare_extraction  # a third of a second that only HTML should cost

    data = _all_of(stream, place)
    if b"\0" in data:
        decode(data, place)
    page = bare_extraction(data, with_metadata=True, include_comments=False, include_tables=False)
    if page is None or isinstance(page, dict) or not page.text:
        raise InputError(f"{place}: no article found in the page")
    yield Draft(place, page.text, None, page.title, page.date, page.url or page.sitename)


def read_jsonl(stream: BinaryIO, place: str) -> Drafts:
    """Read one article a line, as ``read_json`` does; a broken line is reported and the next one read."""
    for number, line in enumerate(_lines(stream), 1):
        row = f"{place}: line {number}"
        try:
            if len(line) > MAX_BYTES:
                raise InputError(f"{row}: longer than {MAX_BYTES:,} bytes, no article is")
            if line.strip():
                yield _draft(_json(line.strip(), row), row)
        except InputError as error:
            yield error


def read_json(stream: BinaryIO, place: str) -> Drafts:
    """Read one object with the JSONL keys, or with a ``document`` of these, as in extraction JSON."""
    yield _draft(_json(_all_of(stream, place), place), place)


def read_unknown(stream: BinaryIO, place: str) -> Drafts:
    """Read standard input or a file without a known ending: what it is shows at its start."""
    start = _peek(stream).removeprefix(codecs.BOM_UTF8)
    if start.lstrip().startswith(b"{"):
        pretty = start.splitlines()[0].strip() == b"{"
        return (read_json if pretty else read_jsonl)(stream, place)
    if _HTML_START.match(start):
        return read_html(stream, place)
    return read_markdown(stream, place) if start.startswith(b"---") else read_text(stream, place)


READERS: Mapping[str, Callable[[BinaryIO, str], Drafts]] = {
    ".txt": read_text, ".text": read_text, ".md": read_markdown, ".markdown": read_markdown,
    ".html": read_html, ".htm": read_html, ".xhtml": read_html,
    ".jsonl": read_jsonl, ".ndjson": read_jsonl, ".json": read_json,
}


def plain_text(markdown: str) -> str:
    """Return the prose of Markdown: blocks apart by an empty line, markup and link targets gone."""
    blocks = (_block(token) for token in MarkdownIt("commonmark").enable("table").parse(markdown))
    return "\n\n".join(block for block in blocks if block)


def _block(token: Token) -> str:
    if token.type == "code_block":  # an indented paragraph far more often than code
        return token.content.strip()
    return "".join(map(_inline, token.children or ())).strip()


def _inline(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return "\n"
    return token.content if token.type in ("text", "code_inline", "text_special") else ""


def _front_matter(text: str, place: str) -> tuple[dict[str, str], str]:
    if not re.match(r"---[ \t]*\r?\n", text):
        return {}, text
    head = _FRONT_MATTER.match(text)
    if head is None:
        raise InputError(f"{place}: line 1: the front matter that '---' opens is never closed")
    fields = {key: _unquoted(value) for key, value in _FIELD.findall(head[1] or "")}
    return fields, text[head.end():]


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _draft(data: Mapping[str, Any], place: str) -> Draft:
    article = data.get("document", data)  # extraction JSON
    if not isinstance(article, dict):
        raise InputError(f"{place}: key 'document' holds {_short(article)}, not an object")
    if "text" not in article:
        raise InputError(f"{place}: the key 'text' is missing; keys: {_short(sorted(article))}")
    fields = {key: _string(key, article[key], place) for key in KEYS if article.get(key) is not None}
    return Draft(place, fields.pop("text", ""), **fields)


def _string(key: str, value: object, place: str) -> str:
    if key == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise InputError(f"{place}: key {key!r} holds {_short(value)}, not a string")
    return value


def _json(data: bytes, place: str) -> dict[str, Any]:
    try:
        value = json.loads(decode(data, place))
    except json.JSONDecodeError as error:
        near = error.doc[max(0, error.pos - 20):error.pos + 20]
        raise InputError(f"{place}: broken JSON at character {error.pos}: {error.msg}: {near!r}") from None
    except RecursionError:
        raise InputError(f"{place}: JSON nested too deeply") from None
    if not isinstance(value, dict):
        raise InputError(f"{place}: {_short(value)} is not an object with the keys {', '.join(KEYS)}")
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _all_of(stream: BinaryIO, place: str) -> bytes:
    data = stream.read(MAX_BYTES + 1)
    check_size(data, place)
    return data


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(MAX_BYTES + 1):
        rest = line
        while len(rest) > MAX_BYTES and not rest.endswith(b"\n"):  # skip the rest of a monstrous line
            rest = stream.readline(MAX_BYTES + 1)
        yield line


def _peek(stream: BinaryIO) -> bytes:
    peek = getattr(stream, "peek", None)
    return peek(512)[:512] if peek else b""
