"""``/articles``: the list, and each with all that was read out of it where it stands; ``/read``: a text, read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.adding import JSON_LINES
from api.html import Data, PageRoute, is_part, page, view
from api.pool import PoolError
from api.schemas import Article
from api.service import reading, service_of
from kg import queries

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])

STAGES = {"model": "Loading the language model", "words": "Finding sentences, words and names",
          "statements": "Finding who did and said what", "page": "Laying out what was found"}
"""How a text is read, in order: the stages of ``kg.pipeline.extract_batch``, and the last here."""


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
    """Read a text, of which nothing is stored, and tell how far it is: lines of JSON, as they come.

    Each has a ``stage`` that begins and its ``number`` among ``of``; the last has the ``part`` of a page with what
    was read, or the ``detail`` of a failure.
    """
    return StreamingResponse(_told(request, article), media_type=JSON_LINES[1])


async def _told(request: Request, article: Article) -> AsyncIterator[bytes]:
    told: asyncio.Queue[Data | None] = asyncio.Queue()
    work = asyncio.create_task(_read(request, article, told.put_nowait))
    work.add_done_callback(lambda _: told.put_nowait(None))
    try:
        while (line := await told.get()) is not None:
            yield json.dumps(line).encode() + b"\n"
    finally:  # the client may have gone
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _read(request: Request, article: Article, tell: Callable[[Data], None]) -> None:
    service = service_of(request)

    def begin(stage: str) -> None:
        tell({"stage": STAGES[stage], "number": list(STAGES).index(stage) + 1, "of": len(STAGES)})

    try:
        job = article.model_dump(mode="json") | {"id": "article"}
        extraction = await service.extractions.run(job, on_stage=begin)
        begin("page")
        reply = await service.run({"shown": json.loads(extraction.body)})
        shown = page(request, "reading_part.html", reading=json.loads(reply.body))
        tell({"part": bytes(shown.body).decode()})
    except PoolError as error:
        tell({"detail": str(error)})
