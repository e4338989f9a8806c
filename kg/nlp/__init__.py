"""The language pipeline: a spaCy ``Language`` with the project's own model."""

from functools import lru_cache
from pathlib import Path

import spacy
from spacy.language import Language

from kg.nlp.component import NewsReader
from kg.nlp.weights import SHIPPED, read_weights

__all__ = ["SHIPPED", "load"]


@lru_cache(maxsize=2)
def load(weights: Path = SHIPPED) -> Language:
    """Return the pipeline with the shipped weights, or those of another model file."""
    nlp = spacy.blank("en")
    reader = nlp.add_pipe("news_reader")
    assert isinstance(reader, NewsReader)
    reader.use(read_weights(weights))
    return nlp
