"""What the tree has between the ends of pairs: the words on the way, how far up and down it goes, and the ends' roles.

The torch twin is in `kg.training.terms.network`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.extract.features import RELATIONS, FloatArray, IntArray, Reading

FURTHEST = 4
"""The most steps up or down that are told apart."""

STEPS = 2 * (FURTHEST + 1) + 1
"""Classes of steps up, of steps down, and that there is no path, as between sentences."""

ROLES = len(RELATIONS)
SHARPNESS = 5.0
"""Of the soft maximum, logsumexp(SHARPNESS * x) / SHARPNESS."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The words above each, itself among them, as 0 and 1 (words, words), how many there are, and the relations."""

    above: FloatArray
    depth: IntArray
    relations: IntArray

    @classmethod
    def of(cls, reading: Reading) -> Tree:
        """Return the trees of a text's sentences."""
        return cls.from_heads(reading.heads, np.array(reading.relations, dtype=np.int64))

    @classmethod
    def from_heads(cls, heads: IntArray, relations: IntArray) -> Tree:
        """Return the trees of words with these heads; a root is its own."""
        rows = np.arange(len(heads))
        above, head = np.zeros((len(heads), len(heads)), np.float32), rows
        while not above[rows, head].all():
            above[rows, head] = 1
            head = heads[head]
        return cls(above, above.sum(axis=1).astype(np.int64), relations)

    def roots(self, start: IntArray, end: IntArray) -> IntArray:
        """Return the highest word of each span, the first of several."""
        return np.array([first + int(self.depth[first : last + 1].argmin())
                         for first, last in zip(start.tolist(), end.tolist(), strict=True)], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths between pairs of words, and the word where each goes no further up, -1 where they are of two trees.

    ``words`` are all of these, and ``place`` (3, pairs) says which of them are left, right and top of a path.
    """

    tree: Tree
    left: IntArray
    right: IntArray
    top: IntArray
    words: IntArray
    place: IntArray

    @classmethod
    def of(cls, tree: Tree, left: IntArray, right: IntArray) -> Paths:
        """Return the paths from one word of each pair to the other."""
        depth = tree.depth
        ends, place = np.unique(np.stack([left, right]), return_inverse=True)
        marks = tree.above[ends]
        at_depth = np.full((len(ends), depth.max() + 1), -1)  # the word above at each depth, none at 0
        rows, higher = np.nonzero(marks)
        at_depth[rows, depth[higher]] = higher
        of_left, of_right = place.reshape(2, -1)
        top = at_depth[of_left, (marks @ marks.T).astype(np.int64)[of_left, of_right]]
        words = np.union1d(ends, top)
        number = np.zeros(len(depth) + 1, dtype=np.int64)
        number[words] = np.arange(len(words))
        return cls(tree, left, right, top, words, number[np.stack([left, right, top])])

    def sums(self, rows: FloatArray) -> FloatArray:
        """Return the sum of the words' rows along each path without its ends, (pairs, width)."""
        above, own = self.tree.above[self.words] @ rows, rows[self.words]
        ends, tops = above - own, np.where((self.words < 0)[:, None], np.float32(0), own - 2 * above)
        summed: FloatArray = ends[self.place[0]]
        summed += ends[self.place[1]]
        summed += tops[self.place[2]]
        return summed

    def steps(self) -> FloatArray:
        """Return how far each path goes up and down as classes, (pairs, STEPS)."""
        depth = self.tree.depth
        rows, met = np.arange(len(self.left)), self.top >= 0
        found = np.zeros((len(rows), STEPS), np.float32)
        for first, word in ((0, self.left), (FURTHEST + 1, self.right)):
            steps = np.minimum(depth[word] - depth[self.top], FURTHEST) + first
            found[rows, np.where(met, steps, STEPS - 1)] = 1
        return found


def nearest(summed: FloatArray) -> FloatArray:
    """Return the soft maximum of what was summed as exp(SHARPNESS * x), at least -1."""
    soft: FloatArray = np.log(np.maximum(summed, np.exp(-SHARPNESS))) / SHARPNESS
    return soft
