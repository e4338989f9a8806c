"""Another look at the likeliest candidates of a sentence: each weighed against the words and against the others.

The first scores are a sum over subject, object and pair; here what all of them say together counts, where the words
near the property's label stand, how well the ends' classes fit, and which other candidates want the same ends. The
torch twin is in `kg.training.terms.reranking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.extract.features import FloatArray, IntArray
from kg.extract.scorers import linear
from kg.extract.terms.attention import attend, layer_norm, think

COUNT, PER_PROPERTY = 64, 5
"""How many candidates of a sentence are looked at, and of each property."""

LEAST = -8.0
"""The least logit of those that are looked at."""

UNSEEN = 4.0
"""What the logits of all others lose."""

LAYERS = 2
LEAST_FIT = -5.0
"""The least that counts as the log probability of a class."""

SCALE, FURTHEST, STEEPEST = 4.0, 8.0, 2.0
"""What logits are divided by as features, and the most that one, and a difference between two, may be then."""

SCALARS, WORD_MARKS, RELATED = 6, 8, 8


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and last words of candidates' subjects and objects, and the numbers of their spans and properties."""

    subject: IntArray
    object: IntArray
    property: IntArray
    subject_start: IntArray
    subject_end: IntArray
    object_start: IntArray
    object_end: IntArray


@dataclass(frozen=True, slots=True)
class Seen:
    """Candidates of a sentence (n rows) and the words in reach.

    ``products`` are subject, object and pair times what the property asks of each, (n, 3 * rank); ``pairs`` (n, rank);
    ``properties`` as `Reranker.properties` gives them; ``subjects`` and ``objects`` (n, hidden); ``scalars``
    (n, SCALARS); ``words`` (words, hidden); ``marks`` (n, words, WORD_MARKS); ``related`` (n, n, RELATED).
    """

    logits: FloatArray
    products: FloatArray
    pairs: FloatArray
    properties: FloatArray
    subjects: FloatArray
    objects: FloatArray
    scalars: FloatArray
    words: FloatArray
    marks: FloatArray
    related: FloatArray


class Reranker:
    """Applies the trained layers."""

    def __init__(self, arrays: Mapping[str, FloatArray]) -> None:
        self._arrays = arrays

    def properties(self, hidden: FloatArray) -> FloatArray:
        """Return what properties add to their candidates, (properties, width)."""
        return linear(hidden, self._arrays, "property")

    def logits(self, seen: Seen) -> FloatArray:
        """Return the candidates' logits after another look, (n,)."""
        part = self._arrays
        x: FloatArray = linear(seen.products, part, "products") + linear(seen.pairs, part, "pair") + seen.properties
        x += linear(seen.subjects, part, "subject") + linear(seen.objects, part, "object")
        x += linear(seen.scalars, part, "scalars")
        np.maximum(x, 0, out=x)
        for number in range(LAYERS):
            name = f"layers.{number}."
            x = x + attend(layer_norm(x, part, name + "text.norm"), seen.words, seen.marks, part, name + "text.")
            normed = layer_norm(x, part, name + "rivals.norm")
            x = x + attend(normed, normed, seen.related, part, name + "rivals.")
            x = think(x, part, name + "thought.")
        found: FloatArray = seen.logits + linear(layer_norm(x, part, "norm"), part, "score")[:, 0]
        return found


def choose(logits: FloatArray) -> tuple[IntArray, IntArray]:
    """Return rows and columns of the likeliest pairs of each property, and of them the likeliest of all."""
    most = min(PER_PROPERTY, len(logits))
    rows = np.argpartition(-logits, most - 1, axis=0)[:most]
    columns = np.broadcast_to(np.arange(logits.shape[1]), rows.shape)
    rows, columns = rows.ravel(), columns.ravel()
    order = np.argsort(-logits[rows, columns], kind="stable")[:COUNT]
    order = order[logits[rows[order], columns[order]] > LEAST]
    return rows[order], columns[order]


def scalars(logits: FloatArray, rows: IntArray, columns: IntArray, fits: tuple[FloatArray, FloatArray],
            label: FloatArray) -> FloatArray:
    """Return the candidates' features that are one number each, (n, SCALARS).

    ``logits`` are those of all pairs and properties, of which ``rows`` and ``columns`` are candidates; ``fits`` the log
    probabilities that subjects and objects are of the domain and of the range; ``label`` how near the label is.
    """
    own = logits[rows, columns]
    numbers = [own / SCALE, (own - logits.max(axis=0)[columns]) / SCALE, (own - logits.max(axis=1)[rows]) / SCALE,
               *(np.maximum(fit, LEAST_FIT) for fit in fits), label / SCALE]
    stacked: FloatArray = np.clip(np.stack(numbers, axis=1), -FURTHEST, FURTHEST).astype(np.float32)
    return stacked


def word_marks(ends: Ends, places: IntArray, on_way: FloatArray, near: FloatArray) -> FloatArray:
    """Return where words stand to both ends, whether on the way, how near to the label: (n, words, WORD_MARKS).

    ``places`` are the words' numbers; ``on_way`` and ``near`` are (n, words).
    """
    start, end, other_start, other_end = (part[:, None] for part in (
        ends.subject_start, ends.subject_end, ends.object_start, ends.object_end))
    first, last = np.minimum(start, other_start), np.maximum(end, other_end)
    in_subject, in_object = (places >= start) & (places <= end), (places >= other_start) & (places <= other_end)
    between = (places > first) & (places < last) & ~in_subject & ~in_object
    forward = start < other_start
    marks = [places < first, places > last, in_subject, in_object, between & forward, between & ~forward, on_way, near]
    return np.stack(marks, axis=2).astype(np.float32)


def related(ends: Ends, logits: FloatArray) -> FloatArray:
    """Return what two candidates share, and how much likelier the other is: (n, n, RELATED)."""
    def same(left: IntArray, right: IntArray) -> npt.NDArray[np.bool_]:
        shared: npt.NDArray[np.bool_] = left[:, None] == right
        return shared

    def overlap(start: IntArray, end: IntArray) -> npt.NDArray[np.bool_]:
        overlapping: npt.NDArray[np.bool_] = (start[:, None] <= end) & (start <= end[:, None])
        return overlapping

    likelier = np.clip((logits - logits[:, None]) / SCALE, -STEEPEST, STEEPEST)
    marks = [same(ends.subject, ends.subject), same(ends.object, ends.object), same(ends.property, ends.property),
             same(ends.subject, ends.object), same(ends.object, ends.subject),
             overlap(ends.subject_start, ends.subject_end), overlap(ends.object_start, ends.object_end), likelier]
    return np.stack(marks, axis=2).astype(np.float32)
