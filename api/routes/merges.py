"""``/v1/merges``, ``/v1/splits``: which names are held for one entity, and deciding it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.routes.views import answer
from api.schemas import Decided, MergeList, Pair
from api.service import service_of

router = APIRouter(prefix="/v1", tags=["identity"])

_REFUSED: dict[int | str, dict[str, Any]] = {404: {"description": "No article speaks of one of the two."},
                                             409: {"description": "The two are the same name."}}


@router.get("/merges", response_model=MergeList, summary="List the names held for one entity")
async def merges(request: Request,
                 entity: Annotated[str, Query(max_length=500, description="Which entity")]) -> Response:
    """Return which names are held for the entity, with reason and score, and which ones people hold apart."""
    return await answer(request, "merges", id=entity)


@router.post("/merges", response_model=Decided, responses=_REFUSED, summary="Hold two names for one entity")
async def merge(request: Request, pair: Pair) -> Response:
    """Hold two names for one entity, in all articles that are there or will come; a split of the two is taken back."""
    return await _decide(request, "merge", pair)


@router.post("/splits", response_model=Decided, responses=_REFUSED, summary="Hold two names for two entities")
async def split(request: Request, pair: Pair) -> Response:
    """Hold two names for two entities from now on; a merge of the two is taken back, byte for byte."""
    return await _decide(request, "split", pair)


async def _decide(request: Request, operation: str, pair: Pair) -> Response:
    job = {"decide": operation, "one": pair.one, "other": pair.other}
    reply = await service_of(request).write(request, job, operation=operation, target=f"{pair.one} {pair.other}")
    return Response(reply.body, media_type=reply.media_type)
