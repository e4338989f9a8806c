"""``/docs``: the API's description."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.html import page

router = APIRouter()


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Show the API's description, read from its own OpenAPI document."""
    description = request.app.openapi()
    return page(request, "docs.html", info=description["info"], paths=description["paths"])
