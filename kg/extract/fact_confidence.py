"""The share of each pattern's facts that match a gold fact, measured on gold/train.

Written by ``python -m kg.training.fact_confidence GOLD_DIR``; a fact that the gold annotators
left out as not newsworthy counts as no match, so these are lower bounds of correctness.
"""

SHARES: dict[str, float] = {
    "": 0.2,
}
