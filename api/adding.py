"""Articles that clients send: the forms they come in, and how one of them gets into the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.pool import PoolError
from api.schemas import Article
from api.service import Author, Service, while_connected
from kg.vocab import article_iri, compact, digest, slug

JSON_LINES = ("application/jsonl", "application/x-ndjson")
"""Media types of one article a line."""

FORMS = ("application/json", "text/plain", "text/html")
"""Media types of one article: its fields, its text, the page that it stands in."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An article as it was sent, under the id that its content gives it: the same content twice is one article."""

    id: str
    content: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        """Return the bytes of the text or page."""
        return str(self.content.get("html", self.content.get("text"))).encode("utf-8", "replace")

    @property
    def name(self) -> str:
        """Return the identifier that the graph has for the article."""
        return compact(article_iri(self.id))


def read_article(media_type: str, body: bytes) -> Submission:
    """Return the article of a body in one of ``FORMS``; 415 for another media type, 422 for what is no article."""
    if media_type == "application/json":
        return _submission(_validated(body, "body"))
    if media_type == "text/plain":
        return _submission(_validated(json.dumps({"text": _decoded(body)}).encode(), "body"))
    if media_type == "text/html":
        page = _decoded(body)
        return Submission(f"page-{digest(page, length=20)}", {"html": page})
    raise HTTPException(415, f"Send an article as {', '.join(FORMS)}, or many as {' or '.join(JSON_LINES)}.")


def read_lines(body: bytes) -> dict[int, Submission]:
    """Return the articles of a body with one a line, by line; 422 names the first line that holds none."""
    rows = {number: line for number, line in enumerate(body.split(b"\n"), 1) if line.strip()}
    if not rows:
        raise HTTPException(422, "There is no article in the body.")
    return {number: _submission(_validated(line, f"line {number}")) for number, line in rows.items()}


async def add_article(service: Service, author: Author, article: Submission, request: Request | None = None) -> bool:
    """Extract an article and store what it says, and tell whether it is new: all of it or nothing.

    Where the client of ``request`` goes, the extraction stops.
    """
    if await _is_stored(service, article):
        return False
    work = service.extractions.run({**article.content, "id": article.id})
    extraction = await (while_connected(request, work) if request else work)
    await service.write_as(author, {"extraction": json.loads(extraction.body)}, operation="add article",
                           target=article.name, body=article.body)
    return True


async def _is_stored(service: Service, article: Submission) -> bool:
    try:
        await service.run({"view": "article", "arguments": {"id": article.name}})
    except PoolError as error:
        if error.status == 404:
            return False
        raise
    return True


def _submission(article: Article) -> Submission:
    content = article.model_dump(mode="json")
    id = f"{slug(article.title or 'article')}-{digest(*content.values(), length=20)}"
    return Submission(id, content)


def _validated(body: bytes, place: str) -> Article:
    try:
        return Article.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": (place, *e["loc"])} for e in error.errors()]) from error


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(422, f"The body is not UTF-8: {error}.") from error
