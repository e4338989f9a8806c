"""Statements in the terms of a schema: which pairs of spans stand in which property, as an extraction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc

from kg import nlp
from kg.errors import ModelError
from kg.extract.confidence import with_confidence
from kg.extract.features import FloatArray, IntArray, Reading
from kg.extract.heads import NewsHeads
from kg.extract.terms.adapter import Adapter, adapter_path
from kg.extract.terms.assembly import Assembly, Candidate, Scored
from kg.extract.terms.describing import describe
from kg.extract.terms.listing import Listing
from kg.extract.terms.paths import Paths, Tree
from kg.extract.terms.referents import referents
from kg.extract.terms.scorers import Spans, Terms, TermScorer
from kg.extract.terms.spans import VALUE_LABELS, find_spans
from kg.extract.terms.wording import marked, wordings
from kg.model import Document, Extraction
from kg.nlp.threads import one_thread
from kg.nlp.weights import Weights
from kg.schema import Property, Schema, read_schema
from kg.schema.terms import DATE, NUMBER

REACH = 2
"""How many sentences apart the two ends of a statement may stand."""

LIKELIEST = 48
"""How many properties of a sentence reach its pairs."""

MOST = 12
"""How many pairs of a sentence one property may have at most."""

@dataclass(frozen=True, slots=True)
class Looked:
    """A text's words and spans with the spans' kinds, and scores (spans, properties) as subject and as object.

    ``likeness`` is how near each word is to each property's label, ``roots`` are the spans' highest words in the tree.
    """

    reading: Reading
    words: FloatArray
    likeness: FloatArray
    tree: Tree
    roots: IntArray
    spans: Spans
    kinds: IntArray
    as_subject: FloatArray
    as_object: FloatArray


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs (subject, object) of spans by number, with vectors and logits (pairs, properties)."""

    spans: Spans
    kinds: IntArray
    left: IntArray
    right: IntArray
    vectors: FloatArray
    logits: FloatArray


class TermReader:
    """Reads documents in the terms of one schema; made once for it."""

    def __init__(self, schema: Schema, weights: Weights, terms: Terms, adapter: Adapter | None = None) -> None:
        if not weights.part("terms"):
            raise ModelError("the model file has no head for other ontologies; `python -m kg.training.terms` adds it")
        self._weights, self._plain = weights, terms
        self.scorer, self._heads = TermScorer(weights.part("terms")), NewsHeads(weights)
        self.encoder = self._heads.encoder
        self.schema, self.model = schema, _digest(weights, self.encoder)
        self.settings: dict[str, Any] = weights.settings["terms"]
        self.mention_types: list[str] = weights.settings["mention_types"]
        self.adapter = adapter or Adapter.none()
        if self.adapter.about.get("model", self.model) != self.model:
            raise ModelError("the adapter was learnt on another model; run `kg train --ontology --examples` again")
        self.terms = self.adapter.adapt(schema, terms)
        self._word_weights = self.adapter.word_weights(schema)
        self.class_iris = list(schema.classes)
        self._properties = list(schema.properties.values())
        self._fits = object_fits(self._properties, len(self.mention_types))
        self._below: dict[frozenset[str], IntArray] = {}

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

    def classes_below(self, wanted: frozenset[str]) -> IntArray:
        """Return the numbers of the classes that are one of these or below one."""
        if wanted not in self._below:
            fit = [n for n, iri in enumerate(self.class_iris) if self.schema.is_a(iri, wanted)]
            self._below[wanted] = np.array(fit, dtype=np.int64)
        return self._below[wanted]

    def with_adapter(self, adapter: Adapter) -> TermReader:
        """Return a reader of the same schema with another adapter in place of this one's."""
        return TermReader(self.schema, self._weights, self._plain, adapter)

    def score(self, doc: Doc) -> Scored:
        """Return the candidates of a text, the likeliest first."""
        text = self.look(doc)
        if not len(text.spans):
            return Scored(text.spans, text.kinds, np.zeros((0, len(self.schema.classes))), [])
        classes = _sigmoid(self.scorer.class_logits(text.spans, self.terms))
        candidates = sorted(self._candidates(text, Listing.of(text.reading, text.roots)), reverse=True)
        spoken = referents(text.reading, self._heads) if candidates else {}
        return Scored(text.spans, text.kinds, classes, candidates, spoken)

    def look(self, doc: Doc, places: Collection[tuple[int, int]] = ()) -> Looked:
        """Return a text's words and spans, ``places`` among them, and what each span gets as subject and object."""
        states = np.asarray(doc.tensor, np.float32)
        words = self.scorer.words(states)
        spans, kinds = find_spans(doc, words, self.scorer, self.mention_types, places)
        reading = Reading(doc)
        tree = Tree.of(reading)
        roots = tree.roots(spans.start, spans.end)
        if not len(spans):
            none = np.zeros((0, 0))
            return Looked(reading, words, none, tree, roots, spans, kinds, none, none)
        likeness = self.scorer.label_likeness(states, self.terms)
        as_object = self.scorer.object_scores(spans, self.terms, likeness, reading.sentence)
        as_object += self._fits[kinds]
        as_subject = self.scorer.subject_scores(spans, self.terms)
        if vocabulary := self.adapter.vocabulary:
            marks = marked(wordings(doc, spans, kinds), vocabulary)
            as_subject += marks @ self._word_weights[0].T
            as_object += marks @ self._word_weights[1].T
        return Looked(reading, words, likeness, tree, roots, spans, kinds, as_subject, as_object)

    def pairs(self, doc: Doc, places: Collection[tuple[int, int]]) -> Pairs:
        """Return all pairs of a text's spans in reach, with their logits for every property."""
        text = self.look(doc, places)
        everything = np.arange(len(self._properties))
        made = [self._logits(text, *ends, everything) for ends in _reachable(text.spans)]
        left, right, vectors, logits = (np.concatenate(column) for column in zip(*made, strict=True))
        return Pairs(text.spans, text.kinds, left, right, vectors, logits)

    def _candidates(self, text: Looked, listing: Listing) -> Iterator[Candidate]:
        """Yield the pairs that may stand in a property, sentence of the object by sentence."""
        for subjects, objects in _reachable(text.spans):
            chosen = np.arange(len(self._properties))
            if len(chosen) > LIKELIEST:
                first, last = subjects[[0, -1]]
                best = text.as_subject[first : last + 1].max(axis=0) + text.as_object[objects].max(axis=0)
                chosen = np.sort(np.argpartition(-best, LIKELIEST)[:LIKELIEST])
            left, right, _, logits = self._logits(text, subjects, objects, chosen)
            probabilities = listing.raised(_sigmoid(logits), left, right)
            for column, property_ in enumerate(chosen.tolist()):
                row = probabilities[:, column]
                least = max(self.least, self.ratio * float(row.max(initial=0)))
                likely = np.flatnonzero(row >= least)
                for pair in likely[np.argsort(-row[likely], kind="stable")[:MOST]].tolist():
                    yield Candidate(float(row[pair]), property_, int(left[pair]), int(right[pair]))

    def _logits(self, text: Looked, subjects: IntArray, objects: IntArray, chosen: IntArray
                ) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """Return the pairs of these spans that do not overlap, with vectors and logits (pairs, chosen properties)."""
        left, right = (grid.ravel() for grid in np.meshgrid(subjects, objects, indexing="ij"))
        spans = text.spans
        apart = (spans.end[left] < spans.start[right]) | (spans.end[right] < spans.start[left])
        left, right = left[apart], right[apart]
        paths = Paths.of(text.tree, text.roots[left], text.roots[right])
        vectors = self.scorer.pair_vectors(text.words, spans, paths, left, right)
        logits = vectors @ self.terms.pair[chosen].T
        logits += self.scorer.way_scores(text.likeness[:, chosen], spans, paths, left, right)
        within = text.reading.sentence == spans.sentence[objects[0]]
        cues = self.scorer.cue_scores(text.words[within], text.likeness[within][:, chosen], spans.vectors[subjects],
                                      spans.vectors[objects])
        logits += text.as_subject[:, chosen][left] + cues[0][np.searchsorted(subjects, left)]
        logits += text.as_object[:, chosen][right] + cues[1][np.searchsorted(objects, right)]
        return left, right, vectors, logits


def object_fits(properties: Sequence[Property], mention_types: int) -> FloatArray:
    """Return 0 where a span of a kind may be the object of a property, minus infinity else: (kinds, properties)."""
    names = np.array([*VALUE_LABELS, *[""] * (mention_types + 2)])
    date, other = names == "DATE", names == ""
    by_value = {DATE: date, NUMBER: ~date & ~other, None: other}
    everything = np.ones(len(names), bool)
    columns = [by_value[known.value] if known.value in by_value and (known.value or known.range) else everything
               for known in properties]
    return np.where(np.stack(columns, axis=1), 0, -np.inf).astype(np.float32)


def _reachable(spans: Spans) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield the spans of each sentence as objects, with the spans in reach as subjects."""
    for number in np.unique(spans.sentence).tolist():
        yield np.flatnonzero(abs(spans.sentence - number) <= REACH), np.flatnonzero(spans.sentence == number)


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
    if not loaded.part("terms"):
        raise ModelError("the model file has no head for other ontologies; `python -m kg.training.terms` adds it")
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
