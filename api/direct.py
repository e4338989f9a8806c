"""The short way to routes that are asked very often: past FastAPI's routing, which costs more than a small query."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.pool import PoolError

Endpoint = Callable[[Request], Awaitable[Response]]


class Direct:
    """Calls the functions of some routes itself: they take the request and nothing else, and have no dependencies.

    What they answer, refuse and count is the same as on the long way, which serves everything else.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[APIRoute]) -> None:
        self._app = app
        self._routes: dict[tuple[str, str], tuple[APIRoute, Endpoint]] = {
            (route.path, method): (route, route.endpoint) for route in routes for method in route.methods or ()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        found = self._routes.get((scope["path"], scope["method"])) if scope["type"] == "http" else None
        if found is None:
            return await self._app(scope, receive, send)
        scope["route"], endpoint = found
        request = Request(scope, receive, send)
        try:
            response = await endpoint(request)
        except (HTTPException, PoolError) as error:
            response = problems.of(error)
        await response(scope, receive, send)
