"""CaRB (Bhardwaj, Aggarwal and Mausam 2019): the open facts of the shipped model on its sentences.

``python -m kg.training.benchmarks.carb MODEL_FILE CARB_FILE`` reads each sentence by itself and
scores its facts by the benchmark's published rule. A fact is compared with a gold triple word by
word, part by part, all arguments after the first as one object, case and function words included;
without a common word in the predicate nothing counts. Recall gives each gold triple its best fact,
so that one fact may serve several; precision pairs facts and gold triples one to one, best first.
The figures are those at the confidence with the best F1, and the area under the curve.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from kg import nlp, ontology
from kg.evaluation.layers import Tally
from kg.evaluation.report import Score
from kg.extract import extract
from kg.extract.features import FloatArray
from kg.extract.heads import load_heads
from kg.model import Document

FORMS_OF_BE = {"be", "is", "am", "are", "was", "were", "been", "being"}
SAYING = ("said", "told", "added", "adds", "says")


@dataclass(frozen=True, slots=True)
class Triple:
    """A subject, predicate and object in words, and how sure the model is of them."""

    subject: str
    predicate: str
    object: str
    confidence: float = 1.0


def read_carb(path: Path) -> dict[str, list[Triple]]:
    """Return the gold triples by sentence from a gzipped file of sentence, predicate and arguments."""
    gold: dict[str, list[Triple]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            sentence, predicate, subject, *rest = (field.strip() for field in line.strip().split("\t"))
            gold[sentence].append(Triple(subject, predicate, " ".join(rest)))
    return dict(gold)


def match(gold: Triple, found: Triple) -> tuple[float, float]:
    """Return word precision and recall of a fact against a gold triple; with verbs of saying, either way round."""
    straight = _match(gold, found)
    if not any(verb in gold.predicate for verb in SAYING):
        return straight
    return max(straight, _match(gold, Triple(found.object, found.predicate, found.subject)))


def _match(gold: Triple, found: Triple) -> tuple[float, float]:
    shared = _shared_predicate(gold.predicate.split(), found.predicate.split())
    if not shared:
        return 0.0, 0.0
    for ours, theirs in ((found.subject, gold.subject), (found.object, gold.object)):
        shared += (Counter(ours.split()) & Counter(theirs.split())).total()
    return shared / _length(found), shared / _length(gold)


def _shared_predicate(gold: Sequence[str], found: Sequence[str]) -> int:
    """Count common words; a "be" left over matches another form of it."""
    shared = Counter(gold) & Counter(found)
    left_over = "be" in Counter(found) - shared
    return shared.total() + (left_over and not FORMS_OF_BE.isdisjoint(gold))


def _length(triple: Triple) -> int:
    return sum(len(part.split()) for part in (triple.subject, triple.predicate, triple.object))


def tally(scores: FloatArray) -> Tally:
    """Count one sentence's matches from scores (gold triples, facts, precision and recall)."""
    precision, recall = np.moveaxis(scores, 2, 0)
    return Tally(_one_to_one(precision), float(recall.max(axis=1, initial=0).sum()), scores.shape[1], scores.shape[0])


def _one_to_one(precision: FloatArray) -> float:
    """Sum the best cells, taken one after the other, each row and column once."""
    free, total = precision.copy(), 0.0
    for _ in range(min(free.shape)):
        row, column = np.unravel_index(free.argmax(), free.shape)
        total += float(free[row, column])
        free[row], free[:, column] = -1, -1
    return total


def curve(gold: Mapping[str, Sequence[Triple]], found: Mapping[str, Sequence[Triple]]) -> dict[float, Score]:
    """Return the scores of the facts at least as sure as each confidence that occurs, by rising confidence."""
    scored = [(np.array([[match(g, f) for f in found[sentence]] for g in triples]).reshape(len(triples), -1, 2),
               np.array([f.confidence for f in found[sentence]])) for sentence, triples in gold.items()]
    points = {}
    for threshold in sorted({f.confidence for facts in found.values() for f in facts}):
        total = Tally()
        for scores, confidence in scored:
            total.add(tally(scores[:, confidence >= threshold]))
        points[threshold] = Score.from_tally(total)
    return points


def summary(points: Mapping[float, Score]) -> dict[str, float]:
    """Return the point of best F1 and the area under the curve, which starts at recall 0 with precision 1."""
    if not points:
        return {"precision": 0.0, "recall": 0.0, "f1": 0.0, "auc": 0.0}
    threshold, best = max(points.items(), key=lambda point: point[1].f1)
    ends = [*((s.recall, s.precision) for s in points.values()), (0.0, 1.0)]
    area = sum((a[0] - b[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(ends))
    return {"precision": best.precision, "recall": best.recall, "f1": best.f1, "auc": round(area, 4),
            "confidence": threshold}


def evaluate(model_file: Path, gold: Mapping[str, Sequence[Triple]]) -> dict[str, float]:
    """Read each sentence as a text of its own and score its open facts."""
    heads, known = load_heads(model_file), ontology.load()
    found = {}
    for sentence, doc in zip(gold, nlp.load(model_file).pipe(gold), strict=True):
        facts = extract(doc, Document("", sentence), heads, known).facts
        found[sentence] = [Triple(f.subject, f.predicate, f.object, f.confidence) for f in facts]
    return summary(curve(gold, found))


if __name__ == "__main__":
    print(json.dumps(evaluate(Path(sys.argv[1]), read_carb(Path(sys.argv[2]))), indent=1))
