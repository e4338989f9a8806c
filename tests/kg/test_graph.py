"""The facade and the projection to networkx."""

import datetime as dt
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from kg import pipeline
from kg.errors import QueryError, StoreError
from kg.graph import Graph, claim_network, export, to_networkx
from kg.model import Claim, Document, Entity, Extraction, Mention, Span
from kg.store import EmbeddedStore, open_store
from kg.vocab import NEWS, REL

ARTICLES = Path(__file__).parent / "articles"


def read(name: str) -> Extraction:
    """Return an article of ``tests/kg/articles`` with what is read out of it by hand."""
    return Extraction.from_dict(json.loads((ARTICLES / f"{name}.json").read_text("utf-8")))


def store_of(*extractions: Extraction) -> EmbeddedStore:
    """Return a store in memory that holds these articles."""
    store = open_store()
    pipeline.add(extractions, store)
    return store


@pytest.fixture
def graph() -> Graph:
    """Return the graph of both articles."""
    return Graph(store_of(read("july"), read("november")))


def named(projection: nx.MultiDiGraph) -> set[tuple[str, str, str]]:
    """Return the edges with labels in place of IRIs."""
    labels = projection.nodes(data="label")
    return {(labels[a], key.removeprefix(NEWS), labels[b]) for a, b, key in projection.edges(keys=True)}


def test_rows_hold_python_values(graph: Graph) -> None:
    """IRIs come as URIRef, literals as the values they denote, unbound variables as None."""
    [row] = graph.query("""
        SELECT ?event ?begins ?lower ?text ?none {
          ?event a news:Layoff ; news:count ?count ; news:date/news:begins ?begins .
          ?count news:lower ?lower ; news:valueText ?text OPTIONAL { ?event news:x ?none }
        }""")
    assert isinstance(row["event"], URIRef)
    assert (row["begins"], row["lower"], row["text"], row["none"]) == (
        dt.date(2025, 7, 17), Decimal(700), "at least 700 jobs", None)
    odd = graph.query("SELECT ('a'@en AS ?a) ('x'^^xsd:integer AS ?b) ('2025'^^xsd:gYear AS ?c) (true AS ?d) {}")
    assert odd == [{"a": "a", "b": "x", "c": "2025", "d": True}]


def test_query_forms_have_their_methods(graph: Graph) -> None:
    """ASK answers yes or no, CONSTRUCT an rdflib graph, and the wrong method names the right one."""
    assert graph.ask("ASK { ?x news:ceoOf ?y }")
    assert len(graph.construct("CONSTRUCT WHERE { ?x news:ceoOf ?y }")) == 2
    with pytest.raises(QueryError, match="ask"):
        graph.query("ASK {}")
    with pytest.raises(QueryError, match="query"):
        graph.ask("SELECT * {}")
    with pytest.raises(QueryError, match="query"):
        graph.construct("SELECT * {}")


def test_edges_are_the_plain_statements(graph: Graph) -> None:
    """Relations, open facts and roles of what happened are edges; plans and claims are none."""
    edges = named(graph.to_networkx())
    layoff, purchase = "Layoff: Norvane, Norvane Cloud", "Acquisition: Norvane, Brightwater, Castellan"
    assert {("Marcus Ellery", "ceoOf", "Norvane"), ("Norvane Cloud", "partOf", "Norvane"),
            (layoff, "unit", "Norvane Cloud"), (purchase, "buyer", "Norvane"),
            ("Norvane", str(REL["plan_to_buy"]), "Brightwater")} <= edges
    assert not any(predicate == "speaker" for _, predicate, _ in edges)
    assert sum(predicate == "buyer" for _, predicate, _ in edges) == 1


def test_attributes(graph: Graph) -> None:
    """Nodes and edges carry what a reader needs, as strings and numbers."""
    projection = graph.to_networkx()
    by_label = {data["label"]: data for _, data in projection.nodes(data=True)}
    assert by_label["Norvane"] == {"label": "Norvane", "type": "Company", "kind": "entity", "articles": 2}
    layoff = "Layoff: Norvane, Norvane Cloud"
    assert by_label[layoff] == {
        "label": layoff, "type": "Layoff", "kind": "event", "date": "2025-07-17", "confidence": 1.0}
    ceo = [data for *_, data in projection.edges(data=True) if data["predicate"] == str(NEWS["ceoOf"])]
    assert {data["confidence"] for data in ceo} == {0.6, 1.0}
    assert {(data["kind"], data["articles"]) for data in ceo} == {("relations", 1)}
    assert {data["label"] for *_, data in projection.edges(data=True)} >= {"plan to buy", "unit"}


def test_events_may_be_left_out(graph: Graph) -> None:
    """Without events only entities and the statements between them remain."""
    projection = graph.to_networkx(include_events=False)
    assert set(nx.get_node_attributes(projection, "kind").values()) == {"entity"}
    assert {kind for *_, kind in projection.edges(data="kind")} == {"relations", "facts"}
    assert to_networkx(open_store()).number_of_nodes() == 0


def test_corroboration_counts_articles() -> None:
    """The same statement in two articles is one edge that counts both."""
    first = read("july")
    second = replace(first, document=replace(first.document, id="other"))
    edges = to_networkx(store_of(first, second)).edges(data=True)
    assert {data["articles"] for *_, data in edges if data["label"] == "part of"} == {2}


def test_days_narrow_the_network(graph: Graph) -> None:
    """Only what articles of those days say is in it, and only nodes that they link."""
    july, november = (graph.to_networkx(until=dt.date(2025, 10, 31)), graph.to_networkx(since=dt.date(2025, 11, 1)))
    whole = graph.to_networkx()
    assert named(july) | named(november) == named(whole)
    assert ("Norvane Cloud", "partOf", "Norvane") in named(july) - named(november)
    assert min(degree for _, degree in july.degree()) > 0
    assert len(graph.to_networkx(since=dt.date(2030, 1, 1))) == 0


def test_claim_network() -> None:
    """Who is mentioned inside the words of a claim is spoken of; who stands beside them is not."""
    text = "Ann Lee said that Acme would pay Bob Ray. Zeta did not answer."
    names = {"Ann Lee": "Person", "Acme": "Company", "Bob Ray": "Person", "Zeta": "Company"}
    at = {name: Span(text.index(name), text.index(name) + len(name)) for name in names}
    entities = tuple(Entity(name, type, name, (Mention(at[name].start, at[name].end),)) for name, type in names.items())
    content = Span(text.index("Acme"), text.index("."))
    claim = Claim("Ann Lee", Span(8, 12), content, False, 0.7)
    store = store_of(Extraction(Document("a", text, date=dt.date(2025, 1, 2)), entities, claims=(claim,),
                                sentences=(Span(0, 41), Span(42, len(text)))))
    network = Graph(store).claim_network()
    labels = network.nodes(data="label")
    assert {(labels[a], labels[b]) for a, b in network.edges()} == {("Ann Lee", "Acme"), ("Ann Lee", "Bob Ray")}
    assert all((data["claims"], data["articles"], data["confidence"]) == (1, 1, 0.7)
               for *_, data in network.edges(data=True))
    assert len(claim_network(store, since=dt.date(2025, 1, 3))) == 0


@given(st.permutations(["july", "november"]))
def test_projection_depends_on_content_only(order: list[str]) -> None:
    """Articles in any order give the same GraphML bytes."""
    assert export(store_of(*map(read, order)), "graphml") == export(
        store_of(read("july"), read("november")), "graphml")


def test_graph_formats_are_read_by_networkx(graph: Graph) -> None:
    """GraphML and GEXF give the same nodes, edges and labels back."""
    projection = graph.to_networkx()
    for read in (nx.read_graphml(io.BytesIO(export(graph.store, "graphml"))),
                 nx.read_gexf(io.BytesIO(export(graph.store, "gexf")))):
        assert set(read) == set(projection)
        assert read.number_of_edges() == projection.number_of_edges()
        assert sorted(label for *_, label in read.edges(data="label")) == sorted(
            label for *_, label in projection.edges(data="label"))


def test_graph_formats_are_well_formed_and_dateless() -> None:
    """A control character in a label does not break the XML, and today's date is nowhere in it."""
    first = read("july")
    odd = replace(first.entities[3], name="Bright\x01water")
    store = store_of(replace(first, entities=(*first.entities[:3], odd)))
    for name in ("graphml", "gexf"):
        root = ElementTree.fromstring(export(store, name))
        assert "Brightwater" in ElementTree.tostring(root, encoding="unicode")
        assert "lastmodifieddate" not in ElementTree.tostring(root, encoding="unicode")


@pytest.mark.parametrize("name", ["g.ttl", "g.trig", "g.nq", "g.nt", "g.jsonld", "g.rdf", "g.graphml", "g.gexf"])
def test_export_follows_the_suffix(graph: Graph, tmp_path: Path, name: str) -> None:
    """The suffix of the file chooses the format."""
    assert graph.export(tmp_path / name).stat().st_size > 1000


def test_unknown_formats_are_told(graph: Graph, tmp_path: Path) -> None:
    """An unknown format or suffix is an error, and no file is left."""
    with pytest.raises(StoreError, match="graphml"):
        graph.export(tmp_path / "g.ttl", format="docx")
    with pytest.raises(StoreError, match="suffix"):
        graph.export(tmp_path / "g.docx")
    assert list(tmp_path.iterdir()) == []


def test_closing_gives_the_store_back(tmp_path: Path) -> None:
    """A graph is a context manager over its store."""
    with Graph(open_store(tmp_path / "store")) as graph:
        assert graph.query("SELECT * { ?s ?p ?o }") == []
    open_store(tmp_path / "store").close()
