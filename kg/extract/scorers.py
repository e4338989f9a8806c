"""The learned scorers at run time, in numpy; their torch twins are in `kg.training.heads`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kg.extract.features import Candidate, FloatArray, IntArray, Pairs, Reading


def linear(x: FloatArray, arrays: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Apply the linear layer ``name``; a missing bias is zero."""
    y: FloatArray = x @ arrays[f"{name}.weight"].T
    return y + arrays[f"{name}.bias"] if f"{name}.bias" in arrays else y


class SpanEncoder:
    """Vectors of candidates: (candidates, hidden) from start, end, head and mean states."""

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        self._arrays = arrays

    def __call__(self, reading: Reading, candidates: Sequence[Candidate]) -> FloatArray:
        """Return one vector per candidate."""
        return np.maximum(linear(span_inputs(reading, candidates), self._arrays, "project"), 0)


def span_inputs(reading: Reading, candidates: Sequence[Candidate]) -> FloatArray:
    """Return the concatenated start, end, head and mean states, (candidates, 4 width)."""
    rows = [np.concatenate([reading.states[c.start], reading.states[c.end], reading.states[c.head],
                            reading.states[c.start : c.end + 1].mean(axis=0)]) for c in candidates]
    return np.stack(rows) if rows else np.zeros((0, 4 * reading.states.shape[1]), np.float32)


class PairScorer:
    """Scores pairs of vectors: one hidden layer over both, their features, their contexts and their product."""

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        self._arrays = arrays

    def __call__(self, left: FloatArray, right: FloatArray, pairs: Pairs, states: FloatArray) -> FloatArray:
        """Return logits (pairs, outputs); ``states`` (tokens, width) give the contexts."""
        part = self._arrays
        hidden = linear(left, part, "left")[pairs.left] + linear(right, part, "right")[pairs.right]
        hidden += linear(pairs.features, part, "features")
        if "path.weight" in part:
            hidden += path_means(linear(states, part, "path"), pairs)
            hidden += between_means(linear(states, part, "between"), pairs)
        if "product.weight" in part:
            hidden += linear(left[pairs.left] * right[pairs.right], part, "product")
        return linear(np.maximum(hidden, 0), part, "score")


def path_means(states: FloatArray, pairs: Pairs) -> FloatArray:
    """Return the mean state of the tokens inside each pair's tree path, zero where there are none."""
    total = by_group(np.add, states[pairs.path_tokens], pairs.path_rows, len(pairs), 0)
    counts = np.bincount(pairs.path_rows, minlength=len(pairs)).astype(np.float32)
    return total / np.maximum(counts, 1)[:, None]


def between_means(states: FloatArray, pairs: Pairs) -> FloatArray:
    """Return the mean state of the tokens between each pair's spans, zero where there are none."""
    total = np.concatenate([np.zeros((1, states.shape[1]), np.float32), states.cumsum(axis=0)])
    first, last = pairs.between.T
    mean: FloatArray = (total[last] - total[first]) / np.maximum(last - first, 1)[:, None].astype(np.float32)
    return mean


def by_group(operation: np.ufunc, rows: FloatArray, groups: IntArray, count: int, empty: float) -> FloatArray:
    """Reduce rows per group, (count, outputs), faster than ``operation.at``; ``empty`` stands where there are none."""
    reduced = np.full((count, rows.shape[1]), empty, np.float32)
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    if len(first):
        reduced[ordered[first]] = operation.reduceat(rows[order], first, axis=0)
    return reduced


def pool(logits: FloatArray, groups: IntArray, count: int) -> FloatArray:
    """Return log-sum-exp of rows per group, (count, outputs); an empty group is minus infinity."""
    top = by_group(np.maximum, logits, groups, count, -np.inf)
    safe = np.where(np.isfinite(top), top, 0)
    total = by_group(np.add, np.exp(logits - safe[groups]), groups, count, 0)
    with np.errstate(divide="ignore"):
        return np.where(np.isfinite(top), safe + np.log(total), -np.inf)


def softmax_with_none(scores: FloatArray) -> FloatArray:
    """Return probabilities over [none, *outputs] where none scores zero, (rows, 1 + outputs)."""
    full = np.concatenate([np.zeros((len(scores), 1), np.float32), scores], axis=1)
    e = np.exp(full - full.max(axis=1, keepdims=True))
    total: FloatArray = e.sum(axis=1, keepdims=True)
    probabilities: FloatArray = e / total
    return probabilities
