"""The share of each pattern's facts that match a gold fact, measured on gold/train.

Written by ``python -m kg.training.fact_confidence GOLD_DIR``. A true fact that the annotators
left out as not newsworthy counts as no match, so these are lower bounds of correctness. The
empty name stands for the patterns seen fewer than twenty times. Measured on parses of the weights before
the present ones: a table of these ranks the extractions of CaRB's dev set worse (AUC 0.258, 0.305 with this one).
"""

SHARES: dict[str, float] = {
    "": 0.32,
    "adverbial.clause": 0.18,
    "adverbial.object": 0.27,
    "adverbial.oblique": 0.27,
    "adverbial.oblique+": 0.35,
    "adverbial.whole": 0.43,
    "apposition": 0.26,
    "apposition.of": 0.74,
    "apposition.possessive": 0.36,
    "clause.adverb": 0.23,
    "clause.adverb+": 0.41,
    "clause.adverbial": 0.26,
    "clause.adverbial+": 0.23,
    "clause.bare": 0.25,
    "clause.clause": 0.22,
    "clause.clause+": 0.43,
    "clause.object": 0.59,
    "clause.object+": 0.38,
    "clause.oblique": 0.48,
    "clause.oblique+": 0.55,
    "clause.participle": 0.47,
    "clause.participle+": 0.38,
    "clause.predicate": 0.59,
    "clause.whole": 0.76,
    "conjunct.object": 0.44,
    "conjunct.oblique": 0.44,
    "conjunct.oblique+": 0.45,
    "conjunct.whole": 0.55,
    "participle.object": 0.26,
    "participle.oblique": 0.23,
    "participle.whole": 0.29,
    "plan.object": 0.54,
    "purpose.object": 0.45,
    "purpose.oblique": 0.50,
    "raised.raised": 0.58,
    "relative.object": 0.31,
    "relative.oblique": 0.35,
    "relative.oblique+": 0.41,
    "relative.whole": 0.52,
    "title": 0.14,
    "title.of": 0.48,
}
