"""Spans and pairs scored against terms, in numpy; the torch twin is in `kg.training.terms.network`.

A pair's score for a property is a sum of products with the property's vectors: one with the subject, one with the
object, one with the pair, and how near the words around the object come to the property's label. Each is low-rank,
so what grows with the ontology is one matrix product per text; only the likeliest properties of a sentence reach its
pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.extract.features import FloatArray, IntArray
from kg.extract.scorers import linear
from kg.extract.terms.attention import in_context, standardized, surroundings
from kg.extract.terms.describing import Descriptions
from kg.extract.terms.paths import SHARPNESS, Paths, Tree, nearest
from kg.extract.terms.reranking import Reranker
from kg.nlp.weights import part_of

STEPS = (1, 2, 4, 8, 16)
"""Distances in words from which a pair falls into the next class."""

FEATURES = 2 * (len(STEPS) + 1) + 3 + 1
CONTEXTS = 2
"""How many layers of attention there are among words."""

BEFORE, AFTER = 4, 2
"""How many words before and after an object are looked at for the property's label."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The vectors of a schema's terms: (properties, rank) and (classes, rank), and biases.

    ``again`` are those of properties for the reranker.
    """

    subject: FloatArray
    object: FloatArray
    pair: FloatArray
    bias: FloatArray
    trigger: FloatArray
    again: FloatArray
    classes: FloatArray
    class_bias: FloatArray


@dataclass(frozen=True, slots=True)
class Spans:
    """Candidate spans, end inclusive, with their vectors and sentence numbers."""

    start: IntArray
    end: IntArray
    sentence: IntArray
    vectors: FloatArray

    def __len__(self) -> int:
        """Return the number of spans."""
        return len(self.start)


class TermScorer:
    """Applies the trained head to word states and descriptions."""

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        self.arrays = arrays
        self._rank_scale = np.float32(len(arrays["subject.weight"]) ** -0.5)
        self._spans = part_of(arrays, "spans")
        self.reranker = Reranker(part_of(arrays, "reranker"))

    def terms(self, found: Descriptions) -> Terms:
        """Return the vectors of described terms."""
        part = self.arrays
        words = [_read(part, rows) for rows in (found.labels, found.more, found.domains, found.ranges)]
        hidden = _relu(linear(np.concatenate([*words, found.kinds], axis=1), part, "property"))
        kinds = np.concatenate([_read(part, found.class_labels), _read(part, found.class_more)], axis=1)
        class_hidden = _relu(linear(kinds, part, "class"))
        return Terms(linear(hidden, part, "property_subject") * self._rank_scale,
                     linear(hidden, part, "property_object") * self._rank_scale,
                     linear(hidden, part, "property_pair") * self._rank_scale,
                     linear(hidden, part, "property_bias")[:, 0] * part["scale"][2],
                     _unit(linear(normalized(found.labels), part, "trigger")), self.reranker.properties(hidden),
                     linear(class_hidden, part, "class_vector") * self._rank_scale,
                     linear(class_hidden, part, "class_bias")[:, 0])

    def words(self, states: FloatArray, tree: Tree, sentence: IntArray) -> FloatArray:
        """Return projected words that know their context, (words, hidden); a zero state stays zero."""
        words = _relu(linear(normalized(states), self.arrays, "token"))
        real, places = np.asarray(states.any(axis=1)), surroundings(tree, sentence)
        for number in range(CONTEXTS) if len(words) else ():
            words = in_context(words, places, real, self.arrays, f"context.{number}.")
        return words * real[:, None]

    def span_scores(self, words: FloatArray) -> FloatArray:
        """Return how likely each span is an end of something: (words, lengths) logits, minus infinity past the end."""
        part = self._spans
        longest = len(part["length.weight"])
        first, last = linear(words, part, "start"), linear(words, part, "end")
        total = np.concatenate([np.zeros((1, first.shape[1]), np.float32), linear(words, part, "mean").cumsum(axis=0)])
        scores = np.full((len(words), longest), -np.inf, np.float32)
        for length in range(1, min(longest, len(words)) + 1):
            count = len(words) - length + 1
            hidden = first[:count] + last[length - 1:] + (total[length:] - total[:count]) / np.float32(length)
            hidden += part["length.weight"][length - 1]
            scores[:count, length - 1] = linear(_relu(hidden), part, "score")[:, 0]
        return scores

    def vectors(self, words: FloatArray, start: IntArray, end: IntArray, kinds: IntArray) -> FloatArray:
        """Return the vectors of spans; ``kinds`` number what mention or value each is."""
        total = np.concatenate([np.zeros((1, words.shape[1]), np.float32), words.cumsum(axis=0)])
        mean = (total[end + 1] - total[start]) / (end - start + 1)[:, None].astype(np.float32)
        one_hot = np.eye(self.arrays["span.weight"].shape[1] - 3 * words.shape[1], dtype=np.float32)[kinds]
        return _relu(linear(np.concatenate([words[start], words[end], mean, one_hot], axis=1), self.arrays, "span"))

    def class_logits(self, spans: Spans, terms: Terms) -> FloatArray:
        """Return logits (spans, classes)."""
        logits: FloatArray = linear(spans.vectors, self.arrays, "kind") @ terms.classes.T + terms.class_bias
        return logits

    def label_likeness(self, states: FloatArray, terms: Terms) -> FloatArray:
        """Return how near each word is to each property's label, (words, properties); -1 for whitespace."""
        near: FloatArray = _unit(linear(normalized(states), self.arrays, "trigger")) @ terms.trigger.T
        near[~states.any(axis=1)] = -1
        return near

    def label_scores(self, spans: Spans, terms: Terms, likeness: FloatArray, sentences: IntArray) -> FloatArray:
        """Return what the words around each span say of labels, (spans, properties), with the property's own part."""
        scale, last = self.arrays["scale"], len(likeness) - 1
        best = np.stack([likeness[sentences == n].max(axis=0, initial=-1) for n in range(sentences.max() + 1)])
        places = [np.maximum(spans.start - k, 0) for k in range(1, BEFORE + 1)]
        places += [np.minimum(spans.end + k, last) for k in range(1, AFTER + 1)]
        near = likeness[places[0]]
        for place in places[1:]:
            np.maximum(near, likeness[place], out=near)
        scores: FloatArray = scale[0] * best[spans.sentence] + scale[1] * near + terms.bias
        return scores

    def ends(self, spans: Spans) -> tuple[FloatArray, FloatArray]:
        """Return the spans as subjects and as objects, (spans, rank) each."""
        return linear(spans.vectors, self.arrays, "subject"), linear(spans.vectors, self.arrays, "object")

    def cue_scores(self, words: FloatArray, likeness: FloatArray, subjects: FloatArray, objects: FloatArray
                   ) -> tuple[FloatArray, FloatArray]:
        """Return how ends go with the words of a sentence that are near a label, (spans, properties) for each end.

        ``words`` and ``likeness`` are those of the objects' sentence, ``subjects`` and ``objects`` vectors of spans.
        """
        part = self.arrays
        weights = np.exp(part["scale"][3] * (likeness - likeness.max(axis=0)))
        cues = (weights / weights.sum(axis=0)).T @ words
        as_subject = linear(subjects, part, "subject_cue") @ linear(cues, part, "cue_subject").T * self._rank_scale
        as_object = linear(objects, part, "object_cue") @ linear(cues, part, "cue_object").T * self._rank_scale
        return as_subject, as_object

    def pair_vectors(self, words: FloatArray, spans: Spans, paths: Paths, left: IntArray, right: IntArray
                     ) -> FloatArray:
        """Return the vectors of pairs (subject, object) by span number."""
        part, relations = self.arrays, paths.tree.relations
        hidden = linear(spans.vectors, part, "left")[left] + part["left_role.weight"][relations[paths.left]]
        hidden += linear(spans.vectors, part, "right")[right] + part["right_role.weight"][relations[paths.right]]
        hidden += linear(pair_features(spans, left, right), part, "features") + linear(paths.steps(), part, "steps")
        each = np.ones((len(words), 1), np.float32)
        between = between_sums(words, spans, left, right) / np.maximum(between_sums(each, spans, left, right), 1)
        hidden += linear(between, part, "between")
        hidden += paths.sums(linear(words, part, "path")) / np.maximum(paths.sums(each), 1)
        return _relu(hidden)

    def products(self, ends: tuple[FloatArray, FloatArray, FloatArray], terms: Terms, properties: IntArray
                 ) -> FloatArray:
        """Return subjects, objects and pairs times what the properties ask of each, (candidates, 3 * rank)."""
        factors = terms.subject[properties], terms.object[properties], terms.pair[properties]
        products = np.concatenate([end * factor for end, factor in zip(ends, factors, strict=True)], axis=1)
        unscaled: FloatArray = products / self._rank_scale
        return unscaled

    def way_scores(self, likeness: FloatArray, spans: Spans, paths: Paths, left: IntArray, right: IntArray
                   ) -> FloatArray:
        """Return what the words between the ends, and on the path, say of each label: (pairs, properties)."""
        weights, (on_path, beside) = np.exp(SHARPNESS * likeness), self.arrays["way"]
        scores: FloatArray = on_path * nearest(paths.sums(weights))
        scores += beside * nearest(between_sums(weights, spans, left, right))
        return scores


def pair_features(spans: Spans, left: IntArray, right: IntArray) -> FloatArray:
    """Return distance, order, sentence step, and whether the subject opens the text: (pairs, features)."""
    after = spans.start[left] > spans.end[right]
    gap = np.where(spans.start[right] > spans.end[left], spans.start[right] - spans.end[left],
                   np.where(after, spans.start[left] - spans.end[right], 0))
    rows, classes = np.arange(len(left)), len(STEPS) + 1
    features = np.zeros((len(left), FEATURES), np.float32)
    features[rows, np.searchsorted(STEPS, gap) + classes * after] = 1
    features[rows, 2 * classes + 1 + np.clip(spans.sentence[right] - spans.sentence[left], -1, 1)] = 1
    features[:, -1] = spans.start[left] == 0
    return features


def between_sums(rows: FloatArray, spans: Spans, left: IntArray, right: IntArray) -> FloatArray:
    """Return the sum of the words' rows between the spans of each pair, zero where there are none."""
    total = np.concatenate([np.zeros((1, rows.shape[1]), np.float32), rows.cumsum(axis=0)])
    first = np.minimum(spans.end[left], spans.end[right]) + 1
    last = np.maximum(spans.start[left], spans.start[right])
    summed: FloatArray = total[np.maximum(first, last)] - total[first]
    return summed


def normalized(rows: FloatArray) -> FloatArray:
    """Return rows with mean zero and variance one in each half, the states of syntax and those of news."""
    halves = standardized(rows.reshape(len(rows), 2, rows.shape[1] // 2))
    return halves.reshape(rows.shape).astype(np.float32)


def _read(arrays: Mapping[str, FloatArray], rows: FloatArray) -> FloatArray:
    """Return projected descriptions; a missing one is zero."""
    return _relu(linear(normalized(rows), arrays, "text")) * rows.any(axis=1, keepdims=True)


def _relu(rows: FloatArray) -> FloatArray:
    positive: FloatArray = np.maximum(rows, 0)
    return positive


def _unit(rows: FloatArray) -> FloatArray:
    length: npt.NDArray[np.floating[Any]] = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    unit: FloatArray = rows / np.maximum(length, 1e-12)
    return unit
