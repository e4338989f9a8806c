"""How alike two names are: keys under which candidates meet, and a score for each pair that does.

Spellings are compared by rapidfuzz. The scores are the precision of each kind of evidence among merges of a graph of
5,000 articles that were read one by one: ``python -m kg.training.identity scores`` makes ``scores.json``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from rapidfuzz.distance import DamerauLevenshtein

SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "on", "&", "de", "la"})
KINDS = {"spelling": "equal but for accents", "variant": "one letter differs", "initials": "equal but for middle",
         "acronym": "acronym", "gazetteer": "both names of"}
"""The kinds of evidence with how their reasons begin."""
_SCORES = json.loads(resources.files(__package__).joinpath("scores.json").read_text(encoding="utf-8"))
SPELLING, VARIANT, INITIALS, ACRONYM, GAZETTEER = (float(_SCORES[kind]) for kind in KINDS)
PERSON = 1.0
SHORTEST_VARIANT = 6
"""Words shorter than this are never taken for variants of each other: Iran is not Iraq."""
SHORTEST_STEM = 4
"""Words shorter than this are never taken for inflected: "new" is not "news"."""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A reason to hold two IRIs for one thing; ``left`` sorts before ``right``."""

    score: float
    left: str
    right: str
    feature: str

    @classmethod
    def of(cls, score: float, one: str, other: str, feature: str) -> Link:
        """Return the link, its ends in order."""
        return cls(score, min(one, other), max(one, other), feature)


def squash(name: str) -> str:
    """Return the letters and digits of a name, without accents, spaces and marks; ``&`` is ``and``."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    return "".join(c for c in plain if c.isalnum())


def without_initials(key: str) -> str:
    """Return a person's name without single letters between the first and the last: ``"john f kerry"``."""
    words = key.split()
    return " ".join(word for i, word in enumerate(words) if i in (0, len(words) - 1) or len(word.strip(".")) > 1)


def is_acronym(short: str, long: str) -> bool:
    """Tell whether one name is made of the first letters of the other: ``"AWS"``, ``"Amazon Web Services"``.

    Small words may be left out or not.
    """
    letters = short.replace(".", "")
    if not (2 <= len(letters) <= 8 and letters.isupper() and letters.isalpha()):
        return False
    words = [word for word in re.split(r"[\s\-/]+", long) if word[:1].isalnum() or word == "&"]
    every = "".join(word[0] for word in words if word[0].isalnum())
    great = "".join(word[0] for word in words if word.casefold() not in SMALL_WORDS)
    return len(words) > 1 and letters.casefold() in (every.casefold(), great.casefold())


def same_long_form(one: str, other: str) -> bool:
    """Tell whether two long forms of one acronym are one name: ``"United Nations"`` and ``"United Nation"``.

    Small words do not count, words may be inflected, and one letter of a long word may differ.
    """
    left, right = ([squash(word) for word in re.split(r"[\s\-/]+", name) if word.casefold() not in SMALL_WORDS]
                   for name in (one, other))
    return len(left) == len(right) and all(map(_is_form, left, right))


def _is_form(one: str, other: str) -> bool:
    inflected = min(len(one), len(other)) >= SHORTEST_STEM and (one.startswith(other) or other.startswith(one))
    return one == other or inflected or _is_word_variant(one, other)


def block_keys(coarse: str, key: str) -> Iterator[str]:
    """Yield the keys under which spellings of one name meet; each has few names, however many there are."""
    squashed = squash(key)
    if len(squashed) >= 4:
        yield f"{coarse}|{squashed}"
    if coarse == "Person" and len(without_initials(key).split()) > 1:
        yield f"{coarse}|initials|{squash(without_initials(key))}"
    words = key.split()
    if len(words) > 1:
        for i, word in enumerate(words):
            if len(word) >= SHORTEST_VARIANT and word.isalpha():
                yield f"{coarse}|{' '.join(words[:i])} {word[0]}? {' '.join(words[i + 1:])}"


def same_spelling(one: str, other: str) -> bool:
    """Tell whether two names differ in accents, spaces and marks alone."""
    return len(squash(one)) >= 4 and squash(one) == squash(other)


def same_words(one: str, other: str) -> bool:
    """Tell whether two names have the same words, hyphens aside: ``"west chester"`` is not ``"westchester"``."""
    left, right = ([squash(word) for word in re.split(r"[\s\-–]+", name)] for name in (one, other))
    return [word for word in left if word] == [word for word in right if word]


def is_variant(one: str, other: str) -> bool:
    """Tell whether two names differ in one letter of one long word: ``"ministry of defence"`` and ``"defense"``."""
    left, right = one.split(), other.split()
    if len(left) != len(right) or len(left) < 2:
        return False
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return len(pairs) == 1 and _is_word_variant(*pairs[0])


def _is_word_variant(one: str, other: str) -> bool:
    long = min(len(one), len(other)) >= SHORTEST_VARIANT
    # A plural is another name ("Giant", "Giants"); so is an adjective of a country ("Georgia", "Georgian").
    inflected = one.startswith(other) or other.startswith(one)
    return (long and one.isalpha() and other.isalpha() and one[0] == other[0] and not inflected
            and DamerauLevenshtein.distance(one, other, score_cutoff=1) == 1)
