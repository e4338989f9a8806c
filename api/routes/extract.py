"""``/v1/extract``: read one article without storing anything."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from api.schemas import Article
from api.service import service_of, while_connected

router = APIRouter(prefix="/v1", tags=["extract"])

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The extraction: document, entities, relations, events, claims, facts, sentences.",
          "content": {"application/json": {"schema": {"type": "object"}}}},
}


@router.post("/extract", summary="Read one article", responses=_RESPONSES)
async def extract(request: Request, article: Article) -> Response:
    """Return what is read out of the text; the first call loads the models and takes seconds."""
    extractions = service_of(request).extractions
    job = article.model_dump(mode="json") | {"id": "article"}
    reply = await while_connected(request, extractions.run(job))
    return Response(reply.body, media_type=reply.media_type)
