"""Statements in the terms of a schema: which pairs of spans stand in which property, as an extraction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc

from kg import nlp
from kg.errors import ModelError
from kg.extract.confidence import with_confidence
from kg.extract.features import FloatArray
from kg.extract.heads import NewsHeads
from kg.extract.terms.adapter import Adapter, adapter_path
from kg.extract.terms.assembly import Assembly, Candidate, Scored
from kg.extract.terms.describing import describe
from kg.extract.terms.listing import Listing
from kg.extract.terms.pairing import Looked, PairReader, reachable
from kg.extract.terms.referents import referents
from kg.extract.terms.scorers import Terms, TermScorer
from kg.model import Document, Extraction
from kg.nlp.threads import one_thread
from kg.nlp.weights import Weights
from kg.schema import Schema, read_schema

MOST = 12
"""How many pairs of a sentence one property may have at most."""


LATEST = "reranker.score.weight"
"""An array that heads of earlier versions have not."""


class TermReader:
    """Reads documents in the terms of one schema; made once for it."""

    def __init__(self, schema: Schema, weights: Weights, terms: Terms, adapter: Adapter | None = None) -> None:
        self._weights, self._heads = weights, NewsHeads(weights)
        self.encoder = self._heads.encoder
        self.schema, self.model = schema, _digest(weights, self.encoder)
        self.settings: dict[str, Any] = weights.settings["terms"]
        self.adapter = adapter or Adapter.none()
        if self.adapter.about.get("model", self.model) != self.model:
            raise ModelError("the adapter was learnt on another model; run `kg train --ontology --examples` again")
        types: list[str] = weights.settings["mention_types"]
        self.pairing = PairReader(schema, TermScorer(weights.part("terms")), terms, types, self.adapter)

    @property
    def least(self) -> float:
        """Return the lowest probability of a statement: the adapter's, else the model's."""
        return self.settings["threshold"] if self.adapter.least is None else self.adapter.least

    @property
    def ratio(self) -> float:
        """Return what a pair must have of the probability of its property's likeliest pair in a sentence."""
        ratio: float = self.settings["ratio"] if self.adapter.ratio is None else self.adapter.ratio
        return ratio

    def read(self, doc: Doc, document: Document) -> Extraction:
        """Return what a parsed article says in the schema's terms."""
        with one_thread():
            scored = self.score(doc)
        return with_confidence(Assembly(doc, document, self, scored).extraction(), self.curves)

    @property
    def curves(self) -> dict[str, Sequence[float]]:
        """Return what makes a probability the share of such statements that is right; an adapter learns that itself."""
        return {} if self.adapter.properties or "curve" not in self.settings else {"relations": self.settings["curve"]}

    def with_adapter(self, adapter: Adapter) -> TermReader:
        """Return a reader of the same schema with another adapter in place of this one's."""
        return TermReader(self.schema, self._weights, self.pairing.terms, adapter)

    def score(self, doc: Doc) -> Scored:
        """Return the candidates of a text, the likeliest first."""
        text = self.pairing.look(doc)
        if not len(text.spans):
            return Scored(text.spans, text.kinds, np.zeros((0, len(self.schema.classes))), [])
        candidates = sorted(self._candidates(text, Listing.of(text.reading, text.roots)), reverse=True)
        spoken = referents(text.reading, self._heads) if candidates else {}
        return Scored(text.spans, text.kinds, _sigmoid(text.classes), candidates, spoken)

    def _candidates(self, text: Looked, listing: Listing) -> Iterator[Candidate]:
        """Yield the pairs that may stand in a property, sentence of the object by sentence."""
        for subjects, objects in reachable(text.spans):
            chosen = self.pairing.likeliest(text, subjects, objects)
            left, right, _, logits = self.pairing.logits(text, subjects, objects, chosen)
            probabilities = _sigmoid(logits)
            likely_enough = probabilities.max(axis=0, initial=0) >= self.least
            if not likely_enough.any():
                continue
            probabilities = listing.raised(probabilities[:, likely_enough], left, right)
            for column, property_ in enumerate(chosen[likely_enough].tolist()):
                row = probabilities[:, column]
                least = max(self.least, self.ratio * float(row.max(initial=0)))
                likely = np.flatnonzero(row >= least)
                for pair in likely[np.argsort(-row[likely], kind="stable")[:MOST]].tolist():
                    yield Candidate(float(row[pair]), property_, int(left[pair]), int(right[pair]))


def load_reader(path: Path) -> TermReader:
    """Return the reader for an ontology file, with the adapter beside it where there is one; made once for each."""
    files = (path, adapter_path(path))
    return _load_reader(path, tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files))


@lru_cache(maxsize=4)
def _load_reader(path: Path, changed: tuple[int, ...]) -> TermReader:
    return make_reader(read_schema(path), adapter=Adapter.beside(path))


def make_reader(schema: Schema, weights: Path = nlp.SHIPPED, adapter: Adapter | None = None) -> TermReader:
    """Return the reader for a schema."""
    language = nlp.load(weights)
    loaded: Weights = language.get_pipe("news_reader").weights  # type: ignore[attr-defined]
    if LATEST not in loaded.part("terms"):
        raise ModelError("the model file has no head for other ontologies, or one of an earlier version; "
                         "`python -m kg.training.terms` adds it")
    with one_thread():
        terms = TermScorer(loaded.part("terms")).terms(describe(schema, language, loaded.digest()))
    return TermReader(schema, loaded, terms, adapter)


def _digest(weights: Weights, encoder: str) -> str:
    """Return a hash of the encoder and the head."""
    head = sorted(weights.part("terms").items())
    return hashlib.sha256(encoder.encode() + b"".join(array.tobytes() for _, array in head)).hexdigest()


def _sigmoid(logits: FloatArray) -> FloatArray:
    probabilities: FloatArray = (1 + np.tanh(logits / 2)) / 2
    return probabilities
