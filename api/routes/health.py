"""``/health``: whether the service answers from its store."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from api.schemas import Health
from api.service import service_of

router = APIRouter(tags=["health"])


@router.get("/health", response_model=Health, summary="Check the service")
async def health(request: Request) -> Health:
    """Ask the store a trivial question and report that it answered."""
    job: dict[str, Any] = {"sparql": "ASK {}", "accept": None, "base": None, "default_graphs": [], "named_graphs": []}
    await service_of(request).read(request, job)
    return Health(status="ok", version=request.app.version)
