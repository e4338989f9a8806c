"""Adapters from examples: logistic regression on what the scorers see, with numpy alone.

For each property the change to its vectors, and weights of the words in and around its ends, are learnt that make the
examples' statements likely and the other pairs of their texts unlikely; a penalty on their size keeps what the model
knows. Figures and threshold come from parts of the examples that a part's own adapter has not seen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import InputError
from kg.extract.features import FloatArray, IntArray
from kg.extract.terms.adapter import FORMAT, VECTORS, WORDS, Adapter
from kg.extract.terms.assembly import triples
from kg.extract.terms.finding import TermReader
from kg.extract.terms.pairing import Pairs
from kg.extract.terms.wording import marked, wordings
from kg.model import Document
from kg.nlp.threads import one_thread
from kg.schema import Schema
from kg.schema.terms import local_name

FOLDS = 4
STEPS, RATE = 120, 0.05
"""Of Adam, in full batches."""

PENALTY, WORD_PENALTY = 0.03, 0.005
"""On the square of the change, and of the weights of words, per right pair."""

FEWEST = 2
"""In how many spans of the examples a wording has to stand to count."""

OTHERS = 60
"""How many wrong pairs of a text count: the likeliest."""

THRESHOLDS = (0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
RATIOS = (0.1, 0.3, 0.6, 1.0)
"""What a pair must have of the probability of the likeliest pair of its property in a sentence."""


@dataclass(frozen=True, slots=True)
class TermExample:
    """A text with all its statements: (subject, property IRI, object) in the words of the text."""

    text: str
    triples: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 of statements on examples that were not learnt from."""

    precision: float
    recall: float
    f1: float


def read_examples(path: Path, schema: Schema) -> list[TermExample]:
    """Read lines of ``{"text": ..., "triples": [{"subject": ..., "predicate": ..., "object": ...}]}``.

    A predicate is an IRI, a local name or a label. ``InputError`` for a line that is not of that form, a predicate that
    the ontology lacks, or an end that the text does not have.
    """
    names = {name.casefold(): iri for iri, known in schema.properties.items()
             for name in (known.label, local_name(iri), iri)}
    examples = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            found = tuple((t["subject"], names[t["predicate"].casefold()], t["object"]) for t in row["triples"])
            examples.append(TermExample(row["text"], found))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: line {number}: {error!r}") from error
        absent = [end for s, _, o in found for end in (s, o) if squeeze(end) not in squeeze(row["text"])]
        if absent:
            raise InputError(f"{path}: line {number}: the text does not have {absent[0]!r}")
    if not any(example.triples for example in examples):
        raise InputError(f"{path}: no example has a statement")
    return examples


def train_adapter(reader: TermReader, nlp: Language, examples: Sequence[TermExample],
                  measure: Callable[[Scores, float], float] | None = None) -> Adapter:
    """Return the adapter that examples teach, with its thresholds and figures.

    ``measure`` tells how good what was found with at least a confidence is, F1 over all texts if it is not given.
    """
    docs = list(nlp.pipe(example.text for example in examples))
    measure = measure or (lambda scores, least: figures(scores, least).f1)
    with one_thread():
        tables = [table(reader, doc, example) for doc, example in zip(docs, examples, strict=True)]
        scored: dict[float, Scores] = {ratio: [] for ratio in RATIOS}
        plain: Scores = []
        for part in (range(first, len(examples), FOLDS) for first in range(FOLDS)):
            learnt = fit(reader, [tables[n] for n in range(len(examples)) if n not in part])
            for ratio in RATIOS:
                adapted = reader.with_adapter(replace(learnt, least=min(THRESHOLDS), ratio=ratio))
                scored[ratio] += [(gold_of(examples[n]), list(found(adapted, docs[n], examples[n]))) for n in part]
            plain += [(gold_of(examples[n]), list(found(reader, docs[n], examples[n]))) for n in part]
        ratio, least = max(product(RATIOS, THRESHOLDS), key=lambda pair: measure(scored[pair[0]], pair[1]))
        whole = fit(reader, tables)
    about = {"schema": reader.schema.digest(), "model": reader.model, "examples": len(examples), "version": FORMAT,
             "before": _row(figures(plain, reader.least)), "after": _row(figures(scored[ratio], least))}
    return replace(whole, least=least, ratio=ratio, about=about)


Key = tuple[str, str, str]
Scores = list[tuple[set[Key], list[tuple[Key, float]]]]
"""Of each text the right statements, and what was found with its confidence."""


def gold_of(example: TermExample) -> set[Key]:
    """Return the statements of an example, comparable."""
    return {(squeeze(s), p, squeeze(o)) for s, p, o in example.triples}


def found(reader: TermReader, doc: Doc, example: TermExample) -> Iterator[tuple[Key, float]]:
    """Yield what a reader finds in an example, comparable, with its confidence."""
    extraction = reader.read(doc, Document("example", example.text))
    for (s, p, o), relation in zip(triples(extraction), extraction.relations, strict=True):
        yield (squeeze(s), p, squeeze(o)), relation.confidence


def figures(scored: Scores, least: float) -> Figures:
    """Return the figures of what was found with at least this confidence, over all texts."""
    right = predicted = gold = 0
    for wanted, rows in scored:
        kept = {key for key, confidence in rows if confidence >= least}
        right, predicted, gold = right + len(kept & wanted), predicted + len(kept), gold + len(wanted)
    precision, recall = right / max(predicted, 1), right / max(gold, 1)
    return Figures(precision, recall, 2 * precision * recall / max(precision + recall, 1e-9))


def _row(item: Figures) -> dict[str, float]:
    return {"precision": round(item.precision, 3), "recall": round(item.recall, 3), "f1": round(item.f1, 3)}


@dataclass(frozen=True, slots=True)
class Table:
    """Pairs of a text as the scorers see them, their logits, and which (pair, property) are right."""

    subject: FloatArray
    object: FloatArray
    pair: FloatArray
    subject_words: list[frozenset[str]]
    object_words: list[frozenset[str]]
    logits: FloatArray
    right: FloatArray


def table(reader: TermReader, doc: Doc, example: TermExample) -> Table:
    """Return the right pairs of a text and its likeliest wrong ones.

    Under a property of which a statement is in other words than the text's ("Penarol" for "Peñarol") none is wrong: the
    pair that is meant would be.
    """
    pairs = reader.pairing.pairs(doc, places_of(doc, example))
    right = np.zeros(pairs.logits.shape, np.float32)
    columns = {iri: column for column, iri in enumerate(reader.schema.properties)}
    words = [squeeze(doc[start : end + 1].text) for start, end in zip(pairs.spans.start, pairs.spans.end, strict=True)]
    ends = [(words[i], words[j]) for i, j in zip(pairs.left, pairs.right, strict=True)]
    for s, p, o in gold_of(example):
        right[[end == (s, o) for end in ends], columns[p]] = 1
    elsewhere = [columns[p] for s, p, o in gold_of(example) if (s, o) not in ends]
    pairs.logits[:, elsewhere] = np.where(right[:, elsewhere] > 0, pairs.logits[:, elsewhere], -np.inf)
    likely = np.argsort(-pairs.logits.max(axis=1, initial=-np.inf), kind="stable")[:OTHERS]
    rows: IntArray = np.union1d(likely, np.flatnonzero(right.any(axis=1)))
    return _table(doc, pairs, right, rows)


def _table(doc: Doc, pairs: Pairs, right: FloatArray, rows: IntArray) -> Table:
    left, target = pairs.left[rows], pairs.right[rows]
    said = wordings(doc, pairs.spans, pairs.kinds)
    return Table(pairs.ends[0][left], pairs.ends[1][target], pairs.vectors[rows], [said[i] for i in left],
                 [said[i] for i in target], pairs.logits[rows], right[rows])


def places_of(doc: Doc, example: TermExample) -> set[tuple[int, int]]:
    """Return the places of the ends of an example's statements."""
    wanted = {end for s, _, o in gold_of(example) for end in (s, o)}
    parts = [squeeze(token.text) for token in doc]
    places = set()
    for start in range(len(doc)):
        words = ""
        for end in range(start, len(doc)):
            words += parts[end]
            if words in wanted and parts[start] and parts[end]:
                places.add((start, end))
            if len(words) > max(map(len, wanted), default=0):
                break
    return places


def fit(reader: TermReader, tables: Sequence[Table]) -> Adapter:
    """Return the adapter that fits these pairs best, by Adam (Kingma and Ba 2015)."""
    features = {name: np.concatenate([getattr(item, name) for item in tables]) for name in VECTORS[:-1]}
    features["bias"] = np.ones((len(features["pair"]), 1), np.float32)
    said = {name: [row for item in tables for row in getattr(item, name)] for name in WORDS}
    counts = Counter(wording for rows in said.values() for row in rows for wording in row)
    vocabulary = sorted(wording for wording, count in counts.items() if count >= FEWEST)
    features |= {name: marked(rows, vocabulary) for name, rows in said.items()}
    penalties = {name: WORD_PENALTY if name in WORDS else PENALTY for name in features} | {"bias": 0.0}
    logits, right = (np.concatenate([getattr(item, name) for item in tables]) for name in ("logits", "right"))
    possible = np.isfinite(logits)
    base, total = np.where(possible, logits, 0), max(float(right.sum()), 1.0)
    changes = {name: np.zeros((logits.shape[1], rows.shape[1]), np.float32) for name, rows in features.items()}
    first, second = ({name: np.zeros_like(rows) for name, rows in changes.items()} for _ in range(2))
    for step in range(1, STEPS + 1):
        score = base + sum(rows @ changes[name].T for name, rows in features.items())
        error = np.where(possible, (1 + np.tanh(score / 2)) / 2 - right, 0) / total
        for name, rows in features.items():
            slope = error.T @ rows + penalties[name] * changes[name]
            first[name] = 0.9 * first[name] + 0.1 * slope
            second[name] = 0.99 * second[name] + 0.01 * slope**2
            scale = np.sqrt(second[name] / (1 - 0.99**step)) + 1e-8
            changes[name] -= RATE * (first[name] / (1 - 0.9**step)) / scale
    changes["bias"] = changes["bias"][:, 0]
    return Adapter(list(reader.schema.properties), changes, vocabulary)


def squeeze(text: str) -> str:
    """Return a text in lower case without spaces and underscores, as statements are compared."""
    return re.sub(r"[_\s]+", "", text).lower()


def described(about: Mapping[str, Any]) -> str:
    """Return one line on what an adapter's examples gave."""
    before, after = about["before"], about["after"]
    return (f"{about['examples']} examples; on those not learnt from: precision {after['precision']:.3f}, "
            f"recall {after['recall']:.3f}, F1 {after['f1']:.3f} (without the adapter {before['f1']:.3f})")
