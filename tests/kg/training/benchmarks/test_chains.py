"""Coreference metrics on cases with published or hand-counted values."""

import pytest

from kg.evaluation.report import Score
from kg.training.benchmarks.chains import METRICS, Chain, b_cubed, ceaf_e, muc, score


def chains(*words: str) -> list[Chain]:
    """Return a chain for each word, a mention for each of its letters."""
    return [frozenset((ord(letter), ord(letter)) for letter in word) for word in words]


GOLD, FOUND = chains("abc", "defg"), chains("ab", "cd", "fghi")


@pytest.mark.parametrize(("metric", "precision", "recall", "f1"), [
    ("mentions", 6 / 8, 6 / 7, 0.8),
    ("muc", 2 / 5, 2 / 5, 0.4),
    ("b_cubed", 0.5, 0.4167, 0.4545),
    ("ceaf_e", 0.4333, 0.65, 0.52),
])
def test_the_example_of_pradhan_et_al(metric: str, precision: float, recall: float, f1: float) -> None:
    """The figures are those of Pradhan et al. 2014, which has mentions that only one side knows."""
    got = Score.from_tally(METRICS[metric](GOLD, FOUND))
    assert (got.precision, got.recall, got.f1) == pytest.approx((precision, recall, f1), abs=1e-4)


def test_everything_right_and_nothing_found() -> None:
    """A perfect answer scores one by every metric, an empty one zero."""
    assert set(score([(GOLD, GOLD)]).values()) == {1.0}
    assert set(score([(GOLD, [])]).values()) == {0.0}


def test_one_big_chain() -> None:
    """Lumping all together keeps every link, but costs precision."""
    lumped = chains("abcdefg")
    assert Score.from_tally(muc(GOLD, lumped)).recall == 1
    assert Score.from_tally(b_cubed(GOLD, lumped)).precision == pytest.approx((9 + 16) / 49, abs=1e-4)
    assert Score.from_tally(ceaf_e(GOLD, lumped)).recall == pytest.approx(8 / 11 / 2, abs=1e-4)


def test_documents_are_counted_together() -> None:
    """Counts are summed before rates are taken, and the last figure is the mean of three."""
    both = score([(GOLD, GOLD), (GOLD, FOUND)])
    assert both["muc"] == 0.7
    assert both["conll"] == pytest.approx((both["muc"] + both["b_cubed"] + both["ceaf_e"]) / 3, abs=1e-4)
