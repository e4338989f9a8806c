"""How a route answers with a view of the store."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.conditional import etag_of, unchanged
from api.pool import Reply
from api.service import service_of

_KEPT, _BYTES = 256, 64 << 20
"""How many answers are kept at most, and how many bytes of them."""

Cursor = Annotated[str | None, Query(max_length=500, description="The field next of the page before")]
"""The parameter that lists are read page by page with."""


async def answer(request: Request, view: str, **arguments: Any) -> Response:
    """Compute the view in a worker process and pass its JSON on as it is."""
    return await answer_job(request, {"view": view, "arguments": arguments})


async def answer_job(request: Request, job: dict[str, Any], timeout: float | None = None) -> Response:
    """Do the job in a worker process, within ``timeout`` seconds instead of the usual, and pass its answer on."""
    known = unchanged(request)
    if known:
        return known
    reply = await reply_to(request, job, timeout)
    return Response(reply.body, media_type=reply.media_type, headers={"ETag": etag_of(request), "Vary": "Accept"})


async def reply_to(request: Request, job: dict[str, Any], timeout: float | None = None) -> Reply:
    """Return the answer of a worker process, which is kept while readers see the same state of the store."""
    service = service_of(request)
    key = json.dumps([service.keeper.version, job], sort_keys=True)
    if key not in service.kept:
        reply = await service.read(request, job, timeout)
        if len(reply.body) > _BYTES // 4:
            return reply
        service.kept[key] = reply
        while len(service.kept) > _KEPT or sum(len(kept.body) for kept in service.kept.values()) > _BYTES:
            service.kept.pop(next(iter(service.kept)))
    return service.kept[key]
