"""Pair features over hand-built documents."""

import numpy as np
import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.extract.features import KINDS, RELATIONS, Candidate, Reading, feature_count, pair_features, relation_id
from kg.extract.frames import labelled_children

WORDS = ["Andy", "Jassy", ",", "CEO", "of", "Amazon", ",", "spoke", ".", "He", "left", "."]
HEADS = [7, 0, 3, 0, 5, 3, 0, 7, 7, 10, 10, 10]
DEPS = ["nsubj", "flat", "punct", "appos", "case", "nmod", "punct", "root", "punct", "nsubj", "root", "punct"]
POS = ["PROPN", "PROPN", "PUNCT", "NOUN", "ADP", "PROPN", "PUNCT", "VERB", "PUNCT", "PRON", "VERB", "PUNCT"]


@pytest.fixture
def reading() -> Reading:
    """A parsed document of two sentences whose token states are one-hot."""
    doc = Doc(Vocab(), WORDS, heads=HEADS, deps=DEPS, pos=POS, lemmas=[w.lower() for w in WORDS])
    doc.tensor = np.eye(len(WORDS), dtype=np.float32)
    return Reading(doc)


def test_head_of_a_span(reading: Reading) -> None:
    """The head of a span is its word that hangs outside."""
    assert reading.head_of(0, 1) == 0
    assert reading.head_of(3, 5) == 3


def test_children_are_those_of_spacy(reading: Reading) -> None:
    """The children that are looked up once are those that spaCy finds, in text order, and so are their labels."""
    for token in reading.doc:
        assert labelled_children(token) == [(child.dep_, child) for child in token.children]
    assert reading.heads.tolist() == [token.head.i for token in reading.doc] == HEADS


def test_kind_is_read_off_the_tags(reading: Reading) -> None:
    """Names, descriptions and pronouns are told apart."""
    kinds = [reading.candidate(*span, 0).kind for span in ((0, 1), (3, 3), (9, 9))]
    assert kinds == ["name", "nominal", "pronoun"]


def test_path_runs_over_the_common_ancestor(reading: Reading) -> None:
    """From Jassy up to nothing and from Amazon up two arcs."""
    assert reading.path(0, 5) == ([], [5, 3])
    assert reading.path(0, 9) is None


def test_path_tokens_lie_between_the_ends(reading: Reading) -> None:
    """Inside the path of (Jassy, Amazon) lies "CEO"; between the spans lie ", CEO of"."""
    person, company = reading.candidate(0, 1, 0), reading.candidate(5, 5, 1)
    pairs = pair_features(reading, [person], [company], [(0, 0)], 3)
    assert pairs.path_tokens.tolist() == [3]
    assert pairs.between.tolist() == [[2, 5]]
    assert pairs.features.shape == (1, feature_count(3))


def test_features_tell_direction(reading: Reading) -> None:
    """The pair the other way round has other features."""
    person, company = reading.candidate(0, 1, 0), reading.candidate(5, 5, 1)
    there = pair_features(reading, [person], [company], [(0, 0)], 3).features
    back = pair_features(reading, [company], [person], [(0, 0)], 3).features
    assert (there != back).any()


def test_every_candidate_fills_its_last_feature(reading: Reading) -> None:
    """The nesting flag is the last feature."""
    outer, inner = reading.candidate(0, 5, 0), reading.candidate(5, 5, 1)
    assert pair_features(reading, [outer], [inner], [(0, 0)], 2).features[0, -1] == 1


def test_far_pairs_have_no_context(reading: Reading) -> None:
    """Across sentences there is no path."""
    pairs = pair_features(reading, [reading.candidate(0, 1, 0)], [reading.candidate(9, 9, 0)], [(0, 0)], 1)
    assert not len(pairs.path_rows)


@pytest.mark.parametrize(("dep", "folded"), [("nsubj:pass", "nsubj:pass"), ("obl:tmod", "obl"), ("odd", "dep")])
def test_subtypes_fold(dep: str, folded: str) -> None:
    """Listed subtypes count on their own, others as their base, unknown ones as dep."""
    assert RELATIONS[relation_id(dep)] == folded


def test_no_pairs(reading: Reading) -> None:
    """No pairs give empty arrays of the right width."""
    assert pair_features(reading, [], [], [], 4).features.shape == (0, feature_count(4))
    assert Candidate(0, 0, 0, 0, KINDS[0]).kind == "name"
