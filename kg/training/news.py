"""Stage 2 of training: the news branch and all its heads, jointly, on the gold news articles.

The shared layers and the syntax branch stay as stage 1 left them, so their states are
computed once. From ``false_from`` on the model's own false mentions and values are
negatives of every pair head.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.claims import REACH as CLAIM_REACH
from kg.extract.claims import offset_id
from kg.nlp.encoder import word_positions
from kg.nlp.mentions import select
from kg.nlp.wordpieces import Window, WordPieces, encode, stack, window_bounds, window_breaks
from kg.training.gold import Inventory, Prepared, Target, prepare, spans_of, value_candidate
from kg.training.heads import NewsHeads
from kg.training.network import WIDTH, Encoder, SpanScorer
from kg.training.syntax import gather_words, save

WINDOW = 254
WARMUP = 0.06
FALSE_PROBABILITY = 0.3


@dataclass(slots=True)
class Lower:
    """The frozen states of an article: shared and syntax pieces per window, and where its words go."""

    shared: Tensor
    syntax: Tensor
    bias: Tensor
    windows: list[Window]
    positions: list[int]
    tokens: int


def lower_states(encoder: Encoder, doc: Any, wordpieces: WordPieces) -> Lower:
    """Run the frozen layers over one document."""
    positions, paragraphs = word_positions(doc)
    words = [doc[i].text for i in positions]
    lengths = [len(wordpieces.pieces(word)[0]) for word in words]
    windows = [encode(words, s, e, wordpieces) for s, e in window_bounds(lengths, window_breaks(words, paragraphs), WINDOW)]
    inputs = {name: torch.from_numpy(array) for name, array in stack(windows).items()}
    with torch.no_grad():
        shared, bias = encoder.lower(inputs["ids"], inputs["shapes"], inputs["mask"])
        return Lower(shared, encoder.upper_syntax(shared, bias), bias, windows, positions, len(doc))


def token_states(encoder: Encoder, lower: Lower) -> Tensor:
    """Return the news states (tokens, width) of a document, spaces zero, with gradient."""
    words, real = gather_words(encoder.upper_news(lower.shared, lower.syntax, lower.bias), lower.windows)
    states = torch.zeros(lower.tokens, WIDTH)
    return states.index_copy(0, torch.tensor(lower.positions), words[real])


def losses(heads: NewsHeads, states: Tensor, made: Target, ready: Prepared, labels: Inventory) -> dict[str, Tensor]:
    """Return the loss of every head on one article."""
    sentences = [(sent.start, sent.end) for sent in made.doc.sents]
    types = len(labels.mention_types)
    found = {"mentions": span_loss(heads.mentions, states, sentences, spans_of(made.mentions, 0)),
             "values": span_loss(heads.values, states, sentences, spans_of(made.values, types))}
    found |= token_losses(heads, states, made)
    mentions = vectors(heads, states, ready.mentions)
    values = vectors(heads, states, ready.values)
    found["coreference"] = coreference_loss(heads, mentions, states, ready)
    found["relations"] = relation_loss(heads, mentions, values, states, made, ready)
    if made.triggers:
        found["arguments"] = argument_loss(heads, mentions, values, states, made, ready)
    if made.cues:
        found["speakers"], found["content"] = claim_losses(heads, mentions, states, made, ready)
    return found


def vectors(heads: NewsHeads, states: Tensor, candidates: Sequence[Any]) -> Tensor:
    """Return candidate vectors (candidates, hidden)."""
    rows = torch.tensor([(c.start, c.end, c.head) for c in candidates], dtype=torch.long).reshape(-1, 3)
    return heads.spans(states, rows[:, 0], rows[:, 1], rows[:, 2])


def span_loss(scorer: SpanScorer, states: Tensor, sentences: Sequence[tuple[int, int]], gold: Any) -> Tensor:
    """Return the loss per gold span over all spans within sentences."""
    starts, ends = grid(sentences, scorer.longest)
    place = {pair: i for i, pair in enumerate(zip(starts.tolist(), ends.tolist(), strict=True))}
    target = torch.zeros(len(starts), dtype=torch.long)
    for start, end, label in gold.tolist():
        if (start, end) in place:
            target[place[start, end]] = label
    total = F.cross_entropy(scorer(states, starts, ends), target, reduction="sum")
    return total / max(len(gold), 8)


def grid(sentences: Sequence[tuple[int, int]], longest: int) -> tuple[Tensor, Tensor]:
    """Return inclusive starts and ends of all spans within sentences."""
    rows = [(s, e) for first, stop in sentences for s in range(first, stop) for e in range(s, min(stop, s + longest))]
    table = torch.tensor(rows, dtype=torch.long)
    return table[:, 0], table[:, 1]


def token_losses(heads: NewsHeads, states: Tensor, made: Target) -> dict[str, Tensor]:
    """Return the losses of triggers, modality, polarity and cues."""
    words = heads.dropout(states)
    trigger, cue = torch.zeros(len(states), dtype=torch.long), torch.zeros(len(states), dtype=torch.long)
    for token, kind, *_ in made.triggers:
        trigger[token] = kind + 1
    cue[list(made.cues)] = 1
    found = {"triggers": F.cross_entropy(heads.triggers(words), trigger, reduction="sum") / max(len(made.triggers), 4),
             "cues": F.cross_entropy(heads.cues(words), cue, reduction="sum") / max(len(made.cues), 3)}
    if made.triggers:
        table = torch.tensor(made.triggers)
        at = words[table[:, 0]]
        found["modality"] = 0.5 * F.cross_entropy(heads.modality(at), table[:, 2])
        found["polarity"] = 0.5 * F.cross_entropy(heads.polarity(at), table[:, 3])
    return found


def coreference_loss(heads: NewsHeads, mentions: Tensor, states: Tensor, ready: Prepared) -> Tensor:
    """Return the marginal log-likelihood loss of antecedents (Lee et al. 2017); none scores zero."""
    pairs, entity = ready.coreference, np.array(ready.entity)
    if not len(pairs):
        return torch.zeros(())
    scores = heads.coreference(mentions, mentions, pairs, states)[:, 0]
    left = torch.from_numpy(pairs.left)
    same = torch.from_numpy(entity[pairs.left] == entity[pairs.right])
    count = len(ready.mentions)
    every = _logsumexp(scores, left, count, with_zero=torch.ones(count, dtype=torch.bool))
    has = torch.zeros(count, dtype=torch.bool)
    has[left[same]] = True
    right = _logsumexp(scores[same], left[same], count, with_zero=~has)
    return (every - right).mean() * 2


def _logsumexp(scores: Tensor, rows: Tensor, count: int, with_zero: Tensor) -> Tensor:
    zero = torch.where(with_zero, 0.0, -1e4)
    top = zero.clone().scatter_reduce(0, rows, scores.detach(), "amax")
    total = torch.exp(zero - top).index_add(0, rows, torch.exp(scores - top[rows]))
    return top + torch.log(total)


def pooled_loss(logits: Tensor, groups: Tensor, targets: Sequence[Sequence[int]]) -> Tensor:
    """Return the summed loss of groups of pairs pooled by log-sum-exp; an empty target is none."""
    count, outputs = len(targets), logits.shape[1]
    flat = (groups[:, None] * outputs + torch.arange(outputs)).reshape(-1)
    never = torch.zeros(count * outputs, dtype=torch.bool)
    pooled = _logsumexp(logits.reshape(-1), flat, count * outputs, never).reshape(count, outputs)
    scores = torch.cat([torch.zeros(count, 1), pooled], dim=1)
    rows = [(n, t + 1, 1.0 / len(target)) for n, target in enumerate(targets) for t in target]
    rows += [(n, 0, 1.0) for n, target in enumerate(targets) if not target]
    table = torch.log_softmax(scores, dim=1)
    index = torch.tensor([row[:2] for row in rows])
    weight = torch.tensor([row[2] for row in rows])
    return -(table[index[:, 0], index[:, 1]] * weight).sum()


def relation_loss(heads: NewsHeads, mentions: Tensor, values: Tensor, states: Tensor, made: Target, ready: Prepared
                  ) -> Tensor:
    """Return the loss of relations between entities, and between entities and values."""
    pairs = ready.relations
    if not len(pairs):
        return torch.zeros(())
    logits = heads.relations(mentions, torch.cat([mentions, values]), pairs, states)
    count = len(ready.mentions)
    keys = [(ready.entity[i], "m", ready.entity[j]) if j < count else (ready.entity[i], "v", j - count)
            for i, j in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
    numbers = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    groups = torch.tensor([numbers[key] for key in keys])
    return pooled_loss(logits, groups, [made.links.get(key, []) for key in numbers]) / max(len(made.links), 4)


def argument_loss(heads: NewsHeads, mentions: Tensor, values: Tensor, states: Tensor, made: Target, ready: Prepared
                  ) -> Tensor:
    """Return the loss of role fillers, entities pooled over their mentions, values one by one."""
    table = torch.tensor(made.triggers)
    words = heads.dropout(states[table[:, 0]] + heads.event_type(table[:, 1]))
    total = torch.zeros(())
    for kind, pairs, right in (("m", ready.arguments, mentions), ("v", ready.value_arguments, values)):
        if len(pairs):
            logits = heads.arguments(words, right, pairs, states)
            keys = [(i, kind, ready.entity[j] if kind == "m" else j)
                    for i, j in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
            numbers = {key: n for n, key in enumerate(dict.fromkeys(keys))}
            groups = torch.tensor([numbers[key] for key in keys])
            targets = [[made.fillers[key]] if key in made.fillers else [] for key in numbers]
            total = total + pooled_loss(logits, groups, targets)
    return total / max(len(made.fillers), 6)


def claim_losses(heads: NewsHeads, mentions: Tensor, states: Tensor, made: Target, ready: Prepared
                 ) -> tuple[Tensor, Tensor]:
    """Return the losses of speakers and of the start and end of contents."""
    cues = sorted(made.cues)
    pairs = ready.speakers
    speaker = torch.zeros(())
    if len(pairs):
        logits = heads.speakers(states[cues], mentions, pairs, states)
        speaker = _speaker_loss(logits[:, 0], pairs, ready.entity, [{who for who, *_ in made.cues[c]} for c in cues])
    content = torch.zeros(())
    for cue in cues:
        first, last = max(0, cue - CLAIM_REACH), min(len(states), cue + CLAIM_REACH)
        buckets = torch.tensor([offset_id(t - cue) for t in range(first, last)])
        for row, side in enumerate(("start", "end")):
            tokens = heads.content[f"token_{side}"](heads.dropout(states[first:last]))
            score = tokens @ heads.content[f"cue_{side}"](heads.dropout(states[cue]))
            score = score + heads.content_distance.weight[row][buckets]
            places = {claim[1 + row] - first for claim in made.cues[cue]}
            inside = [p for p in places if 0 <= p < last - first]
            if inside:
                content = content - torch.log_softmax(score, 0)[inside].mean()
    return speaker / len(cues), content / len(cues)


def _speaker_loss(scores: Tensor, pairs: Any, entity: Sequence[int], speakers: Sequence[set[int]]) -> Tensor:
    total = torch.zeros(())
    for number, who in enumerate(speakers):
        mine = np.flatnonzero(pairs.left == number)
        right = [bool(entity[j] in who) for j in pairs.right[mine]]
        if any(right):
            row = scores[mine]
            total = total + torch.logsumexp(F.pad(row, (0, 1)), 0) - torch.logsumexp(row[torch.tensor(right)], 0)
    return total


def find_false(heads: NewsHeads, states: Tensor, made: Target, labels: Inventory) -> None:
    """Put the model's own false mentions and values into the target as negatives."""
    mentions = _false_spans(heads.mentions, states, made, {(c.start, c.end) for c in made.mentions})
    made.false_mentions = [made.reading.candidate(start, end, label) for start, end, label in mentions]
    known = {(c.start, c.end) for c in [*made.values, *made.rule_values]}
    values = _false_spans(heads.values, states, made, known)
    made.false_values = [*made.rule_values, *(value_candidate(made, start, end, labels.value_labels[label], labels)
                                              for start, end, label in values)]


def _false_spans(scorer: SpanScorer, states: Tensor, made: Target, known: set[tuple[int, int]]
                 ) -> list[tuple[int, int, int]]:
    starts, ends = grid([(sent.start, sent.end) for sent in made.doc.sents], scorer.longest)
    with torch.no_grad():
        probabilities = torch.softmax(scorer(states, starts, ends), 1).numpy()
    chosen = select(probabilities, starts.numpy(), ends.numpy(), FALSE_PROBABILITY)
    return [(start, end, label - 1) for start, end, label, _ in chosen if (start, end) not in known]


class Trainer:
    """Trains the news branch and heads in place, an epoch at a time."""

    def __init__(self, encoder: Encoder, heads: NewsHeads, targets: Sequence[Target], wordpieces: WordPieces,
                 labels: Inventory, settings: dict[str, Any], seed: int) -> None:
        self.encoder, self.heads, self.targets = encoder, heads, targets
        self.labels, self.settings = labels, settings
        self._rng = random.Random(seed)
        self._lowers = [lower_states(encoder, made.doc, wordpieces) for made in targets]
        self._ready = [prepare(made, labels) for made in targets]
        branch = [*encoder.news.parameters(), *encoder.bridge.parameters()]
        groups = [{"params": branch, "lr": settings["branch_rate"]},
                  {"params": list(heads.parameters()), "lr": settings["head_rate"]}]
        self._optimizer = torch.optim.AdamW(groups, weight_decay=settings["weight_decay"])
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._total = -(-len(targets) // settings["articles_per_step"]) * settings["epochs"]
        self._step = 0
        self._trained = [p for group in self._optimizer.param_groups for p in group["params"]]
        self._average = [p.detach().clone() for p in self._trained]

    def epoch(self, number: int) -> dict[str, float]:
        """Run one epoch; return the mean loss of each head."""
        since = number - self.settings["false_from"]
        if since >= 0 and since % self.settings["false_every"] == 0:
            self._renew_negatives()
        self.encoder.news.train()
        self.heads.train()
        order = self._rng.sample(range(len(self.targets)), len(self.targets))
        sums: Counter[str] = Counter()
        for at in range(0, len(order), self.settings["articles_per_step"]):
            sums.update(self._update(order[at : at + self.settings["articles_per_step"]]))
        self.encoder.eval()
        self.heads.eval()
        return {name: round(value / len(order), 3) for name, value in sorted(sums.items())}

    def _renew_negatives(self) -> None:
        self.encoder.eval()
        self.heads.eval()
        for number, made in enumerate(self.targets):
            with torch.no_grad():
                states = token_states(self.encoder, self._lowers[number])
            find_false(self.heads, states, made, self.labels)
            self._ready[number] = prepare(made, self.labels)

    def _update(self, numbers: Sequence[int]) -> Counter[str]:
        """Take one optimizer step on some articles; return the summed losses."""
        self._step += 1
        falling = (1 - self._step / self._total) / (1 - WARMUP)
        schedule = min(self._step / (WARMUP * self._total), max(0.02, falling))
        for rate, group in zip(self._rates, self._optimizer.param_groups, strict=True):
            group["lr"] = rate * schedule
        self._optimizer.zero_grad()
        sums: Counter[str] = Counter()
        for number in numbers:
            states = token_states(self.encoder, self._lowers[number])
            found = losses(self.heads, states, self.targets[number], self._ready[number], self.labels)
            (torch.stack([value.reshape(()) for value in found.values()]).sum() / len(numbers)).backward()
            sums.update({name: value.item() for name, value in found.items()})
        nn.utils.clip_grad_norm_(self._trained, 5.0)
        self._optimizer.step()
        keep = min(self.settings["average"], self._step / (self._step + 10))
        for mean, parameter in zip(self._average, self._trained, strict=True):
            mean.lerp_(parameter.detach(), 1 - keep)
        return sums

    def use_average(self) -> None:
        """Put the running average of the weights over the last steps in their place."""
        for mean, parameter in zip(self._average, self._trained, strict=True):
            parameter.data.copy_(mean)

    def state(self) -> dict[str, Any]:
        """Return what ``restore`` needs to go on."""
        return {"encoder": self.encoder.state_dict(), "heads": self.heads.state_dict(),
                "optimizer": self._optimizer.state_dict(), "average": self._average, "step": self._step,
                "rng": self._rng.getstate()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that ``state`` returned."""
        self.encoder.load_state_dict(state["encoder"])
        self.heads.load_state_dict(state["heads"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._average = state["average"]
        self._step = state["step"]
        self._rng.setstate(state["rng"])


def train(trainer: Trainer, epochs: int, out: Path, evaluate: Callable[[int], dict[str, Any]] | None = None) -> None:
    """Train to the last epoch; ``out/news.pt`` is the checkpoint that a later call resumes from."""
    checkpoint, first, began = out / "news.pt", 0, time.monotonic()
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        trainer.restore(state)
        first = state["epoch"] + 1
    for epoch in range(first, epochs):
        found = trainer.epoch(epoch)
        record = {"epoch": epoch, "seconds": round(time.monotonic() - began), "losses": found}
        record |= {"dev": evaluate(epoch)} if evaluate else {}
        print(json.dumps(record), flush=True)
        with (out / "news-curve.jsonl").open("a") as curve:
            curve.write(json.dumps(record) + "\n")
        save(checkpoint, trainer.state() | {"epoch": epoch})
    trainer.use_average()
