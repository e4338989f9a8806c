"""``/graph``: the drawing of the graph."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.html import page

router = APIRouter()


@router.get("/graph")
async def graph_page(request: Request) -> Response:
    """Show the page that draws the graph."""
    return page(request, "graph.html")
