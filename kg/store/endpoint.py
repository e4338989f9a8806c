"""A SPARQL 1.1 endpoint over HTTP: where it takes what, and what its answers and refusals mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pyoxigraph as ox
from httpx_retries import RetryTransport

from kg.errors import EndpointError, QueryError, StoreError, UnavailableError
from kg.retries import retry_for
from kg.store.credentials import Credentials

UPDATE = "KG_STORE_UPDATE"
"""The variable of the environment that holds the address for updates, where it cannot be told from that for queries."""

_RESULTS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"

_ROWS_AT_ONCE = 5000

# Where products take updates and graphs, by the end of the address for queries; else at the same address.
_UPDATES = ((r"/query$", "/update"), (r"(/repositories/[^/]+)$", r"\1/statements"))
_GRAPHS = ((r"/sparql-auth$", "/sparql-graph-crud-auth"),)

# Virtuoso writes xsd:boolean as 1 and 0; a quotation mark inside a text would be escaped.
_BOOLEAN = re.compile(rb'(XMLSchema#boolean", "value": )"([01])"')


class RequestTooLargeError(EndpointError):
    """An endpoint, or what stands before it, takes no request of this size."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an endpoint takes queries, updates and, by the Graph Store Protocol, whole graphs."""

    query: httpx.URL
    update: httpx.URL
    graphs: httpx.URL | None = None

    @classmethod
    def of(cls, url: str, update: str | None = None) -> Addresses:
        """Return the addresses that belong to one for queries; ``StoreError`` where it is none or holds a password."""
        query = _url(url)
        return cls(query, _url(update) if update else _ending(query, _UPDATES) or query, _ending(query, _GRAPHS))


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that a query reads, as the protocol names them; without any, all that the endpoint has."""

    default: Sequence[str] = ()
    named: Sequence[str] = ()


class Endpoint:
    """A connection to an endpoint.

    Requests that may be repeated are, ``retries`` times at most, after ``backoff`` seconds, doubled each time.
    ``timeout`` is how many seconds to wait for more of an answer, for ever where ``None``. Every method raises
    ``QueryError`` where the endpoint finds a query or update malformed, and ``EndpointError`` for all other trouble.
    """

    def __init__(self, addresses: Addresses, credentials: Credentials | None = None, *, timeout: float | None = 120,
                 retries: int = 3, backoff: float = 0.2) -> None:
        self.addresses = addresses
        self._retries, self._backoff = retries, backoff
        self._known = credentials is not None
        self._http = httpx.Client(timeout=httpx.Timeout(timeout, connect=10), transport=RetryTransport(),
                                  auth=credentials.to_auth() if credentials else None)
        self.is_virtuoso = False

    def meet(self) -> None:
        """Ask a trivial question, to learn whether an endpoint is there and of which kind."""
        response = self.query("ASK {}", _RESULTS)
        self._results(response)
        self.is_virtuoso = response.headers.get("server", "").startswith("Virtuoso")
        if self.is_virtuoso and self._known and self.addresses.query.path.endswith("/sparql"):
            # Its usual address ignores credentials; writers have one of their own.
            self.addresses = Addresses.of(f"{self.addresses.query}-auth")

    def select(self, sparql: str, dataset: Dataset = Dataset()) -> tuple[ox.QuerySolutions, bool]:
        """Return the solutions and whether the endpoint left out some of them."""
        response = self.query(sparql, _RESULTS, dataset)
        results = self._results(response)
        if not isinstance(results, ox.QuerySolutions):
            raise self._strange("no solutions")
        return results, "x-sparql-maxrows" in response.headers

    def rows(self, variables: str, where: str, end: str = "",
             dataset: Dataset = Dataset()) -> Iterator[tuple[Any, ...]]:
        """Yield all solutions of a ``SELECT``, page by page where the endpoint limits their number."""
        text = f"SELECT {variables} WHERE {{ {where} }} {end}"
        solutions, short = self.select(text, dataset)
        if not short:
            yield from map(tuple, solutions)
            return
        names = " ".join(f"?{variable.value}" for variable in solutions.variables)
        count = 0
        while True:
            # The order is that of the inner query: Virtuoso sorts no more rows than it returns.
            found, _ = self.select(f"SELECT {names} WHERE {{ {{ {text} ORDER BY {names} }} }} "
                                   f"LIMIT {_ROWS_AT_ONCE} OFFSET {count}", dataset)
            page = list(map(tuple, found))
            if not page:
                return
            count += len(page)
            yield from page

    def ask(self, sparql: str, dataset: Dataset = Dataset()) -> bool:
        """Return the answer to an ``ASK`` query."""
        results = self._results(self.query(sparql, _RESULTS, dataset))
        # Virtuoso answers with one row or with none.
        return bool(results) if isinstance(results, ox.QueryBoolean) else any(True for _ in results)

    def construct(self, sparql: str, dataset: Dataset = Dataset()) -> list[ox.Triple]:
        """Return the triples of a ``CONSTRUCT`` or ``DESCRIBE`` query."""
        response = self.query(sparql, _TRIPLES, dataset)
        try:
            return [quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)]
        except SyntaxError as error:
            raise self._strange("no N-Triples") from error

    def query(self, sparql: str, accept: str, dataset: Dataset = Dataset()) -> httpx.Response:
        """Send a query and return the good response."""
        form = {"query": sparql, "default-graph-uri": list(dataset.default), "named-graph-uri": list(dataset.named)}
        response = self._send(self.addresses.query, headers={"Accept": accept}, data=form)
        if _is_page(response):
            raise EndpointError(f"{self}: answers with a page for people; give the address of its SPARQL endpoint")
        return response

    def update(self, sparql: str, *, repeatable: bool = False) -> None:
        """Run a SPARQL update; ``repeatable`` says that running it twice does no harm."""
        headers = {"Content-Type": "application/sparql-update", "Accept": "*/*"}
        self._send(self.addresses.update, repeatable=repeatable, headers=headers, content=sparql.encode())

    def load(self, graph: str, triples: bytes) -> None:
        """Add N-Triples to a graph by the Graph Store Protocol."""
        assert self.addresses.graphs is not None
        self._send(self.addresses.graphs.copy_merge_params({"graph": graph}),
                   headers={"Content-Type": _TRIPLES, "Accept": "*/*"}, content=triples)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __str__(self) -> str:
        return str(self.addresses.query)

    def _send(self, url: httpx.URL, *, repeatable: bool = True, **request: Any) -> httpx.Response:
        retry = retry_for(repeatable, self._retries, self._backoff)
        try:
            response = self._http.post(url, extensions={"retry": retry}, **request)
        except httpx.TimeoutException as error:
            raise UnavailableError(f"{url}: no answer in time ({type(error).__name__})") from error
        except httpx.HTTPError as error:
            raise UnavailableError(f"{url}: not reached: {error}") from error
        self._check(response)
        return response

    def _check(self, response: httpx.Response) -> None:
        """Raise what a refusal means."""
        status, url = response.status_code, response.request.url.copy_with(query=None)
        if response.is_success:
            return
        if response.is_redirect:
            raise EndpointError(f"{url}: moved to {response.headers.get('location', 'elsewhere')}; give that address")
        reason = _reason(response)
        if status == 400:
            raise QueryError(f"refused by the endpoint: {reason}")
        raise _KINDS.get(status, EndpointError)(f"{url}: {status}, {_MEANINGS.get(status, reason)}{self._hint(status)}")

    def _hint(self, status: int) -> str:
        if status != 401:
            return ""
        return "; it did not accept the ones that it got" if self._known else "; docs/cli.md says where they come from"

    def _results(self, response: httpx.Response) -> ox.QuerySolutions | ox.QueryBoolean:
        body = response.content
        if self.is_virtuoso:
            body = _BOOLEAN.sub(lambda found: found[1] + (b'"true"' if found[2] == b"1" else b'"false"'), body)
        try:
            return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        except SyntaxError as error:
            raise self._strange("no SPARQL results in JSON") from error

    def _strange(self, what: str) -> EndpointError:
        return EndpointError(f"{self}: the answer is {what}; is this the address of a SPARQL endpoint?")


_KINDS: Mapping[int, type[EndpointError]] = {
    413: RequestTooLargeError, **dict.fromkeys((429, 502, 503, 504), UnavailableError)}
_MEANINGS: Mapping[int, str] = {
    401: "the endpoint asks for credentials", 403: "the endpoint does not allow this", 404: "there is no endpoint here",
    405: "the endpoint takes no queries or updates here", 413: "the endpoint takes no request of this size",
}


def _url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise StoreError(f"no address of an endpoint: {error}") from error
    if url.userinfo:
        raise StoreError("leave name and password out of the address, where logs would show them; see docs/cli.md")
    if not url.host or url.scheme not in ("http", "https"):
        raise StoreError(f"{text}: no address of an endpoint")
    return url


def _ending(url: httpx.URL, conventions: Sequence[tuple[str, str]]) -> httpx.URL | None:
    for pattern, replacement in conventions:
        path, count = re.subn(pattern, replacement, url.path)
        if count:
            return url.copy_with(path=path)
    return None


def _is_page(response: httpx.Response) -> bool:
    return str(response.headers.get("content-type", "")).startswith("text/html")


def _reason(response: httpx.Response) -> str:
    """Return the first line of a refusal: the query itself follows in some of them."""
    if _is_page(response):
        return response.reason_phrase
    lines = [line for line in response.text[:2000].splitlines() if line.strip()]
    return " ".join(lines[0].split())[:200] if lines else response.reason_phrase
