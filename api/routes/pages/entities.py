"""``/entities/ID``: all that is said of one entity or event, with receipts; undoing a merge."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from rdflib import URIRef

from api import charts
from api.html import PageRoute, page, view
from api.routes.views import reply_to
from api.service import reading
from kg import queries
from kg.views.terms import expand, query_text

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])

FORMATS = {"jsonld": "application/ld+json", "ttl": "text/turtle", "nt": "application/n-triples"}
"""The formats of an entity's download by the ending of the file."""


@router.get("/entities/{id:path}/events")
async def events_part(request: Request, id: str,
                      cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Return the events in which an entity takes part."""
    found = await view(request, "events", entity=id, after=cursor, limit=20)
    more = f"/entities/{id}/events"
    return page(request, "events_part.html", more=more, parameters={}, first=cursor is None, **found,
                part_query=query_text("events-of-entity", entity=[expand(id)]))


@router.get("/entities/{id:path}/claims")
async def claims_part(request: Request, id: str) -> Response:
    """Return the claims that an entity makes and those that name it."""
    by, about = await asyncio.gather(view(request, "claims", speaker=id, limit=30),
                                     view(request, "claims", about=id, limit=30))
    return page(request, "entity_claims_part.html", by=by, about=about, id=id,
                query=query_text("claims", speaker=[expand(id)]))


@router.get("/entities/{id:path}/surroundings")
async def surroundings_part(request: Request, id: str) -> Response:
    """Return the numbers about an entity and the small graph around it."""
    figures, graph = await asyncio.gather(view(request, "figures", id=id),
                                          view(request, "neighbourhood", id=id, limit=14))
    series = [one | {"chart": charts.line(one["points"])} for one in figures["series"]]
    shown = {"graph": query_text("statements", node=[expand(id)]),
             "figures": query_text("figures", entity=[expand(id)])}
    return page(request, "entity_surroundings_part.html", id=id, series=series, graph=charts.small_graph(graph),
                queries=shown)


@router.get("/entities/{id:path}/merges")
async def merges_part(request: Request, id: str) -> Response:
    """Return the names that are held for the entity, with the reasons."""
    return page(request, "entity_merges_part.html", **await view(request, "merges", id=id), id=id,
                query=query_text("merges", entity=[expand(id)]))


@router.get("/entities/{id:path}")
async def entity_page(request: Request, id: str,
                      format: Annotated[str | None, Query(pattern=f"^({'|'.join(FORMATS)})$")] = None) -> Response:
    """Show an entity or event; with a format, return its triples as a file."""
    if format is not None:
        reply = await reply_to(request, {"describe": id, "accept": FORMATS[format]})
        name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in id.rpartition("/")[2])
        return Response(reply.body, media_type=reply.media_type,
                        headers={"Content-Disposition": f'attachment; filename="{name}.{format}"'})
    found = await view(request, "entity", id=id, limit=200)
    return page(request, "entity.html", entity=found, groups=_groups(found), formats=FORMATS,
                chart=charts.timeline(found["timeline"]),
                query=queries.load("entity-facts").bind(entity=URIRef(expand(id))))


def _groups(entity: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements by layer, relation and direction, in the order of the layers."""
    groups: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for statement in _told(entity["statements"]):
        forward = statement["subject"]["id"] == entity["id"]
        key = statement["layer"], statement["predicate"]["id"], forward
        group = groups.setdefault(key, {"layer": key[0], "label": statement["predicate"]["label"], "forward": forward,
                                        "statements": []})
        group["statements"].append(statement)
    order = {"relations": 0, "events": 1, "facts": 2}
    return sorted(groups.values(), key=lambda group: order[group["layer"]])


def _told(statements: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    # Claims have their own part of the page.
    return (statement for statement in statements if statement["layer"] != "claims")
