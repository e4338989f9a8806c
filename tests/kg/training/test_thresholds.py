"""Thresholds are changed one after another, as far as that brings something."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra [train] is not installed")

from kg import evaluation
from kg.nlp.weights import SHIPPED
from kg.training.annotations import HELD_OUT, read_annotated
from kg.training.corpora import WIKINEWS
from kg.training.thresholds import GAIN, Judge, choose, held_out


def test_each_threshold_goes_where_the_score_is_best() -> None:
    """From a start on a hill the top is reached along each threshold; zero, and what brings little, stay."""
    def judge(thresholds: dict[str, float]) -> float:
        far = abs(thresholds["events"] - 0.2) + abs(thresholds["relations"] - 0.45)
        return 1 - far + GAIN / 2 * thresholds["claims"]

    found = choose({"events": 0.5, "relations": 0.3, "claims": 0.4, "coreference": 0.0}, judge)
    assert found["events"] == pytest.approx(0.2, abs=0.05)
    assert found["relations"] == pytest.approx(0.45, abs=0.05)
    assert (found["claims"], found["coreference"]) == (0.4, 0.0)


def test_articles_that_are_held_out_are_not_learnt_from(gold_dev: Path) -> None:
    """No article is in both folders, and each has events or relations to be judged by."""
    data = gold_dev.parents[1] / "data"
    articles = data / WIKINEWS
    learnt = {article["document"]["id"] for article in read_annotated(articles)}
    apart = read_annotated(articles, HELD_OUT)
    assert len(apart) == len(held_out(data)) >= 48
    assert learnt.isdisjoint(article["document"]["id"] for article in apart)
    assert all(article["events"] or article["relations"] for article in apart)


def test_a_judge_reads_with_the_thresholds_it_is_given(gold_dev: Path) -> None:
    """Nothing is found where nothing reaches its threshold; what was read before does not matter."""
    judge = Judge(SHIPPED, held_out(gold_dev.parents[1] / "data")[:2])
    usual = dict(judge.weights.settings["thresholds"])
    first = judge.report(usual)
    none = judge.report(usual | {"events": 2.0, "mentions": 2.0, "names": 2.0})
    assert none.scores["events"].f1 == none.scores["entities"].f1 == 0 < first.scores["events"].f1
    assert isinstance(first, evaluation.Report)
    assert judge.report(usual).f1 == first.f1
