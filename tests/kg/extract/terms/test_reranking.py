"""The likeliest candidates of a sentence are weighed against its words and each other."""

from dataclasses import replace

import numpy as np
import pytest

from kg.extract.terms.reranking import (
    COUNT,
    LEAST,
    PER_PROPERTY,
    RELATED,
    SCALARS,
    WORD_MARKS,
    Ends,
    Reranker,
    Seen,
    choose,
    related,
    scalars,
    word_marks,
)
from tests.kg.extract.terms.heads import HIDDEN, RANK, WIDTH, reranker_shapes


def numbers(*ends: int) -> Ends:
    """Return one candidate from (subject, object, property, four places)."""
    return Ends(*(np.array([end]) for end in ends))


@pytest.mark.parametrize("properties", [3, 300])
def test_the_likeliest_of_each_property_are_chosen(properties: int) -> None:
    """At most so many of one property and of all, none that is very unlikely; what was chosen beats what was not."""
    logits = np.random.default_rng(properties).normal(-7, 2, (40, properties)).astype(np.float32)
    logits[5], logits[10:18, 0] = -np.inf, 3
    rows, columns = choose(logits)
    chosen = logits[rows, columns]
    assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) == len(rows) <= COUNT
    assert np.bincount(columns).max() == np.bincount(columns)[0] == PER_PROPERTY
    assert chosen.min() > LEAST
    assert (np.diff(chosen) <= 0).all()
    best = logits.max(axis=0)
    assert set(np.flatnonzero(best > max(LEAST, chosen.min())).tolist()) <= set(columns.tolist())


def test_no_pair_or_none_that_is_likely_gives_no_candidate() -> None:
    """Few pairs, and none above the least, are no error."""
    for logits in (np.full((7, 3), LEAST - 1, np.float32), np.full((1, 2), -np.inf, np.float32)):
        assert len(choose(logits)[0]) == 0


def test_marks_say_where_words_stand() -> None:
    """Subject at word 4, object at 1 and 2: word 0 is before both, 3 between, 5 behind; word 3 is on the way."""
    way, near = np.array([[0, 0, 0, 1, 0, 0]]), np.linspace(0, 1, 6)[None]
    marks = word_marks(numbers(0, 1, 0, 4, 4, 1, 2), np.arange(6), way, near)
    assert marks.shape == (1, 6, WORD_MARKS)
    assert marks[0, :, :-2].argmax(axis=1).tolist() == [0, 3, 3, 5, 2, 1]
    assert (marks[0, :, :-2].sum(axis=1) == 1).all()
    assert marks[0, :, -2].tolist() == way[0].tolist()
    assert marks[0, :, -1] == pytest.approx(near[0])
    forward = word_marks(numbers(0, 1, 0, 1, 2, 4, 4), np.arange(6), way, near)
    assert forward[0, :, :-2].argmax(axis=1).tolist() == [0, 2, 2, 4, 3, 1]


def test_candidates_know_what_they_share() -> None:
    """The object of the first is the subject of the second, and overlaps its object; the second is likelier."""
    ends = Ends(np.array([0, 1]), np.array([1, 2]), np.array([4, 4]), np.array([0, 3]), np.array([0, 5]),
                np.array([3, 5]), np.array([5, 6]))
    marks = related(ends, np.array([-2.0, 2.0], np.float32))
    assert marks.shape == (2, 2, RELATED)
    assert marks[0, 1].tolist() == [0, 0, 1, 0, 1, 0, 1, 1]
    assert marks[1, 0].tolist() == [0, 0, 1, 1, 0, 0, 1, -1]
    assert marks[0, 0].tolist() == [1, 1, 1, 0, 0, 1, 1, 0]


def test_scalars_compare_with_the_best_of_property_and_pair() -> None:
    """A candidate that is the best of both loses nothing."""
    logits = np.array([[2.0, 6.0], [4.0, -np.inf]], np.float32)
    none = np.zeros(2)
    found = scalars(logits, np.array([0, 1]), np.array([0, 0]), (none, none - 50), none + 4)
    assert found.shape == (2, SCALARS)
    assert found[0].tolist() == [0.5, -0.5, -1.0, 0, -5, 1]
    assert found[1].tolist() == [1.0, 0, 0, 0, -5, 1]


def test_the_order_of_candidates_does_not_matter() -> None:
    """Each gets the same logit, whichever stands before it; and without the others it gets another."""
    made = np.random.default_rng(4)

    def rows(*shape: int) -> np.ndarray:
        return made.normal(0, 0.5, shape).astype(np.float32)

    reranker = Reranker({name: rows(*shape) for name, shape in reranker_shapes().items()})
    seen = Seen(rows(6), rows(6, 3 * RANK), rows(6, RANK), rows(6, WIDTH), rows(6, HIDDEN), rows(6, HIDDEN),
                rows(6, SCALARS), rows(9, HIDDEN), rows(6, 9, WORD_MARKS), rows(6, 6, RELATED))

    def part(order: list[int]) -> Seen:
        chosen = {name: getattr(seen, name)[order] for name in Seen.__slots__ if name not in ("words", "related")}
        return replace(seen, **chosen, related=seen.related[np.ix_(order, order)])

    whole = reranker.logits(seen)
    order = [3, 0, 5, 1, 4, 2]
    assert reranker.logits(part(order)) == pytest.approx(whole[order], abs=1e-4)
    assert abs(reranker.logits(part([0]))[0] - whole[0]) > 1e-3
