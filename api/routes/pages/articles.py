"""``/articles``: the list, and each with all that was read out of it where it stands; ``/read``: a text, read."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.html import PageRoute, is_part, page, view
from api.schemas import Article
from api.service import reading, service_of, while_connected
from kg import queries

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])


@router.get("/articles")
async def articles_page(request: Request, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Show the list of articles, page by page."""
    found = await view(request, "articles", after=cursor, limit=50)
    template = "articles_part.html" if is_part(request) else "articles.html"
    return page(request, template, query=queries.load("articles"), **found)


@router.get("/articles/{id}")
async def article_page(request: Request, id: Annotated[str, Path(pattern=r"^[\w.:-]+$")]) -> Response:
    """Show an article with its marks."""
    name = f"article:{id.removeprefix('article:')}"
    found = await view(request, "reading", id=name)
    query = ("SELECT ?subject ?predicate ?object ?modality ?confidence ?sentence WHERE {\n"
             f"  ?statement prov:wasDerivedFrom <{found['iri']}> ; rdf:subject ?subject ; rdf:predicate ?predicate ;\n"
             "    rdf:object ?object ; news:modality ?modality ; news:confidence ?confidence .\n"
             "  OPTIONAL { ?statement oa:hasTarget/news:sentence ?sentence }\n}")
    return page(request, "article.html", reading=found, query=query)


@router.post("/read")
async def read(request: Request, article: Article) -> Response:
    """Return what is read out of a text, as a part of a page; nothing is stored."""
    service = service_of(request)
    job = article.model_dump(mode="json") | {"id": "article"}
    extraction = await while_connected(request, service.extractions.run(job))
    reply = await service.read(request, {"shown": json.loads(extraction.body)})
    return page(request, "reading_part.html", reading=json.loads(reply.body))
