"""What a worker process can do: evaluate SPARQL, compute a view, read facts out of a text."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from api.answers import Answer, BoundedBody, Job, RefusedError
from api.negotiation import BOOLEANS, SOLUTIONS, TRIPLES, choose
from kg import views
from kg.errors import QueryError
from kg.export import RESULT_FORMATS, QueryResults, serialize
from kg.model import Document
from kg.store import open_store

MAX_BODY = 64 * 2**20
"""Bytes of a query's result; a longer one is refused as a whole."""

VIEWS: Mapping[str, Callable[..., Any]] = {
    "claims": views.claims, "entity": views.entity, "events": views.events, "neighbourhood": views.neighbourhood,
    "receipts": views.receipts, "search": views.search, "summary": views.summary,
}


class Reader:
    """Answers jobs from a store that it only reads."""

    def __init__(self, path: str) -> None:
        self._store = open_store(Path(path), read_only=True)

    def answer(self, job: Job) -> Answer:
        """Return the result of the query, or of the view, that the job names."""
        return self._sparql(job) if "sparql" in job else self._view(job)

    def _sparql(self, job: Job) -> Answer:
        results = self._store.query(job["sparql"], default_graphs=job["default_graphs"],
                                    named_graphs=job["named_graphs"])
        offers = _offers(results)
        media_type = choose(job["accept"], list(offers))
        if media_type is None:
            raise RefusedError(406, f"This result can be written as {', '.join(offers)}.")
        return media_type, _body(results, offers[media_type])

    def _view(self, job: Job) -> Answer:
        result = VIEWS[job["view"]](self._store, **job["arguments"])
        if result is None:
            raise RefusedError(404, "The graph holds nothing under this identifier.")
        return _json(result)


def extract(job: Job) -> Answer:
    """Return the extraction JSON of the article in the job."""
    # The models are loaded by the first call and by nothing else.
    from kg import pipeline

    date = dt.date.fromisoformat(job["date"]) if job["date"] else None
    document = Document(job["id"], job["text"], job["title"], date, job["source"])
    extractions: Iterable[Any] = pipeline.extract([document])
    return _json(next(iter(extractions)).to_dict())


def _offers(results: QueryResults) -> Mapping[str, str]:
    if isinstance(results, ox.QueryTriples):
        return TRIPLES
    return BOOLEANS if isinstance(results, ox.QueryBoolean) else SOLUTIONS


def _body(results: QueryResults, format: str) -> bytes:
    if not isinstance(results, ox.QuerySolutions):
        return _checked(serialize(results, format))
    body = BoundedBody(MAX_BODY)
    try:
        results.serialize(cast(Any, body), format=RESULT_FORMATS[format])
    except RuntimeError as error:
        raise QueryError(f"the query failed while it ran: {error}") from error
    return body.getvalue()


def _checked(body: bytes) -> bytes:
    BoundedBody(MAX_BODY).write(body)
    return body


def _json(data: Any) -> Answer:
    return "application/json", json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
