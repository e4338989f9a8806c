"""``/v1/articles``: what the graph was built from; add and remove one."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.pool import PoolError
from api.routes.views import answer
from api.schemas import Article, ArticleList, ArticleRow
from api.service import require, service_of, while_connected
from kg.vocab import ARTICLE, article_iri, compact, digest, slug

router = APIRouter(prefix="/v1", tags=["articles"])

_NAME = Path(pattern=r"^article:[\w.-]+$", description="As in the list: article:NAME")
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


@router.post("/articles", response_model=ArticleRow, status_code=201, summary="Add an article",
             responses={200: {"description": "The same article is there already; nothing is done.",
                              "model": ArticleRow}})
async def add(request: Request, article: Article) -> Response:
    """Extract an article and store what it says: all of it or nothing. The same content twice is one article."""
    require(request, "write")
    service = service_of(request)
    content = article.model_dump(mode="json")
    id = f"{slug(article.title or 'article')}-{digest(*content.values(), length=20)}"
    name = compact(article_iri(id))
    existing = await _known(request, name)
    if existing:
        return existing
    extraction = await while_connected(request, service.extractions.run(content | {"id": id}))
    await service.write(request, {"extraction": json.loads(extraction.body)}, operation="add article", target=name,
                        body=article.text.encode())
    response = await answer(request, "article", id=name)
    response.status_code = 201
    response.headers["Location"] = str(request.url_for("article", id=name))
    return response


@router.delete("/articles/{id}", status_code=204, summary="Remove an article", responses=_GONE)
async def remove(request: Request, id: Annotated[str, _NAME]) -> Response:
    """Remove an article with all that it alone says: as if it had never been added."""
    iri = ARTICLE[id.removeprefix("article:")]
    await service_of(request).write(request, {"forget": str(iri)}, operation="remove article", target=id)
    return Response(status_code=204)


async def _known(request: Request, name: str) -> Response | None:
    try:
        return await answer(request, "article", id=name)
    except PoolError as error:
        if error.status != 404:
            raise
        return None
