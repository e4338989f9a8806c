"""How a route answers with a view of the store."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from api.pool import Pool


async def answer(request: Request, view: str, **arguments: Any) -> Response:
    """Compute the view in a worker process and pass its JSON on as it is."""
    queries: Pool = request.app.state.queries
    reply = await queries.run({"view": view, "arguments": arguments})
    return Response(reply.body, media_type=reply.media_type)
