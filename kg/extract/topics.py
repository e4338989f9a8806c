"""What an article is about: the mean of the states of its words, the rarer the more, turned so that topics differ.

Words with capitals are left out: names say of whom an article speaks, and that is compared by itself. The mean is moved
and turned by the principal components of means of news articles, each brought to one spread: the first few tell styles
and lengths apart and would hide all others. ``python -m kg.training.topics`` makes ``topics.npz``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from spacy.tokens import Doc

from kg import topics
from kg.nlp.component import news_states
from kg.nlp.weights import FloatArray


@dataclass(frozen=True, slots=True)
class Topics:
    """Turns the states of an encoder, told by its hash, into topics.

    ``common`` has the weights of words that many articles use, logarithms of how few do; any other word has the weight
    ``rare``. ``mean`` is (width,), ``basis`` (width, length of a topic).
    """

    encoder: str
    common: dict[str, float]
    rare: float
    mean: FloatArray
    basis: FloatArray

    def of(self, doc: Doc, encoder: str) -> str:
        """Return the topic of a document that this encoder read; none of one without words, or of another encoder."""
        state = self.mean_state(doc, news_states(doc)) if encoder == self.encoder else None
        return "" if state is None else topics.write(((state - self.mean) @ self.basis).tolist(), encoder)

    def mean_state(self, doc: Doc, states: FloatArray) -> FloatArray | None:
        """Return the weighted mean of a document's states, (width,), or ``None`` where no word counts."""
        weights = self.weights(doc)
        return np.asarray(weights @ states / weights.sum()) if weights.any() else None

    def weights(self, doc: Doc) -> FloatArray:
        """Return how much each token counts, (tokens,)."""
        return np.array([self.common.get(token.text, self.rare) if is_common_word(token.text) else 0.0
                         for token in doc], np.float32)


def is_common_word(text: str) -> bool:
    """Tell whether a token is a word in small letters."""
    return text.isalpha() and text == text.lower()


@cache
def load_topics() -> Topics:
    """Return what goes with the weights of the package."""
    with resources.files(__package__).joinpath("topics.npz").open("rb") as stream, np.load(stream) as file:
        told = json.loads(file["settings"].tobytes())
        return Topics(told["encoder"], told["common"], told["rare"], file["mean"].astype(np.float32),
                      file["basis"].astype(np.float32))
