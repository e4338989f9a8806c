"""Every named query: its header, that it runs, and what it answers on two articles."""

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rdflib import Literal, URIRef

from kg import pipeline, queries
from kg.errors import QueryError
from kg.graph import Graph
from kg.linking.comparison import ACRONYM
from kg.model import Argument, Document, Entity, Event, Extraction, Mention, Span, Value
from kg.store import open_store
from kg.vocab import NEWS, XSD, article_iri
from tests.kg.stories import Story

ARTICLES = Path(__file__).parent / "articles"


def read(name: str) -> Extraction:
    """Return an article of ``tests/kg/articles`` with what is read out of it by hand."""
    return Extraction.from_dict(json.loads((ARTICLES / f"{name}.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def graph() -> Graph:
    """Return the graph of both articles."""
    store = open_store()
    pipeline.add([read("july"), read("november")], store)
    return Graph(store)


@pytest.mark.parametrize("name", queries.names())
def test_headers_are_complete(name: str) -> None:
    """Each file has a title, a description, and one open VALUES line for each parameter it names."""
    query = queries.load(name)
    assert query.name == name
    assert query.title
    assert query.description.endswith(".")
    assert set(re.findall(r"VALUES \?(\w+) \{ UNDEF \}", query.text)) == set(query.parameters)
    assert query.text.count("UNDEF") == query.text.count("{ UNDEF }")


@pytest.mark.parametrize("name", queries.names())
def test_queries_run(graph: Graph, name: str) -> None:
    """Each query runs as it is, answers something on the articles, and takes a value for every parameter."""
    query = queries.load(name)
    assert Graph(open_store()).query(query.text) == []
    assert graph.query(query.text) or name in SILENT
    nothing = dict.fromkeys(query.parameters, 'no "such" \\ thing\n')
    assert not nothing or graph.query(name, **nothing) == []


SILENT = {"conflicts-of-ceo", "differing-figures", "disputed", "funding-rounds", "happenings", "merges",
          "who-speaks-of-whom"}
"""Queries about what neither article reports."""

LAYOFF = {"company": "Norvane", "unit": "Norvane Cloud", "count": "at least 700 jobs", "atLeast": 700}
SALES = {"company": "Norvane Cloud", "metric": "Sales", "amount": "$12 billion", "currency": "USD", "change": "9%",
         "number": 12_000_000_000, "period": "the first quarter"}
DAY = Literal("2025-08-01", datatype=XSD["date"])


@pytest.mark.parametrize(("name", "parameters", "expected"), [
    ("who-leads-what", {"name": "ellery"}, [{"person": "Marcus Ellery", "organisation": "Norvane"}]),
    ("who-leads-what", {"name": "nobody"}, []),
    ("people-of-organisation", {"organisation": "norvane"},
     [{"person": "Marcus Ellery", "title": "chief executive", "status": "Current"}, {"person": "Priya Raman"}]),
    ("layoffs", {"employer": "NORVANE"}, [LAYOFF]),
    ("layoffs", {"employer": "Castellan"}, []),
    ("acquisitions", {"company": "brightwater"},
     [{"buyer": "Norvane", "seller": None, "modality": "Planned", "amount": 2_400_000_000},
      {"buyer": "Norvane", "seller": "Castellan", "modality": "Asserted", "currency": "USD"}]),
    ("financial-results", {"organisation": "cloud"}, [SALES]),
    ("penalties", {"target": "castellan"}, [{"agent": "court", "punished": "Castellan", "currency": "EUR"}]),
    ("who-said-what", {"speaker": "ellery"}, [{"who": "Marcus Ellery", "cue": "said", "direct": False}]),
    ("claims-about", {"text": "HIRE"}, [{"content": "the company would hire again"}]),
    ("open-facts", {"subject": "norvane"}, [{"verb": "plan to buy", "what": "Brightwater"}]),
    ("subsidiaries", {"parent": "Norvane"}, [{"owner": "Norvane", "part": "Norvane Cloud"}]),
    ("articles", {"source": "harbor"}, [{"title": "Norvane cuts jobs"}]),
    ("ceo-on-date", {"date": DAY}, [{"name": "Norvane", "ceo": "Marcus Ellery"}]),
    ("ceo-on-date", {"company": "norvane"}, [{"name": "Norvane", "ceo": "Priya Raman"}]),
    ("co-mentioned", {"entity": "brightwater"}, [{"second": "Norvane", "articles": 2}]),
    ("top-connected", {}, [{"entity": "Norvane"}]),
    ("timeline", {"entity": "castellan"}, [{"type": NEWS["Acquisition"], "role": NEWS["seller"]},
                                           {"type": NEWS["Penalty"], "role": NEWS["target"]}]),
    ("events-by-month", {"type": NEWS["Layoff"]}, [{"month": "2025-07", "events": 1}]),
    ("events-by-month", {"type": NEWS["Acquisition"]}, [{"month": "2025-11", "events": 1}]),
    ("planned-or-possible", {"name": "brightwater"}, [{"modality": "Planned"}]),
    ("entity-facts", {"entity": "Norvane Cloud"}, [{"predicate": NEWS["partOf"], "object": "Norvane"}]),
])
def test_answers(graph: Graph, name: str, parameters: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    """The query answers each expected row; no row at all where none is expected."""
    rows = graph.query(name, **parameters)
    assert bool(rows) == bool(expected)
    for row in expected:
        assert any(row.items() <= found.items() for found in rows), rows


NAMED = [(name, parameter) for name in queries.names() for parameter, kind in queries.load(name).kinds.items()
         if kind in ("entity", "entities")]


@pytest.mark.parametrize(("name", "parameter"), NAMED)
def test_an_entity_is_given_by_iri_or_name(graph: Graph, name: str, parameter: str) -> None:
    """Asked for each entity by its IRI, a query answers in all what it does when asked for its name."""
    entities = graph.query("SELECT ?it ?name { ?it rdfs:label ?name FILTER(STRSTARTS(STR(?it), STR(ent:))) }")
    whole = queries.load(name).kinds[parameter] == "entity"
    found, named = set(), set()
    for entity in entities:
        found |= {tuple(row.items()) for row in graph.query(name, **{parameter: URIRef(entity["it"])})}
        word = entity["name"].upper() if whole else ""
        named |= {tuple(row.items()) for row in graph.query(name, **{parameter: word})}
    assert found == named
    assert found or name in SILENT


def test_merges_are_found_by_any_name_of_the_entity() -> None:
    """The query on merges names both names, the reason and the score, whichever name is asked for."""
    store = open_store()
    for id, names in (("a", ("Amazon Web Services", "AWS")), ("b", ("AWS",))):
        story = Story(id)
        story.who("Company", *names)
        story.who("Company", "Oxley Freight")
        pipeline.add([story.extraction()], store)
    [row] = Graph(store).query("merges", entity="web")
    assert row["name"] == "Amazon Web Services"
    assert (row["feature"], float(row["score"])) == ("acronym, spelt out in 1 article", ACRONYM)
    assert row["into"] in (row["first"], row["second"])
    assert Graph(store).query("merges", entity="aws")
    assert Graph(store).query("merges", entity="alpine") == []


def reign(id: str, published: str, *jobs: tuple[str, dict[str, str]]) -> Extraction:
    """Return an article on who leads Tern Lines, from when and until when."""
    story = Story(id, dt.date.fromisoformat(published))
    firm = story.who("Company", "Tern Lines")
    for name, when in jobs:
        story.job(story.who("Person", name), firm, "CEO", **when)
    return story.extraction()


REIGNS = [
    reign("a", "2015-03-02", ("Ida Brandt", {})),
    reign("b", "2021-02-10", ("Ida Brandt", {"until": "the end of March"}),
          ("Olaf Stern", {"status": "incoming", "since": "April 1"})),
    reign("c", "2022-05-05", ("Olaf Stern", {"since": "April 2021"})),
    reign("d", "2022-06-01", ("Max Weiler", {"status": "former", "since": "2009", "until": "2014"})),
    reign("e", "2024-09-16", ("Olaf Stern", {"status": "former"})),
    reign("f", "2025-01-20", ("Vera Lund", {"since": "last month"})),
]


@pytest.mark.parametrize(("day", "leaders"), [
    ("2008-12-31", []),                  # before anything is known
    ("2009-06-01", ["Max Weiler"]),      # told thirteen years later, to the year
    ("2014-12-31", ["Max Weiler"]),
    ("2015-03-01", []),                  # Weiler has gone and nobody else is named yet
    ("2015-03-02", ["Ida Brandt"]),
    ("2021-03-31", ["Ida Brandt"]),
    ("2021-04-01", ["Olaf Stern"]),
    ("2024-09-15", ["Olaf Stern"]),
    ("2024-09-16", []),                  # former on that day, and no successor is known
    ("2024-12-15", ["Vera Lund"]),
    ("2025-06-30", ["Vera Lund"]),
    (None, ["Vera Lund"]),
])
def test_who_led_a_company_on_a_day(day: str | None, leaders: list[str]) -> None:
    """Six articles, each with a part of the story in its own words, answer for every day, in any order."""
    for order in (REIGNS, REIGNS[::-1]):
        store = open_store()
        pipeline.add(order, store)
        when = {"date": Literal(day, datatype=XSD["date"])} if day else {}
        assert [row["ceo"] for row in Graph(store).query("ceo-on-date", company="tern", **when)] == leaders


def test_two_leaders_at_one_time_are_a_conflict() -> None:
    """Articles that tell of a succession do not contradict each other; one that names another one meanwhile does."""
    store = open_store()
    pipeline.add(REIGNS, store)
    assert Graph(store).query("conflicts-of-ceo") == []
    pipeline.add([reign("g", "2022-01-15", ("Carl Odd", {}))], store)
    [row] = Graph(store).query("conflicts-of-ceo")
    assert {row["first"], row["second"]} == {"Olaf Stern", "Carl Odd"}
    assert dt.date(2022, 1, 15) in row.values()


@pytest.mark.parametrize(("name", "kind"), [("chief executive of Tern Lines", "nominal"), ("Stern", "name")])
def test_who_is_not_named_in_full_is_no_second_leader(name: str, kind: str) -> None:
    """"The chief executive of Tern Lines" and "Stern" contradict no article on Olaf Stern, and replace nobody."""
    story = Story("g", dt.date(2022, 1, 15))
    story.job(story.who("Person", name, kind=kind), story.who("Company", "Tern Lines"), "CEO")
    store = open_store()
    pipeline.add([*REIGNS, story.extraction()], store)
    assert Graph(store).query("conflicts-of-ceo") == []
    if kind == "nominal":
        day = Literal("2022-02-01", datatype=XSD["date"])
        assert [row["ceo"] for row in Graph(store).query("ceo-on-date", date=day)] == ["Olaf Stern"]


FIGURES = {
    "death tolls": ("Disaster", "place", "Place", "killed", ("12 people", "15 people")),
    "prices": ("Acquisition", "target", "Company", "price", ("$3 billion", "$3.5 billion")),
}


@pytest.mark.parametrize("case", FIGURES)
def test_two_figures_of_one_event_are_a_conflict(case: str) -> None:
    """Two death tolls of one disaster, and two prices of one purchase, are listed; the same figure twice is not."""
    type, part, kind, role, (one, other) = FIGURES[case]
    store = open_store()
    for id, figure in zip("abc", (one, other, one), strict=True):
        story = Story(id, dt.date(2025, 3, 4))
        story.event(type, **{part: story.who(kind, "Tern Island"), role: figure})
        pipeline.add([story.extraction()], store)
    found = Graph(store).query("differing-figures", entity="tern")
    assert [({row["first"], row["second"]}, row["role"]) for row in found] == [({one, other}, role)] * 2


def test_the_answer_keeps_the_precision_of_the_text() -> None:
    """A year stays a year: beginning, precision, end and the newest article that says so."""
    store = open_store()
    pipeline.add(REIGNS, store)
    [row] = Graph(store).query("ceo-on-date", date=Literal("2010-01-01", datatype=XSD["date"]))
    assert row == {"name": "Tern Lines", "ceo": "Max Weiler", "since": dt.date(2009, 1, 1), "precision": "year",
                   "until": dt.date(2014, 12, 31), "stated": dt.date(2022, 6, 1)}


def test_articles_that_agree_and_deny_are_counted() -> None:
    """A statement of two articles that a third denies has two for it and one against."""
    store = open_store()
    for id in "abc":
        story = Story(id)
        story.job(story.who("Person", "Ida Brandt"), story.who("Company", "Tern Lines"), "pilot")
        if id == "c":
            story.relations[0] = replace(story.relations[0], modality="denied")
        pipeline.add([story.extraction()], store)
    rows = Graph(store).query("corroboration", entity="tern")
    assert ("Ida Brandt", NEWS["positionAt"], "Tern Lines", 2, 1) in [tuple(row.values()) for row in rows]
    disputed = [tuple(row.values()) for row in Graph(store).query("disputed", entity="tern")]
    assert ("Ida Brandt", NEWS["positionAt"], "Tern Lines", 2, 1) in disputed


def test_an_event_that_two_articles_report_is_listed_once() -> None:
    """The happening has its articles, days and confidence, and the figures stay with their reports."""
    store = open_store()
    pipeline.add([cuts("a", 3, "4,000", "denied"), cuts("b", 5, "4,200"), cuts("c", 20, "90")], store)
    [row] = Graph(store).query("happenings", entity="tern")
    assert (row["type"], row["articles"], row["first"], row["last"]) == (
        "Layoff", 2, dt.date(2025, 3, 3), dt.date(2025, 3, 5))
    assert Graph(store).query("differing-figures", entity="tern")
    assert Graph(store).query("happenings", entity="norvane") == []


def cuts(id: str, day: int, count: str, modality: str = "asserted") -> Extraction:
    """Return an article on jobs that Tern Lines cuts."""
    text = f"Tern Lines cuts {count} jobs."
    where = text.index(count)
    event = Event("v", "Layoff", Span(11, 15), (
        Argument("employer", "e"), Argument("count", Value(count, where, where + len(count)))), modality)
    firm = Entity("e", "Company", "Tern Lines", (Mention(0, 10),))
    return Extraction(Document(id, text, date=dt.date(2025, 3, day)), (firm,), events=(event,))


def test_differing_figures_stand_side_by_side() -> None:
    """Two figures for one thing in one week are listed with their sources and modality; equal or later ones are not."""
    store = open_store()
    pipeline.add([cuts("a", 1, "4,000", "denied"), cuts("b", 3, "4,200"), cuts("c", 4, "4,200"), cuts("d", 20, "90")],
                 store)
    rows = Graph(store).query("differing-figures", entity="tern")
    sides = {frozenset({(row["first"], row["firstModality"], str(row["firstArticle"])),
                        (row["second"], row["secondModality"], str(row["secondArticle"]))}) for row in rows}
    denied = ("4,000", "Denied", str(article_iri("a")))
    assert sides == {frozenset({denied, ("4,200", "Asserted", str(article_iri(id)))}) for id in "bc"}
    assert {(row["type"], row["name"], row["role"]) for row in rows} == {("Layoff", "Tern Lines", "count")}


def test_receipts_show_the_sentence(graph: Graph) -> None:
    """A statement's receipt holds the evidence with its place in the article's text."""
    [row] = graph.query("receipts-of-statement", subject="marcus ellery", predicate=NEWS["ceoOf"], object="Norvane")
    assert "Marcus Ellery, chief executive of Norvane, said" in row["sentence"]
    assert row["evidence"] == "Marcus Ellery, chief executive of Norvane"
    assert graph.store.articles()[0] == row["article"]
    body = graph.query("SELECT ?text { ?article schema:articleBody ?text }")
    assert row["evidence"] in {text["text"][row["start"]:row["end"]] for text in body}


def test_values_cannot_leave_their_place() -> None:
    """A parameter is a term, however it is written."""
    hostile = '" } } ; DROP ALL # SERVICE <http://127.0.0.1:9/> {'
    assert Graph(open_store()).query("layoffs", employer=hostile) == []
    with pytest.raises(QueryError, match="no IRI"):
        Graph(open_store()).query("events-by-month", type=URIRef("http://x/> } SERVICE <http://127.0.0.1:9/> { <"))


def test_unknown_names_are_told() -> None:
    """An unknown query or parameter is an error that lists the known ones."""
    with pytest.raises(QueryError, match="layoffs"):
        queries.load("lay-offs")
    with pytest.raises(QueryError, match="employer"):
        queries.load("layoffs").bind(company="Norvane")
