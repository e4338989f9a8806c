"""Masking of whole words, and that stage 0 goes on from its checkpoint as if it had not stopped."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch", reason="the extra [train] is not installed")

from kg.nlp.weights import read_weights  # noqa: E402  after the check for torch
from kg.nlp.wordpieces import WordPieces, encode  # noqa: E402
from kg.training import pretraining  # noqa: E402
from kg.training.network import Encoder  # noqa: E402

TEXTS = [(["Shares", "of", "the", "unremarkable", "brewery", "fell", "on", "Monday", "."], [0]),
         (["The", "minister", "resigned", ".", "His", "successor", "was", "named", "."], [0, 4])]
SETTINGS: dict[str, Any] = {"epochs": 2, "window_pieces": 16, "windows_per_step": 2, "rate": 1e-3}


@pytest.fixture(scope="module")
def wordpieces() -> WordPieces:
    """Return the vocabulary of the model in the package."""
    return WordPieces(read_weights().settings["tokenizer"])


def test_word_numbers(wordpieces: WordPieces) -> None:
    """All pieces of a word have its number; CLS and SEP have none."""
    window = encode(["an", "unremarkable", "brewery"], 0, 3, wordpieces)
    numbers = pretraining.word_numbers(window)
    assert numbers[0] == numbers[-1] == -1
    assert len(wordpieces.pieces("unremarkable")[0]) > 1
    assert [int((numbers == word).sum()) for word in range(3)] == [len(wordpieces.pieces(w)[0]) for w in
                                                                 ("an", "unremarkable", "brewery")]


def test_masking_takes_whole_words() -> None:
    """A masked word is masked in all its pieces; what is no word never is, and what is not chosen stays."""
    torch.manual_seed(1)
    words = torch.tensor([[-1, 0, 0, 1, 2, 2, 2, -1]] * 200)
    ids = torch.arange(2000, 2008).repeat(200, 1)
    masked, chosen = pretraining.mask_words(ids, words, 30000)
    assert not chosen[:, [0, 7]].any()
    assert (chosen[:, 1] == chosen[:, 2]).all()
    assert (chosen[:, 4] == chosen[:, 6]).all()
    assert 0.1 < chosen[:, 1:7].float().mean() < 0.3
    assert (masked == ids)[~chosen].all()
    assert 0.6 < (masked == pretraining.MASK)[chosen].float().mean() < 0.95


def test_batches_hold_every_window_once(wordpieces: WordPieces) -> None:
    """An epoch shows each window once, whatever the order."""
    windows = [encode(words, 0, len(words), wordpieces) for words, _ in TEXTS * 3]
    numbers = [pretraining.word_numbers(window) for window in windows]
    shown = [row[row > 0].tolist() for batch in pretraining.batches(windows, numbers, 4, random.Random(2))
             for row in batch["ids"].numpy()]
    assert sorted(shown) == sorted(window.ids.tolist() for window in windows)


def test_resumes(wordpieces: WordPieces, tmp_path: Path) -> None:
    """After an epoch the checkpoint is taken up; a whole one leaves nothing to do."""
    torch.manual_seed(0)
    encoder = Encoder()
    before = encoder.word.weight.clone()
    pretraining.pretrain(encoder, TEXTS, wordpieces, SETTINGS | {"epochs": 1}, 3, tmp_path)
    pretraining.pretrain(encoder, TEXTS, wordpieces, SETTINGS, 3, tmp_path)
    curve = (tmp_path / "pretraining-curve.jsonl").read_text().splitlines()
    assert len(curve) == 2
    again = Encoder()
    pretraining.pretrain(again, TEXTS, wordpieces, SETTINGS, 3, tmp_path)
    assert (tmp_path / "pretraining-curve.jsonl").read_text().splitlines() == curve
    assert all(torch.equal(a, b) for a, b in zip(encoder.syntax.parameters(), again.syntax.parameters(), strict=True))
    assert torch.equal(encoder.word.weight, before)
    assert np.isfinite(encoder.syntax[0].up.weight.detach().numpy()).all()
