"""``/v1/graph``, ``/v1/subgraph``, ``/v1/path``: nodes and links, to draw, to take away, and between two nodes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from api.jobs import NETWORKS
from api.routes.views import answer, answer_job
from api.schemas import Graph, Path

router = APIRouter(prefix="/v1", tags=["graph"])

_Name = Annotated[str, Query(max_length=500, description="A name or an identifier")]
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


@router.get("/path", response_model=Path, summary="Find out how two entities are connected")
async def path(request: Request, source: _Name, target: _Name) -> Response:
    """Return the fewest statements that lead from one to the other; 404 where there are none."""
    return await answer(request, "path", source=source, target=target)
