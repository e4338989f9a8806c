"""The pages over the small graph of the fixtures: what each must show, and its errors."""

import datetime as dt
import html
import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.limits import Limits
from api.routes.pages.articles import STAGES
from api.routes.pages.conflicts import QUERIES
from kg import pipeline, views
from kg.store import open_store
from tests.api.conftest import LAYOFFS, OFFICE
from tests.kg.stories import Story

PART = {"hx-request": "true"}


def text(client: TestClient, path: str, **parameters: str) -> str:
    """Return a page that is there."""
    response = client.get(path, params=parameters or None)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
    return response.text


def link(client: TestClient, name: str) -> str:
    """Return the path of an entity's page, as the home page links it."""
    [path] = re.findall(rf'href="(/entities/[^"]+)">(?:<span[^>]*></span>)?<b>{name}</b>', text(client, "/", q=name))
    return str(path)


def articles(client: TestClient) -> list[str]:
    """Return the paths of the articles' pages."""
    return re.findall(r'href="(/articles/[^"?]+)"', text(client, "/articles"))


def test_article_page(client: TestClient) -> None:
    """The text stands there whole, with entities, triggers and claims marked; the statements stand beside it."""
    [page] = [text(client, path) for path in articles(client) if "layoffs" in path]
    shown = page[page.index('<div class="card text'):page.index('<div class="statements"')]
    assert re.sub("<[^>]+>", "", shown).strip() == LAYOFFS
    for mark in ('data-type="Company">Amazon</span>', 'class="m events', 'class="m claims'):
        assert mark in shown
    for part in ("Layoff: Amazon, Amazon Web Services", "possible", "92 %", "AI would change the work", "warned"):
        assert part in page


def test_silent_sentences_are_marked(client: TestClient) -> None:
    """A sentence that gave no statement is told apart from those that did."""
    [page] = [text(client, path) for path in articles(client) if "office" in path]
    silent = re.findall(r'class="m [^"]*silent"[^>]*>([^<]*)', page)
    assert "".join(silent).strip() == "Amazon is not for sale."
    assert "5 words of" in page
    assert OFFICE.split()[0] in page


def test_entity_page(client: TestClient) -> None:
    """An entity has its relations in both directions with the sentences behind them, and files to take away."""
    path = link(client, "Amazon")
    page = text(client, path)
    for part in ("CEO of it", "Andy Jassy", "<mark>CEO Andy Jassy</mark>", "competitor of", "18 July 2025", "The Wire",
                 "Amazon eliminated 300 jobs"):
        assert part in page
    triples = client.get(path, params={"format": "jsonld"})
    assert triples.headers["content-disposition"].endswith('.jsonld"')
    assert "Amazon" in json.dumps(triples.json())


def test_parts_of_an_entity_page(client: TestClient) -> None:
    """The page asks for events, claims, figures with their chart, its surroundings and its names."""
    path = link(client, "Amazon")
    page = text(client, path)
    for part in ("events", "claims", "surroundings", "merges"):
        assert f'hx-get="{path}/{part}"' in page
    assert "Layoff: Amazon" in text(client, f"{path}/events")
    assert "Nobody is reported" in text(client, f"{path}/claims")
    surroundings = text(client, f"{path}/surroundings")
    assert '<svg class="small-graph"' in surroundings
    assert "Layoff: count" in surroundings
    assert ">300<" in surroundings
    assert "No other name" in text(client, f"{path}/merges")
    assert "AI would change the work" in text(client, f"{link(client, 'Andy Jassy')}/claims")


def test_event_has_a_page(client: TestClient) -> None:
    """An event's page shows who took part."""
    [path] = set(re.findall(r'href="(/entities/id:event-[^"]+)"', text(client, "/events", type="Layoff")))
    assert "Amazon Web Services" in text(client, path)


def test_events(client: TestClient) -> None:
    """Events come as columns by month and as a list; htmx gets the list alone."""
    page = text(client, "/events")
    assert page.index("Layoff: Amazon") > page.index('id="timeline"')
    assert 'data-since="2025-07-01" data-until="2025-07-31"' in page
    part = client.get("/events", params={"since": "2025-07-19"}, headers=PART).text
    assert ("<html" not in part, "No event" in part) == (True, True)
    assert client.get("/events", params={"since": "yesterday"}).status_code == 422


def test_events_of_several_articles(tmp_path: Path) -> None:
    """An event shows which other articles report it; the list of such has one row for all of them."""
    with open_store(tmp_path / "graph") as store:
        for id, day in (("a", 3), ("b", 4), ("c", 20)):
            story = Story(id, dt.date(2025, 3, day))
            story.event("Layoff", employer=story.who("Company", "Tern Lines"), count=f"{day}00")
            pipeline.add([story.extraction()], store)
    with TestClient(create_app(tmp_path / "graph")) as client:
        assert text(client, "/events").count("1 other report") == 2
        part = client.get("/events", params={"reports": "2"}, headers=PART).text
        assert (part.count('class="event-row"'), part.count("1 other report")) == (1, 1)
        [event] = client.get("/v1/events", params={"reports": 2}).json()["events"]
        assert [report["event"]["label"] for report in event["reports"]] == ["Layoff: Tern Lines"]
        assert client.get("/v1/events", params={"reports": 0}).status_code == 422


def test_claims(client: TestClient) -> None:
    """The table can be narrowed by the speaker's name and by words; nobody's name gives an empty one."""
    for parameters, found in (({"speaker": "jassy"}, True), ({"q": "ai would"}, True), ({"q": "nothing"}, False),
                              ({"speaker": "nobody"}, False), ({"about": "zeta"}, False)):
        page = text(client, "/claims", **parameters)
        assert ("AI would change the work" in page) == found, parameters
        assert ("No claim of this kind" in page) != found


@pytest.mark.parametrize("name", QUERIES)
def test_conflicts(client: TestClient, name: str) -> None:
    """Each kind of conflict is a table of its own, which the page asks for."""
    assert f'hx-get="/conflicts/{name}"' in text(client, "/conflicts")
    assert "no article contradicts another" in text(client, f"/conflicts/{name}")


@pytest.mark.parametrize("path", ["/entities/Nobody-0000000000", "/articles/none", "/entities/%3Cx%3E", "/conflicts/x"])
def test_what_is_not_there(client: TestClient, path: str) -> None:
    """What the graph does not hold is told by a page, with the status that a program expects."""
    response = client.get(path)
    assert response.status_code in (400, 404, 422)
    assert 'role="alert"' in response.text
    assert "<h1>" in response.text


@pytest.mark.parametrize("path", ["/overview", "/events", "/claims", "/conflicts", "/articles", "/graph", "/?q=amazon"])
def test_every_view_shows_its_query(client: TestClient, path: str) -> None:
    """Each view has the query behind it, which the endpoint answers."""
    page = text(client, path)
    queries = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    assert queries
    assert page.count("/query?query=") == len(queries)


def test_reading_covers_the_text(store_path: object) -> None:
    """The segments of an article are its text, cut where a mark begins or ends."""
    with open_store(str(store_path), read_only=True) as store:
        for row in views.articles(store)["articles"]:
            found = views.reading(store, row["id"])
            assert found is not None
            assert "".join(part["text"] for part in found["segments"]) in (LAYOFFS, OFFICE)
            at = 0
            for part in found["segments"]:
                end = at + len(part["text"])
                around = {n for n, item in enumerate(found["items"])
                          if any(s < end and at < e for s, e in item["spans"])}
                assert around == set(part["items"])
                at = end
        assert views.reading(store, "article:none") is None


def test_read(client: TestClient) -> None:
    """A text that is sent is read stage by stage and shown with its marks, and nothing is stored."""
    before = text(client, "/articles")
    answer = client.post("/read", json={"text": LAYOFFS, "date": "2025-07-18"})
    *stages, last = map(json.loads, answer.text.splitlines())
    assert [row["stage"] for row in stages] == list(STAGES.values())
    assert {row["of"] for row in stages} == {stages[-1]["number"]}
    part = last["part"]
    shown = part[part.index('<div class="card text'):part.index('<div class="statements"')]
    assert html.unescape(re.sub("<[^>]+>", "", shown)).strip() == LAYOFFS
    assert "Andy Jassy" in part
    assert text(client, "/articles") == before
    refused = client.post("/read", json={"text": ""}, headers=PART)
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)


def test_reading_that_fails(store_path: Path) -> None:
    """A text that takes too long ends with the reason, after the stage at which it was."""
    with TestClient(create_app(store_path, limits=Limits(extract_seconds=0.01))) as client:
        told = [json.loads(line) for line in client.post("/read", json={"text": LAYOFFS}).text.splitlines()]
    assert "Stopped after 0.01 seconds" in told[-1]["detail"]


def test_parts_of_an_entity_show_their_queries(client: TestClient) -> None:
    """Each part has the query that it was made from, and the endpoint answers it."""
    path = link(client, "Amazon")
    for part in ("events", "claims", "surroundings", "merges"):
        queries = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", text(client, f"{path}/{part}"), re.DOTALL)
        assert queries, part
        for query in map(html.unescape, queries):
            assert "Amazon-" in query
            assert client.post("/sparql", data={"query": query}).status_code == 200


def test_examples_with_parameters(client: TestClient) -> None:
    """A named query can be opened with its parameters set; one that there is not is told as a page."""
    page = html.unescape(text(client, "/query", example="entity-facts", entity='Ann "A" Lee'))
    assert 'LCASE(?entityCalled) = LCASE("Ann \\"A\\" Lee")' in page
    assert client.get("/query", params={"example": "nothing"}).status_code == 404
    predicate = "https://w3id.org/stringer/news#ceoOf"
    assert f"VALUES ?predicate {{ <{predicate}> }}" in html.unescape(
        text(client, "/query", example="receipts-of-statement", predicate=predicate))


def test_query_page(client: TestClient) -> None:
    """The editor comes with at least 15 examples, the known prefixes and, in the address, a query of its own."""
    page = text(client, "/query", query="ASK { ?x a news:Layoff }")
    assert page.count("data-query=") >= 15
    assert "ASK { ?x a news:Layoff }</textarea>" in page
    assert "https://w3id.org/stringer/news#" in page


def test_terms(client: TestClient) -> None:
    """Completion offers what the graph uses, with its words, before the rest of the ontology."""
    terms = client.get("/query/terms").json()
    ids = [(term["id"], term["kind"]) for term in terms]
    assert {("rel:eliminate", "property"), ("news:Layoff", "class"), ("rdf:type", "property")} <= set(ids)
    assert [term["n"] for term in terms if term["id"] == "news:Layoff"] == [1]
    assert next(term["label"] for term in terms if term["id"] == "news:ceoOf") == "CEO of"
    assert ids.index(("news:Layoff", "class")) < ids.index(("news:Disaster", "class"))
