"""Many articles at a time, added in the background: what has been sent, how far it is, and stopping it."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from fastapi import Request

from api.adding import Submission, add_article
from api.ledger import Ledger
from api.pool import PoolError
from api.service import Author, Service

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

    @property
    def done(self) -> int:
        """Return how many articles have been worked on."""
        return self.added + self.known + len(self.failed)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Batch:
        """Return the batch of what ``to_data`` gave, in JSON."""
        times = {name: data[name] and dt.datetime.fromisoformat(data[name]) for name in ("created", "finished")}
        return cls(**{**data, **times})

    def to_json(self) -> dict[str, Any]:
        """Return the batch with its times as text."""
        return {**self.to_data(), "created": self.created.isoformat(),
                "finished": self.finished and self.finished.isoformat()}

    def to_data(self) -> dict[str, Any]:
        """Return the batch as its client sees it."""
        return {"id": self.id, "state": self.state, "total": self.total, "added": self.added,
                "known": self.known, "failed": self.failed, "created": self.created, "finished": self.finished}


class Batches:
    """The batches of one service. One is worked on at a time; at most ``waiting`` are not finished.

    What the service has not finished before it ends it goes on with when it starts again.
    """

    def __init__(self, service: Service, ledger: Ledger, waiting: int) -> None:
        self._service = service
        self._ledger = ledger
        self._waiting = waiting
        self._batches: dict[str, Batch] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, author: Author, articles: Mapping[int, Submission]) -> Batch:
        """Begin to add the articles; ``PoolError`` where too many batches are not finished."""
        if len(self._tasks) >= self._waiting:
            raise PoolError(429, f"{self._waiting} batches are not finished yet; try again later.")
        batch = Batch(len(articles))
        self._ledger.begin_batch(batch.to_json(), {
            "author": asdict(author), "articles": {line: asdict(article) for line, article in articles.items()}})
        self._begin(batch, author, articles)
        return batch

    def resume(self) -> None:
        """Go on with what the service before this one had not finished, and remember what it had."""
        for state, work in self._ledger.batches():
            batch = Batch.from_data(state)
            if work is None:
                self._batches[batch.id] = batch
                continue
            articles = {int(line): Submission(**article) for line, article in work["articles"].items()}
            self._begin(batch, Author(**work["author"]), dict(islice(articles.items(), batch.done, None)))

    def keep(self, batch: Batch) -> None:
        """Remember how far a batch is."""
        self._ledger.keep_batch(batch.to_json())

    def get(self, id: str) -> Batch | None:
        """Return a batch, unless it is unknown or has been forgotten."""
        return self._batches.get(id)

    async def close(self) -> None:
        """Stop all batches. What they have added stays."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, batch: Batch, author: Author, articles: Mapping[int, Submission]) -> None:
        self._batches[batch.id] = batch
        task = asyncio.create_task(self._run(batch, author, articles))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, batch: Batch, author: Author, articles: Mapping[int, Submission]) -> None:
        async with self._turn:
            if batch.state == "waiting":
                batch.state = "running"
            for line, article in articles.items():
                if batch.state != "running":
                    break
                await self._add(batch, author, line, article)
                self.keep(batch)
            batch.state = "done" if batch.state == "running" else "cancelled"
            batch.finished = dt.datetime.now(dt.UTC)
            self.keep(batch)

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
