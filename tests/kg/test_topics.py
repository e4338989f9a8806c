"""Topics as texts: what is written has the cosine of the vectors, and two encoders have nothing in common."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.topics import likeness, write

vectors = st.lists(st.floats(-10, 10), min_size=8, max_size=8).filter(lambda v: math.hypot(*v) > 0.1)


@given(vectors, vectors)
def test_likeness_is_the_cosine(one: list[float], other: list[float]) -> None:
    """Rounding to steps costs little, and neither length nor order matters."""
    cosine = sum(a * b for a, b in zip(one, other, strict=True)) / (math.hypot(*one) * math.hypot(*other))
    left, right = write(one, "abc"), write([3 * value for value in other], "abc")
    assert likeness(left, right) == pytest.approx(cosine, abs=0.03)
    assert likeness(left, right) == likeness(right, left)


def test_what_cannot_be_compared_is_not() -> None:
    """A text without a topic, and that of another encoder, is neither like nor unlike."""
    some = write([1.0, 2.0], "abcdefgh12")
    assert likeness(some, "") is None
    assert likeness("", "") is None
    assert likeness(some, write([1.0, 2.0], "12345678ab")) is None
    assert likeness(some, write([1.0, 2.0], "abcdefgh99")) == pytest.approx(1, abs=0.01)


def test_nothing_has_no_direction() -> None:
    """A vector of zeros is like nothing."""
    assert likeness(write([0.0, 0.0], "abc"), write([1.0, 0.0], "abc")) == 0
