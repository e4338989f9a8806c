"""``/v1/statements``: the sentences that a statement was read from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.routes.views import answer
from api.schemas import Receipts

router = APIRouter(prefix="/v1/statements", tags=["statements"])

_Term = Annotated[str, Query(max_length=2000)]


@router.get("/receipts", response_model=Receipts, summary="Read the sentences behind an edge")
async def receipts(request: Request, subject: _Term, predicate: _Term, object: _Term,
                   limit: Annotated[int, Query(ge=1, le=200, description="How many at most")] = 50) -> Response:
    """Return each sentence that states the edge, with its evidence, article, speaker, status and confidence."""
    return await answer(request, "receipts", subject=subject, predicate=predicate, object=object, limit=limit)
