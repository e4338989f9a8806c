"""``/claims``: who said what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from rdflib import URIRef

from api.html import PageRoute, is_part, page, view
from api.service import reading
from kg import queries
from kg.views.terms import expand

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])

_Words = Annotated[str, Query(max_length=500)]


@router.get("/claims")
async def claims_page(request: Request, speaker: _Words = "", about: _Words = "", q: _Words = "",
                      cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Show a table of claims, those of the latest articles first; htmx gets its rows alone.

    ``speaker`` and ``about`` are identifiers or names, ``q`` is words of the content.
    """
    ids = {name: await _entity(request, text) for name, text in (("speaker", speaker), ("about", about)) if text}
    found = {"claims": [], "next": None} if None in ids.values() else await view(
        request, "claims", text=q or None, after=cursor, limit=50, **ids)
    chosen = {"speaker": speaker, "about": about, "q": q}
    template = "claims_part.html" if is_part(request) else "claims.html"
    query, who = queries.load("who-said-what"), ids.get("speaker")
    return page(request, template, **found, chosen=chosen,
                query=query.bind(speaker=URIRef(expand(who))) if who else query.text)


async def _entity(request: Request, text: str) -> str | None:
    """Return the identifier of the entity that is meant, or ``None`` where nothing is called so."""
    if ":" in text and " " not in text:
        return text
    found = await view(request, "search", text=text, limit=1)
    return str(found["entities"][0]["id"]) if found["entities"] else None
