"""The torch twin of `kg.extract.terms.scorers`: states never change, so what trains is small."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.terms.describing import STATE
from kg.extract.terms.paths import FURTHEST, ROLES, SHARPNESS
from kg.extract.terms.paths import STEPS as PATH_STEPS
from kg.extract.terms.reranking import UNSEEN
from kg.extract.terms.scorers import AFTER, BEFORE, CONTEXTS, FEATURES, STEPS
from kg.extract.terms.spans import VALUE_LABELS
from kg.training.terms.attention import Context, word_pairs
from kg.training.terms.reranking import Places, Reranker, Scored, choose

HIDDEN, RANK, SPAN_HIDDEN = 192, 128, 96
FIRST_BIAS = -4.0
"""A pair stands in hardly any property, so scores start low."""

CUE_SCALE = 10.0
"""How much more of a word counts that is nearer to a label, at first: the scale of a softmax over cosines."""

FAR = -30.0
"""The logit of what cannot be."""


class SpanHead(nn.Module):
    """Scores spans of up to ``longest`` words as ends of anything."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.longest = longest
        self.start, self.end, self.mean = (nn.Linear(HIDDEN, SPAN_HIDDEN, bias=first) for first in (True, False, False))
        self.length = nn.Embedding(longest, SPAN_HIDDEN)
        self.score = nn.Linear(SPAN_HIDDEN, 1)

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """Return logits (texts, words, lengths), a large negative number for spans past the end."""
        texts, width, _ = words.shape
        first, last = self.start(words), self.end(words)
        total = F.pad(self.mean(words).cumsum(1), (0, 0, 1, 0))
        scores = words.new_full((texts, width, self.longest), FAR)
        for length in range(1, min(self.longest, width) + 1):
            count = width - length + 1
            hidden = first[:, :count] + last[:, length - 1 :] + (total[:, length:] - total[:, :count]) / length
            logits = self.score(F.relu(hidden + self.length.weight[length - 1]))[..., 0]
            scores[:, :count, length - 1] = logits.masked_fill(~mask[:, length - 1 :], FAR)
        return scores


class Batch(NamedTuple):
    """Texts of one inventory, padded: states (texts, words, width), the mask of words, sentence numbers and trees.

    ``above`` (texts, words, words) and ``relation`` (texts, words) are those of `kg.extract.terms.paths.Tree`.
    """

    states: Tensor
    mask: Tensor
    sentence: Tensor
    above: Tensor
    relation: Tensor


class Spans(NamedTuple):
    """Candidates, padded: start, end (inclusive) and kind are (texts, spans); ``real`` tells them from padding."""

    start: Tensor
    end: Tensor
    kind: Tensor
    real: Tensor


class Paths(NamedTuple):
    """Paths between all spans as in `kg.extract.terms.paths`: roots (texts, spans), tops (texts, spans, spans)."""

    above: Tensor
    root: Tensor
    top: Tensor

    @classmethod
    def of(cls, batch: Batch, spans: Spans) -> Paths:
        """Return the paths between the candidates."""
        depth, rows = batch.above.sum(-1), torch.arange(len(spans.start))[:, None]
        length = int((spans.end - spans.start).max()) + 1
        places = torch.minimum(spans.start[..., None] + torch.arange(length), spans.end[..., None])
        first = depth[rows[..., None], places].min(-1, keepdim=True).values
        root = spans.start + (depth[rows[..., None], places] == first).float().argmax(-1)
        marks = batch.above[rows, root]
        at_depth = torch.full((*marks.shape[:2], int(depth.max()) + 1), batch.above.shape[1])
        text, span, higher = marks.nonzero(as_tuple=True)
        at_depth[text, span, depth[text, higher].long()] = higher
        return cls(batch.above, root, at_depth.gather(2, (marks @ marks.transpose(1, 2)).long()))

    def sums(self, rows: Tensor) -> Tensor:
        """Return the sum of the words' rows along each path without its ends, (texts, spans, spans, width)."""
        texts = torch.arange(len(rows))[:, None]
        padded, above = F.pad(rows, (0, 0, 0, 1)), F.pad(self.above @ rows, (0, 0, 0, 1))
        ends, tops = (above - padded)[texts, self.root], padded - 2 * above
        summed: Tensor = ends[:, :, None] + ends[:, None] + tops[texts[..., None], self.top]
        return summed

    def steps(self) -> Tensor:
        """Return how far each path goes up and down as classes, (texts, spans, spans, PATH_STEPS)."""
        texts, depth = torch.arange(len(self.root))[:, None], F.pad(self.above.sum(-1), (0, 1)).long()
        met, top = self.top < self.above.shape[1], depth[texts[..., None], self.top]
        ends = depth[texts, self.root]
        up, down = ((row - top).clamp(0, FURTHEST) for row in (ends[:, :, None], ends[:, None]))
        found = torch.zeros(*top.shape, PATH_STEPS)
        for place in (torch.where(met, up, PATH_STEPS - 1), torch.where(met, down + FURTHEST + 1, PATH_STEPS - 1)):
            found.scatter_(-1, place[..., None], 1.0)
        return found


class Fits(NamedTuple):
    """Which (text, subject, object, property) may be, and log probabilities that spans are of domains and ranges.

    ``domain`` and ``range`` are (texts, spans, properties), 0 where a property has none.
    """

    possible: Tensor
    domain: Tensor
    range: Tensor


class Described(NamedTuple):
    """Mean states of descriptions as in `kg.extract.terms.describing`, (terms, width)."""

    labels: Tensor
    more: Tensor
    domains: Tensor
    ranges: Tensor
    kinds: Tensor
    class_labels: Tensor
    class_more: Tensor


def linear(inputs: int, bias: bool = True) -> nn.Linear:
    """Return a layer into the space where pairs and properties meet."""
    return nn.Linear(inputs, RANK, bias=bias)


class TermNetwork(nn.Module):
    """The head for other ontologies."""

    def __init__(self, longest: int, mention_types: int, dropout: float) -> None:
        super().__init__()
        self.kinds = len(VALUE_LABELS) + mention_types + 2
        self.token, self.text = nn.Linear(STATE, HIDDEN), nn.Linear(STATE, HIDDEN)
        self.spans = SpanHead(longest)
        self.span = nn.Linear(3 * HIDDEN + self.kinds, HIDDEN)
        self.subject, self.object, self.kind = (linear(HIDDEN, bias=False) for _ in range(3))
        self.left = linear(HIDDEN)
        self.right, self.between = (linear(HIDDEN, bias=False) for _ in range(2))
        self.features, self.steps = (linear(count, bias=False) for count in (FEATURES, PATH_STEPS))
        self.path = linear(HIDDEN, bias=False)
        self.left_role, self.right_role = (nn.Embedding(ROLES, RANK) for _ in range(2))
        for layer in (self.steps, self.path, self.left_role, self.right_role):
            nn.init.zeros_(layer.weight)
        self.trigger = linear(STATE, bias=False)
        self.scale = nn.Parameter(torch.tensor([4.0, 4.0, 1.0, CUE_SCALE]))
        self.way = nn.Parameter(torch.zeros(2))
        self.cue_subject, self.cue_object = (linear(HIDDEN, bias=False) for _ in range(2))
        self.subject_cue, self.object_cue = (linear(HIDDEN, bias=False) for _ in range(2))
        for layer in (self.subject_cue, self.object_cue):
            nn.init.zeros_(layer.weight)
        self.property = nn.Linear(4 * HIDDEN + 4, HIDDEN)
        self.property_subject, self.property_object, self.property_pair = (linear(HIDDEN) for _ in range(3))
        self.property_bias = nn.Linear(HIDDEN, 1)
        nn.init.constant_(self.property_bias.bias, FIRST_BIAS)
        self.add_module("class", nn.Linear(2 * HIDDEN, HIDDEN))
        self.class_vector, self.class_bias = linear(HIDDEN), nn.Linear(HIDDEN, 1)
        self.drop = nn.Dropout(dropout)
        self.context = nn.ModuleList(Context(HIDDEN, dropout / 2) for _ in range(CONTEXTS))
        self.reranker = Reranker(HIDDEN, RANK, dropout / 2)

    def words(self, batch: Batch) -> Tensor:
        """Return projected words, zero where there is none."""
        words, real = F.relu(self.token(self.drop(normalized(batch.states)))), batch.states.any(-1)
        marks, allowed = word_pairs(batch.above, batch.sentence, real)
        for layer in self.context:
            words = layer(words, marks, allowed)
        return words * real[..., None]

    def vectors(self, words: Tensor, spans: Spans) -> Tensor:
        """Return the vectors of candidates."""
        total, rows = F.pad(words.cumsum(1), (0, 0, 1, 0)), torch.arange(len(words))[:, None]
        mean = (total[rows, spans.end + 1] - total[rows, spans.start]) / (spans.end - spans.start + 1)[..., None]
        kind = F.one_hot(spans.kind, self.kinds).float()
        ends = torch.cat([words[rows, spans.start], words[rows, spans.end], mean, kind], -1)
        return self.drop(F.relu(self.span(self.drop(ends))))

    def class_logits(self, vectors: Tensor, found: Described) -> Tensor:
        """Return logits (texts, spans, classes)."""
        words = torch.cat([self._read(found.class_labels), self._read(found.class_more)], -1)
        hidden = self.drop(F.relu(self.get_submodule("class")(self.drop(words))))
        logits: Tensor = self.kind(vectors) @ self.class_vector(hidden).T * RANK**-0.5 + self.class_bias(hidden)[:, 0]
        return logits

    def forward(self, batch: Batch, words: Tensor, spans: Spans, vectors: Tensor, found: Described, fits: Fits
                ) -> tuple[Tensor, Tensor]:
        """Return logits (texts, subjects, objects, properties), and those after the reranker."""
        read = [self._read(rows) for rows in (found.labels, found.more, found.domains, found.ranges)]
        hidden = self.drop(F.relu(self.property(self.drop(torch.cat([*read, found.kinds], -1)))))
        factors = self.property_subject(hidden), self.property_object(hidden), self.property_pair(hidden)
        subjects, objects = self.subject(vectors), self.object(vectors)
        paths = Paths.of(batch, spans)
        hidden_pairs = F.relu(self._pairs(batch, words, spans, vectors, paths))
        hidden_pairs = hidden_pairs * self.drop(torch.ones_like(hidden_pairs[:, :, :1]))
        near = self._near(batch, found)
        pairs = hidden_pairs @ factors[2].T + self._cues(batch, words, spans, vectors, near)
        weights = (SHARPNESS * near).exp()
        ways = self.way[0] * nearest(paths.sums(weights)) + self.way[1] * nearest(between(weights, spans))
        label = self._label(batch, spans, near) + self.scale[2] * self.property_bias(hidden)[:, 0]
        ends = (subjects @ factors[0].T)[:, :, None] + (objects @ factors[1].T)[:, None]
        logits = (ends + pairs) * RANK**-0.5 + label[:, None] + ways
        scored = Scored(logits.masked_fill(~fits.possible, FAR), hidden_pairs, subjects, objects, factors, hidden,
                        label, near, (fits.domain, fits.range))
        chosen = choose(scored.logits, batch.sentence.gather(1, spans.start))
        again = self.reranker(chosen, scored, words, vectors, Places(batch.above, paths.root, spans.start, spans.end,
                                                                     batch.sentence))
        texts = torch.arange(len(words))[:, None].expand_as(chosen.subject)
        places = (part[chosen.real] for part in (texts, chosen.subject, chosen.object, chosen.property))
        return logits, (logits.detach() - UNSEEN).index_put(tuple(places), again[chosen.real])

    def _pairs(self, batch: Batch, words: Tensor, spans: Spans, vectors: Tensor, paths: Paths) -> Tensor:
        """Return the hidden vectors of pairs, (texts, subjects, objects, rank)."""
        relation = batch.relation.gather(1, paths.root)
        left = (self.left(vectors) + self.left_role(relation))[:, :, None]
        right = (self.right(vectors) + self.right_role(relation))[:, None]
        each = words.new_ones(*words.shape[:2], 1)
        path, beside = (sums(words) / sums(each).clamp(min=1) for sums in (paths.sums, partial(between, spans=spans)))
        hidden: Tensor = (left + right + self.features(features(batch, spans)) + self.steps(paths.steps())
                          + self.between(beside) + self.path(path))
        return hidden

    def _near(self, batch: Batch, found: Described) -> Tensor:
        """Return how near each word is to each property's label, (texts, words, properties); -1 where there is none."""
        label = F.normalize(self.trigger(normalized(found.labels)), dim=-1)
        near = F.normalize(self.trigger(normalized(batch.states)), dim=-1) @ label.T
        return near.masked_fill(~batch.states.any(-1, keepdim=True), -1)

    def _cues(self, batch: Batch, words: Tensor, spans: Spans, vectors: Tensor, near: Tensor) -> Tensor:
        """Return how both ends go with the words near a label in the object's sentence, as the logits."""
        rows, sentences = torch.arange(len(words))[:, None], range(int(batch.sentence.max()) + 1)
        inside = torch.stack([(batch.sentence == n) & batch.mask for n in sentences], 1)
        weights = (self.scale[3] * near[:, None]).masked_fill(~inside[..., None], FAR).softmax(2)
        cues = weights.transpose(2, 3) @ words[:, None]
        of = batch.sentence[rows, spans.end]
        as_subject = torch.einsum("bsr,bnpr->bnsp", self.subject_cue(vectors), self.cue_subject(cues))[rows, of]
        as_object = torch.einsum("bor,bopr->bop", self.object_cue(vectors), self.cue_object(cues)[rows, of])
        return as_subject.transpose(1, 2) + as_object[:, None]

    def _label(self, batch: Batch, spans: Spans, near: Tensor) -> Tensor:
        """Return what the words around an object say of each property's label, (texts, spans, properties)."""
        rows, last = torch.arange(len(near))[:, None], near.shape[1] - 1
        best = torch.stack([near.masked_fill((batch.sentence != n)[..., None], -1).amax(1)
                            for n in range(int(batch.sentence.max()) + 1)], 1)
        places = [(spans.start - k).clamp(min=0) for k in range(1, BEFORE + 1)]
        places += [(spans.end + k).clamp(max=last) for k in range(1, AFTER + 1)]
        around = torch.stack([near[rows, place] for place in places]).amax(0)
        scored: Tensor = self.scale[0] * best[rows, batch.sentence[rows, spans.end]] + self.scale[1] * around
        return scored

    def _read(self, rows: Tensor) -> Tensor:
        read: Tensor = F.relu(self.text(normalized(rows))) * rows.any(-1, keepdim=True)
        return read


def features(batch: Batch, spans: Spans) -> Tensor:
    """Return the features of `kg.extract.terms.scorers.pair_features` for all pairs of candidates."""
    rows, classes = torch.arange(len(spans.start))[:, None], len(STEPS) + 1
    start, end, sentence = spans.start, spans.end, batch.sentence[rows, spans.start]
    after = start[:, :, None] > end[:, None]
    gap = torch.where(after, start[:, :, None] - end[:, None], (start[:, None] - end[:, :, None]).clamp(min=0))
    found = torch.zeros(*gap.shape, FEATURES)
    found.scatter_(-1, (torch.bucketize(gap, torch.tensor(STEPS)) + classes * after)[..., None], 1.0)
    step = (sentence[:, None] - sentence[:, :, None]).clamp(-1, 1)
    found.scatter_(-1, (2 * classes + 1 + step)[..., None], 1.0)
    found[..., -1] = (start == 0)[:, :, None]
    return found


def between(rows: Tensor, spans: Spans) -> Tensor:
    """Return the sum of the words' rows between the spans of each pair, zero where there are none."""
    total, texts = F.pad(rows.cumsum(1), (0, 0, 1, 0)), torch.arange(len(rows))[:, None, None]
    first = torch.minimum(spans.end[:, :, None], spans.end[:, None]) + 1
    last = torch.maximum(spans.start[:, :, None], spans.start[:, None])
    return total[texts, torch.maximum(first, last)] - total[texts, first]


def nearest(summed: Tensor) -> Tensor:
    """Return the soft maximum of what was summed as exp(SHARPNESS * x); at least -1."""
    return summed.clamp(min=math.exp(-SHARPNESS)).log() / SHARPNESS


def normalized(rows: Tensor) -> Tensor:
    """Return rows with mean zero and variance one in each half, the states of syntax and those of news."""
    return F.layer_norm(rows.unflatten(-1, (2, -1)), (rows.shape[-1] // 2,)).flatten(-2)
