import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from kg.store import open_store

PART = {"hx-request": "true"}


def test_overview(client: TestClient) -> None:
    """The home page asks for its figures: the newest events and articles, entities and events by type."""
    assert 'hx-get="/overview"' in client.get("/").text
    text = client.get("/overview").text
    for part in ("Layoff: Amazon, Amazon Web Services", "18 July 2025", "Microsoft in Dublin", "Acquisition",
                 "possible", "/?type=Company", "SELECT ?article"):
        assert part in text


def test_found(client: TestClient) -> None:
    """A name finds entities with the types to narrow them by; htmx gets the list alone."""
    whole, part = client.get("/?q=amazon").text, client.get("/?q=amazon", headers=PART).text
    for text in (whole, part):
        assert text.index("<b>Amazon</b>") < text.index("<b>Amazon Web Services</b>")
        assert "type=Company" in text
    assert "<html" in whole
    assert "<html" not in part
    assert "Nothing in the graph is called “&lt;b&gt;”" in client.get("/", params={"q": "<b>"}).text
    assert client.get("/", params={"type": "Place"}).text.count("<b>") == 1


def test_found_pages(client: TestClient) -> None:
    """A cursor that has gone is told as a page, with its reason and status."""
    answer = client.get("/?q=amazon&cursor=ent:nobody")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "read it again from its beginning" in answer.text


def test_empty_graph(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A graph without articles says so, and how to build one."""
    path = tmp_path_factory.mktemp("empty") / "store"
    open_store(path).close()
    with TestClient(create_app(path)) as client:
        assert "The graph is empty" in client.get("/overview").text
