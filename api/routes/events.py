"""``/v1/events``: what happened, with who, when and how much."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.routes.views import Cursor, answer
from api.schemas import EventList

router = APIRouter(prefix="/v1", tags=["events"])


@router.get("/events", response_model=EventList, summary="List events")
async def events(request: Request,
                 type: Annotated[str | None, Query(pattern="^[A-Za-z]+$", description="An event type: Layoff")] = None,
                 entity: Annotated[str | None, Query(max_length=500, description="Who takes part")] = None,
                 since: Annotated[dt.date | None, Query(description="The first day; leaves out what has none")] = None,
                 until: Annotated[dt.date | None, Query(description="The last day; leaves out what has none")] = None,
                 least: Annotated[float | None, Query(allow_inf_nan=False, description="A number or amount of money "
                                                      "that one of the event's quantities reaches")] = None,
                 currency: Annotated[str | None, Query(pattern="^[A-Z]{3}$", description="Of that amount: USD")] = None,
                 reports: Annotated[int, Query(ge=1, le=1000, description="How many articles report it at least; from "
                                               "2 on, one event stands for all that are one")] = 1,
                 cursor: Cursor = None,
                 limit: Annotated[int, Query(ge=1, le=500, description="How many at most")] = 50) -> Response:
    """Return events with their participants and values, the latest first."""
    days = {"since": since and since.isoformat(), "until": until and until.isoformat()}
    return await answer(request, "events", type=type, entity=entity, limit=limit, after=cursor, least=least,
                        reports=reports, currency=currency, **days)
