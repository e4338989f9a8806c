"""How a route answers with a view of the store."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request, Response

from api.conditional import etag_of, unchanged
from api.service import service_of

_KEPT = 256


async def answer(request: Request, view: str, **arguments: Any) -> Response:
    """Compute the view in a worker process and pass its JSON on as it is.

    Answers are kept and given again while readers see the same state of the store.
    """
    service, tag, known = service_of(request), etag_of(request), unchanged(request)
    if known:
        return known
    job = {"view": view, "arguments": arguments}
    key = json.dumps([service.keeper.version, job], sort_keys=True)
    if key not in service.kept:
        reply = await service.read(request, job)
        if len(service.kept) >= _KEPT:
            service.kept.pop(next(iter(service.kept)))
        service.kept[key] = reply
    reply = service.kept[key]
    return Response(reply.body, media_type=reply.media_type, headers={"ETag": tag, "Vary": "Accept"})
