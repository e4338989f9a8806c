"""The torch twin of `kg.extract.terms.reranking`."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.terms.attention import REACH
from kg.extract.terms.reranking import (
    COUNT,
    FURTHEST,
    LAYERS,
    LEAST,
    LEAST_FIT,
    PER_PROPERTY,
    RELATED,
    SCALARS,
    SCALE,
    STEEPEST,
    WORD_MARKS,
)
from kg.training.terms.attention import Attention, Thought

WIDTH = 128


class Scored(NamedTuple):
    """What the first look gives for all pairs and properties of a batch of texts.

    ``logits`` (texts, subjects, objects, properties), FAR where a pair cannot be; ``pairs`` (texts, subjects, objects,
    rank); ``subjects`` and ``objects`` (texts, spans, rank); ``factors`` three of (properties, rank) that these are
    multiplied by; ``properties`` (properties, hidden); ``label`` (texts, objects, properties); ``near`` (texts, words,
    properties); ``fits`` two of (texts, spans, properties), how well classes fit domain and range.
    """

    logits: Tensor
    pairs: Tensor
    subjects: Tensor
    objects: Tensor
    factors: tuple[Tensor, Tensor, Tensor]
    properties: Tensor
    label: Tensor
    near: Tensor
    fits: tuple[Tensor, Tensor]


class Places(NamedTuple):
    """Where words and spans are: ``above`` and ``sentence`` of the batch, roots, starts and ends of (texts, spans)."""

    above: Tensor
    root: Tensor
    start: Tensor
    end: Tensor
    sentence: Tensor


class Chosen(NamedTuple):
    """Candidates by text, (texts, candidates) each; ``real`` tells them from padding."""

    subject: Tensor
    object: Tensor
    property: Tensor
    logit: Tensor
    real: Tensor


def choose(logits: Tensor, sentence: Tensor) -> Chosen:
    """Return the likeliest pairs of each property with objects of a sentence, and of them the likeliest of a text.

    ``sentence`` (texts, objects) is that of each object. At run time so many are chosen of each sentence.
    """
    _, subjects, objects, _ = logits.shape
    by_sentence = [logits.detach().masked_fill((sentence != n)[:, None, :, None], -math.inf)
                   .permute(0, 3, 1, 2).flatten(2) for n in range(int(sentence.max()) + 1)]
    best = [part.topk(min(PER_PROPERTY, subjects * objects), -1) for part in by_sentence]
    values, indices = torch.cat([part.values for part in best], -1), torch.cat([part.indices for part in best], -1)
    kept = values.flatten(1).topk(min(COUNT, values[0].numel()), -1)
    pair = indices.flatten(1).gather(1, kept.indices)
    return Chosen(pair // objects, pair % objects, kept.indices // values.shape[2], kept.values, kept.values > LEAST)


class Layer(nn.Module):
    """Candidates look at the words of their text, then at each other, and think."""

    def __init__(self, hidden: int, dropout: float) -> None:
        super().__init__()
        self.text = Attention(WIDTH, hidden, WORD_MARKS, dropout)
        self.rivals, self.thought = Attention(WIDTH, WIDTH, RELATED, dropout), Thought(WIDTH, dropout)

    def forward(self, x: Tensor, words: Tensor, marks: Tensor, within: Tensor, related: Tensor, rivals: Tensor
                ) -> Tensor:
        """Return the candidates after it."""
        x = x + self.text(x, words, marks, within)
        thought: Tensor = self.thought(x + self.rivals(x, None, related, rivals))
        return thought


class Reranker(nn.Module):
    """Weighs the likeliest candidates of a text against its words and each other."""

    def __init__(self, hidden: int, rank: int, dropout: float) -> None:
        super().__init__()
        self.products = nn.Linear(3 * rank, WIDTH)
        self.pair, self.property = nn.Linear(rank, WIDTH, bias=False), nn.Linear(hidden, WIDTH, bias=False)
        self.subject, self.object = (nn.Linear(hidden, WIDTH, bias=False) for _ in range(2))
        self.scalars = nn.Linear(SCALARS, WIDTH, bias=False)
        self.layers = nn.ModuleList(Layer(hidden, dropout) for _ in range(LAYERS))
        self.norm, self.score = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 1)
        self.drop = nn.Dropout(dropout)
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)

    def forward(self, chosen: Chosen, scored: Scored, words: Tensor, vectors: Tensor, places: Places) -> Tensor:
        """Return the logits of candidates, (texts, candidates)."""
        texts = torch.arange(len(words))[:, None]
        subject, target, known = chosen.subject, chosen.object, chosen.property
        pairs = scored.pairs[texts, subject, target]
        left, right, middle = (factor[known] for factor in scored.factors)
        products = torch.cat([scored.subjects[texts, subject] * left, scored.objects[texts, target] * right,
                              pairs * middle], -1)
        x = self.products(self.drop(products)) + self.pair(pairs) + self.property(scored.properties)[known]
        x = x + self.subject(vectors)[texts, subject] + self.object(vectors)[texts, target]
        x = F.relu(x + self.scalars(self._scalars(chosen, scored, texts, places.sentence[texts, places.start])))
        spans = [part[texts, place] for place in (subject, target) for part in (places.start, places.end)]
        above = [places.above[texts, places.root.gather(1, place)] for place in (subject, target)]
        marks = word_marks(spans, above[0] != above[1], scored.near[texts, :, known])
        sentence, of = places.sentence, places.sentence[texts, spans[2]]
        within = ((sentence[:, None] - of[..., None]).abs() <= REACH) & words.any(-1)[:, None]
        rivals = (of[..., None] == of[:, None]) & chosen.real[:, None]
        related = related_marks(chosen, spans)
        for layer in self.layers:
            x = layer(x, words, marks, within, related, rivals)
        delta: Tensor = self.score(self.norm(x))[..., 0]
        return chosen.logit + delta

    def _scalars(self, chosen: Chosen, scored: Scored, texts: Tensor, sentence: Tensor) -> Tensor:
        """Return features of one number each; ``sentence`` is that of each span."""
        logits, of = scored.logits.detach(), sentence[texts, chosen.object]
        best = torch.stack([logits.amax(1).masked_fill((sentence != n)[..., None], -math.inf).amax(1)
                            for n in range(int(sentence.max()) + 1)], 1)
        by_property = best[texts, of, chosen.property]
        by_pair = logits[texts, chosen.subject, chosen.object].amax(-1)
        fits = [fit[texts, place, chosen.property].clamp(min=LEAST_FIT)
                for fit, place in zip(scored.fits, (chosen.subject, chosen.object), strict=True)]
        columns = [chosen.logit / SCALE, (chosen.logit - by_property) / SCALE, (chosen.logit - by_pair) / SCALE, *fits,
                   scored.label[texts, chosen.object, chosen.property] / SCALE]
        return torch.stack(columns, -1).clamp(-FURTHEST, FURTHEST)


def word_marks(spans: list[Tensor], on_way: Tensor, near: Tensor) -> Tensor:
    """Return the marks of `kg.extract.terms.reranking.word_marks`, (texts, candidates, words, WORD_MARKS)."""
    start, end, other_start, other_end = spans
    place = torch.arange(near.shape[-1])
    first, last = torch.minimum(start, other_start)[..., None], torch.maximum(end, other_end)[..., None]
    in_subject = (place >= start[..., None]) & (place <= end[..., None])
    in_object = (place >= other_start[..., None]) & (place <= other_end[..., None])
    between = (place > first) & (place < last) & ~in_subject & ~in_object
    forward = (start < other_start)[..., None]
    marks = [place < first, place > last, in_subject, in_object, between & forward, between & ~forward, on_way]
    return torch.cat([torch.stack(marks, -1).float(), near[..., None]], -1)


def related_marks(chosen: Chosen, spans: list[Tensor]) -> Tensor:
    """Return the marks of `kg.extract.terms.reranking.related`, (texts, candidates, candidates, RELATED)."""
    start, end, other_start, other_end = spans

    def same(left: Tensor, right: Tensor) -> Tensor:
        return left[..., None] == right[:, None]

    def overlap(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
        return (a[..., None] <= d[:, None]) & (c[:, None] <= b[..., None])

    marks = [same(chosen.subject, chosen.subject), same(chosen.object, chosen.object),
             same(chosen.property, chosen.property), same(chosen.subject, chosen.object),
             same(chosen.object, chosen.subject), overlap(start, end, start, end),
             overlap(other_start, other_end, other_start, other_end)]
    likelier = ((chosen.logit[:, None] - chosen.logit[..., None]) / SCALE).clamp(-STEEPEST, STEEPEST)
    return torch.cat([torch.stack(marks, -1).float(), likelier[..., None]], -1)
