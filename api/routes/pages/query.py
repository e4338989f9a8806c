"""``/query``: the page to write SPARQL in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.html import page
from kg import queries

router = APIRouter()


@router.get("/query")
async def query(request: Request) -> Response:
    """Show the page that sends SPARQL queries, with the named queries as examples."""
    return page(request, "query.html", queries=[queries.load(name) for name in queries.names()])
