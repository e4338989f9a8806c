"""Pooling and probabilities."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.features import Pairs
from kg.extract.scorers import between_means, by_group, path_means, pool, softmax_with_none

STATES = np.arange(12, dtype=np.float32).reshape(6, 2)
PAIRS = Pairs(np.array([0, 0]), np.array([0, 1]), np.zeros((2, 1), np.float32), np.array([0, 0]), np.array([1, 3]),
              np.array([[1, 4], [0, 0]]))


def test_path_means() -> None:
    """A pair's path state is the mean over its tokens, zero without any."""
    assert path_means(STATES, PAIRS).tolist() == [[4, 5], [0, 0]]


def test_between_means() -> None:
    """The state between two spans is the mean of the tokens there, zero where there are none."""
    assert between_means(STATES, PAIRS).tolist() == [[4, 5], [0, 0]]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-30, 30)), min_size=1, max_size=20))
def test_pool_is_log_sum_exp(rows: list[tuple[int, float]]) -> None:
    """Pooling equals the definition; a group without rows is minus infinity."""
    groups = np.array([g for g, _ in rows])
    logits = np.array([[x] for _, x in rows], np.float32)
    pooled = pool(logits, groups, 4)[:, 0]
    for group in range(4):
        mine = logits[groups == group, 0].astype(np.float64)
        expected = np.log(np.exp(mine).sum()) if len(mine) else -np.inf
        assert np.isclose(pooled[group], expected, atol=1e-3)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-30, 30, width=32)), max_size=20))
def test_groups_are_reduced_as_at_does(rows: list[tuple[int, float]]) -> None:
    """The sums, but for rounding, and the largest of each group are those that ``ufunc.at`` finds one after another."""
    groups = np.array([group for group, _ in rows], np.int64)
    values = np.array([[x, -x] for _, x in rows], np.float32).reshape(-1, 2)
    for operation, empty in ((np.add, 0.0), (np.maximum, -np.inf)):
        expected = np.full((4, 2), empty, np.float32)
        operation.at(expected, groups, values)
        found = by_group(operation, values, groups, 4, empty)
        assert np.allclose(found, expected, rtol=0, atol=1e-4) if operation is np.add else (found == expected).all()


def test_none_takes_what_is_left() -> None:
    """A row of minus infinities is certainly none."""
    probabilities = softmax_with_none(np.array([[-np.inf, -np.inf], [0.0, 0.0]], np.float32))
    assert np.allclose(probabilities, np.array([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]]))
