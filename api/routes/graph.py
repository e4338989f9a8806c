"""``/v1/graph``: nodes and links to draw."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.routes.views import answer
from api.schemas import Graph

router = APIRouter(prefix="/v1", tags=["graph"])


@router.get("/graph", response_model=Graph, summary="Draw the graph around an entity")
async def graph(request: Request,
                entity: Annotated[str | None, Query(max_length=500, description="Whom to put in the middle")] = None,
                hops: Annotated[int, Query(ge=1, le=3, description="How many steps to go from there")] = 1,
                limit: Annotated[int, Query(ge=1, le=500, description="How many nodes at most")] = 60) -> Response:
    """Return nodes with positions and the edges between them; without an entity the most connected part."""
    return await answer(request, "neighbourhood", id=entity, hops=hops, limit=limit)
