"""Mentions as scored spans, nested ones too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kg.nlp.weights import FloatArray

IntArray = npt.NDArray[np.int64]


class SpanScorer:
    """Scores spans of up to ``longest`` words for each label; label 0 is none. See `kg.training.network`."""

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        self._arrays = arrays
        self.longest = len(arrays["length.weight"])

    def spans(self, sentences: Sequence[tuple[int, int]]) -> tuple[IntArray, IntArray]:
        """Return the inclusive starts and ends of all spans within sentences (start, end exclusive)."""
        starts, ends = [], []
        for first, stop in sentences:
            grid = np.arange(first, stop)[:, None].repeat(self.longest, axis=1)
            last = grid + np.arange(self.longest)
            keep = last < stop
            starts.append(grid[keep])
            ends.append(last[keep])
        empty = np.zeros(0, dtype=np.int64)
        return np.concatenate([empty, *starts]), np.concatenate([empty, *ends])

    def __call__(self, states: FloatArray, starts: IntArray, ends: IntArray) -> FloatArray:
        """Return the probabilities (spans, labels) of spans of ``states`` (words, width)."""
        part = self._arrays
        total = np.concatenate([np.zeros((1, part["mean.weight"].shape[0]), np.float32),
                                (states @ part["mean.weight"].T).cumsum(axis=0)])
        first = states @ part["start.weight"].T + part["start.bias"]
        last = states @ part["end.weight"].T
        logits = np.zeros((len(states), self.longest, len(part["score.weight"])), np.float32)
        # Length by length, so that the arrays are slices: to gather them span by span takes twice the time.
        for length in range(1, min(self.longest, len(states)) + 1):
            count = len(states) - length + 1
            hidden = first[:count] + last[length - 1:]
            hidden += (total[length:] - total[:count]) / np.float32(length)
            hidden += part["length.weight"][length - 1]
            logits[:count, length - 1] = np.maximum(hidden, 0, out=hidden) @ part["score.weight"].T
        return softmax(logits[starts, ends - starts] + part["score.bias"])


def softmax(x: FloatArray) -> FloatArray:
    """Return probabilities over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    total: FloatArray = e.sum(axis=-1, keepdims=True)
    probabilities: FloatArray = e / total
    return probabilities


def select(probabilities: FloatArray, starts: IntArray, ends: IntArray, threshold: float
           ) -> list[tuple[int, int, int, float]]:
    """Return (start, end inclusive, label, probability) of the best spans, none crossing another.

    A span is taken if its probability of being a mention is at least ``threshold``.
    """
    some = 1.0 - probabilities[:, 0]
    likely = np.flatnonzero(some >= threshold)
    chosen: list[tuple[int, int, int, float]] = []
    for i in likely[np.argsort(-some[likely], kind="stable")]:
        start, end = int(starts[i]), int(ends[i])
        if all(end < s or start > e or (s <= start and end <= e) or (start <= s and e <= end) for s, e, *_ in chosen):
            chosen.append((start, end, int(probabilities[i, 1:].argmax()) + 1, float(some[i])))
    return sorted(chosen)


def span_rows(starts: IntArray, ends: IntArray) -> Callable[[int, int], int | None]:
    """Return what gives the row of a span (start, end inclusive), or ``None`` where there is none."""
    lengths = ends - starts
    table = np.full((int(starts.max(initial=-1)) + 1, int(lengths.max(initial=-1)) + 1), -1)
    table[starts, lengths] = np.arange(len(starts))

    def row_of(start: int, end: int) -> int | None:
        if start >= table.shape[0] or not 0 <= end - start < table.shape[1] or table[start, end - start] < 0:
            return None
        return int(table[start, end - start])

    return row_of


def repeated(words: Sequence[str], names: Mapping[tuple[int, int], tuple[int, float]], taken: Sequence[tuple[int, int]],
             score: Callable[[int, int], float], least: float) -> list[tuple[int, int, int, float]]:
    """Return (start, end inclusive, label, score) of more places where names found elsewhere stand.

    ``names`` are spans of ``words`` with label and probability, the longest and likeliest leading; a place counts
    where no span in ``taken`` is and ``score`` of it is at least ``least``.
    """
    covered = {i for start, end in taken for i in range(start, end + 1)}
    best: dict[tuple[str, ...], tuple[int, float]] = {}
    for (start, end), found in names.items():
        text = tuple(words[start : end + 1])
        best[text] = max(best.get(text, found), found, key=lambda row: row[1])
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    more = []
    for text in sorted(best, key=lambda words: (-len(words), words)):
        for start in places[text[0]]:
            end = start + len(text) - 1
            if tuple(words[start : end + 1]) == text and covered.isdisjoint(range(start, end + 1)):
                probability = score(start, end)
                if probability >= least:
                    more.append((start, end, best[text][0], probability))
                    covered.update(range(start, end + 1))
    return more
