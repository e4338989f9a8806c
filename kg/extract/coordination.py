"""Coordinated entities ("Peru, Ecuador and Panama") share what is said of one of them, and are apart from each other.

On the gold training articles 442 of 481 relations that could be shared are, 5 of 969 join the ends of one
coordination, and none holds in both directions: ``python -m kg.training.rule_precision GOLD_DIR``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kg.extract.entities import Cast
from kg.extract.features import Candidate, FloatArray, IntArray, Reading


class Coordination(NamedTuple):
    """Entities that are coordinated, and the number of their sentence with all entities that it names."""

    members: frozenset[int]
    present: frozenset[int]
    sentence: int


def coordinations(reading: Reading, mentions: Sequence[Candidate], entity: IntArray, regions: Container[int] = ()
                  ) -> list[Coordination]:
    """Return the coordinations of several entities in a text.

    ``regions`` are mentions that only tell where the one before is ("Groton, CT, and Sandwich"): they are passed over.
    """
    found: dict[int, set[int]] = defaultdict(set)
    present: dict[int, set[int]] = defaultdict(set)
    for i, (mention, number) in enumerate(zip(mentions, entity.tolist(), strict=True)):
        if i not in regions:
            found[reading.first_conjunct(mention.head)].add(number)
            present[int(reading.sentence[mention.head])].add(number)
    sentences = {first: int(reading.sentence[first]) for first in found}
    return [Coordination(frozenset(members), frozenset(present[sentences[first]]), sentences[first])
            for first, members in found.items() if len(members) > 1]


def agree(probabilities: FloatArray, numbers: Mapping[tuple[int, int], int], lists: Sequence[Coordination], cast: Cast,
          shared: Sequence[bool]) -> FloatArray:
    """Return relation probabilities (pairs, none and relations) that keep to the coordinations.

    ``numbers`` gives the row of a pair (entity, entity or value), ``shared`` the relations that this is about, all of
    them directed: members of one type have to another entity of the sentence what the likeliest of them has, they
    are not related to each other, and of a relation's two directions the likelier one stands.
    """
    apart, directed = probabilities.copy(), np.array([False, *shared])
    inside = [numbers[a, b] for members, *_ in lists for a in members for b in members if (a, b) in numbers]
    between = np.ix_(np.array(inside, dtype=np.int64), np.flatnonzero(directed))
    apart[between] = 0
    settled = apart.copy()
    for rows in _alike(numbers, lists, cast):
        place = np.ix_(np.array(rows), np.flatnonzero(directed))
        settled[place] = np.maximum(settled[place], apart[place].max(axis=0))
    settled[between] = 0
    for (a, b), row in numbers.items():
        back = numbers.get((b, a))
        if back is not None and a < b:
            ahead = settled[row] >= settled[back]
            settled[back, directed & ahead] = 0
            settled[row, directed & ~ahead] = 0
    return settled


def _alike(numbers: Mapping[tuple[int, int], int], lists: Sequence[Coordination], cast: Cast) -> list[list[int]]:
    """Return the rows of pairs that differ only in which member of one type they name."""
    groups: dict[tuple[int, int, int, int], list[int]] = defaultdict(list)
    for number, (members, present, _) in enumerate(lists):
        for other in present - members:
            for member in members:
                for side, pair in enumerate(((member, other), (other, member))):
                    if pair in numbers:
                        groups[number, side, cast.types[member], other].append(numbers[pair])
    return [rows for rows in groups.values() if len(rows) > 1]
