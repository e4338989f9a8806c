"""Relations that keep to the coordinations of the text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.extract.coordination import Coordination, agree, coordinations
from kg.extract.entities import Cast
from kg.extract.features import Reading

OWNER, RIVAL = 1, 2  # columns after "none"; only the first is shared
SHARED = [True, False]


def cast(*types: int) -> Cast:
    """Return entities of these types without mentions."""
    return Cast([], np.zeros((0, 1)), np.zeros(0, np.int64), list(types))


def among(*members: int, present: int = 5) -> Coordination:
    """Return a coordination in a sentence that names the first entities."""
    return Coordination(frozenset(members), frozenset(range(present)), 0)


def table(rows: dict[tuple[int, int], tuple[float, float]]) -> tuple[np.ndarray, dict[tuple[int, int], int]]:
    """Return probabilities of owning and rivalling by pair, and the pairs' rows."""
    values = np.array([[1 - sum(row), *row] for row in rows.values()])
    return values, {pair: n for n, pair in enumerate(rows)}


def test_a_list_shares_what_one_of_it_has() -> None:
    """ "Acme owns Zeta, Yara and Oslo": Yara as Zeta, Oslo is of another type."""
    values, numbers = table({(0, 1): (0.8, 0.1), (0, 2): (0.2, 0.3), (0, 3): (0.1, 0.0)})
    found = agree(values, numbers, [among(1, 2, 3)], cast(0, 0, 0, 1), SHARED)
    assert found[:, OWNER].tolist() == [0.8, 0.8, 0.1]
    assert found[:, RIVAL].tolist() == [0.1, 0.3, 0.0]


def test_what_another_sentence_says_is_not_shared() -> None:
    """Where the list's sentence does not name the owner, each of the list keeps its own."""
    values, numbers = table({(3, 1): (0.8, 0.1), (3, 2): (0.2, 0.3)})
    assert (agree(values, numbers, [among(1, 2, present=3)], cast(0, 0, 0, 0), SHARED) == values).all()


def test_nothing_of_a_list_owns_another_of_it() -> None:
    """Coordinated entities may be rivals; neither owns the other."""
    values, numbers = table({(0, 1): (0.9, 0.05)})
    assert agree(values, numbers, [among(0, 1)], cast(0, 0), SHARED)[0, OWNER:].tolist() == [0, 0.05]


def test_one_direction_stands() -> None:
    """Of "a owns b" and "b owns a" the likelier one stays; what has no direction stays both ways."""
    values, numbers = table({(0, 1): (0.4, 0.5), (1, 0): (0.45, 0.5)})
    found = agree(values, numbers, [], cast(0, 0), SHARED)
    assert found[:, OWNER].tolist() == [0, 0.45]
    assert found[:, RIVAL].tolist() == [0.5, 0.5]


@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] != pair[1]),
                       st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), min_size=1),
       st.lists(st.frozensets(st.integers(0, 4), min_size=2), max_size=3))
def test_lists_and_directions_hold(rows: dict[tuple[int, int], tuple[float, float]], lists: list[frozenset[int]]
                                   ) -> None:
    """No directed relation is inside a list, none goes both ways; undirected ones are untouched."""
    values, numbers = table(rows)
    found = agree(values, numbers, [among(*members) for members in lists], cast(0, 0, 0, 0, 0), SHARED)
    assert (found[:, RIVAL] == values[:, RIVAL]).all()
    assert ((found >= 0) & (found <= 1)).all()
    for (a, b), row in numbers.items():
        if any({a, b} <= members for members in lists):
            assert found[row, OWNER] == 0
        if (b, a) in numbers:
            assert 0 in (found[row, OWNER], found[numbers[b, a], OWNER])


def test_lists_are_read_off_the_tree() -> None:
    """ "in Peru, Chile and Oslo" is one list of its three entities; a single entity is none."""
    words = ["in", "Peru", ",", "Chile", "and", "Oslo"]
    doc = Doc(Vocab(), words, heads=[1, 1, 3, 1, 5, 1],
              deps=["case", "root", "punct", "conj", "cc", "conj"],
              pos=["ADP", "PROPN", "PUNCT", "PROPN", "CCONJ", "PROPN"], lemmas=words)
    doc.tensor = np.zeros((len(doc), 2), np.float32)
    reading = Reading(doc)
    mentions = [reading.candidate(i, i, 0) for i in (1, 3, 5)]
    found = coordinations(reading, mentions, np.array([4, 2, 7]))
    assert found == [Coordination(frozenset({2, 4, 7}), frozenset({2, 4, 7}), 0)]
    assert coordinations(reading, mentions[:1], np.array([4])) == []


def test_the_region_of_a_member_is_none() -> None:
    """ "Groton, CT, and Oslo" is a list of two: the second word tells where the first is, and shares nothing."""
    words = ["Groton", ",", "CT", ",", "and", "Oslo"]
    doc = Doc(Vocab(), words, heads=[0, 2, 0, 5, 5, 0], deps=["root", "punct", "conj", "punct", "cc", "conj"],
              pos=["PROPN", "PUNCT", "PROPN", "PUNCT", "CCONJ", "PROPN"], lemmas=words)
    doc.tensor = np.zeros((len(doc), 2), np.float32)
    reading = Reading(doc)
    mentions = [reading.candidate(i, i, 0) for i in (0, 2, 5)]
    assert coordinations(reading, mentions, np.array([0, 1, 2]), {1}) == [
        Coordination(frozenset({0, 2}), frozenset({0, 2}), 0)]
