"""Sentence starts that the scores alone would set wrong."""

import pytest

from kg import nlp
from kg.nlp.syntax import without_bare_numbers


@pytest.mark.parametrize(("words", "starts", "paragraphs", "expected"), [
    ("1911 Schubart was found . 1912 came", [0, 1, 5], [0], [0, 5]),
    ("He left in 1911 . 1912 Anubis is a planet", [0, 5, 6], [0], [0, 5]),
    ("1911 Schubart was found", [0, 1], [0, 1], [0, 1]),
    ("Schubart 1911 was found", [0, 1], [0], [0, 1]),
])
def test_a_number_alone_is_no_sentence(words: str, starts: list[int], paragraphs: list[int], expected: list[int]
                                       ) -> None:
    """What follows it begins none unless it is a paragraph of its own."""
    assert without_bare_numbers(starts, words.split(), paragraphs) == expected


def test_a_planet_is_one_name() -> None:
    """Its number belongs to the sentence that it opens."""
    doc = nlp.load()("1911 Schubart was discovered on 25 October 1973 by Paul Wild.")
    assert len(list(doc.sents)) == 1
