"""What can be asked of a service: each call as its request and the reading of its answer.

Both clients send these, so that neither knows what an address or an answer looks like.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from json import dumps
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import rdflib

from kg.client.types import ArticleRow, EntityPage, Job, Receipts
from kg.errors import ServiceError
from kg.solutions import Row, rows

T = TypeVar("T")

_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request with the function that reads its answer; ``repeatable`` where doing it twice does no harm."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = "application/json"
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and the call for those after them."""

    rows: Sequence[T]
    next: Call[Page[T]] | None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a ``SELECT`` query and the names of its variables in their order."""

    columns: list[str]
    rows: list[Row]


def select(sparql: str, timeout: float | None) -> Call[Table]:
    """Return the call of a ``SELECT`` query."""
    return _query(sparql, timeout, _RESULTS, _table)


def ask(sparql: str, timeout: float | None) -> Call[bool]:
    """Return the call of an ``ASK`` query."""
    return _query(sparql, timeout, _RESULTS, _boolean)


def construct(sparql: str, timeout: float | None) -> Call[rdflib.Graph]:
    """Return the call of a ``CONSTRUCT`` or ``DESCRIBE`` query."""
    return _query(sparql, timeout, _TRIPLES, _graph)


def update(sparql: str, timeout: float | None, repeatable: bool) -> Call[None]:
    """Return the call of a SPARQL update."""
    return Call("POST", "sparql", _nothing, form=_given(update=sparql, timeout=timeout), repeatable=repeatable)


def rows_of(name: str, **parameters: str | float | dt.date | None) -> Call[Page[T]]:
    """Return the call of a list below ``/v1``, whose rows stand in the field of its name on each page."""
    params = {"limit": str(_PAGE), **_given(**parameters)}

    def read(response: httpx.Response) -> Page[T]:
        page = _json(response)
        cursor = page.get("next")
        return Page(page[name], rows_of(name, **(params | {"cursor": cursor})) if cursor else None)

    return Call("GET", f"v1/{name}", read, params)


def article(id: str) -> Call[ArticleRow]:
    """Return the call of an article's row."""
    return Call("GET", f"v1/articles/{quote(id, safe=':')}", _json)


def add_article(text: str, title: str | None, date: dt.date | None, source: str | None) -> Call[ArticleRow]:
    """Return the call that adds an article; the same content twice is one article."""
    content = {"text": text, "title": title, "date": date and date.isoformat(), "source": source}
    return Call("POST", "v1/articles", _json, json=content)


def add_articles(articles: Iterable[Mapping[str, Any]]) -> Call[Job]:
    """Return the call that adds articles in the background; the same batch again adds nothing."""
    lines = "".join(f"{dumps(article, default=str)}\n" for article in articles)
    return Call("POST", "v1/articles", _json, content=lines.encode(), headers={"Content-Type": "application/jsonl"})


def job(id: str) -> Call[Job]:
    """Return the call that reads how far a batch is."""
    return Call("GET", f"v1/jobs/{id}", _json)


def cancel_job(id: str) -> Call[Job]:
    """Return the call that stops a batch."""
    return Call("DELETE", f"v1/jobs/{id}", _json)


def remove_article(id: str) -> Call[None]:
    """Return the call that removes an article."""
    return Call("DELETE", f"v1/articles/{quote(id, safe=':')}", _nothing)


def entity(id: str) -> Call[EntityPage]:
    """Return the call of the page of an entity or event."""
    return Call("GET", f"v1/entities/{quote(id, safe=':')}", _json)


def receipts(subject: str, predicate: str, object: str) -> Call[Receipts]:
    """Return the call of the sentences behind an edge."""
    return Call("GET", "v1/statements/receipts", _json, _given(subject=subject, predicate=predicate, object=object))


def check(response: httpx.Response) -> httpx.Response:
    """Return a good response; ``ServiceError`` with the reason that the service gives for any other."""
    if response.is_success:
        return response
    detail = response.reason_phrase
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        detail = response.json().get("detail", detail)
    raise ServiceError(f"{response.request.url.copy_with(query=None)}: {response.status_code} {detail}",
                       response.status_code)


def _query(sparql: str, timeout: float | None, accept: str, read: Callable[[httpx.Response], T]) -> Call[T]:
    return Call("POST", "sparql", read, form=_given(query=sparql, timeout=timeout), accept=accept)


def _given(**values: str | float | dt.date | None) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}


def _json(response: httpx.Response) -> Any:
    return response.json()


def _nothing(response: httpx.Response) -> None:
    return None


def _table(response: httpx.Response) -> Table:
    results = _results(response)
    if not isinstance(results, ox.QuerySolutions):
        raise ServiceError("rows come from SELECT; use ask() for ASK", response.status_code)
    return Table([variable.value for variable in results.variables], list(rows(results)))


def _boolean(response: httpx.Response) -> bool:
    results = _results(response)
    if not isinstance(results, ox.QueryBoolean):
        raise ServiceError("yes or no comes from ASK; use select() for SELECT", response.status_code)
    return bool(results)


def _results(response: httpx.Response) -> ox.QuerySolutions | ox.QueryBoolean:
    return ox.parse_query_results(response.content, format=ox.QueryResultsFormat.JSON)


def _graph(response: httpx.Response) -> rdflib.Graph:
    return rdflib.Graph().parse(data=response.content, format="nt")
