"""Conditional requests: a client that has the answer of this state of the store is told so, without work.

A tag names what readers see and the formats that the client accepts; each write by whomever changes it. A write to a
graph under ``If-Match`` is done only where that graph has not been written since the client read, by the Graph Store
Protocol or by anything that may change several; any other write only where nothing at all has been. Behind an endpoint
others may write unseen: tags are weak there, and no write is done under one.
"""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import HTTPException, Request, Response

from api.keeper import Keeper


def etag_of(request: Request) -> str:
    """Return the tag of the answer: of what readers see now, and of the format that the client prefers."""
    accepted = hashlib.sha256(request.headers.get("accept", "").encode()).hexdigest()
    keeper = _keeper(request)
    return f'{"W/" if keeper.state is None else ""}"{keeper.version}.{accepted[:8]}"'


def unchanged(request: Request) -> Response | None:
    """Return 304 where the client has this answer already."""
    tag = etag_of(request)
    known = [name.removeprefix("W/") for name in _names(request, "if-none-match")]
    if tag.removeprefix("W/") not in known:
        return None  # "*" asks whether there is any answer, which only the store can tell
    return Response(status_code=304, headers={"ETag": tag, "Vary": "Accept"})


def condition(request: Request) -> dict[str, Any]:
    """Return what a writing job has to check first, by ``If-Match`` and ``If-None-Match: *``; 412 where that is known.

    ``expected`` is the writer's name for what readers see, ``exists`` whether its graph has to be there.
    """
    required, keeper = _names(request, "if-match"), _keeper(request)
    job: dict[str, Any] = {}
    if "*" in required:
        job["exists"] = True
    elif required and keeper.state is None:
        raise HTTPException(412, "The graph is behind an endpoint, and no tag tells whether others have written there.")
    elif required:
        states = [keeper.states[version] for name in required if (version := _version(name)) in keeper.states]
        if not states:
            raise HTTPException(412, "This tag is none of the last ones; read again what you want to change.")
        job["expected"] = states[-1]
    if "*" in _names(request, "if-none-match"):
        job["exists"] = False
    return job


def _names(request: Request, header: str) -> list[str]:
    return [name for part in request.headers.get(header, "").split(",") if (name := part.strip())]


def _version(tag: str) -> str:
    return tag.strip('"').rpartition(".")[0]


def _keeper(request: Request) -> Keeper:
    keeper: Keeper = request.app.state.service.keeper
    return keeper
