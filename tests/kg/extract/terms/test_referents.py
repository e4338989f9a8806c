"""Which descriptions and pronouns stand for a name."""

from typing import Any

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc

from kg.extract.entities import Cast
from kg.extract.features import Candidate, Reading
from kg.extract.terms import referents as module


def test_only_what_points_back_stands_for_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pronoun and "the dish" do; a description without a definite word is a thing of its own."""
    words = ["Bako", "Soup", "is", "cheap", ".", "Fried", "chicken", "makes", "the", "dish", "rich", ";", "it", "sells"]
    doc = Doc(spacy.blank("en").vocab, words, heads=[0] * len(words), deps=["root", *["dep"] * (len(words) - 1)])
    doc.tensor = np.zeros((len(doc), 2), np.float32)
    mentions = [Candidate(0, 1, 1, 0, "name"), Candidate(5, 6, 6, 0, "nominal"), Candidate(9, 9, 9, 0, "nominal"),
                Candidate(12, 12, 12, 0, "pronoun")]
    cast = Cast(mentions, np.zeros((4, 2), np.float32), np.zeros(4, dtype=np.int64), [0])
    heads: Any = None
    monkeypatch.setattr(module, "find_cast", lambda *_: cast)
    assert module.referents(Reading(doc), heads) == {(9, 9): (0, 1), (12, 12): (0, 1)}
