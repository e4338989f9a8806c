"""Learning topics: principal components of the states of articles, brought to one spread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kg.nlp
from kg.extract import topics as reading
from kg.nlp.component import NewsReader, news_states
from kg.training.topics import learn, save

TEXTS = ["The judge sentenced the banker to prison.", "The court heard a witness of the fraud.",
         "The striker scored a goal in the match.", "The coach praised the team after the final.",
         "The bank raised its rates again.", "The company cut jobs at a plant.",
         "Rain flooded the streets of the town.", "The storm damaged houses and roads."]


def test_topics_are_centred_and_of_one_spread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the texts it was learnt from, each component has mean 0 and spread 1; a file gives the same back."""
    nlp = kg.nlp.load()
    reader = nlp.get_pipe("news_reader")
    assert isinstance(reader, NewsReader)
    found = learn([nlp.make_doc(text) for text in TEXTS], reader, length=3)
    assert set(found.common) == {"a", "of", "the"}, "words of several texts"
    rows = []
    for doc in nlp.pipe(TEXTS):
        weights = found.weights(doc)
        rows.append((weights @ news_states(doc) / weights.sum() - found.mean) @ found.basis)
    made = np.stack(rows)
    assert made.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.05)
    assert made.std(axis=0) == pytest.approx(np.ones(3), abs=0.05)
    save(found, tmp_path / "topics.npz")
    monkeypatch.setattr("kg.extract.topics.resources.files", lambda package: tmp_path)
    reading.load_topics.cache_clear()
    try:
        doc = nlp(TEXTS[0])
        assert reading.load_topics().of(doc, found.encoder) == found.of(doc, found.encoder)
    finally:
        reading.load_topics.cache_clear()
