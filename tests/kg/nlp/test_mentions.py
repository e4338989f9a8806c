"""Span selection."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.nlp.component import find_mentions
from kg.nlp.mentions import repeated, select, softmax, span_rows


def test_crossing_spans_give_way_and_nested_ones_stay() -> None:
    """Of crossing spans the likelier stays; one inside another is kept."""
    probabilities = np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]], np.float32)
    chosen = select(probabilities, np.array([0, 1, 2]), np.array([2, 3, 2]), 0.5)
    assert [row[:2] for row in chosen] == [(0, 2), (2, 2)]


def test_threshold() -> None:
    """A span below the threshold is no mention."""
    assert select(np.array([[0.6, 0.4]], np.float32), np.array([0]), np.array([0]), 0.5) == []


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), st.floats(0, 1)), max_size=12))
def test_chosen_spans_never_cross(rows: list[tuple[int, int, float]]) -> None:
    """Whatever the scores, no two chosen spans overlap in part."""
    starts = np.array([row[0] for row in rows], dtype=np.int64)
    ends = starts + np.array([row[1] for row in rows], dtype=np.int64)
    probabilities = np.array([[1 - row[2], row[2]] for row in rows], np.float32).reshape(-1, 2)
    chosen = select(probabilities, starts, ends, 0.3)
    assert not any(a[0] < b[0] <= a[1] < b[1] for a in chosen for b in chosen)


def test_softmax_sums_to_one() -> None:
    """Probabilities of a row sum to one, large scores too."""
    assert np.allclose(softmax(np.array([[1e4, 0.0], [3.0, 3.0]], np.float32)).sum(axis=1), 1)


def test_a_name_found_once_is_found_again() -> None:
    """The same words elsewhere are a mention of that label, unless one is there or they look too unlike one."""
    words = ["Flash", "Seats", "sued", "Acme", ",", "Acme", "said", ".", "Flash", "Seats", "and", "Acme", "won"]
    names = {(0, 1): (2, 0.9), (3, 3): (1, 0.8)}
    scores = {(5, 5): 0.3, (8, 9): 0.01, (11, 11): 0.05}

    def again(taken: list[tuple[int, int]]) -> list[tuple[int, int, int, float]]:
        return repeated(words, names, taken, lambda start, end: scores.get((start, end), 0.0), 0.02)

    assert again(list(names)) == [(5, 5, 1, 0.3), (11, 11, 1, 0.05)]
    assert again([*names, (4, 5)]) == [(11, 11, 1, 0.05)]


def test_the_longer_name_comes_first() -> None:
    """Inside a longer name found again, the shorter one is not found."""
    words = ["Acme", "Acme", "Records", "Acme", "Records"]
    found = repeated(words, {(0, 0): (1, 0.9), (1, 2): (2, 0.9)}, [(0, 0), (1, 2)], lambda start, end: 1.0, 0.5)
    assert found == [(3, 4, 2, 1.0)]


def test_a_clause_is_no_mention() -> None:
    """ "which Lee" of "which Lee founded" is left; "Lee" by itself stays."""
    doc = Doc(Vocab(), ["which", "Lee"], tags=["WDT", "NNP"], pos=["PRON", "PROPN"])
    thresholds = {"names": 0.5, "mentions": 0.5, "repeated": 0.5}
    sure = np.array([[0.1, 0.9]], np.float32)
    one = np.array([1])
    zero = np.array([0])
    assert find_mentions(doc, sure, zero, one, span_rows(zero, one), thresholds) == []
    assert [row[:3] for row in find_mentions(doc, sure, one, one, span_rows(one, one), thresholds)] == [(1, 1, 1)]


def test_spans_have_rows() -> None:
    """A span that is none of those scored has no row, whether it is too long, starts too late or crosses a sentence."""
    row_of = span_rows(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]))
    assert [row_of(0, 0), row_of(0, 1), row_of(1, 1), row_of(2, 2)] == [0, 1, 2, 3]
    assert [row_of(1, 2), row_of(0, 2), row_of(3, 3), row_of(1, 0)] == [None] * 4
    assert span_rows(np.array([], np.int64), np.array([], np.int64))(0, 0) is None
