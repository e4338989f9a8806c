"""``/store``: the graphs of the store one by one, as the SPARQL 1.1 Graph Store HTTP Protocol has them."""

from __future__ import annotations

import base64
import hashlib
from email import message_from_bytes
from email.errors import MessageDefect, MessageError, MultipartConversionError
from email.message import EmailMessage, MIMEPart
from email.policy import HTTP
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from api.conditional import etag_of, unchanged
from api.negotiation import GRAPHS
from api.parameters import UPDATE
from api.protocol import endpoint_of, media_type_of, only, query_parameters, timeout_in
from api.service import require, service_of

router = APIRouter(tags=["graph store"])

_MULTIPART = "multipart/form-data"
_STRICT = HTTP.clone(raise_on_defect=True)
_PARAMETERS = [
    {"name": "graph", "in": "query", "schema": {"type": "string"}, "description": "The IRI of a named graph."},
    {"name": "default", "in": "query", "schema": {"type": "string"}, "allowEmptyValue": True,
     "description": "Stands for the default graph."},
]
_READ: dict[int | str, dict[str, Any]] = {
    200: {"description": "The graph, in the format that Accept prefers.", "content": {name: {} for name in GRAPHS}},
    404: {"description": "There is no such graph."}, 406: {"description": "Accept rules out every format."},
}
_WRITE: dict[int | str, dict[str, Any]] = {
    201: {"description": "The graph is new."}, 204: {"description": "The graph was there and is changed."},
    400: {"description": "The body cannot be read."}, 401: {"description": "The token is missing or unknown."},
    403: {"description": "The token does not allow this."}, 415: {"description": "The body's format is not known."},
}
_BODY = {"requestBody": {"content": {name: {"schema": {"type": "string"}} for name in GRAPHS}}}
_EXTRA = {"parameters": _PARAMETERS}


@router.head("/store", include_in_schema=False)
@router.head("/store/{path:path}", include_in_schema=False)
@router.get("/store/{path:path}", include_in_schema=False)
@router.get("/store", summary="Read a graph", responses=_READ, openapi_extra=_EXTRA)
async def read(request: Request) -> Response:
    """Return the triples of the graph that the address names or is."""
    require(request, "read")
    tag, known = etag_of(request), unchanged(request)
    if known:
        return known
    job = {"graph": _graph(request), "accept": request.headers.get("accept")}
    reply = await service_of(request).read(request, job, timeout_in(query_parameters(request)))
    headers = {"ETag": tag, "Vary": "Accept", "Content-Length": str(len(reply.body))}
    return Response(b"" if request.method == "HEAD" else reply.body, media_type=reply.media_type, headers=headers)


@router.put("/store/{path:path}", include_in_schema=False)
@router.put("/store", summary="Replace a graph", responses=_WRITE, openapi_extra=_EXTRA | _BODY)
async def replace(request: Request) -> Response:
    """Make the triples of the body the whole content of the graph."""
    return await _write(request, _graph(request))


@router.post("/store/{path:path}", include_in_schema=False)
@router.post("/store", summary="Add to a graph", responses=_WRITE, openapi_extra=_EXTRA | _BODY)
async def extend(request: Request) -> Response:
    """Add the triples of the body, or of the files of a form, to the graph.

    Without a graph a new one is made, named after the content: the header Location says how.
    """
    if _names_graph(request):
        return await _write(request, _graph(request))
    name = f"{endpoint_of(request).rstrip('/')}/{hashlib.sha256(await request.body()).hexdigest()[:32]}"
    response = await _write(request, name)
    response.headers["Location"] = name
    response.status_code = 201
    return response


@router.delete("/store/{path:path}", include_in_schema=False)
@router.delete("/store", summary="Remove a graph", responses=_WRITE, openapi_extra=_EXTRA)
async def remove(request: Request) -> Response:
    """Remove the graph; the default graph is emptied."""
    await _change(request, _graph(request), {})
    return Response(status_code=204)


@router.patch("/store/{path:path}", include_in_schema=False)
@router.patch("/store", summary="Update a graph", responses=_WRITE, openapi_extra=_EXTRA | {
    "requestBody": {"content": {UPDATE: {"schema": {"type": "string"}}}}})
async def patch(request: Request) -> Response:
    """Run a SPARQL update that sees and changes this graph only."""
    if media_type_of(request) != UPDATE:
        raise HTTPException(415, f"Send the update as {UPDATE}.")
    try:
        text = (await request.body()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"The body is not UTF-8: {error}.") from error
    await _change(request, _graph(request), {"patch": text})
    return Response(status_code=204)


def _names_graph(request: Request) -> bool:
    parameters = query_parameters(request)
    return bool(request.path_params.get("path")) or "graph" in parameters or "default" in parameters


def _graph(request: Request) -> str | None:
    """Return the IRI of the graph that the request is about, or ``None`` for the default graph."""
    parameters = query_parameters(request)
    if request.path_params.get("path"):
        return endpoint_of(request)
    if ("graph" in parameters) == ("default" in parameters):
        raise HTTPException(400, "Name a graph with the parameter graph, or the default graph with default.")
    return only(parameters, "graph") if "graph" in parameters else None


async def _write(request: Request, name: str | None) -> Response:
    reply = await _change(request, name, {"parts": await _parts(request)})
    return Response(status_code=201 if b"true" in reply and name is not None else 204)


async def _change(request: Request, name: str | None, content: dict[str, Any]) -> bytes:
    job = {"change": name, "method": request.method, "base": name or endpoint_of(request), **content}
    reply = await service_of(request).write(
        request, job, operation=request.method, target=name or "default", body=await request.body(),
        timeout=timeout_in(query_parameters(request)))
    return reply.body


async def _parts(request: Request) -> list[tuple[str, str]]:
    """Return media type and Base64 content of the body, or of each part of a multipart form."""
    media_type, body = media_type_of(request), await request.body()
    if media_type != _MULTIPART:
        return [(media_type, base64.b64encode(body).decode())]
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1")
    try:
        form = message_from_bytes(head + body, EmailMessage, policy=_STRICT)
        return [_part(part) for part in form.iter_parts()]
    except (MessageDefect, MessageError) as error:
        raise HTTPException(400, "The multipart form is malformed.") from error


def _part(part: MIMEPart) -> tuple[str, str]:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise MultipartConversionError("a part has parts of its own")
    return part.get_content_type(), base64.b64encode(data).decode()
