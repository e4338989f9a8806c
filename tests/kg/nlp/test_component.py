"""The pipeline as a spaCy pipeline."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from kg.errors import ModelError
from kg.nlp.encoder import word_positions
from kg.nlp.weights import SHIPPED, read_weights

TEXT = ("Norvane names new chief\n\nNorvane, the cloud company based in Oslo, said on Tuesday that Mira Okafor will "
        "become its chief executive.\nShe has led the storage division since 2021.")


def test_reads_like_any_spacy_pipeline(nlp: Language) -> None:
    """Tags, lemmas, trees, sentences, entities and noun chunks are set."""
    doc = nlp(TEXT)
    assert doc.text == TEXT
    assert [s.text.split()[0] for s in doc.sents] == ["Norvane", "Norvane,", "She"]
    by_text = {token.text: token for token in doc}
    assert (by_text["said"].lemma_, by_text["said"].pos_, by_text["led"].lemma_) == ("say", "VERB", "lead")
    assert by_text["She"].dep_ == "nsubj"
    assert by_text["She"].head.text == "led"
    assert {"Mira Okafor", "Oslo", "Tuesday"} <= {ent.text for ent in doc.ents}
    assert "the storage division" in {chunk.text for chunk in doc.noun_chunks}


def test_mentions_have_types_of_the_ontology(nlp: Language) -> None:
    """Mentions carry their type as label, descriptions and pronouns too."""
    doc = nlp(TEXT)
    labels = {span.text: span.label_ for span in doc.spans["mentions"]}
    assert labels["Mira Okafor"] == "Person"
    assert labels["Oslo"] == "Place"
    assert labels["She"] == "Person"


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Hm", "a\n", "\n a", "€" * 3, "\u200b", "x" * 3000])
def test_odd_texts(nlp: Language, text: str) -> None:
    """Empty, blank and strange texts are read without complaint and unchanged."""
    assert nlp(text).text == text


def test_company_does_not_matter(nlp: Language) -> None:
    """An article is read the same alone and among others, to the last bit."""
    others = ["A bank closed.", TEXT + "\n" + TEXT, "Shares rose 3 percent on Friday."]
    alone = nlp(TEXT)
    among = list(nlp.pipe([*others, TEXT], batch_size=4))[-1]
    assert (alone.tensor == among.tensor).all()


@pytest.mark.parametrize("size", [1, 3])
def test_reads_no_further_ahead_than_its_batch(nlp: Language, size: int) -> None:
    """Before a document is handed on, at most ``batch_size`` have been taken from the stream."""
    taken: list[str] = []

    def stream() -> Iterator[str]:
        for _ in range(6):
            taken.append(TEXT)
            yield TEXT

    for number, _ in enumerate(nlp.pipe(stream(), batch_size=size)):
        assert len(taken) == min(number + size, 6)


@given(st.lists(st.sampled_from(["word", ".", " ", "\n", "\n\n", " \n ", "\t"])))
def test_word_positions(pieces: list[str]) -> None:
    """Words are the tokens that are no space; a paragraph starts at the first word, and after a line break."""
    doc = spacy.blank("en").make_doc("".join(pieces))
    words, paragraphs = word_positions(doc)
    assert words == [token.i for token in doc if not token.is_space]
    assert paragraphs == [number for number, i in enumerate(words)
                          if number == 0 or "\n" in doc[words[number - 1] + 1 : i].text]


def test_round_trip_on_disk(nlp: Language, tmp_path: Path) -> None:
    """``to_disk`` and ``spacy.load`` give the same reading."""
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert [(t.tag_, t.dep_, t.lemma_) for t in again(TEXT)] == [(t.tag_, t.dep_, t.lemma_) for t in nlp(TEXT)]
    assert [c.text for c in again(TEXT).noun_chunks] == [c.text for c in nlp(TEXT).noun_chunks]


def test_round_trip_of_bytes(nlp: Language) -> None:
    """``to_bytes`` and ``from_bytes`` carry the weights."""
    again = spacy.blank("en")
    again.add_pipe("news_reader")
    again.from_bytes(nlp.to_bytes())
    assert [t.dep_ for t in again(TEXT)] == [t.dep_ for t in nlp(TEXT)]


def test_weights_fit_the_package() -> None:
    """The model file is at most 30 MB."""
    assert SHIPPED.stat().st_size <= 30_000_000


def test_missing_weights_are_one_clear_error(tmp_path: Path) -> None:
    """A path without a model file says so."""
    with pytest.raises(ModelError, match=r"nothing\.npz: no model file"):
        read_weights(tmp_path / "nothing.npz")
