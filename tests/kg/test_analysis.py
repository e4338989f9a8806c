"""Centrality, communities and paths on small graphs that are worked out by hand."""

import json
import math
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import analysis, pipeline
from kg.analysis import engines
from kg.analysis.pivots import estimate_betweenness
from kg.errors import KGError
from kg.graph import to_networkx
from kg.model import Extraction
from kg.store import open_store

FILES = sorted((Path(__file__).parent / "articles").glob("*.json"))
EDGES = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), min_size=1, unique=True)
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
    """As many samples as nodes, or more, are exact; fewer are the same on every run, and near."""
    graph = graph_of(TWO_TRIANGLES)
    assert analysis.betweenness(graph, samples=100) == analysis.betweenness(graph)
    some = analysis.betweenness(graph, samples=3)
    assert some == analysis.betweenness(graph, samples=3) != analysis.betweenness(graph)
    assert {entity.iri for entity in some[:2]} == {"c", "d"}


def test_weight_is_articles_times_confidence() -> None:
    """Of parallel edges the best supported one counts: two articles at 0.4 weigh less than one at 0.9."""
    graph = graph_of([("a", "b")])
    graph.edges["a", "b", "p"].update(articles=2, confidence=0.4)
    graph.add_edge("b", "a", key="q", predicate="q", label="q", confidence=0.9, articles=1)
    assert analysis.undirected(graph).edges["a", "b"]["weight"] == pytest.approx(0.9)


def test_degree_and_strength() -> None:
    """Degree counts neighbours, strength adds the weights of the edges to them."""
    graph = graph_of([("c", "x"), ("c", "y")])
    graph.edges["c", "x", "p"]["articles"] = 3
    assert [entity.score for entity in analysis.degree(graph)] == [2, 1, 1]
    assert [entity.score for entity in analysis.degree(graph, weighted=True)] == [4, 3, 1]


def test_weighted_betweenness_takes_the_supported_way() -> None:
    """Round a square the way over well supported edges is shorter."""
    graph = graph_of([("a", "b"), ("b", "c"), ("a", "d"), ("d", "c")])
    for ends in (("a", "b"), ("b", "c")):
        graph.edges[(*ends, "p")]["articles"] = 5
    scores = {entity.iri: entity.score for entity in analysis.betweenness(graph, weighted=True)}
    assert scores["b"] > scores["d"] == 0


def test_core_numbers() -> None:
    """A clique of four with a tail: its members have three neighbours among themselves, the tail hangs by one."""
    clique = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"), ("d", "e")]
    cores = {entity.iri: entity.score for entity in analysis.core_numbers(graph_of(clique))}
    assert cores == {"a": 3, "b": 3, "c": 3, "d": 3, "e": 1}


def test_bridges() -> None:
    """The edge between two triangles parts three nodes, a tail one; a triangle has no bridge."""
    assert analysis.bridges(graph_of(TWO_TRIANGLES)) == [analysis.Bridge("c", "d", 3)]
    tail = analysis.bridges(graph_of([*TWO_TRIANGLES, ("f", "t")]))
    assert tail == [analysis.Bridge("c", "d", 3), analysis.Bridge("f", "t", 1)]


@given(EDGES)
def test_bridges_part_what_they_say(edges: list[tuple[str, str]]) -> None:
    """Without a bridge its ends lie in two components, the smaller of which has as many nodes as said."""
    plain = analysis.undirected(graph_of(edges))
    for bridge in analysis.bridges(graph_of(edges)):
        rest = plain.copy()
        rest.remove_edge(bridge.source, bridge.target)
        parts = [len(nx.node_connected_component(rest, end)) for end in (bridge.source, bridge.target)]
        assert not nx.has_path(rest, bridge.source, bridge.target)
        assert min(parts) == bridge.parted


def test_similar() -> None:
    """Who is linked to the same things is most like; who has nothing in common is not listed."""
    graph = graph_of([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "y"), ("d", "e")])
    nx.set_node_attributes(graph, {"d": "Person", "e": "Place"}, "type")
    found = analysis.similar(graph, "A")
    assert [entity.iri for entity in found[:2]] == ["b", "c"]
    assert found[0].score == pytest.approx(1)
    assert "e" not in [entity.iri for entity in found]


def test_suggested_links() -> None:
    """Two common neighbours, of degree 2 and 3, give 1/ln 2 + 1/ln 3; who is connected is not suggested."""
    graph = graph_of([("a", "x"), ("b", "x"), ("a", "y"), ("b", "y"), ("c", "y")])
    found = {(link.source.iri, link.target.iri): link for link in analysis.suggest_links(graph)}
    assert list(found) == [("x", "y"), ("a", "b"), ("a", "c"), ("b", "c")]
    assert found["x", "y"].score == pytest.approx(2 / math.log(2))
    assert found["a", "b"].score == pytest.approx(1 / math.log(2) + 1 / math.log(3))
    assert [entity.iri for entity in found["a", "b"].common] == ["x", "y"]


def event_graph() -> nx.MultiDiGraph:
    """Return three firms of which two share one event, and all three a second, surer one."""
    graph = graph_of([("x", "y"), ("z", "y")])
    for event, confidence, members in (("e1", 0.5, "xy"), ("e2", 0.9, "xyz")):
        graph.add_node(event, label=event, type="Meeting", kind="event", confidence=confidence)
        for member in members:
            graph.add_edge(event, member, key="r", predicate="r", label="r", confidence=1.0, articles=1)
    return graph


def test_participation() -> None:
    """An event of n entities adds its confidence / (n - 1) to each pair, and counts once."""
    network = analysis.participation(event_graph())
    weights = {(a, b): (round(data["weight"], 6), data["articles"]) for a, b, data in network.edges(data=True)}
    assert weights == {("x", "y"): (0.95, 2), ("x", "z"): (0.45, 1), ("y", "z"): (0.45, 1)}
    assert [entity.iri for entity in analysis.degree(network, weighted=True)][2] == "z"


def test_changes_of_communities() -> None:
    """Communities of two times are paired by their common members; one that has none is new."""
    before = analysis.communities(graph_of(TWO_TRIANGLES))
    after = analysis.communities(graph_of([("a", "b"), ("b", "g"), ("g", "a"), ("h", "i")]))
    kept, ended, begun = analysis.changes(before, after)
    assert ([m.iri for m in kept.joined], [m.iri for m in kept.left], kept.likeness) == (["g"], ["c"], 0.5)
    assert {member.iri for member in kept.stayed} == {"a", "b"}
    assert (ended.after, {member.iri for member in ended.left}) == (None, {"d", "e", "f"})
    assert (begun.before, {member.iri for member in begun.joined}) == (None, {"h", "i"})


@given(EDGES)
def test_betweenness_from_all_pivots_is_exact(edges: list[tuple[str, str]]) -> None:
    """With every node as a start node the estimate is what networkx computes."""
    plain = analysis.undirected(graph_of(edges))
    assert estimate_betweenness(plain, len(plain), 0) == pytest.approx(nx.betweenness_centrality(plain), abs=1e-12)


def scores_of(entities: list[analysis.Ranked]) -> dict[str, float]:
    """Return scores by IRI."""
    return {entity.iri: entity.score for entity in entities}


def large_graph() -> nx.MultiDiGraph:
    """Return 20,322 edges: 202 entities that are all linked, others that hang on them by bridges, and a pair."""
    chain = [(f"n{i:03}", f"n{i + 1:03}") for i in range(201, 221)]
    graph = graph_of([*((f"n{a:03}", f"n{b:03}") for a in range(202) for b in range(a)), *chain, ("x", "y")])
    for number, (_, _, data) in enumerate(graph.edges(data=True)):
        data.update(articles=1 + number % 4, confidence=0.5 + number % 5 / 10)
    return graph


@pytest.mark.slow
def test_fast_engines_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past 20,000 edges every measure and all bridges are the same by rustworkx and networkit as by networkx."""
    for name in ("rustworkx", "networkit"):
        pytest.importorskip(name, reason="the extra [fast] is not installed")
    graph = large_graph()
    assert graph.number_of_edges() > analysis.FAST_EDGES == 20_000
    fast = figures_by_engine(graph)
    monkeypatch.setattr("kg.analysis.engines.FAST_EDGES", graph.number_of_edges())
    by_networkx = figures_by_engine(graph)
    assert fast.pop("bridges") == by_networkx.pop("bridges")
    for name, scores in by_networkx.items():
        assert fast[name] == pytest.approx(scores, abs=1e-10)
        assert list(fast[name]) == list(scores)


@given(EDGES, st.lists(st.sampled_from((0.5, 0.9, 1.0)), min_size=1))
def test_weighted_betweenness_is_that_of_networkx(edges: list[tuple[str, str]], confidences: list[float]) -> None:
    """Along well supported edges too: networkit adds up the distances as networkx does."""
    pytest.importorskip("networkit", reason="the extra [fast] is not installed")
    graph = graph_of([edge for edge in edges if edge[0] != edge[1]])
    for number, (_, _, data) in enumerate(graph.edges(data=True)):
        data.update(confidence=confidences[number % len(confidences)])
    plain = analysis.undirected(graph)
    if len(plain) > 2:
        assert engines.weighted_betweenness(plain, "distance") == pytest.approx(
            nx.betweenness_centrality(plain, weight="distance"), abs=1e-12)


def figures_by_engine(graph: nx.MultiDiGraph) -> dict[str, Any]:
    """Return what the engine of the moment computes."""
    return {"pagerank": scores_of(analysis.pagerank(graph)), "betweenness": scores_of(analysis.betweenness(graph)),
            "core": scores_of(analysis.core_numbers(graph)), "bridges": analysis.bridges(graph),
            "communities": {member.iri: number for number, community in enumerate(analysis.communities(graph))
                            for member in community.members}}


def test_backend_is_dispatched_to() -> None:
    """The backend's name goes to networkx; one that is not installed is an error that names it."""
    graph = graph_of(TWO_TRIANGLES)
    assert analysis.summarize(graph, backend="networkx") == analysis.summarize(graph)
    with pytest.raises(KGError, match="'abacus'"):
        analysis.pagerank(graph, backend="abacus")


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


@given(st.integers(0, 1000), EDGES)
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
    assert analysis.summarize(nx.MultiDiGraph()) == analysis.Summary(0, 0, (), (), (), ())


def test_events_carry_paths_and_are_not_ranked() -> None:
    """On real articles only entities are ranked, and a path may run through an event."""
    store = open_store()
    pipeline.add((Extraction.from_dict(json.loads(file.read_text("utf-8"))) for file in FILES), store)
    graph = to_networkx(store)
    summary = analysis.summarize(graph)
    assert summary.figures[0].label == "Norvane"
    assert {ranked.type for ranked in summary.figures} == {"Company", "Person", "Government"}
    assert all(member.label for community in summary.communities for member in community.members)
    path = analysis.shortest_path(graph, "court", "Castellan")
    assert [graph.nodes[step.target]["kind"] for step in path] == ["event", "entity"]
