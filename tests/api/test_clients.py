"""``kg.client`` and the clients of others against a service that really runs."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import rdflib
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, GET, JSON, POST, TURTLE, SPARQLWrapper
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import Access, Token, digest
from api.adding import read_lines
from api.app import create_app
from kg.client import AsyncClient, Client, ServiceError, to_frame, types
from kg.vocab import PREFIXES, article_iri, compact
from tests.api.conftest import layoffs, office, write_store
from tests.api.running import run_app

NAMES = "SELECT ?name WHERE { ?company a news:Company ; rdfs:label ?name } ORDER BY ?name"
COMPANIES = ["Amazon", "Amazon Web Services", "Microsoft", "Zeta Labs"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a service that everybody may write to."""
    store = tmp_path_factory.mktemp("clients") / "store"
    write_store(store, layoffs(), office())
    with run_app(create_app(store, access=Access(anonymous="write"))) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def kg_client(url: str) -> Iterator[Client]:
    """Return a client of the service."""
    with Client(url) as client:
        yield client


class Busy:
    """The service behind a gateway that refuses the first requests."""

    def __init__(self, app: ASGIApp, *statuses: int, after: str | None = None) -> None:
        self.app, self.statuses, self.after, self.times = app, list(statuses), after, list[float]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the next of the statuses, and once they are used up as the service does."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        self.times.append(time.monotonic())
        if not self.statuses:
            return await self.app(scope, receive, send)
        headers = {"Retry-After": self.after} if self.after else None
        await PlainTextResponse("busy", self.statuses.pop(0), headers)(scope, receive, send)


def test_query_forms(kg_client: Client) -> None:
    """Each form of query gives the Python value of its kind."""
    assert [row["name"] for row in kg_client.select(NAMES)] == COMPANIES
    assert kg_client.ask("ASK { ?s rdfs:label 'Amazon' }") is True
    assert kg_client.ask("ASK { ?s rdfs:label 'Nobody' }") is False
    graph = kg_client.construct("CONSTRUCT { ?s rdfs:label ?name } WHERE { ?s a news:Company ; rdfs:label ?name }")
    assert sorted(map(str, graph.objects())) == COMPANIES


def test_values(kg_client: Client) -> None:
    """Literals come as the values that they denote, IRIs as IRIs, what is unbound as nothing."""
    (row,) = kg_client.select("SELECT (1 AS ?i) (1.5 AS ?d) (true AS ?b) ('a' AS ?s) (<x:y> AS ?u) ?none {}")
    assert row == {"i": 1, "d": Decimal("1.5"), "b": True, "s": "a", "u": URIRef("x:y"), "none": None}


def test_update(kg_client: Client) -> None:
    """What an update writes is read by the next query."""
    kg_client.update("INSERT DATA { <a:s> <a:p> 1 }")
    assert kg_client.select("SELECT ?o { <a:s> <a:p> ?o }") == [{"o": 1}]
    kg_client.update("DELETE DATA { <a:s> <a:p> 1 }", repeatable=True)
    assert kg_client.select("SELECT ?o { <a:s> <a:p> ?o }") == []


def test_lists(kg_client: Client) -> None:
    """Lists give each row once, with the filters of the service."""
    articles = [compact(article_iri(id)) for id in ("layoffs", "office")]
    assert [row["id"] for row in kg_client.articles()] == sorted(articles)
    assert {row["label"] for row in kg_client.entities("amazon")} == {"Amazon", "Amazon Web Services"}
    assert [event["type"] for event in kg_client.events(type="Layoff")] == ["Layoff"]
    assert [claim["speaker"]["label"] for claim in kg_client.claims(text="change the work")] == ["Andy Jassy"]
    assert list(kg_client.claims(text="nobody says so")) == []
    assert [row["label"] for row in kg_client.entities(type="Place")] == ["Dublin"]
    assert list(kg_client.events(since=dt.date(2025, 7, 19))) == []
    assert [event["type"] for event in kg_client.events(least=300, until=dt.date(2025, 7, 18))] == ["Layoff"]
    assert list(kg_client.claims(about=next(kg_client.entities("microsoft"))["id"])) == []


def test_many_pages(url: str) -> None:
    """The cursor is followed to the last page."""
    with Client(url) as client:
        client.update("INSERT DATA { " + " ".join(f"<{article_iri(f'n{i}')}> a schema:NewsArticle ."
                                                      for i in range(230)) + " }")
        ids = [row["id"] for row in client.articles()]
        assert (len(ids), len(set(ids))) == (232, 232)
        client.update("DELETE { ?a a schema:NewsArticle } WHERE { ?a a schema:NewsArticle "
                      "FILTER NOT EXISTS { ?a dcterms:title ?title } }")
        assert len(list(client.articles())) == 2


def test_pages_of_things(kg_client: Client) -> None:
    """Articles, entities and receipts are found by the identifiers that the lists give."""
    (amazon, *_) = kg_client.entities("amazon")
    assert amazon["id"] is not None
    page = kg_client.entity(amazon["id"])
    ceo = next(s for s in page["statements"] if s["predicate"]["label"] == "CEO of")
    told = kg_client.receipts(ceo["subject"]["id"] or "", ceo["predicate"]["id"], amazon["id"])
    assert [receipt["article"]["title"] for receipt in told["receipts"]] == ["Amazon confirms layoffs"]
    id = compact(article_iri("office"))
    assert kg_client.article(id)["title"] == "Microsoft in Dublin"


def test_types_are_those_of_the_service(root: Path) -> None:
    """Each object of the client's types has the fields that the description of the service gives it."""
    schemas = json.loads((root / "docs" / "openapi.json").read_text("utf-8"))["components"]["schemas"]
    shared = [name for name in vars(types) if name in schemas]
    assert {"EntityPage", "Event", "Claim", "Receipts", "ArticleRow"} <= set(shared)
    for name in shared:
        assert set(get_type_hints(getattr(types, name))) == set(schemas[name]["properties"]), name


def test_refusals(kg_client: Client) -> None:
    """What the service refuses raises an error with its status and reason."""
    with pytest.raises(ServiceError, match="400 query refused") as refused:
        kg_client.select("SELECT nonsense")
    assert refused.value.status == 400
    with pytest.raises(ServiceError) as missing:
        kg_client.entity("ent:nobody")
    assert missing.value.status == 404
    with pytest.raises(ServiceError, match=r"use ask\(\)"):
        kg_client.select("ASK {}")


def test_time_limit(url: str) -> None:
    """A query past the limit that the caller gives is stopped by the service."""
    with Client(url, retries=0) as client, pytest.raises(ServiceError) as stopped:
        client.select("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", timeout=0.3)
    assert stopped.value.status == 504


def test_token(tmp_path: Path) -> None:
    """The token of a client lets it read a private service."""
    write_store(tmp_path / "store", office())
    access = Access((Token("ann", "read", digest("secret")),), anonymous=None)
    with run_app(create_app(tmp_path / "store", access=access)) as port:
        with Client(f"http://127.0.0.1:{port}", token="secret") as client:
            assert client.ask("ASK { ?s rdfs:label 'Dublin' }")
        with Client(f"http://127.0.0.1:{port}") as client, pytest.raises(ServiceError) as refused:
            client.ask("ASK {}")
    assert refused.value.status == 401


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store with one article."""
    path = tmp_path_factory.mktemp("busy") / "store"
    write_store(path, office())
    return path


def test_batches(tmp_path: Path) -> None:
    """Both clients send articles one a line, read how far their job is and stop it."""
    article = {"text": "Microsoft opened an office.", "date": dt.date(2025, 6, 1)}
    [stored] = read_lines(json.dumps(article, default=str).encode()).values()
    write_store(tmp_path / "store", replace(office(), document=replace(office().document, id=stored.id)))

    async def work(url: str) -> None:
        async with AsyncClient(url) as client:
            job = await client.add_articles([article] * 3)
            while not job["finished"]:
                job = await client.job(job["id"])
            assert (job["state"], job["total"], job["known"]) == ("done", 3, 3)

    with run_app(create_app(tmp_path / "store", access=Access(anonymous="write"))) as port:
        url = f"http://127.0.0.1:{port}"
        asyncio.run(work(url))
        with Client(url) as client:
            job = client.add_articles([article])
            assert client.cancel_job(job["id"])["id"] == client.job(job["id"])["id"] == job["id"]
            with pytest.raises(ServiceError, match="line 2"):
                client.add_articles([article, {}])


def test_busy_service_is_asked_again(small: Path) -> None:
    """Each of the four statuses is met with another attempt; the last one is answered."""
    busy = Busy(create_app(small), 429, 502, 503, 504)
    with run_app(busy) as port, Client(f"http://127.0.0.1:{port}", retries=4, backoff=0.01) as client:
        assert client.ask("ASK { ?s rdfs:label 'Dublin' }")
    assert len(busy.times) == 5


def test_retry_after(small: Path) -> None:
    """The service's Retry-After counts, and not the client's own time."""
    busy = Busy(create_app(small), 503, after="1")
    with run_app(busy) as port, Client(f"http://127.0.0.1:{port}", backoff=0.001) as client:
        assert client.ask("ASK {}")
    assert 1 <= busy.times[1] - busy.times[0] < 10


def test_attempts_end(small: Path) -> None:
    """After the last attempt the status is raised; what a request did wrong is not tried again."""
    busy = Busy(create_app(small), 503, 503, 503, 400)
    with run_app(busy) as port, Client(f"http://127.0.0.1:{port}", retries=2, backoff=0.001) as client:
        for status in (503, 400):
            with pytest.raises(ServiceError) as refused:
                client.ask("ASK {}")
            assert refused.value.status == status
    assert len(busy.times) == 4


def test_updates_are_not_repeated(small: Path) -> None:
    """An update is sent again only where it has not begun, unless the caller says that this does no harm."""
    busy = Busy(create_app(small, access=Access(anonymous="write")), 429, 502, 502)
    with run_app(busy) as port, Client(f"http://127.0.0.1:{port}", backoff=0.001) as client:
        with pytest.raises(ServiceError) as refused:
            client.update("INSERT DATA { <a:s> <a:p> 1 }")
        assert (refused.value.status, len(busy.times)) == (502, 2)
        client.update("INSERT DATA { <a:s> <a:p> 1 }", repeatable=True)
        assert len(busy.times) == 4
        assert client.ask("ASK { <a:s> <a:p> 1 }")


def test_service_that_starts_late(small: Path) -> None:
    """A service that is not there yet is waited for; one that never comes is an error without a status."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answers: list[bool] = []

    def ask() -> None:
        with Client(f"http://127.0.0.1:{port}", retries=12, backoff=0.1) as client:
            answers.append(client.ask("ASK { ?s rdfs:label 'Dublin' }"))

    with Client(f"http://127.0.0.1:{port}", retries=1, backoff=0.01) as client, pytest.raises(ServiceError) as gone:
        client.ask("ASK {}")
    assert gone.value.status is None
    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    with run_app(create_app(small), port=port):
        asking.join(60)
    assert answers == [True]


def test_asynchronous(url: str) -> None:
    """The asynchronous client does what the other one does, many calls at a time."""

    async def work() -> None:
        async with AsyncClient(url, retries=8) as client:
            tables = await asyncio.gather(*(client.select(NAMES) for _ in range(6)))
            assert [[row["name"] for row in table] for table in tables] == [COMPANIES] * 6
            assert await client.ask("ASK { ?s rdfs:label 'Amazon' }")
            assert len(await client.construct("CONSTRUCT WHERE { ?s a news:Company }")) == 4
            assert [row["label"] async for row in client.entities("zeta")] == ["Zeta Labs"]
            assert {row["date"] async for row in client.articles()} == {"2025-07-18", "2025-06-01"}
            assert [event["type"] async for event in client.events(type="Acquisition")] == ["Acquisition"]
            assert [claim["cue"] async for claim in client.claims()] == ["warned"]
            await client.update("INSERT DATA { <a:async> <a:p> 1 }")
            assert await client.ask("ASK { <a:async> <a:p> 1 }")
            await client.update("DELETE WHERE { <a:async> ?p ?o }")
            assert list(await client.frame(NAMES))  == ["name"]
            with pytest.raises(ServiceError):
                await client.entity("ent:nobody")

    asyncio.run(work())


def test_both_clients_offer_the_same() -> None:
    """Every method of one client is one of the other."""
    assert {name for name in vars(Client) if not name.startswith("_")} == {
        name for name in vars(AsyncClient) if not name.startswith("_")}


def test_frames(kg_client: Client) -> None:
    """A query gives a pandas table with its variables as columns, also without rows; lists give flat tables."""
    frame = kg_client.frame(NAMES)
    assert frame["name"].tolist() == COMPANIES
    empty = kg_client.frame("SELECT ?a ?b { FILTER(false) }")
    assert (list(empty.columns), len(empty)) == (["a", "b"], 0)
    claims = to_frame(kg_client.claims())
    assert claims["speaker.label"].tolist() == ["Andy Jassy"]


def test_pandas_reads_the_service(url: str) -> None:
    """pandas reads a result in CSV straight from the endpoint."""
    import pandas as pd

    address = f"{url}/sparql?query=" + NAMES.replace(" ", "%20").replace("?", "%3F")
    assert pd.read_csv(address, storage_options={"Accept": "text/csv"})["name"].tolist() == COMPANIES


def test_sparqlwrapper(url: str) -> None:
    """SPARQLWrapper queries by GET and POST in its formats, and updates."""
    wrapper = SPARQLWrapper(f"{url}/sparql")

    def ask(query: str, format: str, method: str = GET) -> Any:
        wrapper.setQuery(query)
        wrapper.setMethod(method)
        wrapper.setReturnFormat(format)
        return wrapper.queryAndConvert()

    assert [row["name"]["value"] for row in ask(NAMES, JSON)["results"]["bindings"]] == COMPANIES
    assert ask(NAMES, CSV, POST).decode().split("\r\n") == ["name", *COMPANIES, ""]
    turtle = ask("CONSTRUCT { ?s rdfs:label ?name } WHERE { ?s a news:Company ; rdfs:label ?name }", TURTLE)
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == 4
    wrapper.setMethod(POST)
    wrapper.setQuery("INSERT DATA { <a:wrapper> <a:p> 1 }")
    wrapper.query()
    assert ask("ASK { <a:wrapper> <a:p> 1 }", JSON)["boolean"] is True
    wrapper.setMethod(POST)
    wrapper.setQuery("DELETE WHERE { <a:wrapper> ?p ?o }")
    wrapper.query()


def test_rdflib_store(url: str) -> None:
    """rdflib reads and writes the service as a store of its own."""
    graph = rdflib.Graph(SPARQLStore(f"{url}/sparql"))
    label = URIRef(PREFIXES["rdfs"] + "label")
    assert {str(name) for name in graph.objects(None, label)} >= set(COMPANIES)
    assert [str(row[0]) for row in graph.query(NAMES)] == COMPANIES  # type: ignore[index]
    store = SPARQLUpdateStore(f"{url}/sparql", f"{url}/sparql", autocommit=True)
    writable = rdflib.Graph(store, URIRef("a:graph"))
    triple = (URIRef("a:rdflib"), label, rdflib.Literal("new"))
    writable.add(triple)
    assert set(writable) == {triple}
    writable.remove(triple)
    assert set(writable) == set()
