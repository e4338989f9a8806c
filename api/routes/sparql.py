"""``/sparql``: the query operation of the SPARQL 1.1 Protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request, Response

from api.negotiation import SOLUTIONS, TRIPLES
from api.pool import Pool

router = APIRouter(tags=["sparql"])

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_PARAMETERS = [
    {"name": "query", "in": "query", "required": True, "schema": {"type": "string"},
     "description": "A SELECT, ASK, CONSTRUCT or DESCRIBE query; the usual prefixes are known."},
    {"name": "default-graph-uri", "in": "query", "schema": {"type": "array", "items": {"type": "string"}},
     "description": "A graph of the store to read as part of the default graph."},
    {"name": "named-graph-uri", "in": "query", "schema": {"type": "array", "items": {"type": "string"}},
     "description": "A graph of the store that GRAPH may name."},
]
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The result, in the format that Accept prefers.",
          "content": {name: {} for name in (*SOLUTIONS, *TRIPLES)}},
    400: {"description": "The query is malformed or asks for what is refused (SERVICE, updates)."},
    406: {"description": "Accept rules out every format of this result."},
    429: {"description": "Too many queries are waiting."},
    504: {"description": "The query was stopped at the time limit."},
}
_BODY = {"content": {_FORM: {"schema": {"type": "object", "properties": {"query": {"type": "string"}}}},
                     _QUERY: {"schema": {"type": "string"}}}}


@router.get("/sparql", summary="Query with SPARQL", responses=_RESPONSES, openapi_extra={"parameters": _PARAMETERS})
async def get(request: Request) -> Response:
    """Run a SPARQL query; without FROM it reads the merge of all articles' graphs."""
    return await _run(request, _pairs(request.url.query))


@router.post("/sparql", summary="Query with SPARQL", responses=_RESPONSES, openapi_extra={"requestBody": _BODY})
async def post(request: Request) -> Response:
    """Run a SPARQL query from a form or from a body that is the query itself."""
    body = await _text(request)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == _FORM:
        return await _run(request, _pairs(body))
    if content_type == _QUERY:
        return await _run(request, _pairs(request.url.query) | {"query": [body]})
    raise HTTPException(415, f"Send the query as {_FORM} or {_QUERY}.")


async def _text(request: Request) -> str:
    try:
        return (await request.body()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"The body is not UTF-8: {error}.") from error


def _pairs(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise HTTPException(400, f"The parameters could not be read: {error}.") from error


async def _run(request: Request, parameters: Mapping[str, Sequence[str]]) -> Response:
    queries: Pool = request.app.state.queries
    job = {"sparql": _query(parameters), "accept": request.headers.get("accept"),
           "default_graphs": parameters.get("default-graph-uri", []),
           "named_graphs": parameters.get("named-graph-uri", [])}
    reply = await queries.run(job)
    return Response(reply.body, media_type=reply.media_type, headers={"Vary": "Accept"})


def _query(parameters: Mapping[str, Sequence[str]]) -> str:
    if "update" in parameters:
        raise HTTPException(400, "The service only reads; updates are made with kg build.")
    given = parameters.get("query", [])
    if len(given) != 1:
        raise HTTPException(400, f"Give the parameter query once; it is there {len(given)} times.")
    return given[0]
