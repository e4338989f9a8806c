"""Clusters across documents, and MEANTIME and GUM as extractions."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.training.benchmarks.identity import Key, read_gum, read_meantime, resolve, score, score_links

GUM = """# newdoc id = one
1\tThe\tthe\tDET\tDT\t_\t2\tdet\t_\tEntity=(1-place-new-nnnnn-cf1-2,3-coref-United_Kingdom
2\tUnited\tUnited\tPROPN\tNNP\t_\t0\troot\t_\t_
3\tKingdom\tKingdom\tPROPN\tNNP\t_\t2\tflat\t_\tEntity=1)|SpaceAfter=No
4\t,\t,\tPUNCT\t,\t_\t2\tpunct\t_\t_
5\tit\tit\tPRON\tPRP\t_\t2\tdep\t_\tEntity=(1-place-giv:act-nnnnn-cf1-1-ana-United_Kingdom)

# newdoc id = two
1\tUK\tUK\tPROPN\tNNP\t_\t0\troot\t_\tEntity=(4-place-new-nnnnn-cf1-1-sgl-United_Kingdom)
2\tcoast\tcoast\tNOUN\tNN\t_\t1\tdep\t_\tEntity=(5-place-new-nnnnn-cf1-1-sgl)
"""


def meantime(file: str, words: str, span: list[int], name: str) -> str:
    """Return an article of one sentence with one organisation in it."""
    tokens = [{"id": number, "s": 0, "w": word} for number, word in enumerate(words.split(), 1)]
    marks = [{"m_id": "1", "tag": "ENTITY_MENTION", "syntactic_type": "NAM", "tokens": span},
             {"m_id": "2", "tag": "ENTITY", "ent_type": "ORG", "TAG_DESCRIPTOR": name, "tokens": []}]
    relations = [{"tag": "REFERS_TO", "source": [1], "target": [2]}]
    return json.dumps({"file": file, "tokens": tokens, "markables": marks, "relations": relations})


def test_gum_is_read_and_linked(tmp_path: Path) -> None:
    """Two names of one country are one entity with its item; what has no page is left out."""
    path = tmp_path / "gum.conllu.gz"
    path.write_bytes(gzip.compress(GUM.encode()))
    found = read_gum(path)
    assert found.gold == {("one", "1"): "United_Kingdom", ("two", "4"): "United_Kingdom"}
    assert [entity.name for extraction in found.extractions for entity in extraction.entities] == [
        "The United Kingdom", "UK"]
    clusters, items = resolve(found)
    assert len(set(clusters.values())) == 1
    assert set(items.values()) == {"Q145"}
    assert score_links(found.gold, items) == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "nil": 0.0, "items": 2}


def test_meantime_is_read_without_what_describes_a_name(tmp_path: Path) -> None:
    """The span of a mention holds more than the name, and the annotators' words tell which entities are one."""
    path = tmp_path / "meantime.jsonl.gz"
    rows = [meantime("a", "the automaker Tern Motors fell", [1, 2, 3, 4], "Tern Motors"),
            meantime("b", "Tern Motors , a maker of Cars , rose", [1, 2, 3, 4, 5, 6, 7], "tern motors")]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    found = read_meantime(path)
    assert [entity.name for extraction in found.extractions for entity in extraction.entities] == ["Tern Motors"] * 2
    assert score(found.gold, resolve(found)[0])["pairwise"]["f1"] == 1.0


CLUSTERS = {("a", "1"): 1, ("b", "1"): 1, ("c", "1"): 2, ("d", "1"): 2}


@pytest.mark.parametrize(("found", "cubed", "pairwise"), [
    (CLUSTERS, (1.0, 1.0), (1.0, 1.0)),
    (dict.fromkeys(CLUSTERS, 0), (0.5, 1.0), (0.3333, 1.0)),
    ({key: number for number, key in enumerate(CLUSTERS)}, (1.0, 0.5), (0.0, 0.0)),
])
def test_scores_of_clusters(found: dict[Key, int], cubed: tuple[float, float], pairwise: tuple[float, float]) -> None:
    """One cluster of all costs precision, single ones recall; worked out by hand."""
    figures = score(CLUSTERS, found)
    assert tuple(figures["b_cubed"].values())[:2] == cubed
    assert tuple(figures["pairwise"].values())[:2] == pairwise


@given(st.dictionaries(st.tuples(st.sampled_from("abcdef"), st.just("1")), st.integers(0, 3), min_size=1))
def test_the_gold_clusters_score_one(gold: dict[Key, int]) -> None:
    """Whatever the clusters are called, the right ones get all points of B-cubed."""
    assert score(gold, {key: f"name {value}" for key, value in gold.items()})["b_cubed"]["f1"] == pytest.approx(1)
