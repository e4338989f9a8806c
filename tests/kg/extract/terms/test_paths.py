"""The words on the way from one end to the other are those that walking up from both finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.terms.paths import FURTHEST, SHARPNESS, STEPS, Paths, Tree, nearest


@st.composite
def forests(draw: st.DrawFn) -> list[int]:
    """Return the heads of up to a dozen words; a root is its own."""
    size = draw(st.integers(1, 12))
    order = draw(st.permutations(range(size)))
    heads = list(range(size))
    for place, word in enumerate(order):
        heads[word] = order[draw(st.integers(0, place))]
    return heads


def up(heads: list[int], word: int) -> list[int]:
    """Return the word and what stands above it, from below."""
    return [word, *(up(heads, heads[word]) if heads[word] != word else ())]


@given(forests())
def test_paths_are_those_of_a_walk(heads: list[int]) -> None:
    """Sums and steps of all pairs of words are those of a walk up from both to where they meet."""
    size = len(heads)
    tree = Tree.from_heads(np.array(heads), np.zeros(size, np.int64))
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(size), np.arange(size)))
    apart = left != right
    paths = Paths.of(tree, left[apart], right[apart])
    marks, steps = paths.sums(np.eye(size, dtype=np.float32)), paths.steps()
    for row, (one, other) in enumerate(zip(left[apart].tolist(), right[apart].tolist(), strict=True)):
        ways = up(heads, one), up(heads, other)
        met = next((word for word in ways[0] if word in ways[1]), None)
        rise, fall = ((way[: way.index(met)] if met is not None else way) for way in ways)
        inside = {*rise, *fall, *([] if met is None else [met])} - {one, other}
        assert set(np.flatnonzero(marks[row]).tolist()) == inside
        assert marks[row].max(initial=0) <= 1
        wanted = ([STEPS - 1] if met is None else
                  [min(len(rise), FURTHEST), FURTHEST + 1 + min(len(fall), FURTHEST)])
        assert np.flatnonzero(steps[row]).tolist() == wanted


def test_the_root_of_a_span_is_its_highest_word() -> None:
    """Of two that are as high the first counts."""
    tree = Tree.from_heads(np.array([1, 3, 3, 3, 3]), np.zeros(5, np.int64))
    assert tree.roots(np.array([0, 1, 2, 2]), np.array([1, 2, 3, 2])).tolist() == [1, 1, 3, 2]


def test_nearest_is_the_largest_or_a_little_more() -> None:
    """The soft maximum of words lies at their maximum where one stands out, and at -1 where there are none."""
    summed = np.exp(SHARPNESS * np.array([[0.9, -0.8]])).sum(axis=1)
    assert 0.9 <= nearest(summed)[0] < 0.901
    assert nearest(np.zeros(1))[0] == -1
