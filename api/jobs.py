"""What a worker process can do: evaluate SPARQL, compute a view, read facts out of a text."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from api import description, outside
from api.answers import EMPTY, PATIENCE, Answer, BoundedBody, Job, RefusedError
from api.gateway import Gateway
from api.negotiation import BOOLEANS, GRAPHS, SOLUTIONS, TRIPLES, choose
from api.rows import exceeds
from kg.errors import QueryError
from kg.export import RDF_FORMATS, RESULT_FORMATS, QueryResults, serialize, write
from kg.model import Document, Extraction
from kg.store import Store, is_address, open_store
from kg.vocab import article_iri

VIEWS = frozenset(("article", "articles", "claims", "entity", "events", "figures", "measures", "merges",
                   "neighbourhood", "network", "overview", "path", "reading", "receipts", "search", "similar",
                   "summary"))
"""Names of functions in ``kg.views``."""

NETWORKS = {"node-link": "application/json", "graphml": "application/graphml+xml", "gexf": "application/gexf+xml",
            **{format: media_type for media_type, format in GRAPHS.items()}}
"""Media types of the formats of a part of the graph."""


GATEWAY = Gateway()
"""What reaches other endpoints for the one query that this process works on."""


class Reader:
    """Answers jobs from the snapshot or the endpoint that each of them names, in the version that it names."""

    def __init__(self) -> None:
        self._place = ("", "")
        self._store: Store = open_store()

    def answer(self, job: Job) -> Answer:
        """Return the result of the query, graph, description or view that the job names."""
        self._open((job["store"], job["version"]))
        if "open" in job:
            return EMPTY
        if "sparql" in job:
            return query(self._store, job)
        if "graph" in job:
            return graph(self._store, job)
        if "endpoint" in job:
            return describe(self._store, job)
        if "describe" in job:
            return node(self._store, job)
        if "network" in job:
            return network(self._store, job)
        if "shown" in job:
            return shown(job)
        return self._view(job)

    def _open(self, place: tuple[str, str]) -> None:
        # A store of another version is opened anew, because it keeps the names of the entities that it has read.
        if place != self._place:
            store = _opened(place[0])
            self._store.close()
            self._store, self._place = store, place

    def _view(self, job: Job) -> Answer:
        # networkx comes with the views and takes most of a second: a worker that answers SPARQL starts without.
        from kg import views

        assert job["view"] in VIEWS
        result = getattr(views, job["view"])(self._store, **job["arguments"])
        if result is None:
            raise RefusedError(404, "The graph holds nothing under this identifier.")
        return _json(result)


def _opened(place: str) -> Store:
    if is_address(place):
        from kg.store.remote import open_endpoint  # httpx takes a tenth of a second to import

        return open_endpoint(place, read_only=True, **PATIENCE)
    return open_store(Path(place), read_only=True)


def query(store: Store, job: Job) -> Answer:
    """Return the result of the job's SPARQL query in the format that its client prefers."""
    with GATEWAY.within(job["remote"]) as bounds:
        text = outside.redirect_services(job["sparql"], bounds.hosts, GATEWAY.address)
        results = store.query(text, default_graphs=job["default_graphs"], named_graphs=job["named_graphs"],
                              base=job["base"], remote=True, as_written=True)
        offers = _offers(results)
        media_type = _chosen(job, offers)
        return media_type, _body(results, offers[media_type], job["rows"], job["bytes"])


def graph(store: Store, job: Job) -> Answer:
    """Return the job's graph as the Graph Store Protocol's GET does."""
    if not store.has_graph(job["graph"]):
        raise RefusedError(404, "There is no such graph.")
    media_type = _chosen(job, GRAPHS)
    body = BoundedBody(job["bytes"])
    store.dump_graph(job["graph"], cast(Any, body), RDF_FORMATS[GRAPHS[media_type]])
    return media_type, body.getvalue()


def describe(store: Store, job: Job) -> Answer:
    """Return the description of the service at the job's endpoint."""
    media_type = _chosen(job, GRAPHS)
    federated = bool(job["remote"]["hosts"])
    lines = description.describe(store, job["endpoint"], writable=job["writable"], federated=federated)
    return media_type, write(lines, RDF_FORMATS[GRAPHS[media_type]])


def node(store: Store, job: Job) -> Answer:
    """Return the triples whose subject is the node that the job names."""
    from kg.views.terms import expand

    media_type = _chosen(job, TRIPLES)
    results = store.query(f"DESCRIBE <{expand(job['describe'])}>")
    assert isinstance(results, ox.QueryTriples)
    lines = sorted(set(_lines(results, job["rows"])))
    if not lines:
        raise RefusedError(404, "The graph holds nothing under this identifier.")
    return media_type, _bounded(write(lines, RDF_FORMATS[TRIPLES[media_type]]), job["bytes"])


def network(store: Store, job: Job) -> Answer:
    """Return the part of the graph that the job names, in its format or in the one that its client prefers."""
    import networkx as nx

    from kg import views
    from kg.graph import network_to_xml

    offers = {media_type: format for format, media_type in NETWORKS.items()}
    media_type = NETWORKS[job["format"]] if job["format"] else _chosen(job, offers)
    found = views.subgraph(store, **job["network"])
    if found is None:
        raise RefusedError(404, "The graph holds nothing under this identifier.")
    format = offers[media_type]
    if format == "node-link":
        return _json(nx.node_link_data(found, edges="links"))
    if format in RDF_FORMATS:
        return media_type, write(views.triples_among(store, found), RDF_FORMATS[format])
    return media_type, network_to_xml(found, format)


def shown(job: Job) -> Answer:
    """Return the view ``reading`` of the job's extraction, which is in no store."""
    from kg import views
    from kg.identity import Identity

    extraction = Extraction.from_dict(job["shown"])
    with open_store() as store:
        Identity(store).add(extraction)
        return _json(views.reading(store, article_iri(extraction.document.id)))


def extract(job: Job, tell: Callable[[str], None]) -> Answer:
    """Return the extraction JSON of the article in the job, and tell each stage when it begins."""
    # The models are loaded by the first call and by nothing else.
    from kg import pipeline

    [extraction] = pipeline.extract_batch([_document(job)], on_stage=tell)
    return _json(extraction.to_dict())


def _document(job: Job) -> Document:
    if "html" in job:
        from kg import corpus

        return corpus.read_page(job["html"], job["id"])
    date = dt.date.fromisoformat(job["date"]) if job["date"] else None
    return Document(job["id"], job["text"], job["title"], date, job["source"])


def _chosen(job: Job, offers: Mapping[str, str]) -> str:
    media_type = choose(job["accept"], list(offers))
    if media_type is None:
        raise RefusedError(406, f"This result can be written as {', '.join(offers)}.")
    return media_type


def _offers(results: QueryResults) -> Mapping[str, str]:
    if isinstance(results, ox.QueryTriples):
        return TRIPLES
    return BOOLEANS if isinstance(results, ox.QueryBoolean) else SOLUTIONS


def _body(results: QueryResults, format: str, rows: int, limit: int) -> bytes:
    try:
        if isinstance(results, ox.QueryTriples):
            return _bounded(write(sorted(set(_lines(results, rows))), RDF_FORMATS[format]), limit)
        if isinstance(results, ox.QueryBoolean):
            return serialize(results, format)
        output = BoundedBody(limit)
        results.serialize(cast(Any, output), format=RESULT_FORMATS[format])
    except RuntimeError as error:
        raise QueryError(f"the query failed while it ran: {error}") from error
    except OSError as error:
        raise RefusedError(502, GATEWAY.reason or "Another endpoint did not answer as it should.") from error
    body = output.getvalue()
    if exceeds(body, format, rows):
        raise _too_many(rows)
    return body


def _lines(results: ox.QueryTriples, rows: int) -> Iterator[bytes]:
    yield from (f"{triple} .".encode() for triple in islice(results, rows))
    if next(iter(results), None) is not None:
        raise _too_many(rows)


def _too_many(rows: int) -> RefusedError:
    return RefusedError(503, f"The result has more than {rows} rows; ask for less with LIMIT.")


def _bounded(body: bytes, limit: int) -> bytes:
    BoundedBody(limit).write(body)
    return body


def _json(data: Any) -> Answer:
    return "application/json", json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
