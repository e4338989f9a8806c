"""Conditional requests: a client that has the answer of this state of the store is told so, without work."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response

from api.service import service_of


def etag_of(request: Request) -> str:
    """Return the tag of the answer: of what readers see now, and of the format that the client prefers.

    It is weak, because the same triples may come in another order.
    """
    told = f"{service_of(request).keeper.version} {request.headers.get('accept')}"
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:24]}"'


def unchanged(request: Request) -> Response | None:
    """Return 304 where the client has this answer already."""
    tag = etag_of(request)
    known = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    # "*" asks whether there is any answer, which only the store can tell.
    return Response(status_code=304, headers={"ETag": tag, "Vary": "Accept"}) if tag in known else None
