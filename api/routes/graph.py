"""``/v1/network``, ``/v1/graph``, ``/v1/subgraph``, ``/v1/path``: nodes and links; ``/v1/measures``: their figures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from api.jobs import NETWORKS
from api.routes.views import answer, answer_job
from api.schemas import Graph, Measures, Part, Path, Similar
from api.service import service_of

router = APIRouter(prefix="/v1", tags=["graph"])

_Name = Annotated[str, Query(max_length=500, description="A name or an identifier")]
PLACES = ".places.json"
"""The file beside a store that keeps what is computed for its drawing."""

_COLUMNS: dict[int | str, dict[str, Any]] = {200: {
    "description": "Columns: nodes, edges, types, predicates, articles, communities.",
    "content": {"application/json": {"schema": {"type": "object"}}}}}
_NETWORK: dict[int | str, dict[str, Any]] = {200: {
    "description": "Node-link data of networkx, GraphML, GEXF, or the triples.",
    "content": {name: {} for name in NETWORKS.values()}}, 406: {"description": "Accept rules out every format."}}
_Format = Literal["node-link", "graphml", "gexf", "turtle", "ntriples", "rdfxml", "jsonld"]


@router.get("/graph", response_model=Graph, summary="Draw the graph around an entity")
async def graph(request: Request,
                entity: Annotated[str | None, Query(max_length=500, description="Whom to put in the middle")] = None,
                hops: Annotated[int, Query(ge=1, le=3, description="How many steps to go from there")] = 1,
                limit: Annotated[int, Query(ge=1, le=500, description="How many nodes at most")] = 60) -> Response:
    """Return nodes with positions and the edges between them; without an entity the most connected part."""
    return await answer(request, "neighbourhood", id=entity, hops=hops, limit=limit)


@router.get("/subgraph", summary="Take a part of the graph away", responses=_NETWORK)
async def subgraph(request: Request,
                   entity: Annotated[str | None, Query(max_length=500, description="Whom to put in the middle")] = None,
                   hops: Annotated[int, Query(ge=1, le=3, description="How many steps to go from there")] = 1,
                   limit: Annotated[int, Query(ge=1, le=500, description="How many nodes at most")] = 60,
                   format: Annotated[_Format | None, Query(description="Instead of what Accept prefers")] = None,
                   ) -> Response:
    """Return nodes and edges as other programs read them: networkx, Gephi, Cytoscape, or whatever reads RDF.

    RDF has what articles hold for true: planned, possible and denied edges are in the other formats only.
    """
    job = {"network": {"id": entity, "hops": hops, "limit": limit}, "format": format}
    return await answer_job(request, job | {"accept": request.headers.get("accept")})


@router.get("/network", summary="Read the whole network to draw", responses=_COLUMNS)
async def network(request: Request,
                  limit: Annotated[int, Query(ge=1, le=50_000, description="How many nodes at most")] = 20_000,
                  ) -> Response:
    """Return nodes with places and figures, edges with their articles, and communities, in columns of equal length.

    The places are computed once for a state of the store and kept beside it, where it is in a directory.
    """
    service = service_of(request)
    arguments = {"limit": limit, "keep": str(service.store / PLACES) if service.store else None}
    return await answer_job(request, {"view": "network", "arguments": arguments}, service.limits.max_seconds)


@router.post("/measures", response_model=Measures, summary="Measure a part of the graph")
async def measures(request: Request, part: Part) -> Response:
    """Return PageRank, betweenness, degree, core and community of the entities, and the bridges, of what is named."""
    return await answer(request, "measures", nodes=part.nodes)


@router.get("/similar", response_model=Similar, summary="Find entities that are alike")
async def similar(request: Request, entity: _Name,
                  limit: Annotated[int, Query(ge=1, le=100, description="How many at most")] = 10) -> Response:
    """Return the entities with the same relations and roles, to the same things, the most alike first."""
    return await answer(request, "similar", entity=entity, limit=limit)


@router.get("/path", response_model=Path, summary="Find out how two entities are connected")
async def path(request: Request, source: _Name, target: _Name) -> Response:
    """Return the fewest statements that lead from one to the other; 404 where there are none."""
    return await answer(request, "path", source=source, target=target)
