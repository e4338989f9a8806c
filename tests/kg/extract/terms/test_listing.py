"""What a text lists stands in a property together."""

import numpy as np
import pytest

from kg import nlp
from kg.extract.features import Reading
from kg.extract.terms.listing import LEAST, Listing
from kg.extract.terms.paths import Tree

TEXT = "Moonfall was directed by Hugh Harman and Rudolf Ising in Oslo."
WORDS = TEXT.rstrip(".").split()


def listing(*names: str) -> Listing:
    """Return the spans of these words of the text."""
    starts = [WORDS.index(name.split()[0]) for name in names]
    ends = [start + len(name.split()) - 1 for start, name in zip(starts, names, strict=True)]
    reading = Reading(nlp.load()(TEXT))
    return Listing.of(reading, Tree.of(reading).roots(np.array(starts), np.array(ends)))


def raised(found: Listing, objects: list[int], probabilities: list[float]) -> list[float]:
    """Return the probabilities of one property between the first span and each of these objects."""
    rows = np.array(probabilities)[:, None]
    made: list[float] = found.raised(rows, np.zeros(len(objects), np.int64), np.array(objects))[:, 0].tolist()
    return made


@pytest.mark.parametrize(("second", "expected"), [(0.3, 0.7), (0.7 * LEAST, 0.7), (0.7 * LEAST - 0.01, None)])
def test_a_listed_object_is_as_likely_as_the_likeliest(second: float, expected: float | None) -> None:
    """It must be likely enough by itself; what is not listed stays as it is, and so does the input."""
    found = listing("Moonfall", "Hugh Harman", "Rudolf Ising", "Oslo")
    assert raised(found, [1, 2, 3], [0.7, second, 0.3]) == [0.7, expected or second, 0.3]
    assert raised(found, [2, 1, 3], [second, 0.7, 0.3]) == [expected or second, 0.7, 0.3]


def test_of_the_spans_of_one_head_the_likeliest_is_raised() -> None:
    """ "Rudolf" alone is no second director beside "Rudolf Ising"."""
    found = listing("Moonfall", "Hugh Harman", "Rudolf Ising", "Rudolf")
    assert raised(found, [1, 2, 3], [0.7, 0.3, 0.25]) == [0.7, 0.7, 0.25]


def test_listed_subjects_too() -> None:
    """What holds of one of the listed holds of the others, whichever end they are."""
    found = listing("Oslo", "Hugh Harman", "Rudolf Ising")
    rows = found.raised(np.array([[0.2], [0.6]]), np.array([1, 2]), np.array([0, 0]))
    assert rows[:, 0].tolist() == [0.6, 0.6]


def test_without_a_list_nothing_changes() -> None:
    """Spans of one head, and spans that no coordination joins, keep their probabilities."""
    found = listing("Moonfall", "Hugh Harman", "Oslo")
    assert raised(found, [1, 2], [0.7, 0.3]) == [0.7, 0.3]
