"""Topics of articles: alike for one subject in other words, whatever the names; none where nothing can be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import kg.nlp
from kg.extract.topics import is_common_word, load_topics
from kg.nlp.weights import read_weights
from kg.topics import likeness

COURT = ("{who} was sentenced to twelve years in prison on Tuesday. A jury had found the former banker guilty of "
         "fraud in June. The judge said that the crimes had ruined hundreds of families. An appeal is planned.")
TRIAL = ("Prosecutors told jurors that {who} had lied to investors for years. The defendant denies all charges of "
         "fraud. The trial is expected to last six weeks, and the judge will hear witnesses next Monday.")
MATCH = ("{who} scored twice in the second half as the home side won the match. The striker has now seven goals this "
         "season. The coach praised the defence, and fans sang long after the final whistle.")


def topic(text: str, who: str = "Ada Moor") -> str:
    """Return the topic of a text about somebody."""
    weights = read_weights()
    return load_topics().of(kg.nlp.load()(text.format(who=who)), weights.digest())


def test_the_file_goes_with_the_weights() -> None:
    """The topics of the package were learnt from the states of its encoder."""
    assert load_topics().encoder == read_weights().digest()


def test_a_subject_is_like_itself() -> None:
    """Two reports on trials are more alike than a trial and a match, and names count for little."""
    court, trial, match = topic(COURT), topic(TRIAL), topic(MATCH)
    near, far = likeness(court, trial), likeness(court, match)
    assert near is not None
    assert far is not None
    assert near > far + 0.1
    assert likeness(court, topic(COURT, "Bo Nash")) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(("word", "common"), [
    ("prison", True), ("Prison", False), ("mid-June", False), ("12", False), ("été", True), ("\n", False)])
def test_which_words_count(word: str, common: bool) -> None:
    """Names, numbers and marks tell no topic."""
    assert is_common_word(word) == common


def test_no_topic_where_there_is_none() -> None:
    """A text without common words has none, and neither has one that another encoder read."""
    doc = kg.nlp.load()("Ada Moor, 42.")
    assert load_topics().of(doc, load_topics().encoder) == ""
    assert replace(load_topics(), encoder="other").of(kg.nlp.load()(COURT), load_topics().encoder) == ""


def test_rarer_words_count_more() -> None:
    """A word that most articles use hardly counts; one that few or none use counts most."""
    doc = kg.nlp.load()("the fraud zyzzyva")
    the, fraud, unknown = load_topics().weights(doc)
    assert the < 0.5 * fraud <= 0.5 * unknown
    assert np.isclose(unknown, load_topics().rare)
