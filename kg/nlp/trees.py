"""Decoding of arc scores into one dependency tree per sentence."""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt

from kg.nlp.weights import FloatArray

BEST_HEADS = 3
IntArray = npt.NDArray[np.int64]


def decode(scores: FloatArray) -> IntArray:
    """Return the head of each word of a sentence; the root is its own head.

    ``scores`` is (dependents, heads) with the root's score on the diagonal. The best root
    is kept and the rest is a maximum spanning arborescence (Edmonds 1967), which plain
    argmax already is in most sentences.
    """
    count = len(scores)
    root = int(scores.diagonal().argmax())
    masked = scores.copy()
    np.fill_diagonal(masked, -np.inf)
    heads = masked.argmax(axis=1) if count > 1 else np.zeros(1, dtype=np.int64)
    heads[root] = root
    return heads if _reaches_root(heads, root) else _arborescence(masked, root)


def _reaches_root(heads: IntArray, root: int) -> bool:
    reached = heads.copy()
    for _ in range(int(np.ceil(np.log2(len(heads) + 1))) + 1):
        reached = reached[reached]
    return bool((reached == root).all())


def _arborescence(scores: FloatArray, root: int) -> IntArray:
    for best in (BEST_HEADS, len(scores)):
        graph = nx.DiGraph()
        for word in range(len(scores)):
            if word != root:
                top = np.argsort(-scores[word], kind="stable")[:best]
                graph.add_weighted_edges_from((int(h), word, float(scores[word, h])) for h in top if h != word)
        if root in graph and len(nx.descendants(graph, root)) == len(scores) - 1:
            break
    tree = nx.maximum_spanning_arborescence(graph, preserve_attrs=False)
    heads = np.arange(len(scores))
    for head, word in tree.edges:
        heads[word] = head
    return heads
