"""``/health``, ``/ready`` and ``/metrics``: what those ask who keep the service running."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.schemas import Health
from api.service import require, service_of

router = APIRouter(tags=["operation"])


@router.get("/health", response_model=Health, summary="Check that the service lives")
async def health(request: Request) -> Health:
    """Answer at once, whatever the workers do."""
    return Health(status="ok", version=request.app.version)


@router.get("/ready", response_model=Health, summary="Check that the service can answer",
            responses={502: {"description": "The endpoint that keeps the graph does not answer as it should."},
                       503: {"description": "The store cannot be read or reached, or no worker is free."}})
async def ready(request: Request) -> Health:
    """Ask the store a trivial question and report that it answered."""
    job: dict[str, Any] = {"sparql": "ASK {}", "accept": None, "base": None, "default_graphs": [], "named_graphs": []}
    await service_of(request).read(request, job)
    return Health(status="ok", version=request.app.version)


@router.get("/metrics", summary="Read the metrics", responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Return requests, latencies, queues, processes and sizes in the Prometheus text format."""
    require(request, "read")
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
