"""How a route answers with a view of the store."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request, Response

from api.pool import Pool, Reply

_KEPT = 256


async def answer(request: Request, view: str, **arguments: Any) -> Response:
    """Compute the view in a worker process and pass its JSON on as it is.

    The workers see the store as it was when the service started, so answers stay right and are kept.
    """
    kept: dict[str, Reply] = request.app.state.answers
    queries: Pool = request.app.state.queries
    job = {"view": view, "arguments": arguments}
    key = json.dumps(job, sort_keys=True)
    if key not in kept:
        reply = await queries.run(job)
        if len(kept) >= _KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = reply
    return Response(kept[key].body, media_type=kept[key].media_type)
