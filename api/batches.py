"""Many articles at a time, added in the background: what has been sent, how far it is, and stopping it."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from api.adding import Submission, add_article
from api.pool import PoolError
from api.service import Author, Service

_KEPT = 100
"""Finished batches that are remembered."""

_PATIENCE = (1, 2, 4, 8)
"""Seconds to wait before an article is tried again that met a service too busy."""


@dataclass(slots=True)
class Batch:
    """What has become of articles that were sent together."""

    total: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    state: str = "waiting"
    created: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    finished: dt.datetime | None = None
    added: int = 0
    known: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.finished is not None

    def cancel(self) -> None:
        """Add no article any more once the present one is done."""
        if not self.ended:
            self.state = "cancelling"

    def to_data(self) -> dict[str, Any]:
        """Return the batch as its client sees it."""
        return {"id": self.id, "state": self.state, "total": self.total, "added": self.added,
                "known": self.known, "failed": self.failed, "created": self.created, "finished": self.finished}


class Batches:
    """The batches of one service. One is worked on at a time; at most ``waiting`` are not finished."""

    def __init__(self, service: Service, waiting: int) -> None:
        self._service = service
        self._waiting = waiting
        self._batches: dict[str, Batch] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, author: Author, articles: Mapping[int, Submission]) -> Batch:
        """Begin to add the articles; ``PoolError`` where too many batches are not finished."""
        if len(self._tasks) >= self._waiting:
            raise PoolError(429, f"{self._waiting} batches are not finished yet; try again later.")
        batch = Batch(len(articles))
        self._batches[batch.id] = batch
        self._forget()
        task = asyncio.create_task(self._run(batch, author, articles))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return batch

    def get(self, id: str) -> Batch | None:
        """Return a batch, unless it is unknown or has been forgotten."""
        return self._batches.get(id)

    async def close(self) -> None:
        """Stop all batches. What they have added stays."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self) -> None:
        ended = [batch.id for batch in self._batches.values() if batch.ended]
        for id in ended[:max(0, len(ended) - _KEPT)]:
            del self._batches[id]

    async def _run(self, batch: Batch, author: Author, articles: Mapping[int, Submission]) -> None:
        async with self._turn:
            if batch.state == "waiting":
                batch.state = "running"
            for line, article in articles.items():
                if batch.state != "running":
                    break
                await self._add(batch, author, line, article)
            batch.state = "done" if batch.state == "running" else "cancelled"
            batch.finished = dt.datetime.now(dt.UTC)

    async def _add(self, batch: Batch, author: Author, line: int, article: Submission) -> None:
        try:
            added = await self._patiently(author, article)
        except PoolError as error:
            batch.failed.append({"line": line, "detail": str(error)})
        else:
            batch.added += added
            batch.known += not added

    async def _patiently(self, author: Author, article: Submission) -> bool:
        for seconds in _PATIENCE:
            try:
                return await add_article(self._service, author, article)
            except PoolError as error:
                if error.status not in (429, 503):
                    raise
            await asyncio.sleep(seconds)
        return await add_article(self._service, author, article)


def batches_of(request: Request) -> Batches:
    """Return the batches of the application that the request came to."""
    batches: Batches = request.app.state.batches
    return batches
