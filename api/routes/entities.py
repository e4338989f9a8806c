"""``/v1/entities``: find entities by name, and read what is said of one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.negotiation import TRIPLES, choose
from api.routes.views import Cursor, answer, answer_job
from api.schemas import EntityList, EntityPage, Summary

router = APIRouter(prefix="/v1", tags=["entities"])


@router.get("/summary", response_model=Summary, summary="Count what the graph holds")
async def summary(request: Request) -> Response:
    """Count articles, entities and statements, and name the entities with most statements."""
    return await answer(request, "summary")


@router.get("/entities", response_model=EntityList, summary="Find entities by name")
async def search(request: Request,
                 q: Annotated[str, Query(max_length=200, description="A name or the beginning of one")] = "",
                 type: Annotated[str | None, Query(pattern="^[A-Za-z]+$", description="A class: Company")] = None,
                 cursor: Cursor = None,
                 limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 20) -> Response:
    """Return the entities whose name or alias matches, best first; without a name the best known.

    The field types counts all matches by their class.
    """
    return await answer(request, "search", text=q, type=type, after=cursor, limit=limit)


@router.get("/entities/{id:path}", response_model=EntityPage, summary="Read about one entity",
            responses={200: {"content": {name: {} for name in TRIPLES}}})
async def entity(request: Request, id: str,
                 limit: Annotated[int, Query(ge=1, le=500, description="How many statements at most")] = 200,
                 ) -> Response:
    """Return an entity or event with its statements and their receipts, its mentions and its neighbours.

    Where Accept prefers JSON-LD, Turtle or another format of RDF, the answer is what the node is the subject of.
    """
    accept = request.headers.get("accept")
    if choose(accept, ["application/json", *TRIPLES]) in (None, "application/json"):
        return await answer(request, "entity", id=id, limit=limit)
    return await answer_job(request, {"describe": id, "accept": accept})
