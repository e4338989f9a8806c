"""The whole network in columns, its places, and the file that shows it."""

import json
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg import pipeline, views
from kg.graph import Graph
from kg.model import Extraction
from kg.store import EmbeddedStore, open_store
from kg.views.places import places


@pytest.fixture(scope="module")
def store(extractions: tuple[Extraction, Extraction]) -> Iterator[EmbeddedStore]:
    """Return a store in memory with two articles on the same people."""
    with open_store() as store:
        pipeline.add(extractions, store)
        yield store


def test_columns(store: EmbeddedStore) -> None:
    """Nodes and edges come in columns of equal length; what is only possible is there and marked."""
    found = views.network(store)
    nodes, edges = found["nodes"], found["edges"]
    assert {len(column) for column in nodes.values()} == {len(nodes["id"])}
    assert {len(column) for column in edges.values()} == {len(edges["source"])}
    told = {(nodes["label"][source], found["predicates"][name]["label"], nodes["label"][target], asserted)
            for source, name, target, asserted in zip(edges["source"], edges["predicate"], edges["target"],
                                                      edges["asserted"], strict=True)}
    assert ("Ann Lee", "CEO of", "Acme Corp.", 1) in told
    assert any(target == "Zeta" and not asserted for _, _, target, asserted in told)
    assert not any(name == "position at" and source == "Ann Lee" for source, name, *_ in told)
    assert sorted(found["articles"]["date"]) == ["2024-05-08", "2024-06-01"]
    assert json.dumps(found) == json.dumps(views.network(store))


def test_only_the_foremost_of_many(store: EmbeddedStore) -> None:
    """Past the limit the nodes with the highest PageRank stay, with the edges between them."""
    found, whole = views.network(store, limit=2), views.network(store)
    assert (found["truncated"], whole["truncated"]) == (True, False)
    ranks = dict(zip(whole["nodes"]["id"], whole["nodes"]["pagerank"], strict=True))
    assert set(found["nodes"]["id"]) == set(sorted(ranks, key=lambda id: (-ranks[id], id))[:2])
    assert max([0, *found["edges"]["source"], *found["edges"]["target"]]) < 2


def test_places_are_kept(store: EmbeddedStore, tmp_path: Path) -> None:
    """Places are read from the file that keeps them; a damaged file or one of other edges is written anew."""
    file = tmp_path / "places.json"
    first = views.network(store, keep=file)
    moved = json.loads(file.read_text("utf-8"))
    moved["figures"] = {node: [7.5, *values[1:]] for node, values in moved["figures"].items()}
    file.write_text(json.dumps(moved), "utf-8")
    assert set(views.network(store, keep=file)["nodes"]["x"]) == {7.5}
    for damaged in ("{", json.dumps({**moved, "digest": "other"})):
        file.write_text(damaged, "utf-8")
        assert views.network(store, keep=file) == first
    assert views.network(store, keep=tmp_path / "none" / "places.json") == first


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1))
def test_places_depend_on_content_only(pairs: list[tuple[int, int]]) -> None:
    """The same graph with nodes, edges and groups in another order has the same places; no two nodes share one."""
    edges = [(f"n{a}", f"n{b}") for a, b in pairs if a != b] or [("n0", "n1")]
    graph = nx.Graph(edges)
    groups = [sorted(part) for part in nx.connected_components(graph)]
    found = places(graph, groups)
    assert found == places(nx.Graph(reversed(edges)), [list(reversed(group)) for group in reversed(groups)])
    assert len(set(found.values())) == len(graph)


def test_large_groups_are_divided() -> None:
    """A group of more nodes than springs can do is laid out group by group, within a disc."""
    graph = nx.relabel_nodes(nx.random_partition_graph([80] * 5, 0.1, 0.001, seed=1), "n{:03}".format)
    found = places(graph, [list(graph)])
    assert len(found) == 400
    assert max(abs(value) for place in found.values() for value in place) < 40


def test_measures_of_a_part(store: EmbeddedStore) -> None:
    """Measures are those of the part between the named nodes; names that are not there are left out."""
    ids = {row["label"]: row["id"] for row in views.search(store)["entities"]}
    part = views.measures(store, [ids["Ann Lee"], ids["Acme Corp."], "ent:nobody"])
    assert {(row["label"], row["degree"]) for row in part["measures"]} == {("Ann Lee", 1), ("Acme Corp.", 1)}
    assert [bridge["parted"] for bridge in part["bridges"]] == [1]
    assert len(views.measures(store)["measures"]) == 4


def test_similar_entities(store: EmbeddedStore) -> None:
    """Entities are found by name or identifier; an unknown one has no answer."""
    found = views.similar(store, "Ann Lee")
    assert found is not None
    assert all(0 < row["score"] <= 1 for row in found["similar"])
    assert views.similar(store, "ent:nobody") is None


def test_html_is_one_file(store: EmbeddedStore, tmp_path: Path) -> None:
    """A graph and a network are written with the drawing inside; labels cannot end the script; bytes repeat."""
    first, second = (kg.to_html(Graph(store), tmp_path / name, title="<News>") for name in ("a.html", "b.html"))
    text = first.read_text("utf-8")
    assert first.read_bytes() == second.read_bytes()
    assert "Ann Lee" in text
    assert "<title>&lt;News&gt;</title>" in text
    assert not any(tag in text for tag in ("<link", " src=", "<base"))
    network = nx.MultiDiGraph()
    network.add_node("x", label="</script><b>", type="Company", kind="entity")
    network.add_node("y", label="Y", type="Company", kind="entity")
    network.add_edge("x", "y", key="p", label="owns", confidence=0.9, articles=3)
    other = kg.to_html(network, tmp_path / "c.html").read_text("utf-8")
    assert "</script><b>" not in other
    assert other.count("</script>") == text.count("</script>") == 3


def test_empty_network(tmp_path: Path) -> None:
    """A store without articles has columns without rows."""
    with open_store() as empty:
        assert views.network(empty)["nodes"]["id"] == []
        assert views.measures(empty) == {"measures": [], "bridges": []}
        assert kg.to_html(Graph(empty), tmp_path / "empty.html").is_file()
