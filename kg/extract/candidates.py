"""Value candidates and the pooling of mention pairs into entity pairs, shared by the layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.entities import Cast
from kg.extract.features import Candidate, FloatArray, IntArray, Reading, pair_features
from kg.extract.heads import NewsHeads
from kg.extract.scorers import PairScorer, pool
from kg.model import Value
from kg.nlp.mentions import select
from kg.ontology import Ontology

RULE_LABELS = {"DATE": "date", "MONEY": "amount", "PERCENT": "change", "QUANTITY": "amount", "COUNT": "count"}
REACH = 3
DIRECTION_REACH = 6


@dataclass(frozen=True, slots=True)
class Values:
    """Spans that may fill a role as a value, with their vectors."""

    candidates: list[Candidate]
    vectors: FloatArray


def find_value_candidates(reading: Reading, heads: NewsHeads, ontology: Ontology) -> Values:
    """Return the learned value spans, and the dates and amounts of the grammar that none of them crosses."""
    sentences = [(sent.start, sent.end) for sent in reading.doc.sents]
    starts, ends = heads.values.spans(sentences)
    probabilities = heads.values(reading.states, starts, ends)
    found = select(probabilities, starts, ends, heads.thresholds["values"])
    changes = {(span.start, span.end - 1): with_direction(reading, span.start, span.end - 1, ontology)
               for span in reading.doc.spans["values"] if span.label_ == "PERCENT"}
    spans = {(start, changes.get((start, end), end)): label - 1 for start, end, label, _ in found}
    for span in reading.doc.spans["values"]:
        start, end = span.start, changes.get((span.start, span.end - 1), span.end - 1)
        if all(end < s or start > e for s, e in spans):
            spans[start, end] = heads.value_labels.index(RULE_LABELS[span.label_])
    base = len(heads.mention_types)
    candidates = [reading.candidate(start, end, base + label, "value") for (start, end), label in sorted(spans.items())]
    return Values(candidates, heads.spans(reading, candidates))


def with_direction(reading: Reading, start: int, end: int, ontology: Ontology) -> int:
    """Return the end of a percentage with the noun that it modifies, where that names a change ("17% increase")."""
    noun = int(reading.heads[reading.head_of(start, end)])
    names_change = reading.lemmas[noun] in ontology.trigger_lemmas.get("FinancialResult", ())
    near_enough = 0 < noun - end <= DIRECTION_REACH and reading.doc[noun].pos_ == "NOUN"
    return noun if names_change and near_enough else end


def to_value(reading: Reading, candidate: Candidate) -> Value:
    """Return a candidate as a value of the text."""
    span = reading.doc[candidate.start : candidate.end + 1]
    return Value(span.text, span.start_char, span.end_char)


def near(reading: Reading, left: Sequence[Candidate], right: Sequence[Candidate], reach: int = REACH
         ) -> list[tuple[int, int]]:
    """Return the pairs of different candidates at most ``reach`` sentences apart."""
    from_, to = ([int(reading.sentence[c.head]) for c in side] for side in (left, right))
    return [(i, j) for i, a in enumerate(left) for j, b in enumerate(right)
            if -reach <= from_[i] - to[j] <= reach and a is not b]


def score_words(reading: Reading, words: Sequence[Candidate], vectors: FloatArray, right: Sequence[Candidate],
                right_vectors: FloatArray, scorer: PairScorer, labels: int, reach: int = REACH
                ) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (word numbers, candidate numbers, logits) of words paired with candidates in reach."""
    pairs = pair_features(reading, words, right, near(reading, words, right, reach), labels)
    return pairs.left, pairs.right, scorer(vectors, right_vectors, pairs, reading.states)


def pool_entities(logits: FloatArray, rows: IntArray, mentions: IntArray, cast: Cast, count: int) -> FloatArray:
    """Pool logits of (row, mention) pairs into (count, entities, outputs); pairs out of reach are minus infinity."""
    groups = rows * len(cast) + cast.entity[mentions]
    pooled = pool(logits, groups, count * len(cast))
    return pooled.reshape(count, len(cast), logits.shape[1])


def word_candidates(tokens: Sequence[int], label: int) -> list[Candidate]:
    """Return single words as candidates; ``label`` is the number of plain words."""
    return [Candidate(t, t, t, label, "word") for t in tokens]


