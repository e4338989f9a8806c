"""``/health``: whether the service answers from its store."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.pool import Pool
from api.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/health", response_model=Health, summary="Check the service")
async def health(request: Request) -> Health:
    """Ask the store a trivial question and report that it answered."""
    queries: Pool = request.app.state.queries
    await queries.run({"sparql": "ASK {}", "accept": None, "default_graphs": [], "named_graphs": []})
    return Health(status="ok", version=request.app.version)
