import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import writing
from api.access import Access
from api.app import create_app
from kg import pipeline
from kg.store import open_store
from kg.vocab import article_iri, compact
from tests.api.conftest import layoffs, office, write_store
from tests.kg.stories import Story

ARTICLE = {"text": "Amazon cut 300 jobs on Thursday. Andy Jassy is the CEO of Amazon.", "title": "Amazon cuts jobs",
           "date": "2025-07-18"}


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client of a service over two articles that everybody may write to."""
    write_store(tmp_path / "store", layoffs(), office())
    with TestClient(create_app(tmp_path / "store", access=Access(anonymous="write"))) as client:
        yield client


def ids(client: TestClient) -> list[str]:
    """Return the ids of all articles, page by page."""
    found, cursor = [], None
    while True:
        page = client.get("/v1/articles", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        found += [article["id"] for article in page["articles"]]
        cursor = page["next"]
        if cursor is None:
            return found


def test_pages(client: TestClient) -> None:
    """Page after page gives each article once, in order."""
    assert ids(client) == sorted(compact(article_iri(name)) for name in ("layoffs", "office"))


def test_one_article(client: TestClient) -> None:
    """An article has its title, date and source; an unknown one is 404, and what is no name 422."""
    article = client.get(f"/v1/articles/{compact(article_iri('office'))}").json()
    assert (article["title"], article["date"], article["source"]) == ("Microsoft in Dublin", "2025-06-01", "The Wire")
    assert client.get("/v1/articles/article:none").status_code == 404
    assert client.get("/v1/articles/none").status_code == 422


def test_removing(writable: TestClient) -> None:
    """A removed article and what it alone said are gone for every reader; removing it again is 404."""
    name = compact(article_iri("office"))
    ask = "ASK { ?place rdfs:label 'Dublin' }"
    assert writable.get("/sparql", params={"query": ask}).json()["boolean"] is True
    assert writable.delete(f"/v1/articles/{name}").status_code == 204
    assert writable.get("/sparql", params={"query": ask}).json()["boolean"] is False
    assert ids(writable) == [compact(article_iri("layoffs"))]
    assert writable.get("/v1/entities", params={"q": "Dublin"}).json()["entities"] == []
    assert writable.delete(f"/v1/articles/{name}").status_code == 404


def test_writing_needs_a_token(client: TestClient) -> None:
    """Without the scope write nothing is extracted, added or removed."""
    assert client.post("/v1/articles", json=ARTICLE).status_code == 403
    assert client.delete("/v1/articles/article:none").status_code == 403


def test_written_as_the_command_line_writes() -> None:
    """What the service adds and removes leaves the store that ``kg build`` and ``kg remove`` leave."""
    stories = {}
    for id, names in (("a", ("Amazon Web Services", "AWS")), ("b", ("AWS",))):
        story = Story(id)
        story.who("Company", *names)
        story.who("Company", "Oxley Freight")
        stories[id] = story.extraction()
    both, one, served = open_store(), open_store(), open_store()
    pipeline.add(stories.values(), both)
    pipeline.add([stories["b"]], one)
    for extraction in stories.values():
        writing.add_article(served, {"extraction": extraction.to_dict()})
    assert served.to_nquads() == both.to_nquads()
    writing.remove_article(served, {"forget": str(article_iri("a"))})
    assert served.to_nquads() == one.to_nquads()


@pytest.mark.slow
def test_adding(writable: TestClient) -> None:
    """An added article is found at once, adding it again changes nothing, and removing it leaves what was before."""
    before = writable.get("/store?default", headers={"accept": "application/n-triples"}).text.splitlines()
    response = writable.post("/v1/articles", json=ARTICLE)
    assert response.status_code == 201, response.text
    assert writable.get(response.headers["location"]).json() == response.json()
    assert response.json()["title"] == ARTICLE["title"]
    assert len(ids(writable)) == 3
    again = writable.post("/v1/articles", json=ARTICLE)
    assert (again.status_code, json.loads(again.content)) == (200, response.json())
    assert writable.delete(f"/v1/articles/{response.json()['id']}").status_code == 204
    after = writable.get("/store?default", headers={"accept": "application/n-triples"}).text.splitlines()
    assert sorted(after) == sorted(before)
