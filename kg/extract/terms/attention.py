"""Layers of attention at run time, in numpy; the torch twin is in `kg.training.terms.attention`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kg.extract.features import FloatArray, IntArray
from kg.extract.scorers import linear
from kg.extract.terms.paths import Tree

REACH = 2
"""How many sentences apart the two ends of a statement may stand, and the words that are looked at."""

HEADS = 4
NEAR = (1, 3)
"""Distances in words within which another one is marked."""

WORD_PAIRS = 4 + len(NEAR)
UNREAL = np.float32(-1e4)
"""The score of what is not looked at."""


def attend(rows: FloatArray, others: FloatArray, marks: FloatArray, arrays: Mapping[str, FloatArray], name: str
           ) -> FloatArray:
    """Return what attention to others adds to rows (n, width), whose ``layer_norm`` is given.

    ``marks`` (n, others, marks) of each row and other bias it, and are summed by it. The arrays of the layer are those
    that begin with ``name``.
    """
    query, key, value = (_heads(part, arrays, name + layer)
                         for layer, part in (("query", rows), ("key", others), ("value", others)))
    return linear(_read(query, key, value, marks, arrays[name + "bias.weight"]), arrays, name + "out")


class Surroundings(NamedTuple):
    """The words of a sentence, those around that it may look at, and how they stand to each other (`word_pairs`)."""

    own: slice
    around: slice
    marks: FloatArray


def surroundings(tree: Tree, sentence: IntArray) -> list[Surroundings]:
    """Return those of each sentence of a text, in its order; ``sentence`` (words,) numbers them."""
    found = []
    for number in np.unique(sentence).tolist():
        first, last, start, end = np.searchsorted(sentence, [number, number + 1, number - REACH, number + REACH + 1])
        marks = word_pairs(tree, sentence, np.arange(first, last), np.arange(start, end))
        found.append(Surroundings(slice(first, last), slice(start, end), marks))
    return found


def in_context(words: FloatArray, places: Sequence[Surroundings], real: npt.NDArray[np.bool_],
               arrays: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Return words (n, width) after one layer in which they look at the ``real`` ones of the sentences around."""
    rows = layer_norm(words, arrays, name + "attention.norm")
    query, key, value = (_heads(rows, arrays, f"{name}attention.{layer}") for layer in ("query", "key", "value"))
    bias = arrays[name + "attention.bias.weight"]
    parts = [_read(query[:, own], key[:, around], value[:, around], marks, bias, real[around])
             for own, around, marks in places]
    read = linear(np.concatenate(parts), arrays, name + "attention.out")
    return think(words + read, arrays, name + "thought.")


def _heads(rows: FloatArray, arrays: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Return a projection of rows, (HEADS, rows, width / HEADS)."""
    return linear(rows, arrays, name).reshape(len(rows), HEADS, -1).swapaxes(0, 1)


def _read(query: FloatArray, key: FloatArray, value: FloatArray, marks: FloatArray, bias: FloatArray,
          real: npt.NDArray[np.bool_] | None = None) -> FloatArray:
    """Return what the heads read and the marks that they sum, (n, width + HEADS * marks)."""
    scores = query @ key.swapaxes(1, 2) * np.float32(query.shape[2] ** -0.5)
    scores += (marks @ bias.T).transpose(2, 0, 1)
    if real is not None:
        scores[:, :, ~real] = UNREAL
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights /= weights.sum(axis=2, keepdims=True)
    read = (weights @ value).swapaxes(0, 1).reshape(len(marks), -1)
    return np.concatenate([read, (weights.swapaxes(0, 1) @ marks).reshape(len(marks), -1)], axis=1)


def think(rows: FloatArray, arrays: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Return the rows with what a perceptron adds to them."""
    inner = np.maximum(linear(layer_norm(rows, arrays, name + "norm"), arrays, name + "inner"), 0)
    return rows + linear(inner, arrays, name + "outer")


def layer_norm(rows: FloatArray, arrays: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Return standardized rows, scaled and moved."""
    normed: FloatArray = standardized(rows) * arrays[name + ".weight"] + arrays[name + ".bias"]
    return normed


def standardized(rows: FloatArray) -> FloatArray:
    """Return rows of mean zero and variance one along the last axis."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    scaled: FloatArray = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(1e-5))
    return scaled


def word_pairs(tree: Tree, sentence: IntArray, words: IntArray, others: IntArray) -> FloatArray:
    """Return how words stand to others, all by number: (words, others, WORD_PAIRS).

    The other is above, below, in the same sentence, behind, and no further than the distances ``NEAR``.
    """
    step = others - words[:, None]
    grid = np.ix_(words, others)
    marks = [tree.above[grid], tree.above.T[grid], sentence[words][:, None] == sentence[others], step > 0,
             *(abs(step) <= most for most in NEAR)]
    return np.stack(marks, axis=2).astype(np.float32)
