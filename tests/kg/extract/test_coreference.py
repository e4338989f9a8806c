"""Chains and the features of names."""

import numpy as np
import pytest

from kg.extract.coreference import chains, is_acronym
from kg.extract.features import Pairs


@pytest.mark.parametrize(("short", "long", "holds"), [
    (["aws"], ["amazon", "web", "services"], True),
    (["oecd"], ["organisation", "for", "economic", "co-operation", "and", "development"], True),
    (["ibm"], ["amazon", "web", "services"], False),
    (["web"], ["amazon", "web", "services"], False),
    (["bp"], ["bp"], False),
])
def test_acronyms(short: list[str], long: list[str], holds: bool) -> None:
    """An acronym is made of the initials of a longer name, small words in or out."""
    assert is_acronym(short, long) is holds


def test_chains_follow_the_best_antecedent() -> None:
    """Each mention joins its best antecedent above the threshold, and with it that one's chain."""
    empty = np.zeros(0, dtype=np.int64)
    pairs = Pairs(np.array([1, 2, 2, 3]), np.array([0, 0, 1, 2]), np.zeros((4, 0), np.float32), empty, empty,
                  np.zeros((4, 2), np.int64))
    assert chains(np.array([-1, 0.5, 2, 3], np.float32), pairs, 4) == [0, 1, 1, 1]


def test_what_is_apart_comes_together_by_certain_links_only() -> None:
    """A mention takes the next best antecedent where the best one's chain holds what it is apart from."""
    empty = np.zeros(0, dtype=np.int64)
    pairs = Pairs(np.array([1, 2, 2]), np.array([0, 0, 1]), np.zeros((3, 0), np.float32), empty, empty,
                  np.zeros((3, 2), np.int64))
    scores = np.array([-1, 1, 2], np.float32)
    assert chains(scores, pairs, 3, apart={(2, 1)}) == [0, 1, 0]
    assert chains(scores, pairs, 3, apart={(2, 1), (2, 0)}) == [0, 1, 2]
    assert chains(scores, pairs, 3, certain={2: 1}, apart={(2, 1)}) == [0, 1, 1]
