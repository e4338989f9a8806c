"""Errors as ``application/problem+json`` (RFC 9457): one shape for all, and no stack trace ever."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.pool import PoolError

MEDIA_TYPE = "application/problem+json"

SCHEMA: Mapping[str, Any] = {
    "title": "Problem", "description": "Why a request was not done (RFC 9457).", "type": "object",
    "required": ["type", "title", "status"],
    "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                   "detail": {"type": "string", "description": "What a client can do about it."}}}
"""The shape of a problem, as JSON Schema."""


def problem(status: int, detail: str | None = None, headers: dict[str, str] | None = None) -> Response:
    """Return the response for an error; ``detail`` says what a client can do about it."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make the application answer every error as a problem."""
    app.exception_handler(HTTPException)(_refused)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(PoolError)(_refused)
    app.exception_handler(Exception)(_unexpected)


def of(error: HTTPException | PoolError) -> Response:
    """Return the response for what a route refuses."""
    if isinstance(error, PoolError):
        headers = {"Retry-After": "1"} if error.status in (429, 503) else None
        return problem(error.status, str(error), headers)
    phrase = HTTPStatus(error.status_code).phrase
    detail = None if error.detail == phrase else error.detail
    return problem(error.status_code, detail, dict(error.headers or {}))


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI description with each error as the problem that it is answered with."""
    schemas = document["components"]["schemas"]
    schemas["Problem"] = SCHEMA
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for operation in (operation for path in document["paths"].values() for operation in path.values()):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return document


async def _refused(request: Request, error: HTTPException | PoolError) -> Response:
    return of(error)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    places = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()]
    return problem(422, "; ".join(places))


async def _unexpected(request: Request, error: Exception) -> Response:
    # The server's log has the trace; the client learns only that it happened.
    return problem(500, "Something went wrong here. The server's log has the details.")
