"""Coreference metrics over chains, which are sets of mentions; every mention is in one chain at most.

MUC: Vilain et al. 1995. B-cubed: Bagga and Baldwin 1998. CEAF-e: Luo 2005. Their mean F1 is the score
of the CoNLL shared tasks. Mentions that only one side has are counted as Pradhan et al. 2014 do:
nothing is added to the other side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from kg.evaluation.layers import Tally
from kg.evaluation.report import Score

Place = tuple[int, int]
Chain = frozenset[Place]
Chains = Sequence[Chain]


def mentions(gold: Chains, found: Chains) -> Tally:
    """Count the mentions of both sides."""
    ours, theirs = (frozenset[Place]().union(*chains) for chains in (found, gold))
    return Tally(len(ours & theirs), len(ours & theirs), len(ours), len(theirs))


def muc(gold: Chains, found: Chains) -> Tally:
    """Count links: a chain of n mentions has n - 1, and loses one for each further chain that it falls into."""
    ours, theirs = (sum(len(chain) - 1 for chain in chains) for chains in (found, gold))
    return Tally(_links(found, gold), _links(gold, found), ours, theirs)


def _links(chains: Chains, others: Chains) -> int:
    return sum(shared.total() - len(shared) for shared in _shares(chains, others))


def b_cubed(gold: Chains, found: Chains) -> Tally:
    """Count each mention with the share of its chain that the other side's chain has too."""
    return Tally(_overlaps(found, gold), _overlaps(gold, found), sum(map(len, found)), sum(map(len, gold)))


def _overlaps(chains: Chains, others: Chains) -> float:
    return sum(n * n / len(chain) for chain, shared in zip(chains, _shares(chains, others), strict=True)
               for n in shared.values())


def _shares(chains: Chains, others: Chains) -> list[Counter[int]]:
    """Return for each chain how many of its mentions are in which of the others."""
    home = {mention: number for number, chain in enumerate(others) for mention in chain}
    return [Counter(home[mention] for mention in chain if mention in home) for chain in chains]


def ceaf_e(gold: Chains, found: Chains) -> Tally:
    """Count chains, aligned one to one so that the sum of their Dice coefficients is largest."""
    likeness = np.zeros((len(gold), len(found)))
    for row, shared in enumerate(_shares(gold, found)):
        for column, n in shared.items():
            likeness[row, column] = 2 * n / (len(gold[row]) + len(found[column]))
    total = float(likeness[linear_sum_assignment(likeness, maximize=True)].sum())
    return Tally(total, total, len(found), len(gold))


METRICS: dict[str, Callable[[Chains, Chains], Tally]] = {
    "mentions": mentions, "muc": muc, "b_cubed": b_cubed, "ceaf_e": ceaf_e}


def score(documents: Collection[tuple[Chains, Chains]]) -> dict[str, float]:
    """Return F1 by metric over documents (gold, found) and the CoNLL score, the mean of the last three."""
    scores = {name: Score.from_tally(_total(metric(*pair) for pair in documents)).f1
              for name, metric in METRICS.items()}
    return scores | {"conll": round((scores["muc"] + scores["b_cubed"] + scores["ceaf_e"]) / 3, 4)}


def _total(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        total.add(one)
    return total
