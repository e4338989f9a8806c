"""What the learned scorers see of a parsed document: spans, tree paths and pair features.

Training and run time share this file, so that both see the same numbers. Positions are
tokens of the ``Doc``; a span is (start, end) with ``end`` inclusive.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.attrs import HEAD
from spacy.tokens import Doc

from kg.extract.frames import children
from kg.nlp.component import news_states

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.int64]

RELATIONS = ("acl", "advcl", "advmod", "amod", "appos", "aux", "case", "cc", "ccomp", "clf", "compound", "conj",
             "cop", "csubj", "dep", "det", "discourse", "dislocated", "expl", "fixed", "flat", "goeswith", "iobj",
             "list", "mark", "nmod", "nsubj", "nummod", "obj", "obl", "orphan", "parataxis", "punct", "reparandum",
             "root", "vocative", "xcomp", "nmod:poss", "nsubj:pass", "acl:relcl", "obl:agent")
MARKERS = ("of", "in", "by", "for", "at", "with", "from", "to", "on", "as", "between", "against", "into", "'s")
KINDS = ("name", "nominal", "pronoun", "value", "word")
TOKEN_STEPS = (1, 2, 3, 5, 8, 13, 21, 41)
TREE_STEPS = (1, 2, 3, 4, 5, 7)
SENTENCE_REACH = 3
PATH_LIMIT = 12
BETWEEN_LIMIT = 40
_RELATION_ID = {label: i for i, label in enumerate(RELATIONS)}
_MARKER_ID = {lemma: i for i, lemma in enumerate(MARKERS)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that a scorer looks at: its head word, a label number and a kind of ``KINDS``."""

    start: int
    end: int
    head: int
    label: int
    kind: str


class Reading:
    """The arrays of one parsed document: heads, labels, sentence numbers and states (tokens, width)."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.heads: IntArray = np.arange(len(doc)) + doc.to_array([HEAD]).astype(np.int64).ravel()
        self.deps = [token.dep_ for token in doc]
        self.relations = [relation_id(dep) for dep in self.deps]
        self.lemmas = [token.lemma_.lower() for token in doc]
        self.sentence = np.zeros(len(doc), dtype=np.int64)
        for number, sent in enumerate(doc.sents):
            self.sentence[sent.start : sent.end] = number
        self.states: FloatArray = news_states(doc)
        self.quotes: list[int] | None = None
        self._ancestors: dict[int, list[int]] = {}
        self._markers: dict[int, list[int]] = {}

    def head_of(self, start: int, end: int) -> int:
        """Return the word of a span whose head lies outside it, the last one where there are several."""
        inside = [i for i in range(start, end + 1) if not start <= self.heads[i] <= end or self.heads[i] == i]
        words = [i for i in inside if self.deps[i] not in ("punct", "case", "det")]
        return (words or inside or [end])[-1]

    def candidate(self, start: int, end: int, label: int, kind: str | None = None) -> Candidate:
        """Return the candidate over a span; its kind is read off the tags where not given."""
        head = self.head_of(start, end)
        return Candidate(start, end, head, label, kind or self._kind(start, end, head))

    def _kind(self, start: int, end: int, head: int) -> str:
        if self.doc[head].pos_ in ("PRON", "DET") and end - start < 2:
            return "pronoun"
        proper = any(self.doc[i].pos_ == "PROPN" or (self.doc[i].is_title and i != self.doc[i].sent.start)
                     for i in range(start, end + 1))
        return "name" if self.doc[head].pos_ == "PROPN" or proper else "nominal"

    def first_conjunct(self, token: int) -> int:
        """Return the first member of the coordination that a word is part of, itself where there is none."""
        while self.deps[token] == "conj":
            token = int(self.heads[token])
        return token

    def compounds(self, token: int) -> list[int]:
        """Return the words that form one noun with a word ("job" of "job cuts")."""
        return [child.i for child in children(self.doc[token], "compound")]

    def ancestors(self, token: int) -> list[int]:
        """Return the token and its heads up to the root."""
        chain = self._ancestors.get(token)
        if chain is None:
            chain = [token]
            while self.heads[chain[-1]] != chain[-1] and len(chain) < 60:
                chain.append(int(self.heads[chain[-1]]))
            self._ancestors[token] = chain
        return chain

    def path(self, left: int, right: int) -> tuple[list[int], list[int]] | None:
        """Return the tokens from ``left`` up to the common ancestor and from ``right`` up to it (exclusive of it)."""
        up, down = self.ancestors(left), self.ancestors(right)
        if up[-1] != down[-1]:
            return None
        common = set(down)
        top = next(token for token in up if token in common)
        return up[: up.index(top)], down[: down.index(top)]

    def markers(self, head: int) -> list[int]:
        """Return the numbers of the adpositions that mark a word, of ``MARKERS``."""
        found = self._markers.get(head)
        if found is None:
            found = [_MARKER_ID[self.lemmas[child.i]] for child in children(self.doc[head], "case")
                     if self.lemmas[child.i] in _MARKER_ID]
            self._markers[head] = found
        return found


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of candidates by number, with features (pairs, features) and the tokens of their contexts.

    ``path_tokens`` lie strictly inside the tree path of pair ``path_rows``; the tokens between
    the two spans are ``between[:, 0]`` to ``between[:, 1]``, end exclusive, empty where too far.
    """

    left: IntArray
    right: IntArray
    features: FloatArray
    path_rows: IntArray
    path_tokens: IntArray
    between: IntArray

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)


def feature_count(labels: int) -> int:
    """Return the width of pair features over candidates with ``labels`` labels."""
    return (2 * SENTENCE_REACH + 1 + 2 * (len(TOKEN_STEPS) + 1) + len(TREE_STEPS) + 2 + 2 * len(RELATIONS)
            + 2 * len(MARKERS) + 2 * labels + 2 * len(KINDS) + 1)


def pair_features(reading: Reading, left: Sequence[Candidate], right: Sequence[Candidate],
                  pairs: Iterable[tuple[int, int]], labels: int) -> Pairs:
    """Return the features of pairs (number in ``left``, number in ``right``)."""
    index = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    i, j = index.T
    a, b = _Columns(reading, left), _Columns(reading, right)
    rows = np.arange(len(index))
    features = np.zeros((len(index), feature_count(labels)), np.float32)
    sentences = np.clip(b.sentence[j] - a.sentence[i], -SENTENCE_REACH, SENTENCE_REACH)
    features[rows, sentences + SENTENCE_REACH] = 1
    at = 2 * SENTENCE_REACH + 1
    gap = np.where(b.start[j] >= a.start[i], b.start[j] - a.end[i], b.end[j] - a.start[i])
    steps = np.searchsorted(TOKEN_STEPS, np.abs(gap), side="right")
    features[rows, at + steps + (len(TOKEN_STEPS) + 1) * (gap < 0)] = 1
    at += 2 * (len(TOKEN_STEPS) + 1)
    path = _fill_paths(reading, left, right, index, sentences == 0, features[:, at:])
    at += len(TREE_STEPS) + 2 + 2 * len(RELATIONS)
    for side, numbers in ((a, i), (b, j)):
        features[:, at : at + len(MARKERS)] = side.markers[numbers]
        at += len(MARKERS)
    for side, numbers in ((a, i), (b, j)):
        features[rows, at + side.label[numbers]] = 1
        features[rows, at + labels + side.kind[numbers]] = 1
        at += labels + len(KINDS)
    features[:, at] = (((a.start[i] <= b.start[j]) & (b.end[j] <= a.end[i]))
                       | ((b.start[j] <= a.start[i]) & (a.end[i] <= b.end[j])))
    first, last = np.minimum(a.end[i], b.end[j]) + 1, np.maximum(a.start[i], b.start[j])
    close = (last - first > 0) & (last - first <= BETWEEN_LIMIT)
    between = np.where(close[:, None], np.stack([first, last], axis=1), 0)
    return Pairs(i, j, features, path[:, 0], path[:, 1], between)


class _Columns:
    """Candidates as arrays, one row each."""

    def __init__(self, reading: Reading, candidates: Sequence[Candidate]) -> None:
        table = np.array([(c.start, c.end, reading.sentence[c.head], c.label, KINDS.index(c.kind))
                          for c in candidates], dtype=np.int64).reshape(-1, 5)
        self.start, self.end, self.sentence, self.label, self.kind = table.T
        self.markers = np.zeros((len(candidates), len(MARKERS)), np.float32)
        for row, candidate in enumerate(candidates):
            self.markers[row, reading.markers(candidate.head)] = 1


def _fill_paths(reading: Reading, left: Sequence[Candidate], right: Sequence[Candidate], index: IntArray,
                together: npt.NDArray[np.bool_], features: FloatArray) -> IntArray:
    """Write what the tree paths of pairs say; return (pair, token) rows for the tokens strictly inside each path."""
    inner: list[tuple[int, int]] = []
    features[~together, len(TREE_STEPS) + 1] = 1
    for row in np.flatnonzero(together).tolist():
        a, b = left[index[row, 0]], right[index[row, 1]]
        inner.extend((row, token) for token in _fill_path(reading, a, b, features[row]))
    return np.array(inner, dtype=np.int64).reshape(-1, 2)


def _fill_path(reading: Reading, a: Candidate, b: Candidate, row: FloatArray) -> list[int]:
    """Write the features of one tree path; return the tokens strictly inside it."""
    found = reading.path(a.head, b.head)
    if found is None:
        row[len(TREE_STEPS) + 1] = 1
        return []
    up, down = found
    row[bisect_right(TREE_STEPS, len(up) + len(down))] = 1
    at = len(TREE_STEPS) + 2
    if len(up) + len(down) > PATH_LIMIT:
        return []
    for side in (up, down):
        for token in side:
            row[at + reading.relations[token]] = 1
        at += len(RELATIONS)
    inner = {*up, *down, *(int(reading.heads[side[-1]]) for side in (up, down) if side)}
    return [t for t in sorted(inner) if not (a.start <= t <= a.end or b.start <= t <= b.end)]


def relation_id(dep: str) -> int:
    """Return the number of a dependency label, subtypes folded unless listed."""
    number = _RELATION_ID.get(dep)
    return number if number is not None else _RELATION_ID.get(dep.split(":")[0], _RELATION_ID["dep"])
