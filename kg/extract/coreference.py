"""Coreference: each mention takes its best-scored antecedent, and chains become entities.

Antecedent scoring after Lee et al. 2017, on mentions only; features are name, acronym,
apposition and agreement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    match = np.zeros((len(index), match_count(types)), np.float32)
    words = [_words(reading, mention) for mention in mentions]
    for row, (i, j) in enumerate(index):
        _match(reading, mentions[i], mentions[j], words[i], words[j], i - j == 1, match[row])
        at = len(MATCHES)
        for side in (i, j):
            match[row, at + PRONOUNS.index(_pronoun(mentions[side], words[side]))] = 1
            at += len(PRONOUNS)
        if mentions[i].label == mentions[j].label:
            match[row, at + mentions[i].label] = 1
        match[row, at + types + mentions[j].label] = 1
    features = np.concatenate([pairs.features, match], axis=1)
    return Pairs(pairs.left, pairs.right, features, pairs.path_rows, pairs.path_tokens, pairs.between)


def _words(reading: Reading, mention: Candidate) -> list[str]:
    return [reading.doc[i].lower_ for i in range(mention.start, mention.end + 1) if not reading.doc[i].is_space]


def _pronoun(mention: Candidate, words: list[str]) -> str:
    return "none" if mention.kind != "pronoun" else PERSONAL.get(words[0], "other")


def _match(reading: Reading, mention: Candidate, earlier: Candidate, words: list[str], others: list[str],
           adjacent: bool, row: FloatArray) -> None:
    content = [w for w in words if w not in (".", ",", "'s", "’s")]
    other_content = [w for w in others if w not in (".", ",", "'s", "’s")]
    pronoun = mention.kind == "pronoun" or earlier.kind == "pronoun"
    doc = reading.doc
    row[0] = content == other_content and not pronoun
    row[1] = reading.lemmas[mention.head] == reading.lemmas[earlier.head] and not pronoun
    row[2] = not pronoun and (set(content) < set(other_content) or set(other_content) < set(content))
    row[3] = not pronoun and content[-1:] == other_content[-1:]
    row[4] = not pronoun and content[:1] == other_content[:1]
    row[5] = not pronoun and (is_acronym(content, other_content) or is_acronym(other_content, content))
    row[6] = doc[mention.head].morph.get("Number", []) == doc[earlier.head].morph.get("Number", [])
    row[7] = reading.heads[mention.head] == earlier.head and reading.deps[mention.head] in ("appos", "flat", "dep")
    row[8] = mention.label == earlier.label
    row[9] = adjacent
    row[10] = mention.start > 0 and doc[mention.start - 1].lower_ in ("the", "this", "that", "these", "those")
    row[11] = _quoted(reading, mention) != _quoted(reading, earlier)
    row[12] = reading.deps[mention.head] == "nmod:poss"
    row[13] = mention.kind == "nominal" and reading.lemmas[mention.head] in class_nouns(reading, earlier)


def is_acronym(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether one word is made of the initials of several ("aws", "amazon web services")."""
    if len(short) != 1 or len(long) < 2 or not 2 <= len(short[0]) <= 6:
        return False
    letters = short[0].replace(".", "")
    initials = "".join(word[0] for word in long if word[0].isalpha())
    major = "".join(word[0] for word in long if word[0].isalpha() and word not in SMALL_WORDS)
    return letters in (initials, major)


def _quoted(reading: Reading, mention: Candidate) -> bool:
    return bool(quote_depths(reading)[mention.start])


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
           certain: Mapping[int, int] | None = None) -> list[int]:
    """Return the chain number of each mention: linked to its best antecedent above ``threshold``.

    ``certain`` links of a mention to an earlier one stand whatever their score.
    """
    chain = list(range(count))
    best = np.full(count, threshold, np.float32)
    link = np.full(count, -1)
    for row in range(len(pairs)):
        i = pairs.left[row]
        if scores[row] > best[i]:
            best[i], link[i] = scores[row], pairs.right[row]
    for i, j in (certain or {}).items():
        link[i] = j
    for i in range(count):
        if link[i] >= 0:
            chain[i] = chain[link[i]]
    return chain
