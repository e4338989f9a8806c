"""Stage 0 of training: the base encoder learns to fill in masked words of news and of the training texts.

The base model was tuned to embed whole sentences; to predict masked words brings back what each word needs
to know of its neighbours, in the texts that the later stages read. Whole words are masked, and the word
embeddings, which score the words that fit, stay as they are. Task: Devlin et al. 2019; further pretraining on
a task's own texts: Gururangan et al. 2020.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.evaluation.text2kgbench import FOLDER, read_benchmark
from kg.nlp.encoder import word_positions
from kg.nlp.wordpieces import IntArray, Window, WordPieces, stack
from kg.training.checkpoints import note, resume, save
from kg.training.corpora import WIKINEWS, Treebank, read_unlabelled
from kg.training.network import WIDTH, Encoder
from kg.training.syntax import cut, schedule, set_rates

Words = tuple[list[str], list[int]]
"""The words of a text, and the positions where a paragraph or sentence starts."""

MASK = 103
MASKED, REPLACED, KEPT = 0.2, 0.1, 0.1
WARMUP = 0.06
CLIP = 1.0
GROUP = 16


class WordFiller(nn.Module):
    """Scores of all wordpieces for a state: a layer, and the product with the word embeddings."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.layer, self.norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, states: Tensor, words: Tensor) -> Tensor:
        """Return logits (states, vocabulary) by the word embeddings ``words`` (vocabulary, width)."""
        return self.norm(F.gelu(self.layer(states))) @ words.T + self.bias


def word_numbers(window: Window) -> IntArray:
    """Return the number of the word that each piece is part of; -1 for CLS and SEP."""
    numbers = np.full(len(window.ids), -1)
    for word, (first, last) in enumerate(zip(window.first, window.last, strict=True)):
        numbers[first : last + 1] = word
    return numbers


def mask_words(ids: Tensor, words: Tensor, vocabulary: int) -> tuple[Tensor, Tensor]:
    """Return the pieces with some words masked, and where a piece is to be filled in, both (windows, pieces)."""
    drawn = torch.rand(ids.shape[0], int(words.max()) + 1) < MASKED
    chosen = drawn.gather(1, words.clamp(min=0)) & (words >= 0)
    how = torch.rand(ids.shape)
    other = torch.randint(1000, vocabulary, ids.shape)
    masked = torch.where(chosen & (how >= REPLACED + KEPT), MASK, ids)
    return torch.where(chosen & (how < REPLACED), other, masked), chosen


def batches(windows: Sequence[Window], numbers: Sequence[IntArray], size: int, rng: random.Random
            ) -> Iterator[dict[str, Tensor]]:
    """Yield the encoder's inputs and word ``numbers``, ``size`` windows of like length together, in random order."""
    order = sorted(range(len(windows)), key=lambda n: (len(windows[n].ids) // GROUP, rng.random()))
    starts = list(range(0, len(order), size))
    rng.shuffle(starts)
    for at in starts:
        some = order[at : at + size]
        inputs = stack([windows[n] for n in some])
        words = np.full_like(inputs["ids"], -1)
        for row, n in enumerate(some):
            words[row, : len(numbers[n])] = numbers[n]
        yield {name: torch.as_tensor(array) for name, array in (inputs | {"words": words}).items()}


def read_texts(data: Path, articles: Iterable[str], treebanks: Sequence[Treebank], rows: Iterable[Sequence[str]]
               ) -> Iterator[Words]:
    """Yield the words of all texts: unlabelled news, ``articles``, Text2KGBench's training sentences, and the rest.

    ``rows`` are texts that are cut into words already; ``data`` is the folder of the corpora.
    """
    blank = spacy.blank("en")
    news = (row["text"] for row in read_unlabelled(data / WIKINEWS))
    sentences = (sentence.text for one in read_benchmark(data / FOLDER / "wikidata_tekgen", "train")
                 for sentence in one.sentences)
    for text in chain(news, articles, sentences):
        doc = blank.make_doc(text)
        positions, paragraphs = word_positions(doc)
        yield [doc[i].text for i in positions], paragraphs
    yield from ((d.words, sorted({*d.paragraphs, *d.sentences})) for d in treebanks)
    yield from ((list(row), [0]) for row in rows)


def pretrain(encoder: Encoder, texts: Iterable[Words], wordpieces: WordPieces, settings: dict[str, Any], seed: int,
             out: Path) -> None:
    """Train the shared and syntax layers in place on ``texts``.

    ``out/pretraining.pt`` is the checkpoint, of the last whole epoch, that a later call resumes from.
    """
    torch.manual_seed(seed)
    limit, size = settings["window_pieces"], settings["windows_per_step"]
    windows = [window for words, breaks in texts for window in cut(words, breaks, limit, wordpieces)]
    numbers, vocabulary = [word_numbers(window) for window in windows], encoder.word.num_embeddings
    filler = WordFiller(vocabulary)
    encoder.word.weight.requires_grad_(False)
    trained = [*encoder.shared.parameters(), *encoder.syntax.parameters(), *encoder.norm.parameters(),
               encoder.shape.weight, encoder.position.weight, *filler.parameters()]
    optimizer = torch.optim.AdamW(trained, lr=settings["rate"], weight_decay=0.01, betas=(0.9, 0.98))
    parts = {"encoder": encoder, "filler": filler, "optimizer": optimizer}
    steps, began, checkpoint = -(-len(windows) // size), time.monotonic(), out / "pretraining.pt"
    encoder.train()
    for epoch in range(resume(checkpoint, parts).get("epoch", -1) + 1, settings["epochs"]):
        step, total = epoch * steps, 0.0
        for batch in batches(windows, numbers, size, random.Random(seed * 1000 + epoch)):
            step += 1
            set_rates(optimizer, [settings["rate"]], schedule(step, steps * settings["epochs"], WARMUP))
            total += _learn(encoder, filler, batch, optimizer, trained)
        save(checkpoint, {name: part.state_dict() for name, part in parts.items()} | {"epoch": epoch})
        record = {"epoch": epoch, "seconds": round(time.monotonic() - began), "loss": round(total / steps, 3)}
        note(out / "pretraining-curve.jsonl", record)


def _learn(encoder: Encoder, filler: WordFiller, batch: dict[str, Tensor], optimizer: torch.optim.Optimizer,
           trained: Sequence[nn.Parameter]) -> float:
    """Take one step; return the mean loss of a masked piece."""
    ids, chosen = mask_words(batch["ids"], batch["words"], encoder.word.num_embeddings)
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=ids.device.type == "cuda"):
        x, bias = encoder.lower(ids, batch["shapes"], batch["mask"])
        logits = filler(encoder.upper_syntax(x, bias)[chosen], encoder.word.weight)
    loss = F.cross_entropy(logits.float(), batch["ids"][chosen])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(trained, CLIP)
    optimizer.step()
    return float(loss.item())
