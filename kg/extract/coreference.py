"""Coreference: each mention takes its best-scored antecedent, and chains become entities.

Antecedent scoring after Lee et al. 2017, on mentions only; features are name, acronym,
apposition and agreement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kg.extract.features import Candidate, FloatArray, Pairs, Reading, pair_features
from kg.extract.rules import class_nouns

PERSONAL = {"he": "he", "him": "he", "his": "he", "himself": "he", "she": "she", "her": "she", "hers": "she",
            "herself": "she", "it": "it", "its": "it", "itself": "it", "they": "they", "them": "they", "their": "they",
            "themselves": "they", "who": "who", "whom": "who", "whose": "who", "which": "which", "that": "which",
            "we": "we", "us": "we", "our": "we", "ours": "we", "i": "i", "me": "i", "my": "i", "you": "you"}
PRONOUNS = ("he", "she", "it", "they", "who", "which", "we", "i", "you", "other", "none")
MATCHES = ("exact", "head", "inside", "last", "first", "acronym", "number", "apposition", "same type", "nearest",
           "determined", "quoted", "possessive", "called")
ANTECEDENTS = 40
SMALL_WORDS = ("of", "the", "and", "for", "de", "du")


def match_count(types: int) -> int:
    """Return the width of the match features over ``types`` mention types."""
    return len(MATCHES) + 2 * len(PRONOUNS) + types * 2


def antecedent_pairs(reading: Reading, mentions: Sequence[Candidate], labels: int, types: int) -> Pairs:
    """Return the pairs (mention, earlier mention) with pair and match features."""
    index = [(i, j) for i in range(len(mentions)) for j in range(max(0, i - ANTECEDENTS), i)
             if mentions[j].end < mentions[i].start or mentions[j].start > mentions[i].end]
    pairs = pair_features(reading, mentions, mentions, index, labels)
    looks = [_look(reading, mention) for mention in mentions]
    match = np.zeros((len(index), match_count(types)), np.float32)
    match[:, : len(MATCHES)] = np.array([_match(reading, looks[i], looks[j], i - j == 1) for i, j in index],
                                        dtype=np.float32).reshape(-1, len(MATCHES))
    rows, at = np.arange(len(index)), len(MATCHES)
    pronoun = np.array([PRONOUNS.index(look.pronoun) for look in looks], dtype=np.int64)
    label = np.array([mention.label for mention in mentions], dtype=np.int64)
    for side in (pairs.left, pairs.right):
        match[rows, at + pronoun[side]] = 1
        at += len(PRONOUNS)
    match[rows, at + label[pairs.left]] = label[pairs.left] == label[pairs.right]
    match[rows, at + types + label[pairs.right]] = 1
    features = np.concatenate([pairs.features, match], axis=1)
    return Pairs(pairs.left, pairs.right, features, pairs.path_rows, pairs.path_tokens, pairs.between)


@dataclass(frozen=True, slots=True)
class _Look:
    """What matching asks of a mention, read off the document once."""

    mention: Candidate
    content: list[str]
    distinct: frozenset[str]
    pronoun: str
    is_pronoun: bool
    lemma: str
    number: list[str]
    definite: bool
    quoted: int
    possessive: bool


def _look(reading: Reading, mention: Candidate) -> _Look:
    doc, head = reading.doc, mention.head
    words = [doc[i].lower_ for i in range(mention.start, mention.end + 1) if not doc[i].is_space]
    content = [w for w in words if w not in (".", ",", "'s", "’s")]
    is_pronoun = mention.kind == "pronoun"
    return _Look(mention, content, frozenset(content), PERSONAL.get(words[0], "other") if is_pronoun else "none",
                 is_pronoun, reading.lemmas[head], doc[head].morph.get("Number", []),
                 mention.start > 0 and doc[mention.start - 1].lower_ in ("the", "this", "that", "these", "those"),
                 quote_depths(reading)[mention.start], reading.deps[head] == "nmod:poss")


def _match(reading: Reading, a: _Look, b: _Look, adjacent: bool) -> tuple[bool, ...]:
    """Return the features ``MATCHES`` of a mention and an earlier one."""
    mention, earlier = a.mention, b.mention
    named = not (a.is_pronoun or b.is_pronoun)
    return (
        named and a.content == b.content,
        named and a.lemma == b.lemma,
        named and (a.distinct < b.distinct or b.distinct < a.distinct),
        named and a.content[-1:] == b.content[-1:],
        named and a.content[:1] == b.content[:1],
        named and (is_acronym(a.content, b.content) or is_acronym(b.content, a.content)),
        a.number == b.number,
        bool(reading.heads[mention.head] == earlier.head) and reading.deps[mention.head] in ("appos", "flat", "dep"),
        mention.label == earlier.label,
        adjacent,
        a.definite,
        a.quoted != b.quoted,
        a.possessive,
        mention.kind == "nominal" and a.lemma in class_nouns(reading, earlier),
    )


def is_acronym(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether one word is made of the initials of several ("aws", "amazon web services")."""
    if len(short) != 1 or len(long) < 2 or not 2 <= len(short[0]) <= 6:
        return False
    letters = short[0].replace(".", "")
    initials = "".join(word[0] for word in long if word[0].isalpha())
    major = "".join(word[0] for word in long if word[0].isalpha() and word not in SMALL_WORDS)
    return letters in (initials, major)


def quote_depths(reading: Reading) -> list[int]:
    """Return 1 for each token inside quotation marks, 0 outside; a paragraph's end closes them."""
    cached = reading.quotes
    if cached is None:
        cached, inside = [], 0
        for token in reading.doc:
            if token.text in ("“", "``") or (token.text == '"' and not inside):
                cached.append(0)
                inside = 1
            elif token.text in ("”", "''") or token.text == '"' or "\n" in token.text:
                cached.append(0)
                inside = 0
            else:
                cached.append(inside)
        reading.quotes = cached
    return cached


def chains(scores: FloatArray, pairs: Pairs, count: int, threshold: float = 0.0,
           certain: Mapping[int, int] | None = None, apart: Collection[tuple[int, int]] = ()) -> list[int]:
    """Return the chain number of each mention: that of its best antecedent above ``threshold`` whose chain it fits.

    ``certain`` links of a mention to an earlier one stand whatever their score. Mentions that are ``apart``, pairs of a
    mention and an earlier one, come into one chain by such links only.
    """
    chain, members = list(range(count)), [[i] for i in range(count)]
    likely = np.flatnonzero(scores > threshold)
    antecedents: list[list[int]] = [[] for _ in range(count)]
    for row in likely[np.argsort(-scores[likely], kind="stable")].tolist():
        antecedents[pairs.left[row]].append(int(pairs.right[row]))
    for i in range(count):
        j = (certain or {}).get(i)
        if j is None:
            j = next((j for j in antecedents[i] if not any((i, k) in apart for k in members[chain[j]])), None)
        if j is not None:
            chain[i] = chain[j]
            members[chain[j]].append(i)
    return chain
