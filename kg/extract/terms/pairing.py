"""The pairs of a text's spans, scored for the properties of a schema; what an adapter learnt is added at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc

from kg.extract.features import FloatArray, IntArray, Reading
from kg.extract.terms.adapter import WORDS, Adapter
from kg.extract.terms.attention import REACH
from kg.extract.terms.paths import Paths, Tree
from kg.extract.terms.reranking import UNSEEN, Ends, Seen, choose, related, scalars, word_marks
from kg.extract.terms.scorers import Spans, Terms, TermScorer
from kg.extract.terms.spans import VALUE_LABELS, find_spans
from kg.extract.terms.wording import marked, wordings
from kg.schema import Property, Schema
from kg.schema.terms import DATE, NUMBER

LIKELIEST = 48
"""How many properties of a sentence reach its pairs."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A text's words and spans with the spans' kinds, and scores (spans, properties) as subject and as object.

    ``likeness`` is how near each word is to each property's label, ``label`` what of that an object's score has, and
    ``classes`` are the spans' logits (spans, classes). ``roots`` are the spans' highest words in the tree, ``ends`` the
    spans as subjects and as objects (spans, rank). What an adapter adds to the scores is in ``more``, as subject and as
    object.
    """

    reading: Reading
    words: FloatArray
    likeness: FloatArray
    tree: Tree
    roots: IntArray
    spans: Spans
    kinds: IntArray
    classes: FloatArray
    ends: tuple[FloatArray, FloatArray]
    label: FloatArray
    as_subject: FloatArray
    as_object: FloatArray
    more: tuple[FloatArray, FloatArray] | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs (subject, object) of spans by number, with vectors and logits (pairs, properties).

    ``ends`` are the spans as subjects and as objects, (spans, rank) each.
    """

    spans: Spans
    kinds: IntArray
    ends: tuple[FloatArray, FloatArray]
    left: IntArray
    right: IntArray
    vectors: FloatArray
    logits: FloatArray


class PairReader:
    """Scores the pairs of texts for the properties of one schema."""

    def __init__(self, schema: Schema, scorer: TermScorer, terms: Terms, mention_types: Sequence[str], adapter: Adapter
                 ) -> None:
        self.scorer, self.terms = scorer, terms
        self.properties, self.class_iris = list(schema.properties.values()), list(schema.classes)
        self._schema, self._mention_types = schema, mention_types
        self._vocabulary, self._changes = adapter.vocabulary, adapter.changes_for(schema)
        self._fits = object_fits(self.properties, len(mention_types))
        self._below: dict[frozenset[str], IntArray] = {}

    def classes_below(self, wanted: frozenset[str]) -> IntArray:
        """Return the numbers of the classes that are one of these or below one."""
        if wanted not in self._below:
            fit = [n for n, iri in enumerate(self.class_iris) if self._schema.is_a(iri, wanted)]
            self._below[wanted] = np.array(fit, dtype=np.int64)
        return self._below[wanted]

    def look(self, doc: Doc, places: Collection[tuple[int, int]] = ()) -> Looked:
        """Return a text's words and spans, ``places`` among them, and what each span gets as subject and object."""
        states = np.asarray(doc.tensor, np.float32)
        reading = Reading(doc)
        tree = Tree.of(reading)
        words = self.scorer.words(states, tree, reading.sentence)
        spans, kinds = find_spans(doc, words, self.scorer, self._mention_types, places)
        roots = tree.roots(spans.start, spans.end)
        ends = self.scorer.ends(spans)
        if not len(spans):
            none = np.zeros((0, 0), np.float32)
            return Looked(reading, words, none, tree, roots, spans, kinds, none, ends, none, none, none, None)
        likeness = self.scorer.label_likeness(states, self.terms)
        label = self.scorer.label_scores(spans, self.terms, likeness, reading.sentence)
        as_subject, as_object = ends[0] @ self.terms.subject.T, ends[1] @ self.terms.object.T
        as_object += label + self._fits[kinds]
        return Looked(reading, words, likeness, tree, roots, spans, kinds, self.scorer.class_logits(spans, self.terms),
                      ends, label, as_subject, as_object, self._adapted(doc, spans, kinds, ends))

    def _adapted(self, doc: Doc, spans: Spans, kinds: IntArray, ends: tuple[FloatArray, FloatArray]
                 ) -> tuple[FloatArray, FloatArray] | None:
        """Return what the adapter adds to spans' scores as subject and as object, (spans, properties) each."""
        if (changes := self._changes) is None:
            return None
        marks = marked(wordings(doc, spans, kinds), self._vocabulary)
        as_subject, as_object = (end @ changes[name].T + marks @ changes[said].T
                                 for end, name, said in zip(ends, ("subject", "object"), WORDS, strict=True))
        return as_subject + changes["bias"], as_object

    def pairs(self, doc: Doc, places: Collection[tuple[int, int]]) -> Pairs:
        """Return all pairs of a text's spans in reach, with their logits for every property."""
        text = self.look(doc, places)
        everything = np.arange(len(self.properties))
        none = np.zeros(0, np.int64)
        vectors, logits = (np.zeros((0, width), np.float32) for width in (self.terms.pair.shape[1], len(everything)))
        made = [(none, none, vectors, logits),
                *(self.logits(text, *ends, everything) for ends in reachable(text.spans))]
        left, right, vectors, logits = (np.concatenate(column) for column in zip(*made, strict=True))
        return Pairs(text.spans, text.kinds, text.ends, left, right, vectors, logits)

    def likeliest(self, text: Looked, subjects: IntArray, objects: IntArray) -> IntArray:
        """Return the numbers of the properties that these spans may have, by what each span gets alone."""
        if len(self.properties) <= LIKELIEST:
            return np.arange(len(self.properties))
        first, last = subjects[[0, -1]]
        within = slice(first, last + 1)
        best = text.as_subject[within].max(axis=0) + text.as_object[objects].max(axis=0)
        if text.more is not None:
            best += text.more[0][within].max(axis=0) + text.more[1][objects].max(axis=0)
        return np.sort(np.argpartition(-best, LIKELIEST)[:LIKELIEST])

    def logits(self, text: Looked, subjects: IntArray, objects: IntArray, chosen: IntArray
               ) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
        """Return the pairs of these spans that do not overlap, with vectors and logits (pairs, chosen properties)."""
        left, right = (grid.ravel() for grid in np.meshgrid(subjects, objects, indexing="ij"))
        spans = text.spans
        apart = (spans.end[left] < spans.start[right]) | (spans.end[right] < spans.start[left])
        left, right = left[apart], right[apart]
        paths = Paths.of(text.tree, text.roots[left], text.roots[right])
        vectors = self.scorer.pair_vectors(text.words, spans, paths, left, right)
        logits: FloatArray = vectors @ self.terms.pair[chosen].T
        logits += self.scorer.way_scores(text.likeness[:, chosen], spans, paths, left, right)
        within = text.reading.sentence == spans.sentence[objects[0]]
        cues = self.scorer.cue_scores(text.words[within], text.likeness[within][:, chosen], spans.vectors[subjects],
                                      spans.vectors[objects])
        logits += text.as_subject[:, chosen][left] + cues[0][np.searchsorted(subjects, left)]
        logits += text.as_object[:, chosen][right] + cues[1][np.searchsorted(objects, right)]
        logits = self._reranked(text, paths, left, right, vectors, logits, chosen)
        if self._changes is not None and text.more is not None:
            logits += vectors @ self._changes["pair"][chosen].T
            logits += text.more[0][:, chosen][left] + text.more[1][:, chosen][right]
        return left, right, vectors, logits

    def _reranked(self, text: Looked, paths: Paths, left: IntArray, right: IntArray, vectors: FloatArray,
                  logits: FloatArray, chosen: IntArray) -> FloatArray:
        """Return the logits (pairs, chosen properties) of a sentence's objects after another look at the likeliest."""
        rows, columns = choose(logits)
        again: FloatArray = logits - np.float32(UNSEEN)
        if not len(rows):
            return again
        spans, sentence = text.spans, text.reading.sentence
        subject, target, known = left[rows], right[rows], chosen[columns]
        ends = Ends(subject, target, known, spans.start[subject], spans.end[subject], spans.start[target],
                    spans.end[target])
        places = np.flatnonzero(abs(sentence - spans.sentence[target[0]]) <= REACH)
        places = places[text.words[places].any(axis=1)]
        near, above = text.likeness[np.ix_(places, known)].T, text.tree.above[:, places]
        on_way = above[paths.left[rows]] != above[paths.right[rows]]
        fits = self._class_fits(text.classes, subject, known, 0), self._class_fits(text.classes, target, known, 1)
        own, pairs = logits[rows, columns], vectors[rows]
        products = self.scorer.products((text.ends[0][subject], text.ends[1][target], pairs), self.terms, known)
        again[rows, columns] = self.scorer.reranker.logits(Seen(
            own, products, pairs, self.terms.again[known], spans.vectors[subject], spans.vectors[target],
            scalars(logits, rows, columns, fits, text.label[target, known]), text.words[places],
            word_marks(ends, places, on_way, near), related(ends, own)))
        return again

    def _class_fits(self, classes: FloatArray, spans: IntArray, properties: IntArray, end: int) -> FloatArray:
        """Return the log probabilities that spans are of properties' domains (``end`` 0) or ranges (1), 0 without."""
        fits = np.zeros(len(spans), np.float32)
        for number in np.unique(properties).tolist():
            known = self.properties[number]
            if len(below := self.classes_below((known.domain, known.range)[end])):
                rows = np.flatnonzero(properties == number)
                fits[rows] = -np.logaddexp(0, -classes[np.ix_(spans[rows], below)].max(axis=1))
        return fits


def object_fits(properties: Sequence[Property], mention_types: int) -> FloatArray:
    """Return 0 where a span of a kind may be the object of a property, minus infinity else: (kinds, properties)."""
    names = np.array([*VALUE_LABELS, *[""] * (mention_types + 2)])
    date, other = names == "DATE", names == ""
    by_value = {DATE: date, NUMBER: ~date & ~other, None: other}
    everything = np.ones(len(names), bool)
    columns = [by_value[known.value] if known.value in by_value and (known.value or known.range) else everything
               for known in properties]
    return np.where(np.stack(columns, axis=1), 0, -np.inf).astype(np.float32)


def reachable(spans: Spans) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield the spans of each sentence as objects, with the spans in reach as subjects."""
    for number in np.unique(spans.sentence).tolist():
        yield np.flatnonzero(abs(spans.sentence - number) <= REACH), np.flatnonzero(spans.sentence == number)
