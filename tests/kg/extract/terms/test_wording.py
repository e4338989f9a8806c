"""Wordings: what stands in and beside a span, as features of its own."""

import numpy as np
import spacy
from spacy.tokens import Doc

from kg.extract.terms.scorers import Spans
from kg.extract.terms.wording import marked, wordings

WORDS = ["the", "Tern", "Bridge", "was", "designed", "by", "Jo", "Munk", "in", "1902"]


def spans(*places: tuple[int, int]) -> Spans:
    """Return spans of one sentence at these places, end inclusive."""
    start, end = np.array(places).T
    return Spans(start, end, np.zeros(len(places), np.int64), np.zeros((len(places), 1), np.float32))


def test_a_span_has_its_last_word_and_its_neighbours() -> None:
    """The second and third word before are alike, and the text's ends are no words."""
    doc = Doc(spacy.blank("en").vocab, WORDS, lemmas=[word.lower() for word in WORDS], pos=["X"] * len(WORDS))
    name, whole = wordings(doc, spans((6, 7), (0, 2)), np.array([3, 4]))
    assert name == {"last munk", "tag X", "kind 3", "-1 by", "-2 designed", "-2 was", "+1 in", "+2 1902"}
    assert whole == {"last bridge", "tag X", "kind 4", "long", "+1 was", "+2 designed"}


def test_only_known_wordings_are_marked() -> None:
    """A column stands for each wording of the vocabulary."""
    marks = marked([frozenset({"-1 by", "tag X"}), frozenset({"+1 new"})], ["+1 in", "-1 by"])
    assert marks.tolist() == [[0, 1], [0, 0]]
