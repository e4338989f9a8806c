"""``/``: search, what the graph holds, and the newest of it."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from rdflib import Literal, URIRef

from api.html import Data, PageRoute, is_part, page, view
from api.service import reading, service_of
from kg import queries
from kg.views.terms import query_text
from kg.vocab import NEWS

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
        narrowed = {"text": Literal(q)} if q else {}
        query = queries.load("entities").bind(**narrowed, **({"type": URIRef(NEWS[type])} if type else {}))
        return page(request, template, q=q, type=type, cursor=cursor, query=query, **found)
    return page(request, "home.html")


@router.get("/overview")
async def overview(request: Request) -> Response:
    """Return the figures of the home page, which it asks for when it is there.

    On a large graph they are those of a moment ago, while what has been written since is counted.
    """
    held = await service_of(request).held()
    return page(request, "overview_part.html", held=held, events=held["latest"]["events"][:8], queries=_queries(),
                event_months=_months(held), claim_kinds=[
                    {"label": label, "n": sum(row[kind] for row in held["claim_months"]), "kind": "claim", "type": ""}
                    for kind, label in (("quoted", "Quoted"), ("reported", "Reported"))])


def _months(held: Data) -> list[Data]:
    """Return the number of events by month, within the time in which articles appeared."""
    appeared = [row["month"] for row in held["article_months"]]
    counts = Counter[str]()
    for row in held["event_months"]:
        if appeared and appeared[0] <= row["month"] <= appeared[-1]:
            counts[row["month"]] += row["n"]
    return [{"month": month, "n": n} for month, n in sorted(counts.items())]


def _queries() -> dict[str, str]:
    named = {name: queries.load(file).text for name, file in (
        ("top", "top-connected"), ("entities", "entities"), ("months", "events-by-month"), ("articles", "articles"))}
    return named | {"events": query_text("events"), "claims": query_text("claims-by-month")}
