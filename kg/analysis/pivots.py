"""Betweenness from some start nodes, many of them at a time."""

from __future__ import annotations

import random
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.float64]

_BATCH = 32
"""Start nodes at a time: a table of nodes x this many numbers is held for each step of the search."""


def estimate_betweenness(plain: nx.Graph, samples: int, seed: int) -> dict[str, float]:
    """Return the normalised betweenness of each node, estimated from ``samples`` start nodes drawn with ``seed``.

    The mean over the start nodes stands for the mean over all nodes: with all of them it is exact.
    Breadth-first search from many nodes is one product of matrices for each step.

    Brandes and Pich (2007), Centrality estimation in large networks; Kepner and Gilbert (2011), Graph algorithms
    in the language of linear algebra, chapter 6.
    """
    nodes = list(plain)
    if len(nodes) < 3:
        return dict.fromkeys(nodes, 0.0)
    links = nx.to_scipy_sparse_array(plain, nodelist=nodes, weight=None, format="csr", dtype=np.float64)
    pivots = random.Random(seed).sample(range(len(nodes)), min(samples, len(nodes)))
    total = np.zeros(len(nodes))
    for start in range(0, len(pivots), _BATCH):
        total += _dependencies(links, np.array(pivots[start:start + _BATCH]))
    scores = total * len(nodes) / len(pivots) / ((len(nodes) - 1) * (len(nodes) - 2))
    return dict(zip(nodes, scores.tolist(), strict=True))


def _dependencies(links: Any, pivots: npt.NDArray[np.int64]) -> Table:
    """Return for each node the sum over the pivots of the share of shortest paths from there that run through it."""
    columns = np.arange(len(pivots))
    paths = np.zeros((links.shape[0], len(pivots)))
    paths[pivots, columns] = 1
    levels = [paths > 0]
    reached, front = levels[0].copy(), paths
    while front.any():
        front = np.where(reached, 0, links @ front)
        levels.append(front > 0)
        reached |= levels[-1]
        paths += front
    share = np.zeros_like(paths)
    for near, far in zip(levels[-2::-1], levels[:0:-1], strict=True):
        owed = np.divide(1 + share, paths, out=np.zeros_like(paths), where=far)
        share += np.where(near, paths * (links @ owed), 0)
    share[pivots, columns] = 0
    return np.asarray(share.sum(axis=1))
