"""``/v1/articles``: what the graph was built from; add and remove one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.adding import FORMS, JSON_LINES, Submission, add_article, read_article, read_lines
from api.batches import batches_of
from api.protocol import media_type_of
from api.repeats import HEADER, repeats_of
from api.routes.views import answer
from api.schemas import ArticleList, ArticleRow, Job
from api.service import service_of
from kg.vocab import ARTICLE

router = APIRouter(prefix="/v1", tags=["articles"])

_NAME = Path(pattern=r"^article:[\w.-]+$", description="As in the list: article:NAME")
_ADDED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The same article is there already; nothing is done.", "model": ArticleRow},
    202: {"description": "The articles are being added; Location is the job.", "model": Job},
    409: {"description": "The first request with this Idempotency-Key is still being worked on."},
    415: {"description": "The body's format is not known."}}
_BODY = {"required": True, "content": {
    "application/json": {"schema": {"$ref": "#/components/schemas/Article"}},
    **{name: {"schema": {"type": "string"}} for name in (*FORMS[1:], *JSON_LINES)}}}
_GONE: dict[int | str, dict[str, Any]] = {204: {"description": "The article is removed."},
                                          404: {"description": "There is no such article."}}


@router.get("/articles", response_model=ArticleList, summary="List articles")
async def articles(request: Request,
                   cursor: Annotated[str | None, Query(pattern=r"^article:[\w.-]+$",
                                                       description="The field next of the page before")] = None,
                   limit: Annotated[int, Query(ge=1, le=500, description="How many at most")] = 50) -> Response:
    """Return articles page by page; an article that is added or removed meanwhile shifts no other."""
    return await answer(request, "articles", after=cursor, limit=limit)


@router.get("/articles/{id}", response_model=ArticleRow, summary="Read about one article")
async def article(request: Request, id: Annotated[str, _NAME]) -> Response:
    """Return title, date and source of an article."""
    return await answer(request, "article", id=id)


@router.post("/articles", response_model=ArticleRow, status_code=201, summary="Add articles",
             responses=_ADDED, openapi_extra={"requestBody": _BODY})
async def add(request: Request, key: Annotated[str | None, Header(
        alias=HEADER, min_length=1, max_length=255, description="A request repeated under its key is not done again",
        )] = None) -> Response:
    """Extract an article and store what it says: all of it or nothing. The same content twice is one article.

    Many articles, one a line, are added one after another in the background: the answer names the job.
    """
    media_type, body = media_type_of(request), await request.body()
    if media_type in JSON_LINES:
        return await _add_many(request, body)
    return await _add_one(request, read_article(media_type, body))


@router.delete("/articles/{id}", status_code=204, summary="Remove an article", responses=_GONE)
async def remove(request: Request, id: Annotated[str, _NAME]) -> Response:
    """Remove an article with all that it alone says: as if it had never been added."""
    iri = ARTICLE[id.removeprefix("article:")]
    await service_of(request).write(request, {"forget": str(iri)}, operation="remove article", target=id)
    return Response(status_code=204)


async def _add_one(request: Request, article: Submission) -> Response:
    service = service_of(request)
    author = service.author(request, operation="add article", target=article.name, body=article.body)

    async def work() -> Response:
        added = await add_article(service, author, article, request)
        response = await answer(request, "article", id=article.name)
        if added:
            response.status_code = 201
            response.headers["Location"] = str(request.url_for("article", id=article.name))
        return response

    return await repeats_of(request).once(request, author.name, work)


async def _add_many(request: Request, body: bytes) -> Response:
    author = service_of(request).author(request, operation="add articles", body=body)

    async def work() -> Response:
        batch = batches_of(request).start(author, await asyncio.to_thread(read_lines, body))
        content = Job.model_validate(batch.to_data()).model_dump(mode="json")
        return JSONResponse(content, 202, {"Location": str(request.url_for("job", id=batch.id))})

    return await repeats_of(request).once(request, author.name, work)
