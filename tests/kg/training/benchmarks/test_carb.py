"""CaRB's rule on triples counted by hand, and its reader."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from kg.training.benchmarks.carb import Triple, curve, match, read_carb, summary, tally

GOLD = Triple("Ann Lee", "runs", "Acme in Paris")


@pytest.mark.parametrize(("found", "precision", "recall"), [
    (Triple("Ann Lee", "runs", "Acme in Paris"), 1, 1),
    (Triple("Lee", "runs", "Acme"), 1, 3 / 6),
    (Triple("Ann Lee", "now runs", "Acme Corp."), 4 / 6, 4 / 6),
    (Triple("Ann Lee", "leads", "Acme in Paris"), 0, 0),
    (Triple("Acme in Paris", "runs", "Ann Lee"), 1 / 6, 1 / 6),
    (Triple("ann lee", "runs", "Acme Acme"), 2 / 5, 2 / 6),
])
def test_words_are_counted_part_by_part(found: Triple, precision: float, recall: float) -> None:
    """Without a common word in the predicate nothing counts; case matters, and a word counts once."""
    assert match(GOLD, found) == pytest.approx((precision, recall))


def test_be_matches_its_forms() -> None:
    """A "be" in the fact is as good as the gold triple's "was", one time."""
    assert match(Triple("a", "was", "b"), Triple("a", "be", "b")) == (1, 1)
    assert match(Triple("a", "was", "b"), Triple("a", "be be", "b")) == (3 / 4, 1)
    assert match(Triple("a", "be", "b"), Triple("a", "was", "b")) == (0, 0)


def test_sayings_match_either_way_round() -> None:
    """With a verb of saying, subject and object may change places."""
    assert match(Triple("he left", "said", "Ann"), Triple("Ann", "said", "he left")) == (1, 1)
    assert match(Triple("he left", "thought", "Ann"), Triple("Ann", "thought", "he left")) == (1 / 4, 1 / 4)


def test_recall_is_multi_match_and_precision_single_match() -> None:
    """One fact may serve two gold triples for recall, but for precision only one."""
    counts = tally(np.array([[[0.9, 0.5]], [[0.8, 0.7]]]))
    assert (counts.hits_predicted, counts.predicted) == (0.9, 1)
    assert counts.hits_gold == pytest.approx(1.2)
    assert counts.gold == 2


def test_two_facts_for_one_gold_triple() -> None:
    """The second fact counts as wrong, however well it fits."""
    counts = tally(np.array([[[0.6, 0.5], [0.8, 0.2]]]))
    assert (counts.hits_predicted, counts.predicted) == (0.8, 2)
    assert (counts.hits_gold, counts.gold) == (0.5, 1)


def test_the_curve_and_its_summary() -> None:
    """Worked out by hand: a sure right fact, an unsure wrong one, and a sentence without facts."""
    gold = {"s": [Triple("a", "b", "c")], "t": [Triple("d", "e", "f")]}
    found = {"s": [Triple("a", "b", "c", 0.9), Triple("x", "y", "z", 0.1)], "t": []}
    points = curve(gold, found)
    assert {t: (s.precision, s.recall) for t, s in points.items()} == {0.1: (0.5, 0.5), 0.9: (1.0, 0.5)}
    assert summary(points) == {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "auc": 0.5, "confidence": 0.9}
    assert summary(curve(gold, {"s": [], "t": []}))["f1"] == 0


def test_arguments_after_the_first_are_one_object(tmp_path: Path) -> None:
    """The file has the sentence, the predicate, the subject and any number of further arguments."""
    with gzip.open(tmp_path / "c.gz", "wt", encoding="utf-8") as file:
        file.write("He left Rome in May .\tleft\tHe\tRome\tin May\nHe left Rome in May .\tleft\tHe\tRome\n")
    assert read_carb(tmp_path / "c.gz") == {
        "He left Rome in May .": [Triple("He", "left", "Rome in May"), Triple("He", "left", "Rome")]}
