"""The shipped pipeline, loaded once."""

import pytest
from spacy.language import Language

from kg import nlp as language


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The pipeline with the shipped weights."""
    return language.load()
