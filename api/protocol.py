"""The requests of the SPARQL 1.1 Protocol: what they ask for, and what makes them malformed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import Message
from functools import lru_cache
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import URL

from api.parameters import FORM, QUERY, UPDATE, read_pairs

Parameters = Mapping[str, Sequence[str]]


def endpoint_of(request: Request) -> str:
    """Return the address that the request came to, without query: the base of its relative IRIs."""
    # request.url has the path decoded, and so %20 and a space would be one.
    path: str = request.scope["raw_path"].partition(b"?")[0].decode("ascii", "replace")
    server = tuple(request.scope["server"] or ())
    return _origin(request.scope["scheme"], request.headers.get("host"), server) + path


@lru_cache(256)
def _origin(scheme: str, host: str | None, server: tuple[Any, ...]) -> str:
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    url = URL(scope={"type": "http", "scheme": scheme, "server": server or None, "path": "/", "headers": headers})
    return f"{url.scheme}://{url.netloc}"


def media_type_of(request: Request) -> str:
    """Return the media type of the body; 415 where it is not in UTF-8."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "application/octet-stream")
    charset = message.get_content_charset("utf-8")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise HTTPException(415, f"The body has to be in UTF-8, not in {charset}.")
    return message.get_content_type() if "content-type" in request.headers else ""


def query_parameters(request: Request) -> Parameters:
    """Return the parameters of the address."""
    return _pairs(request.scope["query_string"])


async def sent_parameters(request: Request) -> Parameters:
    """Return the parameters of a POST: of the address, and of its form or of its query or update."""
    media_type, body = media_type_of(request), await request.body()
    given = query_parameters(request)
    if media_type == FORM:
        sent = _pairs(body)
        return {name: [*given.get(name, []), *sent.get(name, [])] for name in {**given, **sent}}
    if media_type in (QUERY, UPDATE):
        name = "query" if media_type == QUERY else "update"
        return {**given, name: [*given.get(name, []), _text(body)]}
    raise HTTPException(415, f"Send a form as {FORM}, a query as {QUERY} or an update as {UPDATE}.")


def only(parameters: Parameters, name: str) -> str:
    """Return the one value of a parameter; 400 where there is none or more than one."""
    given = parameters.get(name, [])
    if len(given) != 1:
        raise HTTPException(400, f"Give the parameter {name} once; it is there {len(given)} times.")
    return given[0]


def timeout_in(parameters: Parameters) -> float | None:
    """Return the seconds that ``timeout`` asks for; 400 for what is no positive number."""
    if "timeout" not in parameters:
        return None
    text = only(parameters, "timeout")
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not seconds > 0:
        raise HTTPException(400, f"timeout is a number of seconds above 0, not {text!r}.")
    return seconds


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"The body is not UTF-8: {error}.") from error


def _pairs(data: bytes) -> dict[str, list[str]]:
    try:
        return read_pairs(data)
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"The body is not UTF-8: {error}.") from error
    except ValueError as error:
        raise HTTPException(400, f"The parameters could not be read: {error}.") from error
