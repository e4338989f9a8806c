"""The client that waits for each answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
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


class Client:
    """A connection to a service at ``url``, such as ``http://127.0.0.1:8000``. A context manager that closes it.

    Calls are repeated ``retries`` times at most where the service cannot be reached or says that it is busy
    (429, 502, 503, 504), after the time that it asks for or ``backoff`` seconds, doubled each time. ``timeout``
    is how many seconds to wait for a connection or for more of an answer. Every method raises ``ServiceError``.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 60, retries: int = 3,
                 backoff: float = 0.2, transport: httpx.BaseTransport | None = None) -> None:
        self._retries, self._backoff = retries, backoff
        self._http = httpx.Client(base_url=url, timeout=timeout, transport=RetryTransport(transport),
                                  headers={"Authorization": f"Bearer {token}"} if token else None)

    def select(self, sparql: str, *, timeout: float | None = None) -> list[Row]:
        """Return the rows of a ``SELECT`` query; the service stops it after ``timeout`` seconds."""
        return self._send(calls.select(sparql, timeout)).rows

    def frame(self, sparql: str, *, timeout: float | None = None) -> pd.DataFrame:
        """Return the rows of a ``SELECT`` query as a pandas table; needs the extra ``[pandas]``."""
        return table_to_frame(self._send(calls.select(sparql, timeout)))

    def ask(self, sparql: str, *, timeout: float | None = None) -> bool:
        """Return the answer of an ``ASK`` query."""
        return self._send(calls.ask(sparql, timeout))

    def construct(self, sparql: str, *, timeout: float | None = None) -> rdflib.Graph:
        """Return the triples of a ``CONSTRUCT`` or ``DESCRIBE`` query."""
        return self._send(calls.construct(sparql, timeout))

    def update(self, sparql: str, *, timeout: float | None = None, repeatable: bool = False) -> None:
        """Run a SPARQL update; ``repeatable`` says that running it twice does no harm, so it may be sent again."""
        self._send(calls.update(sparql, timeout, repeatable))

    def articles(self) -> Iterator[ArticleRow]:
        """Yield all articles, read page by page."""
        return self._rows(calls.rows_of("articles"))

    def article(self, id: str) -> ArticleRow:
        """Return one article."""
        return self._send(calls.article(id))

    def add_article(self, text: str, *, title: str | None = None, date: dt.date | None = None,
                    source: str | None = None) -> ArticleRow:
        """Have an article extracted and stored; the same content twice is one article."""
        return self._send(calls.add_article(text, title, date, source))

    def add_articles(self, articles: Iterable[Mapping[str, Any]]) -> Job:
        """Have articles, with the fields of ``add_article``, added in the background; ``job`` tells how far that is."""
        return self._send(calls.add_articles(articles))

    def job(self, id: str) -> Job:
        """Return how many articles of a batch are new, were there already and failed, and whether it is done."""
        return self._send(calls.job(id))

    def cancel_job(self, id: str) -> Job:
        """Add no further article of a batch; those that have been added stay."""
        return self._send(calls.cancel_job(id))

    def remove_article(self, id: str) -> None:
        """Remove an article with all that it alone says."""
        self._send(calls.remove_article(id))

    def entities(self, text: str = "", *, type: str | None = None) -> Iterator[EntityRow]:
        """Yield the entities whose name matches, best first; without a name the best known first."""
        return self._rows(calls.rows_of("entities", q=text, type=type))

    def entity(self, id: str) -> EntityPage:
        """Return all that is said of an entity or event."""
        return self._send(calls.entity(id))

    def events(self, *, type: str | None = None, entity: str | None = None, since: dt.date | None = None,
               until: dt.date | None = None, least: float | None = None, currency: str | None = None,
               reports: int | None = None) -> Iterator[Event]:
        """Yield events, the latest first: of a type (``Layoff``), in which an entity takes part, from a first day
        to a last one, with a quantity of at least this number, in a currency such as ``USD``, or told by at least so
        many ``reports``.
        """
        return self._rows(calls.rows_of("events", type=type, entity=entity, least=least, currency=currency,
                                        since=since, until=until, reports=reports))

    def claims(self, *, speaker: str | None = None, about: str | None = None, text: str | None = None,
               ) -> Iterator[Claim]:
        """Yield what a speaker says that names an entity and holds the text, the latest first."""
        return self._rows(calls.rows_of("claims", speaker=speaker, about=about, q=text))

    def receipts(self, subject: str, predicate: str, object: str) -> Receipts:
        """Return the sentences that state an edge."""
        return self._send(calls.receipts(subject, predicate, object))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.close()

    def _send(self, call: Call[T]) -> T:
        try:
            response = self._http.request(
                call.method, call.path, params=call.params, data=call.form, json=call.json,
                content=call.content, headers={"Accept": call.accept, **call.headers},
                extensions={"retry": retry_for(call.repeatable, self._retries, self._backoff)})
        except httpx.HTTPError as error:
            raise ServiceError(f"{self._http.base_url} did not answer: {error}") from error
        return call.read(calls.check(response))

    def _rows(self, call: Call[Page[T]] | None) -> Iterator[T]:
        while call is not None:
            page = self._send(call)
            yield from page.rows
            call = page.next
