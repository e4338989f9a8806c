"""``/sparql``: query, update and description, as the SPARQL 1.1 Protocol has them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from api.negotiation import GRAPHS, SOLUTIONS, TRIPLES, choose
from api.parameters import FORM, QUERY, UPDATE
from api.pool import Reply
from api.protocol import (
    Parameters,
    endpoint_of,
    only,
    query_parameters,
    sent_parameters,
    timeout_in,
)
from api.service import require, service_of

router = APIRouter(tags=["sparql"])

_LIST = {"type": "array", "items": {"type": "string"}}
_PARAMETERS = [
    {"name": "query", "in": "query", "schema": {"type": "string"},
     "description": "A SELECT, ASK, CONSTRUCT or DESCRIBE query; the usual prefixes are known. "
                    "Without it the answer describes the service."},
    {"name": "default-graph-uri", "in": "query", "schema": _LIST,
     "description": "A graph of the store to read as part of the default graph."},
    {"name": "named-graph-uri", "in": "query", "schema": _LIST,
     "description": "A graph of the store that GRAPH may name."},
    {"name": "timeout", "in": "query", "schema": {"type": "number"},
     "description": "Seconds after which the query is stopped, instead of the usual number."},
]
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The result, in the format that Accept prefers.",
          "content": {name: {} for name in (*SOLUTIONS, *TRIPLES)}},
    400: {"description": "The query or update is malformed or asks for what is refused (SERVICE, LOAD)."},
    401: {"description": "The token is missing or unknown."},
    403: {"description": "The token does not allow this."},
    406: {"description": "Accept rules out every format of this result."},
    429: {"description": "Too many requests are waiting."},
    502: {"description": "Another endpoint did not answer as it should."},
    503: {"description": "The result is too large, no worker is free, or the graph cannot be reached."},
    504: {"description": "The query was stopped at the time limit."},
}
_FIELDS = {"query": {"type": "string"}, "update": {"type": "string"}, "default-graph-uri": _LIST,
           "named-graph-uri": _LIST, "using-graph-uri": _LIST, "using-named-graph-uri": _LIST}
_BODY = {"content": {FORM: {"schema": {"type": "object", "properties": _FIELDS}},
                     QUERY: {"schema": {"type": "string"}}, UPDATE: {"schema": {"type": "string"}}}}


@router.head("/sparql", include_in_schema=False)
@router.get("/sparql", summary="Query with SPARQL, or describe the service", responses=_RESPONSES,
            openapi_extra={"parameters": _PARAMETERS})
async def get(request: Request) -> Response:
    """Run a SPARQL query; without FROM it reads the merge of all articles' graphs.

    Without a query the answer is the service description, or for a browser the page to write one in.
    """
    parameters = query_parameters(request)
    if "update" in parameters:
        raise HTTPException(400, "An update is sent with POST.")
    if "query" in parameters:
        return await _query(request, parameters)
    return await _describe(request)


@router.post("/sparql", summary="Query or update with SPARQL", responses=_RESPONSES,
             openapi_extra={"requestBody": _BODY})
async def post(request: Request) -> Response:
    """Run a SPARQL query or update from a form or from a body that is the query or update itself."""
    parameters = await sent_parameters(request)
    if "query" in parameters and "update" in parameters:
        raise HTTPException(400, "Send a query or an update, not both.")
    return await (_update if "update" in parameters else _query)(request, parameters)


async def _query(request: Request, parameters: Parameters) -> Response:
    require(request, "read")
    job = {"sparql": only(parameters, "query"), "accept": request.headers.get("accept"), "base": endpoint_of(request),
           "default_graphs": parameters.get("default-graph-uri", []),
           "named_graphs": parameters.get("named-graph-uri", [])}
    return _response(request, await service_of(request).read(request, job, timeout_in(parameters)))


async def _update(request: Request, parameters: Parameters) -> Response:
    update = only(parameters, "update")
    job = {"update": update, "base": endpoint_of(request), "using": parameters.get("using-graph-uri", []),
           "using_named": parameters.get("using-named-graph-uri", [])}
    await service_of(request).write(request, job, operation="update", body=update.encode(),
                                    timeout=timeout_in(parameters))
    return Response(status_code=204)


async def _describe(request: Request) -> Response:
    accept = request.headers.get("accept")
    if choose(accept, ["text/turtle", "text/html", *GRAPHS]) == "text/html":
        return RedirectResponse(request.url_for("query"), 303)
    require(request, "read")
    service = service_of(request)
    job = {"endpoint": endpoint_of(request), "accept": accept, "writable": service.access.writable}
    return _response(request, await service.read(request, job))


def _response(request: Request, reply: Reply) -> Response:
    if request.method == "HEAD":
        headers = {"Vary": "Accept", "Content-Length": str(len(reply.body))}
        return Response(media_type=reply.media_type, headers=headers)
    return Response(reply.body, media_type=reply.media_type, headers={"Vary": "Accept"})
