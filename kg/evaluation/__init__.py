"""Score extractions against gold, layer by layer, and hold them against floors.

The scores are those of the gold set's ``score.py``, micro-averaged over the articles.
"""

from kg.evaluation.layers import LAYERS
from kg.evaluation.report import (
    KG_LAYERS,
    Report,
    Score,
    below_floors,
    evaluate,
    read_extraction,
    read_floors,
    read_gold,
    read_pairs,
)

__all__ = ["KG_LAYERS", "LAYERS", "Report", "Score", "below_floors", "evaluate", "read_extraction", "read_floors",
           "read_gold", "read_pairs"]
