"""Words to wordpieces and windows."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from kg.nlp.component import NewsReader
from kg.nlp.wordpieces import (
    CLS,
    MAX_WORD_PIECES,
    SEP,
    SHAPES,
    WordPieces,
    encode,
    stack,
    window_bounds,
    window_breaks,
    word_shape,
)


@pytest.fixture(scope="module")
def wordpieces(nlp: Language) -> WordPieces:
    """The vocabulary of the shipped model."""
    reader = nlp.get_pipe("news_reader")
    assert isinstance(reader, NewsReader)
    return WordPieces(reader.weights.settings["tokenizer"])


@pytest.mark.parametrize(("word", "shape"), [
    ("bank", "lower"), ("Bank", "title"), ("AWS", "upper"), ("iPhone", "mixed"), ("2025", "digit"),
    ("Q3", "alphanumeric"), (",", "punctuation"), ("O'Neil", "mixed"), ("A", "title"),
])
def test_shapes(word: str, shape: str) -> None:
    """Each orthographic class has its shape."""
    assert SHAPES[word_shape(word)] == shape


def test_case_changes_shapes_and_not_pieces(wordpieces: WordPieces) -> None:
    """The vocabulary is uncased; only the shape tells "US" from "us"."""
    assert wordpieces.pieces("US")[0] == wordpieces.pieces("us")[0]
    assert wordpieces.pieces("US")[1] != wordpieces.pieces("us")[1]


def test_long_words_are_capped(wordpieces: WordPieces) -> None:
    """A very long word keeps its first and last pieces."""
    assert len(wordpieces.pieces("https://www.example.org/a/very/long/address.html")[0]) == MAX_WORD_PIECES


def test_every_word_has_a_piece(wordpieces: WordPieces) -> None:
    """What the vocabulary does not know is one unknown piece, never none."""
    assert all(wordpieces.pieces(word)[0] for word in ("\u200b", "日本", "…", "\x01"))


def test_window_positions_name_first_and_last_piece(wordpieces: WordPieces) -> None:
    """``first`` and ``last`` point at the pieces of each word between CLS and SEP."""
    window = encode(["Stringer", "reads", "Grupo", "Bavaria"], 1, 4, wordpieces)
    assert (window.ids[0], window.ids[-1]) == (CLS, SEP)
    assert window.first[0] == 1
    assert all(a + 1 == b for a, b in zip(window.last[:-1], window.first[1:], strict=True))
    assert window.last[-1] == len(window.ids) - 2


def test_stack_pads_with_mask(wordpieces: WordPieces) -> None:
    """Shorter windows are padded and masked."""
    batch = stack([encode(["a"], 0, 1, wordpieces), encode(["a", "b", "c"], 0, 3, wordpieces)])
    assert batch["ids"].shape == (2, 5)
    assert batch["mask"].sum(axis=1).tolist() == [3, 5]
    assert np.all(batch["ids"][0, 3:] == 0)


@given(st.lists(st.integers(1, 8), max_size=80), st.sets(st.integers(0, 79)), st.integers(8, 40))
def test_windows_cover_the_text_once(lengths: list[int], breaks: set[int], limit: int) -> None:
    """Windows follow on each other, cover every word and never exceed the limit."""
    bounds = list(window_bounds(lengths, sorted(breaks), limit))
    assert [i for s, e in bounds for i in range(s, e)] == list(range(len(lengths)))
    assert all(sum(lengths[s:e]) <= limit for s, e in bounds)
    assert all(a[1] == b[0] for a, b in pairwise(bounds))


def test_windows_end_at_paragraphs_where_they_can() -> None:
    """A window ends at the last paragraph that fits."""
    assert list(window_bounds([1] * 10, [0, 4, 7], 8)) == [(0, 7), (7, 10)]


def test_windows_may_start_after_a_closed_sentence() -> None:
    """A closing quote belongs to the sentence before it."""
    words = ['"', "Yes", ".", '"', "He", "left", "!", "Then", "rain", "."]
    assert window_breaks(words, [0, 8]) == [0, 4, 7, 8]
