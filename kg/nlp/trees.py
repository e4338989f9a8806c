"""Decoding of arc scores into one dependency tree per sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kg.nlp.weights import FloatArray

IntArray = npt.NDArray[np.int64]
ARGUMENTS = ("nsubj", "nsubj:pass", "obj", "obl", "obl:agent", "nmod")
NOMINAL = ("NOUN", "PROPN", "PRON")
CLAUSAL = frozenset(("case", "nsubj", "nsubj:pass", "obj", "cop", "aux", "aux:pass", "mark"))
"""What a noun has that is no bare conjunct: a preposition of its own, or a clause."""


def decode(scores: FloatArray) -> IntArray:
    """Return the head of each word of a sentence; the root is its own head.

    ``scores`` is (dependents, heads) with the root's score on the diagonal. The best root
    is kept, and the rest is the maximum spanning arborescence.
    """
    root = int(scores.diagonal().argmax())
    masked = scores.copy()
    np.fill_diagonal(masked, -np.inf)
    return arborescence(masked, root)


def arborescence(scores: FloatArray, root: int) -> IntArray:
    """Return the maximum spanning arborescence (Chu and Liu 1965, Edmonds 1967): best heads, cycles contracted.

    networkx has it too, but took a fifth of the pipeline's time for the three sentences in a hundred with a cycle.
    """
    heads: IntArray = scores.argmax(axis=1)
    heads[root] = root
    cycle = _find_cycle(heads, root)
    if not len(cycle):
        return heads
    rest = np.setdiff1d(np.arange(len(scores)), cycle)
    enter = scores[np.ix_(cycle, rest)] - scores[cycle, heads[cycle]][:, None]
    leave = scores[np.ix_(rest, cycle)]
    node = len(rest)
    smaller = np.full((node + 1, node + 1), -np.inf, scores.dtype)
    smaller[:node, :node] = scores[np.ix_(rest, rest)]
    smaller[node, :node], smaller[:node, node] = enter.max(axis=0), leave.max(axis=1)
    found = arborescence(smaller, int(np.searchsorted(rest, root)))
    outside = np.append(rest, -1)[found[:node]]
    heads[rest] = np.where(found[:node] < node, outside, cycle[leave.argmax(axis=1)])
    heads[cycle[enter[:, found[node]].argmax()]] = rest[found[node]]
    return heads


def _find_cycle(heads: IntArray, root: int) -> IntArray:
    """Return the words of one cycle, in ascending order; none where every word reaches the root."""
    checked = {root}
    for start in range(len(heads)):
        path: list[int] = []
        word = start
        while word not in checked and word not in path:
            path.append(word)
            word = int(heads[word])
        if word in path:
            return np.array(sorted(path[path.index(word) :]))
        checked.update(path)
    return np.array([], dtype=np.int64)


def with_passive_subjects(labels: Sequence[str], heads: Sequence[int]) -> list[str]:
    """Return the dependency labels such that a verb with a passive auxiliary has a passive subject.

    As Universal Dependencies have it: its subject is ``nsubj:pass``, and where it lacks one, the object before the
    auxiliary is none.
    """
    settled = list(labels)
    for auxiliary in (i for i, label in enumerate(labels) if label == "aux:pass"):
        own = [i for i, head in enumerate(heads) if head == heads[auxiliary]]
        subjects = [i for i in own if labels[i] in ("nsubj", "nsubj:pass")]
        subjects = subjects or [i for i in own if i < auxiliary and labels[i] == "obj"][-1:]
        for i in subjects:
            settled[i] = "nsubj:pass"
    return settled


def with_joined_names(heads: Sequence[int], labels: Sequence[str], tags: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return heads and labels such that two proper nouns side by side are one name, not two subjects of one verb.

    Where both hang on the same word in the same way, the first becomes a compound of the second ("FC Koln"). Where the
    second is an apposition of the first, with no comma between them, it is flat, and what stands before both hangs on
    the first. ``tags`` are universal.
    """
    settled, named = list(heads), list(labels)
    for first in range(len(heads) - 1):
        if not tags[first] == tags[first + 1] == "PROPN":
            continue
        if named[first + 1] == "appos" and settled[first + 1] == first:
            named[first + 1] = "flat"
            settled[:first] = [first if head == first + 1 else head for head in settled[:first]]
        elif (settled[first], named[first]) == (settled[first + 1], named[first + 1]) and named[first] in ARGUMENTS:
            settled[first], named[first] = first + 1, "compound"
    return settled, named


def with_listed_agents(heads: Sequence[int], labels: Sequence[str], tags: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return heads and labels such that "and B" after "by A" is a conjunct of A.

    A noun after a conjunction with no preposition of its own does not hang on the verb beside the agent before the
    conjunction, as parsers have it of names that they do not know: it is one more agent. ``tags`` are universal.
    """
    settled, named = list(heads), list(labels)
    for agent in (i for i, label in enumerate(labels) if label == "obl:agent"):
        last = _last_below(agent, settled)
        if last + 2 >= len(heads) or labels[last + 1] != "cc":
            continue
        other = settled[last + 1]
        loose = settled[other] == settled[agent] and named[other] in ("conj", "obl", "obl:agent", "obj")
        own = {labels[i] for i, head in enumerate(settled) if head == other and i != other}
        if loose and other > last and tags[other] in NOMINAL and own.isdisjoint(CLAUSAL):
            settled[other], named[other] = agent, "conj"
    return settled, named


def _last_below(word: int, heads: Sequence[int]) -> int:
    """Return the last word of the unbroken stretch that begins with ``word`` and hangs on it."""
    last = word
    while last + 1 < len(heads) and _reaches(last + 1, word, heads):
        last += 1
    return last


def _reaches(word: int, wanted: int, heads: Sequence[int]) -> bool:
    while heads[word] != word:
        word = heads[word]
        if word == wanted:
            return True
    return False
