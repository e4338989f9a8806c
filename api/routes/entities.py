"""``/v1/entities``: find entities by name, and read what is said of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.routes.views import answer
from api.schemas import EntityList, EntityPage, Summary

router = APIRouter(prefix="/v1", tags=["entities"])


@router.get("/summary", response_model=Summary, summary="Count what the graph holds")
async def summary(request: Request) -> Response:
    """Count articles, entities and statements, and name the entities with most statements."""
    return await answer(request, "summary")


@router.get("/entities", response_model=EntityList, summary="Find entities by name")
async def search(request: Request,
                 q: Annotated[str, Query(max_length=200, description="A name or the beginning of one")] = "",
                 limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 20) -> Response:
    """Return the entities whose name or alias matches, best first; without a name the best known."""
    return await answer(request, "search", text=q, limit=limit)


@router.get("/entities/{id:path}", response_model=EntityPage, summary="Read about one entity")
async def entity(request: Request, id: str,
                 limit: Annotated[int, Query(ge=1, le=500, description="How many statements at most")] = 200,
                 ) -> Response:
    """Return an entity or event with its statements and their receipts, its mentions and its neighbours."""
    return await answer(request, "entity", id=id, limit=limit)
