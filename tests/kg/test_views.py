import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import networkx as nx
import pytest

from kg import ontology, pipeline, rdf, views
from kg.errors import QueryError
from kg.model import Extraction, Fact, Span
from kg.store import Store, open_store
from kg.views.receipts import mark
from kg.views.terms import expand, label
from kg.vocab import NEWS, REL, article_iri
from tests.kg.stories import Story


@pytest.fixture(scope="module")
def store(extractions: tuple[Extraction, Extraction]) -> Iterator[Store]:
    """Return a store in memory with two articles on the same people."""
    with open_store() as store:
        for extraction in extractions:
            quads = rdf.extraction_to_quads(extraction, ontology.load())
            store.add_article(article_iri(extraction.document.id), quads)
        yield store


def test_facts_are_counted_with_their_pattern() -> None:
    """An open fact's component names its pattern too; the page counts it all the same."""
    story = Story("a")
    who, what = story.who("Company", "Acme"), story.who("Product", "Zeta")
    fact = Fact("Acme", "makes", "Zeta", (Span(1, 5),), "make", who, what, component="facts.clause.object")
    with open_store() as store:
        extraction = replace(story.extraction(), facts=(fact,))
        store.add_article(article_iri("a"), rdf.extraction_to_quads(extraction, ontology.load()))
        assert views.summary(store)["facts"] == 1


def test_newest_events_are_of_days_that_an_article_has_reached() -> None:
    """What is announced for years to come is in the list of events, but is none of the newest."""
    story = Story("a", dt.date(2024, 5, 8))
    who = story.who("Company", "Acme")
    story.event("Layoff", employer=who)
    story.event("Launch", modality="planned", agent=who, date="June 2030")
    with open_store() as store:
        store.add_article(article_iri("a"), rdf.extraction_to_quads(story.extraction(), ontology.load()))
        dates = [event["date"] for event in views.events(store)["events"]]
        assert dates == ["2030-06-01", "2024-05-08"]
        assert [event["date"] for event in views.overview(store)["latest"]["events"]] == dates[1:]


def identify(store: Store, name: str) -> str:
    """Return the identifier of an entity."""
    return str(views.search(store, name)["entities"][0]["id"])


def test_one_edge_from_two_articles(store: Store) -> None:
    """What two articles state is one line with a receipt from each, and one of them may speak for both."""
    answer = views.receipts(store, identify(store, "Ann Lee"), "rdf:type", "news:Person")
    assert answer is not None
    assert [receipt["article"]["date"] for receipt in answer["receipts"]] == ["2024-05-08", "2024-06-01"]


def test_title_hides_the_general_position(store: Store) -> None:
    """Where an article names the title, the relation that it implies is not listed beside it."""
    page = views.entity(store, identify(store, "Ann Lee"))
    assert page is not None
    predicates = [s["predicate"]["id"] for s in page["statements"] if s["layer"] == "relations"]
    assert "news:ceoOf" in predicates
    assert "news:positionAt" not in predicates


def test_claim_marks_its_content(store: Store) -> None:
    """A claim's receipt marks what is said inside its sentence."""
    [claim] = views.claims(store)["claims"]
    [receipt] = claim["receipts"]
    [span] = receipt["marks"]
    assert receipt["sentence"][span["start"]:span["end"]] == "the cuts were needed"


def test_event_without_certainty(store: Store) -> None:
    """An event that is only possible is listed with its modality and its participants."""
    [event] = views.events(store, "Acquisition")["events"]
    assert (event["modality"], event["kind"]) == ("Possible", "event")
    assert [argument["filler"]["label"] for argument in event["arguments"]] == ["Acme Corp.", "Zeta"]


def test_an_event_of_several_articles_names_the_others() -> None:
    """Two reports of one event name each other, and where only such are wanted one stands for both."""
    with open_store() as store:
        for id, day in (("a", 3), ("b", 4), ("c", 20)):
            story = Story(id, dt.date(2025, 3, day))
            story.event("Layoff", employer=story.who("Company", "Tern Lines"), count=f"{day}00")
            pipeline.add([story.extraction()], store)
        events = views.events(store)["events"]
        told = {event["receipts"][0]["article"]["date"]: event for event in events}
        assert {day: [(report["event"]["id"], report["article"]["date"]) for report in event["reports"]]
                for day, event in told.items()} == {
            "2025-03-20": [], "2025-03-03": [(told["2025-03-04"]["id"], "2025-03-04")],
            "2025-03-04": [(told["2025-03-03"]["id"], "2025-03-03")]}
        [one] = views.events(store, reports=2)["events"]
        assert len(one["reports"]) == 1
        assert views.events(store, reports=3)["events"] == []


def test_views_are_json(store: Store) -> None:
    """Every view is plain data, and the same each time."""
    id = identify(store, "Acme")
    for make in (views.summary, views.search, views.events, views.claims, views.neighbourhood,
                 lambda store: views.entity(store, id), lambda store: views.neighbourhood(store, id, 2)):
        assert json.dumps(make(store)) == json.dumps(make(store))


def test_empty_store() -> None:
    """A store without articles has views without content."""
    with open_store() as empty:
        assert views.neighbourhood(empty) == {"center": None, "truncated": False, "nodes": [], "edges": []}
        assert views.summary(empty)["top"] == []
        assert views.entity(empty, "Nobody-0000000000") is None
        assert views.events(empty) == {"events": [], "next": None}


def test_two_hops_reach_further(store: Store) -> None:
    """A second hop adds the neighbours of the neighbours."""
    one, two = (views.neighbourhood(store, identify(store, "Zeta"), hops) for hops in (1, 2))
    assert one is not None
    assert two is not None
    assert {node["label"] for node in one["nodes"]} < {node["label"] for node in two["nodes"]}


def test_layout_gives_room() -> None:
    """No two nodes of a drawing lie upon each other, and the same graph is drawn the same."""
    star = nx.star_graph([f"n{i}" for i in range(40)])
    places = views.layout(star)
    assert places == views.layout(nx.star_graph([f"n{i}" for i in range(40)]))
    points = sorted(places.values())
    assert min(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(points)) > 0.02


@pytest.mark.parametrize(("sentence", "evidence", "expected"), [
    ("He said so.", [("said", "He ")], ["said"]),
    ("cut and cut again", [("cut", "and ")], ["cut"]),
    ("a b c", [("a b", ""), ("b c", "a ")], ["a b c"]),
    ("nothing here", [("elsewhere", "")], []),
])
def test_mark(sentence: str, evidence: list[tuple[str, str]], expected: list[str]) -> None:
    """Evidence is found by its words and the text before them; overlapping pieces are one."""
    spans = mark(sentence, [{"exact": exact, "prefix": prefix} for exact, prefix in evidence])
    assert [sentence[span["start"]:span["end"]] for span in spans] == expected


def test_mark_prefers_the_fitting_place() -> None:
    """Of two equal quotations, the one after the same text is marked."""
    [span] = mark("cut and cut again", [{"exact": "cut", "prefix": "they cut and "}])
    assert span["start"] == 8


def test_expand() -> None:
    """Local names, prefixed names and IRIs are identifiers; what could break a query is none."""
    assert expand("Amazon-1") == expand("ent:Amazon-1") == expand("https://w3id.org/stringer/entity/Amazon-1")
    for bad in ("", "a b", "x> . ?s ?p ?o", "a\n"):
        with pytest.raises(QueryError):
            expand(bad)


def test_labels() -> None:
    """Properties are called what the ontology calls them, open ones by their verb."""
    assert label(NEWS["ceoOf"]) == "CEO of"
    assert label(REL["cut_off"]) == "cut off"
