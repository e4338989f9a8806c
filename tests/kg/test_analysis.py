"""Centrality, communities and paths on small graphs that are worked out by hand."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import analysis, pipeline
from kg.errors import KGError
from kg.graph import to_networkx
from kg.model import Extraction
from kg.store import open_store

FILES = sorted((Path(__file__).parent / "articles").glob("*.json"))
TWO_TRIANGLES = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "f"), ("f", "d")]


def graph_of(edges: list[tuple[str, str]], seed: int | None = None) -> nx.MultiDiGraph:
    """Return entities named by letters and joined by these edges, added in an order drawn with the seed."""
    graph = nx.MultiDiGraph()
    edges = list(edges) if seed is None else random.Random(seed).sample(edges, len(edges))
    for node in dict.fromkeys(node for edge in edges for node in edge):
        graph.add_node(node, label=node.upper(), type="Company", kind="entity")
    for source, target in edges:
        graph.add_edge(source, target, key="p", predicate="p", label="p", confidence=1.0, articles=1)
    return graph


def test_pagerank_of_a_star() -> None:
    """In a star of three leaves the centre gets (1 + 3d) / (4 + 4d): solve c = (1-d)/4 + 3dl, l = (1-d)/4 + dc/3."""
    ranks = analysis.pagerank(graph_of([("x", "c"), ("y", "c"), ("c", "z")]))
    assert [ranked.iri for ranked in ranks] == ["c", "x", "y", "z"]
    assert ranks[0].score == pytest.approx((1 + 3 * 0.85) / (4 + 4 * 0.85), abs=1e-5)
    assert sum(ranked.score for ranked in ranks) == pytest.approx(1)


def test_pagerank_follows_corroboration() -> None:
    """Of two leaves the one whose edge more articles state comes first."""
    graph = graph_of([("c", "x"), ("c", "y")])
    graph.edges["c", "y", "p"]["articles"] = 3
    assert [ranked.iri for ranked in analysis.pagerank(graph)] == ["c", "y", "x"]


def test_betweenness_of_a_path() -> None:
    """On a path of three all pairs of the others meet in the middle."""
    middle, *ends = analysis.betweenness(graph_of([("a", "b"), ("b", "c")]))
    assert (middle.iri, middle.label, middle.score) == ("b", "B", 1.0)
    assert [ranked.score for ranked in ends] == [0.0, 0.0]


def test_betweenness_from_samples() -> None:
    """As many samples as nodes, or more, are exact; fewer are the same on every run."""
    graph = graph_of(TWO_TRIANGLES)
    assert analysis.betweenness(graph, samples=100) == analysis.betweenness(graph)
    assert analysis.betweenness(graph, samples=3) == analysis.betweenness(graph, samples=3)


def test_communities_of_two_triangles() -> None:
    """Two triangles joined by one edge are two communities."""
    found = analysis.communities(graph_of(TWO_TRIANGLES))
    groups = [{member.iri for member in community.members} for community in found]
    assert groups == [{"a", "b", "c"}, {"d", "e", "f"}]


def test_shortest_path() -> None:
    """The path goes against edges where it must, and names may stand for IRIs."""
    steps = analysis.shortest_path(graph_of(TWO_TRIANGLES), "A", "f")
    assert [(step.source, step.target, step.forward) for step in steps] == [
        ("a", "c", False), ("c", "d", True), ("d", "f", False)]
    assert analysis.shortest_path(graph_of(TWO_TRIANGLES), "a", "a") == []


def test_no_path_and_no_name() -> None:
    """Unknown names and unconnected entities are errors that say which."""
    graph = graph_of([("a", "b"), ("c", "d")])
    with pytest.raises(KGError, match="'a' to 'c'"):
        analysis.shortest_path(graph, "a", "c")
    for name in ("nobody", ""):
        with pytest.raises(KGError, match="no entity"):
            analysis.shortest_path(graph, "a", name)


def test_names_prefer_the_whole_and_the_well_connected() -> None:
    """A whole name wins over a beginning, and of equal names the one with more edges."""
    graph = graph_of([("a", "b"), ("b", "c"), ("b", "d")])
    nx.set_node_attributes(graph, {"a": "Yahoo!", "b": "Yahoo Japan", "c": "Sony", "d": "Söny"}, "label")
    assert analysis.find_node(graph, "yahoo") == "b"
    assert analysis.find_node(graph, "YAHOO!") == "a"
    assert analysis.find_node(graph, "sony") == "c"


@given(st.integers(0, 1000), st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), min_size=1,
                                      unique=True))
def test_order_of_nodes_does_not_matter(seed: int, edges: list[tuple[str, str]]) -> None:
    """The same edges added in another order give the same summary."""
    assert analysis.summarize(graph_of(edges)) == analysis.summarize(graph_of(edges, seed))


IN_ANOTHER_PROCESS = """
import networkx as nx
from kg import analysis
graph = nx.MultiDiGraph()
graph.add_nodes_from("abcdefghijkl", label="x", type="Company", kind="entity")
graph.add_edges_from((a, b) for a in graph for b in graph if ord(a) * ord(b) % 5 == 1)
print(analysis.summarize(graph, samples=4))
"""


def test_hash_seeds_do_not_matter(root: Path) -> None:
    """Another process with another string hashing finds the same communities."""
    answers = {subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS], cwd=root, capture_output=True, check=True,
                              env={**os.environ, "PYTHONHASHSEED": seed}).stdout for seed in ("1", "2")}
    assert len(answers) == 1


def test_empty_graph() -> None:
    """A graph without nodes has a summary too."""
    assert analysis.summarize(nx.MultiDiGraph()) == analysis.Summary(0, 0, (), (), ())


def test_events_carry_paths_and_are_not_ranked() -> None:
    """On real articles only entities are ranked, and a path may run through an event."""
    store = open_store()
    pipeline.add((Extraction.from_dict(json.loads(file.read_text("utf-8"))) for file in FILES), store)
    graph = to_networkx(store)
    summary = analysis.summarize(graph)
    assert summary.pagerank[0].label == "Norvane"
    assert {ranked.type for ranked in summary.pagerank} == {"Company", "Person", "Government"}
    assert all(member.label for community in summary.communities for member in community.members)
    path = analysis.shortest_path(graph, "court", "Castellan")
    assert [graph.nodes[step.target]["kind"] for step in path] == ["event", "entity"]
