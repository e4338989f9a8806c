"""``/graph``: the drawing of the graph."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from api.html import PageRoute, page
from api.service import reading
from kg.views.terms import query_text

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])


@router.get("/graph")
async def graph_page(request: Request) -> Response:
    """Show the page that draws the graph."""
    return page(request, "graph.html", query=query_text("network"))
