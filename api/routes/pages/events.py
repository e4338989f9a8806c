"""``/events``: what happened, by type over time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from rdflib import URIRef

from api import charts
from api.html import PageRoute, is_part, page, view
from api.service import reading, service_of
from kg import queries
from kg.vocab import NEWS

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])

_Day = Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


@router.get("/events")
async def events_page(request: Request, type: Annotated[str, Query(pattern="^[A-Za-z]*$")] = "", since: _Day = "",
                      until: _Day = "", reports: Annotated[str, Query(pattern="^[1-9]?$")] = "",
                      cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Show events as columns by month and as a list, the latest first; htmx gets the list alone."""
    chosen = {"type": type, "since": since, "until": until, "reports": reports}
    narrowed: dict[str, str | int | None] = {name: value or None for name, value in chosen.items()}
    held = await service_of(request).held()
    whole = cursor is None and not any(narrowed.values())
    narrowed["reports"] = int(reports or 1)
    found = held["latest"] if whole else await view(request, "events", limit=30, after=cursor, **narrowed)
    listed = {"more": "/events", "parameters": chosen, "first": cursor is None}
    if is_part(request):
        return page(request, "events_part.html", **found, **listed)
    rows = [row for row in held["event_months"] if type in ("", row["type"])]
    # The time in which articles appeared; what they recall or plan may lie decades away.
    months = [row["month"] for row in held["article_months"] or rows]
    types = [row["type"] for row in held["event_types"]]
    query = queries.load("events-by-month")
    return page(request, "events.html", **found, **listed, **chosen, types=held["event_types"],
                chart=charts.stacked(rows, types, months[0], months[-1]) if months else None,
                query=query.bind(type=URIRef(NEWS[type])) if type else query.text)
