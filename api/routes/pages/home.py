"""``/``: search, what the graph holds, and the newest of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.html import PageRoute, is_part, page, view
from api.service import reading, service_of
from kg import queries

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])


@router.get("/")
async def home(request: Request,
               q: Annotated[str, Query(max_length=200)] = "",
               type: Annotated[str, Query(pattern="^[A-Za-z]*$")] = "",
               cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Show what the graph holds; with a name or a type, or for htmx, the entities found."""
    if q or type or is_part(request):
        found = await view(request, "search", text=q, type=type or None, after=cursor, limit=20)
        template = "found_part.html" if is_part(request) else "found.html"
        return page(request, template, q=q, type=type, cursor=cursor, **found)
    return page(request, "home.html", open=service_of(request).access.writable)


@router.get("/overview")
async def overview(request: Request) -> Response:
    """Return the figures of the home page, which it asks for when it is there."""
    held = await view(request, "overview")
    latest = await view(request, "events", limit=8)
    return page(request, "overview_part.html", held=held, events=latest["events"], query=queries.load("articles"))
