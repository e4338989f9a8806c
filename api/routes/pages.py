"""The pages for people: the graph, the SPARQL box, the API's description."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates

from kg import queries

router = APIRouter(include_in_schema=False)

_templates = Jinja2Templates(directory=Path(__file__).parents[1] / "templates")


@router.get("/")
async def index(request: Request) -> Response:
    """Show the page that draws the graph."""
    return _templates.TemplateResponse(request, "index.html", {"page": "/"})


@router.get("/query")
async def query(request: Request) -> Response:
    """Show the page that sends SPARQL queries, with the named queries as examples."""
    examples = [queries.load(name) for name in queries.names()]
    return _templates.TemplateResponse(request, "query.html", {"page": "/query", "queries": examples})


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Show the API's description, read from its own OpenAPI document."""
    description = request.app.openapi()
    return _templates.TemplateResponse(
        request, "docs.html", {"page": "/docs", "info": description["info"], "paths": description["paths"]})
