"""``/query``: the page to write SPARQL in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.html import page
from api.negotiation import SOLUTIONS
from api.routes.views import reply_to
from api.service import reading
from kg import ontology, queries
from kg.vocab import PREFIXES, compact

router = APIRouter()

_USED = """SELECT ?term ?kind (SUM(?each) AS ?n) {
  { SELECT ?term ("class" AS ?kind) (COUNT(*) AS ?each) { ?s a ?term FILTER(isIRI(?term)) } GROUP BY ?term }
  UNION
  { SELECT ?term ("property" AS ?kind) (COUNT(*) AS ?each) { ?s ?term ?o } GROUP BY ?term }
} GROUP BY ?term ?kind ORDER BY DESC(?n) ?term"""


@router.get("/query")
async def query(request: Request, query: Annotated[str, Query(max_length=20_000)] = "") -> Response:
    """Show the page that sends SPARQL queries, with the named queries as examples."""
    examples = [queries.load(name) for name in queries.names()]
    return page(request, "query.html", queries=examples, text=query or examples[0].text, prefixes=PREFIXES)


@router.get("/query/terms", dependencies=[Depends(reading)])
async def terms(request: Request) -> Response:
    """Return the classes and properties that the graph uses, the commonest first, then others of the ontology."""
    reply = await reply_to(request, {"sparql": _USED, "accept": next(iter(SOLUTIONS)), "base": None,
                                     "default_graphs": [], "named_graphs": []})
    return JSONResponse(_terms(json.loads(reply.body)["results"]["bindings"]))


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
