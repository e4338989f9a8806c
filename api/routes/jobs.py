"""``/v1/jobs``: how far a batch of articles is, and stopping it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request

from api.batches import Batch, batches_of
from api.schemas import Job
from api.service import require

router = APIRouter(prefix="/v1", tags=["articles"])

_Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As in the answer to the batch")]
_GONE: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such job, or it has been forgotten."}}


@router.get("/jobs/{id}", response_model=Job, summary="Read how far a batch of articles is", responses=_GONE)
async def job(request: Request, id: _Id) -> dict[str, Any]:
    """Return how many of the articles are new, were there already and failed; a few finished jobs are remembered."""
    return _batch(request, id).to_data()


@router.delete("/jobs/{id}", response_model=Job, status_code=202, summary="Stop adding a batch of articles",
               responses=_GONE)
async def cancel(request: Request, id: _Id) -> dict[str, Any]:
    """Add no further article; those that have been added stay, and so does the one that is being added now."""
    batch = _batch(request, id)
    batch.cancel()
    batches_of(request).keep(batch)
    return batch.to_data()


def _batch(request: Request, id: str) -> Batch:
    require(request, "write")
    batch = batches_of(request).get(id)
    if batch is None:
        raise HTTPException(404, "There is no such job.")
    return batch
