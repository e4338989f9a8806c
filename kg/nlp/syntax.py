"""The syntax heads at run time: sentence starts, tags, lemmas and the biaffine parse, in numpy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from kg.nlp.encoder import word_positions
from kg.nlp.lemmas import keeps_form, lemmatize
from kg.nlp.trees import decode, with_joined_names, with_listed_agents, with_passive_subjects
from kg.nlp.weights import FloatArray, Weights

SCRIPTS_TRIED = 6


@dataclass(frozen=True, slots=True)
class Analysis:
    """Labels per word of a document; ``heads`` are word numbers, a root its own head."""

    upos: list[str]
    xpos: list[str]
    feats: list[str]
    lemmas: list[str]
    heads: list[int]
    deps: list[str]


def without_bare_numbers(starts: list[int], words: Sequence[str], paragraphs: Collection[int]) -> list[int]:
    """Return the sentence starts without those behind a number that would be a sentence alone in its paragraph.

    It begins a name: "1911 Schubart was discovered".
    """
    numbers = {start for start in starts if words[start].isdigit()}
    return [start for start in starts if start in paragraphs or start - 1 not in numbers]


class SyntaxHeads:
    """Applies the trained heads to syntax states."""

    def __init__(self, weights: Weights) -> None:
        self._arrays = weights.part("syntax")
        self._labels: dict[str, list[str]] = weights.settings["labels"]
        self._table: dict[str, str] = weights.settings["lemmas"]
        self._known: Collection[str] = frozenset(self._table.values())
        bilinear = self._arrays["label"]
        self._label_bilinear = np.ascontiguousarray(bilinear.reshape(len(bilinear), -1))

    def __call__(self, doc: Doc, states: FloatArray) -> Analysis:
        """Analyse the words of ``doc``; ``states`` are (tokens, width)."""
        positions, paragraphs = word_positions(doc)
        return self.analyse([doc[i].text for i in positions], states[positions], paragraphs)

    def analyse(self, words: list[str], states: FloatArray, paragraphs: Collection[int],
                sentences: Collection[int] | None = None) -> Analysis:
        """Analyse words with their states; gold ``sentences`` (start positions) replace predicted ones."""
        tags = {name: self._best(states, name) for name in ("upos", "xpos", "feats")}
        starts = self.sentence_starts(words, states, paragraphs) if sentences is None else sorted(sentences)
        heads, deps = with_joined_names(*self._parse(states, starts), tags["upos"])
        heads, deps = with_listed_agents(heads, deps, tags["upos"])
        return Analysis(tags["upos"], tags["xpos"], tags["feats"], self._lemmas(words, states, tags), heads, deps)

    def _linear(self, states: FloatArray, name: str) -> FloatArray:
        return states @ self._arrays[f"linear.{name}.weight"].T + self._arrays[f"linear.{name}.bias"]

    def _best(self, states: FloatArray, name: str) -> list[str]:
        labels = self._labels[name]
        return [labels[i] for i in self._linear(states, name).argmax(axis=1)] if len(states) else []

    def sentence_starts(self, words: Sequence[str], states: FloatArray, paragraphs: Collection[int]) -> list[int]:
        """Return the positions of the words that start a sentence."""
        scores = self._linear(states, "start")[:, 0]
        scores[[p for p in paragraphs if p < len(scores)]] = np.inf
        return without_bare_numbers(np.flatnonzero(scores > 0).tolist(), words, paragraphs)

    def _lemmas(self, words: list[str], states: FloatArray, tags: dict[str, list[str]]) -> list[str]:
        unknown = [i for i, (word, xpos, upos) in enumerate(zip(words, tags["xpos"], tags["upos"], strict=True))
                   if not keeps_form(xpos, upos) and f"{word.lower()}\t{xpos}" not in self._table]
        scripts: dict[int, list[str]] = {}
        if unknown:
            best = np.argsort(-self._linear(states[unknown], "script"), axis=1)[:, :SCRIPTS_TRIED]
            names = self._labels["script"]
            scripts = {i: [names[j] for j in row] for i, row in zip(unknown, best, strict=True)}
        return [lemmatize(word, tags["xpos"][i], tags["upos"][i], scripts.get(i, []), self._table, self._known)
                for i, word in enumerate(words)]

    def _parse(self, states: FloatArray, starts: list[int]) -> tuple[list[int], list[str]]:
        dep, head = self._projected(states, "arc_dep"), self._projected(states, "arc_head")
        scored = dep @ self._arrays["arc"]
        heads = np.arange(len(states))
        for start, end in pairwise([*starts, len(states)]):
            heads[start:end] = start + decode(_log_softmax(scored[start:end] @ head[start:end].T))
        return heads.tolist(), self._dependencies(states, heads)

    def _dependencies(self, states: FloatArray, heads: npt.NDArray[np.int64]) -> list[str]:
        if not len(states):
            return []
        dep, head = self._projected(states, "label_dep"), self._projected(states, "label_head")[heads]
        labels = self._labels["deps"]
        left = (dep @ self._label_bilinear).reshape(len(dep), len(labels), -1)
        scores = (left @ head[:, :, None])[:, :, 0]
        is_root = heads == np.arange(len(heads))
        root = labels.index("root")
        scores[~is_root, root] = -np.inf
        scores[is_root, root] = np.inf
        return with_passive_subjects([labels[i] for i in scores.argmax(axis=1)], heads.tolist())

    def _projected(self, states: FloatArray, name: str) -> FloatArray:
        """Return a leaky rectified projection with a last column of ones."""
        weight = self._arrays[f"{name}.weight"]
        padded: FloatArray = np.ones((len(states), len(weight) + 1), np.float32)
        x = padded[:, :-1]
        np.matmul(states, weight.T, out=x)
        x += self._arrays[f"{name}.bias"]
        np.maximum(x, 0.1 * x, out=x)
        return padded


def _log_softmax(x: FloatArray) -> FloatArray:
    shifted: FloatArray = x - x.max(axis=1, keepdims=True)
    total: FloatArray = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted - total
