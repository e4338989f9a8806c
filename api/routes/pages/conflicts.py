"""``/conflicts``: where articles contradict each other."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.html import PageRoute, page
from api.negotiation import SOLUTIONS
from api.routes.views import reply_to
from api.service import reading
from kg import queries

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])

QUERIES = ("conflicts-of-ceo", "differing-figures", "disputed")
"""The named queries that find contradictions, each a table of the page."""


@router.get("/conflicts")
async def conflicts_page(request: Request) -> Response:
    """Show the page, which asks for one table after the other."""
    return page(request, "conflicts.html", queries=[queries.load(name) for name in QUERIES])


@router.get("/conflicts/{name}")
async def conflicts_part(request: Request, name: Annotated[str, Path(pattern=f"^({'|'.join(QUERIES)})$")]) -> Response:
    """Return the solutions of one of the queries as a table."""
    reply = await reply_to(request, {"sparql": queries.load(name).text, "accept": next(iter(SOLUTIONS)), "base": None,
                                     "default_graphs": [], "named_graphs": []})
    found = json.loads(reply.body)
    return page(request, "solutions_part.html", names=found["head"]["vars"], rows=found["results"]["bindings"])
