"""Stage 1 of training: tags, lemma scripts, sentence starts and the parse, on the shared encoder.

Gold news mentions and triggers, and GUM's nested mentions, are auxiliary tasks: they make
the shared layers aware of entities before stage 2 trains the news branch on top.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.nlp.lemmas import make_script
from kg.nlp.wordpieces import Window, WordPieces, encode, stack, window_bounds
from kg.training.checkpoints import note, resume, save
from kg.training.corpora import Treebank
from kg.training.labels import Labels
from kg.training.network import Encoder, SpanScorer, SyntaxHeads, all_spans, word_states

TAGGERS = ("upos", "xpos", "feats", "script")


@dataclass(frozen=True, slots=True)
class NewsText:
    """A gold article as words, with mention spans (start, end, label) and a trigger label per word."""

    words: list[str]
    paragraphs: list[int]
    spans: list[tuple[int, int, int]]
    triggers: list[int]


class SyntaxModel(nn.Module):
    """The encoder's syntax branch with its heads and the auxiliary ones."""

    def __init__(self, labels: Labels, mention_types: int, event_types: int, gum_types: int) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.heads = SyntaxHeads(labels.sizes())
        self.mentions = SpanScorer(mention_types + 1)
        self.triggers = nn.Linear(384, event_types + 1)
        self.nested = SpanScorer(gum_types + 1)

    def words(self, windows: Sequence[Window]) -> tuple[Tensor, Tensor]:
        """Return word states (windows, words, width) and which words are real."""
        inputs = {name: torch.as_tensor(array) for name, array in stack(windows).items()}
        x, bias = self.encoder.lower(inputs["ids"], inputs["shapes"], inputs["mask"])
        return gather_words(self.encoder.upper_syntax(x, bias), windows)


def gather_words(pieces: Tensor, windows: Sequence[Window]) -> tuple[Tensor, Tensor]:
    """Return the word states of windows, padded, and the mask of real words."""
    width = max(len(window.first) for window in windows)
    first, last = np.zeros((2, len(windows), width), dtype=np.int64)
    real = np.zeros((len(windows), width), dtype=bool)
    for row, window in enumerate(windows):
        size = len(window.first)
        first[row, :size], last[row, :size], real[row, :size] = window.first, window.last, True
    return word_states(pieces, torch.as_tensor(first), torch.as_tensor(last)), torch.as_tensor(real)


def cut(words: Sequence[str], breaks: Sequence[int], limit: int, wordpieces: WordPieces) -> list[Window]:
    """Cut a text into encoded windows of at most ``limit`` pieces."""
    lengths = [len(wordpieces.pieces(word)[0]) for word in words]
    return [encode(words, start, end, wordpieces) for start, end in window_bounds(lengths, breaks, limit)]


def group(items: list[tuple[Any, Window]], pieces: int, rng: random.Random) -> Iterator[list[tuple[Any, Window]]]:
    """Group windows of like length into batches of about ``pieces`` pieces, in random order."""
    rng.shuffle(items)
    items.sort(key=lambda item: len(item[1].ids) // 16)
    batches: list[list[tuple[Any, Window]]] = [[]]
    for item in items:
        width = max([len(item[1].ids), *(len(w.ids) for _, w in batches[-1])])
        if batches[-1] and width * (len(batches[-1]) + 1) > pieces:
            batches.append([])
        batches[-1].append(item)
    rng.shuffle(batches)
    yield from batches


def treebank_targets(batch: Sequence[tuple[Treebank, Window]], labels: Labels) -> dict[str, Tensor]:
    """Return label ids (windows, words) of each task; -100 where there is none."""
    index = {name: {label: i for i, label in enumerate(names)} for name, names in labels.names.items()}
    width = max(w.end - w.start for _, w in batch)
    targets = {name: np.full((len(batch), width), -100) for name in (*TAGGERS, "deps", "heads", "start", "sentence")}
    for row, (document, window) in enumerate(batch):
        size, offset = window.end - window.start, window.start
        for name in ("upos", "xpos", "feats", "deps"):
            values = getattr(document, name)[offset : window.end]
            targets[name][row, :size] = [index[name].get(value, -100) for value in values]
        targets["script"][row, :size] = [index["script"].get(s, -100) for s in _scripts(document, window)]
        starts = np.isin(np.arange(offset, window.end), document.sentences)
        targets["start"][row, :size] = starts
        targets["sentence"][row, :size] = np.cumsum(starts)
        heads = np.array(document.heads[offset : window.end]) - offset
        targets["heads"][row, :size] = np.where((heads >= 0) & (heads < size), heads, -100)
    return {name: torch.as_tensor(array) for name, array in targets.items()}


def _scripts(document: Treebank, window: Window) -> list[str]:
    part = slice(window.start, window.end)
    return [make_script(*row) for row in zip(document.words[part], document.lemmas[part], document.upos[part],
                                             strict=True)]


def treebank_loss(model: SyntaxModel, batch: Sequence[tuple[Treebank, Window]], labels: Labels,
                  gum_weight: float, gum_types: dict[str, int]) -> Tensor:
    """Return the summed mean losses of all treebank tasks on a batch."""
    words, _ = model.words([window for _, window in batch])
    targets = treebank_targets(batch, labels)
    loss = sum((F.cross_entropy(model.heads.tags(words, name).flatten(0, 1), targets[name].flatten(),
                                ignore_index=-100) for name in TAGGERS), torch.zeros(()))
    real = targets["sentence"] != -100
    starts = model.heads.tags(words, "start").squeeze(-1)[real]
    loss = loss + F.binary_cross_entropy_with_logits(starts, targets["start"][real].float())
    loss = loss + parse_loss(model.heads, words, targets)
    for row, (document, window) in enumerate(batch):
        if document.spans is not None:
            spans = [(s - window.start, e - window.start - 1, gum_types[kind]) for s, e, kind in document.spans
                     if s >= window.start and e <= window.end]
            size = window.end - window.start
            loss = loss + gum_weight / len(batch) * span_loss(model.nested, words[row, :size], spans)
    return loss


def parse_loss(heads: SyntaxHeads, words: Tensor, targets: dict[str, Tensor]) -> Tensor:
    """Return arc plus label loss; arcs compete within the gold sentence only."""
    arcs = heads.arcs(words)
    same = targets["sentence"][:, :, None] == targets["sentence"][:, None, :]
    known = targets["heads"] != -100
    arcs = arcs.masked_fill(~same, -1e4)
    loss = F.cross_entropy(arcs[known], targets["heads"][known])
    rows, deps = known.nonzero(as_tuple=True)
    head_words = words[rows, targets["heads"][known]]
    labels = heads.labels(words[rows, deps], head_words)
    return loss + F.cross_entropy(labels, targets["deps"][known], ignore_index=-100)


def span_loss(scorer: SpanScorer, words: Tensor, spans: Sequence[tuple[int, int, int]]) -> Tensor:
    """Return the mean loss per gold span of scoring all spans of one window."""
    starts, ends = all_spans(len(words), scorer.longest)
    target = torch.zeros(len(starts), dtype=torch.long)
    place = {pair: i for i, pair in enumerate(zip(starts.tolist(), ends.tolist(), strict=True))}
    for start, end, label in spans:
        if (start, end) in place:
            target[place[start, end]] = label
    total = F.cross_entropy(scorer(words, starts, ends), target, reduction="sum")
    return total / max(len(spans), len(words) / 12)


def news_loss(model: SyntaxModel, batch: Sequence[tuple[NewsText, Window]]) -> Tensor:
    """Return the auxiliary mention and trigger loss on gold articles."""
    words, _ = model.words([window for _, window in batch])
    loss = torch.zeros(())
    for row, (text, window) in enumerate(batch):
        size = window.end - window.start
        spans = [(s - window.start, e - window.start - 1, label) for s, e, label in text.spans
                 if s >= window.start and e <= window.end]
        loss = loss + span_loss(model.mentions, words[row, :size], spans)
        triggers = torch.tensor(text.triggers[window.start : window.end])
        loss = loss + 3 * F.cross_entropy(model.triggers(words[row, :size]), triggers)
    return loss / len(batch)


def parameter_groups(encoder: Encoder, others: Sequence[nn.Parameter], encoder_rate: float, head_rate: float,
                     decay: float) -> list[dict[str, Any]]:
    """Return optimizer groups with layer-wise decayed rates; word embeddings stay frozen."""
    encoder.word.weight.requires_grad_(False)
    layers = [*encoder.shared, *encoder.syntax]
    groups: list[dict[str, Any]] = [{"params": [*others, encoder.shape.weight], "lr": head_rate}]
    for depth, layer in enumerate(reversed(layers)):
        groups.append({"params": list(layer.parameters()), "lr": encoder_rate * decay**depth})
    bottom = [encoder.position.weight, *encoder.norm.parameters()]
    groups.append({"params": bottom, "lr": encoder_rate * decay ** len(layers)})
    return groups


def evaluate(model: SyntaxModel, documents: Sequence[Treebank], labels: Labels, wordpieces: WordPieces
             ) -> dict[str, float]:
    """Return UPOS, UAS and LAS accuracy with gold sentences, arcs by plain argmax."""
    model.eval()
    hits, total = {"upos": 0, "uas": 0, "las": 0, "script": 0}, 0
    items = [(d, w) for d in documents for w in cut(d.words, sorted({*d.paragraphs, *d.sentences}), 254, wordpieces)]
    with torch.no_grad():
        for batch in group(items, 8000, random.Random(0)):
            words, _ = model.words([w for _, w in batch])
            targets = treebank_targets(batch, labels)
            known = targets["heads"] != -100
            same = targets["sentence"][:, :, None] == targets["sentence"][:, None, :]
            arcs = model.heads.arcs(words).masked_fill(~same, -1e4).argmax(-1)[known]
            rows, deps = known.nonzero(as_tuple=True)
            kinds = model.heads.labels(words[rows, deps], words[rows, arcs]).argmax(-1)
            right = arcs == targets["heads"][known]
            hits["uas"] += int(right.sum())
            hits["las"] += int((right & (kinds == targets["deps"][known])).sum())
            for name in ("upos", "script"):
                hits[name] += int((model.heads.tags(words, name).argmax(-1)[known] == targets[name][known]).sum())
            total += int(known.sum())
    model.train()
    return {name: round(100 * count / total, 2) for name, count in hits.items()}


def train(model: SyntaxModel, treebanks: Sequence[Treebank], news: Sequence[NewsText], dev: dict[str, list[Treebank]],
          labels: Labels, wordpieces: WordPieces, gum_types: dict[str, int], settings: dict[str, Any],
          seed: int, out: Path) -> None:
    """Train in place; ``out/syntax.pt`` is the checkpoint that a later call resumes from."""
    others = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(parameter_groups(model.encoder, others, settings["encoder_rate"],
                                                   settings["head_rate"], settings["layer_decay"]),
                                  weight_decay=0.01, betas=(0.9, 0.98))
    rates = [g["lr"] for g in optimizer.param_groups]
    checkpoint = out / "syntax.pt"
    done = int(resume(checkpoint, {"model": model, "optimizer": optimizer}).get("step", 0))
    step, saved, began = 0, time.monotonic(), time.monotonic()
    for epoch in range(settings["epochs"]):
        plan = epoch_plan(treebanks, news, wordpieces, settings, seed * 1000 + epoch)
        total = settings["epochs"] * len(plan)
        for kind, batch in plan:
            step += 1
            if step <= done:
                continue
            loss = (news_loss(model, batch) * settings["gold_weight"] if kind == "news" else
                    treebank_loss(model, batch, labels, settings["gum_weight"], gum_types))
            _update(model, optimizer, rates, schedule(step, total, settings["warmup"]), loss)
            if step % 50 == 0:
                print(f"epoch {epoch} step {step}/{total} loss {loss.item():.3f} {time.monotonic() - began:.0f}s",
                      flush=True)
            if time.monotonic() - saved > 60 * settings["checkpoint_minutes"]:
                save(checkpoint, _state(model, optimizer, step))
                saved = time.monotonic()
        if step > done:
            save(checkpoint, _state(model, optimizer, step))
            scores = {name: evaluate(model, documents, labels, wordpieces) for name, documents in dev.items()}
            note(out / "syntax-curve.jsonl", {"epoch": epoch, "seconds": round(time.monotonic() - began), **scores})


def schedule(step: int, total: int, warmup: float) -> float:
    """Return the share of its rate at a step: rising over the first ``warmup`` of all steps, then falling to 0.02."""
    falling = (1 - step / total) / (1 - warmup)
    return min(step / (warmup * total), max(0.02, falling))


def set_rates(optimizer: torch.optim.Optimizer, rates: Sequence[float], share: float) -> None:
    """Give each parameter group this share of its rate."""
    for rate, param_group in zip(rates, optimizer.param_groups, strict=True):
        param_group["lr"] = rate * share


def _update(model: SyntaxModel, optimizer: torch.optim.Optimizer, rates: Sequence[float], share: float,
            loss: Tensor) -> None:
    set_rates(optimizer, rates, share)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 2.0)
    optimizer.step()


def _state(model: SyntaxModel, optimizer: torch.optim.Optimizer, step: int) -> dict[str, Any]:
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}


def epoch_plan(treebanks: Sequence[Treebank], news: Sequence[NewsText], wordpieces: WordPieces,
               settings: dict[str, Any], seed: int) -> list[tuple[str, list[tuple[Any, Window]]]]:
    """Return one epoch's batches of both kinds, shuffled; windows are cut anew each epoch."""
    rng = random.Random(seed)
    limits = settings["window_pieces"]
    trees = [(d, w) for d in treebanks
             for w in cut(d.words, sorted({*d.paragraphs, *d.sentences}), rng.choice(limits), wordpieces)]
    texts = [(t, w) for t in news for w in cut(t.words, t.paragraphs, rng.choice(limits), wordpieces)]
    plan = [("trees", batch) for batch in group(trees, settings["pieces_per_step"], rng)]
    if texts:
        plan += [("news", batch) for batch in group(texts, settings["pieces_per_step"], rng)]
    rng.shuffle(plan)
    return plan
