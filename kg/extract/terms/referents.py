"""Who pronouns and descriptions speak of: the coreference of the news branch, for statements in other terms."""

from __future__ import annotations

from collections import defaultdict

from kg.extract.entities import PLAIN, find_cast
from kg.extract.features import Candidate, Reading
from kg.extract.heads import NewsHeads
from kg.ontology import load

DEFINITE = frozenset({"the", "this", "that", "these", "those", "its", "his", "her", "their"})
Place = tuple[int, int]
"""The first and last token of a span."""


def referents(reading: Reading, heads: NewsHeads) -> dict[Place, Place]:
    """Return for each pronoun and description that a name of the text stands for, the fullest such name."""
    cast = find_cast(reading, heads, load())
    chains: dict[int, list[Candidate]] = defaultdict(list)
    for mention, entity in zip(cast.mentions, cast.entity.tolist(), strict=True):
        chains[entity].append(mention)
    found: dict[Place, Place] = {}
    for members in chains.values():
        names = [(m.start, m.end) for m in members if m.kind not in PLAIN]
        if names:
            fullest = max(names, key=lambda place: place[1] - place[0])
            found |= {(m.start, m.end): fullest for m in members if m.kind in PLAIN and _points_back(reading, m)}
    return found


def _points_back(reading: Reading, mention: Candidate) -> bool:
    """Tell whether a mention is a pronoun or stands behind a definite word ("the dish")."""
    words = {reading.doc[n].lower_ for n in (mention.start - 1, mention.start) if n >= 0}
    return mention.kind == "pronoun" or not words.isdisjoint(DEFINITE)
