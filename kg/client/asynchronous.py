"""The client for asynchronous programs: ``Client`` with ``await``."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx
import rdflib
from httpx_retries import RetryTransport

from kg.client import calls
from kg.client.calls import Call, Page
from kg.client.frames import table_to_frame
from kg.client.types import ArticleRow, Claim, EntityPage, EntityRow, Event, Job, Receipts
from kg.errors import ServiceError
from kg.retries import retry_for
from kg.solutions import Row

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


class AsyncClient:
    """A connection to a service at ``url``, whose answers are awaited. A context manager that closes it.

    Its arguments, methods and errors are those of ``Client``.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 60, retries: int = 3,
                 backoff: float = 0.2, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._retries, self._backoff = retries, backoff
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout, transport=RetryTransport(transport),
                                       headers={"Authorization": f"Bearer {token}"} if token else None)

    async def select(self, sparql: str, *, timeout: float | None = None) -> list[Row]:
        """Return the rows of a ``SELECT`` query; the service stops it after ``timeout`` seconds."""
        return (await self._send(calls.select(sparql, timeout))).rows

    async def frame(self, sparql: str, *, timeout: float | None = None) -> pd.DataFrame:
        """Return the rows of a ``SELECT`` query as a pandas table; needs the extra ``[pandas]``."""
        return table_to_frame(await self._send(calls.select(sparql, timeout)))

    async def ask(self, sparql: str, *, timeout: float | None = None) -> bool:
        """Return the answer of an ``ASK`` query."""
        return await self._send(calls.ask(sparql, timeout))

    async def construct(self, sparql: str, *, timeout: float | None = None) -> rdflib.Graph:
        """Return the triples of a ``CONSTRUCT`` or ``DESCRIBE`` query."""
        return await self._send(calls.construct(sparql, timeout))

    async def update(self, sparql: str, *, timeout: float | None = None, repeatable: bool = False) -> None:
        """Run a SPARQL update; ``repeatable`` says that running it twice does no harm, so it may be sent again."""
        await self._send(calls.update(sparql, timeout, repeatable))

    def articles(self) -> AsyncIterator[ArticleRow]:
        """Yield all articles, read page by page."""
        return self._rows(calls.rows_of("articles"))

    async def article(self, id: str) -> ArticleRow:
        """Return one article."""
        return await self._send(calls.article(id))

    async def add_article(self, text: str, *, title: str | None = None, date: dt.date | None = None,
                    source: str | None = None) -> ArticleRow:
        """Have an article extracted and stored; the same content twice is one article."""
        return await self._send(calls.add_article(text, title, date, source))

    async def add_articles(self, articles: Iterable[Mapping[str, Any]]) -> Job:
        """Have articles, with the fields of ``add_article``, added in the background; ``job`` tells how far that is."""
        return await self._send(calls.add_articles(articles))

    async def job(self, id: str) -> Job:
        """Return how many articles of a batch are new, were there already and failed, and whether it is done."""
        return await self._send(calls.job(id))

    async def cancel_job(self, id: str) -> Job:
        """Add no further article of a batch; those that have been added stay."""
        return await self._send(calls.cancel_job(id))

    async def remove_article(self, id: str) -> None:
        """Remove an article with all that it alone says."""
        await self._send(calls.remove_article(id))

    def entities(self, text: str = "", *, type: str | None = None) -> AsyncIterator[EntityRow]:
        """Yield the entities whose name matches, best first; without a name the best known first."""
        return self._rows(calls.rows_of("entities", q=text, type=type))

    async def entity(self, id: str) -> EntityPage:
        """Return all that is said of an entity or event."""
        return await self._send(calls.entity(id))

    def events(self, *, type: str | None = None, entity: str | None = None, since: dt.date | None = None,
               until: dt.date | None = None, least: float | None = None, currency: str | None = None,
               reports: int | None = None) -> AsyncIterator[Event]:
        """Yield events, the latest first: of a type (``Layoff``), in which an entity takes part, from a first day
        to a last one, with a quantity of at least this number, in a currency such as ``USD``, or told by at least so
        many ``reports``.
        """
        return self._rows(calls.rows_of("events", type=type, entity=entity, least=least, currency=currency,
                                        since=since, until=until, reports=reports))

    def claims(self, *, speaker: str | None = None, about: str | None = None, text: str | None = None,
               ) -> AsyncIterator[Claim]:
        """Yield what a speaker says that names an entity and holds the text, the latest first."""
        return self._rows(calls.rows_of("claims", speaker=speaker, about=about, q=text))

    async def receipts(self, subject: str, predicate: str, object: str) -> Receipts:
        """Return the sentences that state an edge."""
        return await self._send(calls.receipts(subject, predicate, object))

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        await self.close()

    async def _send(self, call: Call[T]) -> T:
        try:
            response = await self._http.request(
                call.method, call.path, params=call.params, data=call.form, json=call.json,
                content=call.content, headers={"Accept": call.accept, **call.headers},
                extensions={"retry": retry_for(call.repeatable, self._retries, self._backoff)})
        except httpx.HTTPError as error:
            raise ServiceError(f"{self._http.base_url} did not answer: {error}") from error
        return call.read(calls.check(response))

    async def _rows(self, call: Call[Page[T]] | None) -> AsyncIterator[T]:
        while call is not None:
            page = await self._send(call)
            for row in page.rows:
                yield row
            call = page.next
