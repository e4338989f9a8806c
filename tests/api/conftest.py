"""A small graph worked out by hand, on disk, the service over it, and a browser."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from kg import ontology, rdf
from kg.model import Argument, Claim, Document, Entity, Event, Extraction, Fact, Mention, Relation, Span, Value
from kg.store import open_store
from kg.vocab import article_iri
from tests.api.browser import chromium, watched

LAYOFFS = ("Amazon confirmed layoffs at Amazon Web Services on Thursday. 📉 CEO Andy Jassy had warned that AI would "
           "change the work. Amazon eliminated 300 jobs. Microsoft may buy Zeta Labs.")
OFFICE = "Microsoft opened an office in Dublin. Amazon competes with Microsoft. Amazon is not for sale."


def find(text: str, part: str, start: int = 0) -> Span:
    """Return the first place of a part."""
    at = text.index(part, start)
    return Span(at, at + len(part))


def entity(text: str, id: str, type: str, name: str) -> Entity:
    """Return an entity with the first mention of its name."""
    span = find(text, name)
    return Entity(id, type, name, (Mention(span.start, span.end),))


def sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text that has no other full stops."""
    ends = [i + 1 for i, letter in enumerate(text) if letter == "."]
    return tuple(Span(start, end) for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False))


def layoffs() -> Extraction:
    """Return an article with all five layers, one event of it only possible."""
    count = find(LAYOFFS, "300 jobs")
    return Extraction(
        Document("layoffs", LAYOFFS, "Amazon confirms layoffs", dt.date(2025, 7, 18), "The Wire"),
        (entity(LAYOFFS, "e1", "Company", "Amazon"), entity(LAYOFFS, "e2", "Company", "Amazon Web Services"),
         entity(LAYOFFS, "e3", "Person", "Andy Jassy"), entity(LAYOFFS, "e4", "Company", "Microsoft"),
         entity(LAYOFFS, "e5", "Company", "Zeta Labs")),
        (Relation("e3", "positionAt", "e1", (find(LAYOFFS, "CEO Andy Jassy"),), {"title": "CEO"}, confidence=0.92),
         Relation("e2", "partOf", "e1", (find(LAYOFFS, "Amazon Web Services"),), confidence=0.8)),
        (Event("v1", "Layoff", find(LAYOFFS, "layoffs"), (
            Argument("employer", "e1"), Argument("unit", "e2"), Argument("count", Value("300", count.start, count.end)),
        ), confidence=0.9),
         Event("v2", "Acquisition", find(LAYOFFS, "buy"), (Argument("buyer", "e4"), Argument("target", "e5")),
               "possible", confidence=0.6)),
        (Claim("e3", find(LAYOFFS, "warned"), find(LAYOFFS, "AI would change the work"), False, 0.7),),
        (Fact("Amazon", "eliminated", "300 jobs", (find(LAYOFFS, "Amazon eliminated 300 jobs"),), "eliminate", "e1"),),
        sentences(LAYOFFS))


def office() -> Extraction:
    """Return a second article on some of the same companies."""
    return Extraction(
        Document("office", OFFICE, "Microsoft in Dublin", dt.date(2025, 6, 1), "The Wire"),
        (entity(OFFICE, "e1", "Company", "Microsoft"), entity(OFFICE, "e2", "Place", "Dublin"),
         entity(OFFICE, "e3", "Company", "Amazon")),
        (Relation("e1", "operatesIn", "e2", (find(OFFICE, "opened an office in Dublin"),)),
         Relation("e3", "competitorOf", "e1", (find(OFFICE, "Amazon competes with Microsoft"),))),
        sentences=sentences(OFFICE))


def write_store(path: Path, *extractions: Extraction) -> None:
    """Store extractions on disk."""
    with open_store(path) as store:
        for extraction in extractions:
            quads = rdf.extraction_to_quads(extraction, ontology.load())
            store.add_article(article_iri(extraction.document.id), quads)
        store.flush()


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store with two articles."""
    path = tmp_path_factory.mktemp("service") / "store"
    write_store(path, layoffs(), office())
    return path


@pytest.fixture(scope="session")
def client(store_path: Path) -> Iterator[TestClient]:
    """Return a client of the running service."""
    with TestClient(create_app(store_path)) as client:
        yield client


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    """Return one browser for all tests of this file."""
    with chromium(1280, 800) as browser:
        yield browser


@pytest.fixture
def browser(chrome: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return the browser; after the test it asked no other host, met no error, and its last view is kept."""
    with watched(chrome, address) as browser:
        yield browser
        assert request.config.cache is not None
        folder = request.config.cache.mkdir("screenshots")
        browser.save_screenshot(str(folder / f"{re.sub('[^a-z_]+', '-', request.node.name)}.png"))
