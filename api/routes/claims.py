"""``/v1/claims``: who says what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.routes.views import Cursor, answer
from api.schemas import ClaimList

router = APIRouter(prefix="/v1", tags=["claims"])


@router.get("/claims", response_model=ClaimList, summary="List claims")
async def claims(request: Request,
                 speaker: Annotated[str | None, Query(max_length=500, description="Whose claims")] = None,
                 q: Annotated[str | None, Query(max_length=200, description="Words of the content")] = None,
                 about: Annotated[str | None, Query(max_length=500, description="Whom the content names")] = None,
                 cursor: Cursor = None,
                 limit: Annotated[int, Query(ge=1, le=500, description="How many at most")] = 50) -> Response:
    """Return what people and organisations are reported to say, with the sentence."""
    return await answer(request, "claims", speaker=speaker, text=q, about=about, after=cursor, limit=limit)
