"""The language pipeline: a spaCy ``Language`` with the project's own model."""

from functools import lru_cache
from pathlib import Path

import spacy
from spacy.language import Language

import kg.nlp.component  # noqa: F401  registers the spaCy factory
from kg.nlp.weights import SHIPPED

__all__ = ["load"]


@lru_cache(maxsize=2)
def load(weights: Path = SHIPPED) -> Language:
    """Return the pipeline with the shipped weights, or those of another model file."""
    nlp = spacy.blank("en")
    nlp.add_pipe("news_reader", config={"weights": str(weights)})
    return nlp
