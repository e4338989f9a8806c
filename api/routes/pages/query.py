"""``/query``: the page to write SPARQL in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from rdflib import Literal, URIRef

from api.html import PageRoute, page
from api.negotiation import SOLUTIONS
from api.routes.views import reply_to
from api.service import reading
from kg import ontology, queries
from kg.errors import QueryError
from kg.queries import NamedQuery
from kg.vocab import PREFIXES, compact

router = APIRouter(route_class=PageRoute, dependencies=[Depends(reading)])

_USED = """SELECT ?term ?kind (SUM(?each) AS ?n) {
  { SELECT ?term ("class" AS ?kind) (COUNT(*) AS ?each) { ?s a ?term FILTER(isIRI(?term)) } GROUP BY ?term }
  UNION
  { SELECT ?term ("property" AS ?kind) (COUNT(*) AS ?each) { ?s ?term ?o } GROUP BY ?term }
} GROUP BY ?term ?kind ORDER BY DESC(?n) ?term"""


@router.get("/query")
async def query(request: Request, query: Annotated[str, Query(max_length=20_000)] = "",
                example: Annotated[str, Query(pattern="^[a-z-]*$")] = "") -> Response:
    """Show the page that sends SPARQL queries, with the named queries as examples.

    It begins with ``query``, or with the named query ``example``, whose parameters the address may give.
    """
    examples = {name: queries.load(name) for name in queries.names()}
    if example and example not in examples:
        raise HTTPException(404, f"There is no query {example!r}.")
    first = examples.get(example, next(iter(examples.values())))
    return page(request, "query.html", queries=list(examples.values()), prefixes=PREFIXES,
                text=query or _bound(first, request.query_params))


@router.get("/query/terms")
async def terms(request: Request) -> Response:
    """Return the classes and properties that the graph uses, the commonest first, then others of the ontology."""
    reply = await reply_to(request, {"sparql": _USED, "accept": next(iter(SOLUTIONS)), "base": None,
                                     "default_graphs": [], "named_graphs": []})
    return JSONResponse(_terms(json.loads(reply.body)["results"]["bindings"]))


def _bound(query: NamedQuery, given: Mapping[str, str]) -> str:
    """Return the text of a named query with those of its parameters that are given: IRIs as such, else as texts."""
    values = {name: given[name] for name in query.parameters if name in given}
    try:
        return query.bind(**{name: URIRef(value) if re.match("https?://", value) else Literal(value)
                             for name, value in values.items()})
    except QueryError as error:
        raise HTTPException(422, str(error)) from error


def _terms(used: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    words = ontology.load()
    found = {(compact(row["term"]["value"]), row["kind"]["value"]): int(row["n"]["value"]) for row in used}
    known = [(names, kind) for kind, names in (("class", (*words.entity_types, *words.event_types)),
                                               ("property", (*words.relations, *words.roles)))]
    for names, kind in known:
        for name in names:
            found.setdefault((f"news:{name}", kind), 0)
    return [{"id": id, "kind": kind, "n": n, "label": words.labels.get(id.removeprefix("news:"), "")}
            for (id, kind), n in found.items()]
