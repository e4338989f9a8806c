"""Spans that a text lists ("directed by A and B"): a property that holds of one of them holds of the others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from kg.extract.features import FloatArray, IntArray, Reading

LEAST = 0.2
"""What one that is listed must have of the probability of the likeliest to be as likely; chosen on open sentences."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The head word of each span, and the head of the first member of the coordination that it is part of."""

    head: IntArray
    first: IntArray

    @classmethod
    def of(cls, reading: Reading, heads: IntArray) -> Listing:
        """Read it off the tree."""
        return cls(heads, np.array(list(map(reading.first_conjunct, heads.tolist())), dtype=np.int64))

    def raised(self, probabilities: FloatArray, subjects: IntArray, objects: IntArray) -> FloatArray:
        """Return the probabilities (pairs, properties) with listed subjects and objects as likely as their likeliest.

        Of the spans of one head only the likeliest is raised.
        """
        raised = probabilities.copy()
        for one, listed in ((subjects, objects), (objects, subjects)):
            for members in self._lists(one, listed):
                best = np.stack([raised[rows].max(axis=0) for rows in members])
                most = best.max(axis=0)
                for rows, own in zip(members, best, strict=True):
                    columns = np.flatnonzero((own < most) & (own >= LEAST * most))
                    if len(columns):
                        raised[rows[raised[np.ix_(rows, columns)].argmax(axis=0)], columns] = most[columns]
        return raised

    def _lists(self, one: IntArray, listed: IntArray) -> list[list[IntArray]]:
        """Return for each list with one and the same other end the pairs of each of its members."""
        found: defaultdict[tuple[int, int], defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for pair in np.flatnonzero(np.isin(self.first[listed], self.first[self.first != self.head])).tolist():
            span = int(listed[pair])
            found[int(one[pair]), int(self.first[span])][int(self.head[span])].append(pair)
        return [[np.array(pairs) for pairs in members.values()] for members in found.values() if len(members) > 1]
