"""Fit what turns a head's probability into the share of such statements that is right (Platt 1999).

``python -m kg.training.calibration MODEL_FILE GOLD_DIR`` fits one logistic curve per layer on the
gold articles, writes them into the model file, and prints the expected calibration error before
and after; each article is judged by curves fitted on the others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kg import evaluation, nlp, ontology
from kg.evaluation.calibration import expected_calibration_error, reliability
from kg.extract import extract
from kg.extract.confidence import LAYERS, calibrated
from kg.extract.heads import NewsHeads
from kg.model import Extraction
from kg.nlp.weights import read_weights, write_weights
from kg.rdf.statements import TRUSTED

Judged = Mapping[str, Sequence[tuple[float, bool]]]
STEPS, RIDGE = 50, 1e-2


def fit(judged: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Return slope and offset of the curve over log odds, shrunk a little to (1, 0).

    By Newton's method, in steps of at most 1.
    """
    start = np.array([1.0, 0.0])
    if not judged:
        return 1.0, 0.0
    probability, right = (np.array(column, dtype=float) for column in zip(*judged, strict=True))
    clipped = np.clip(probability, 1e-4, 1 - 1e-4)
    x = np.stack([np.log(clipped / (1 - clipped)), np.ones(len(right))], axis=1)
    weights = start.copy()
    for _ in range(STEPS):
        p = (1 + np.tanh(x @ weights / 2)) / 2
        gradient = x.T @ (p - right) + RIDGE * (weights - start)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step / max(1.0, float(np.linalg.norm(step)))
    return round(float(weights[0]), 4), round(float(weights[1]), 4)


def judge(model_file: Path, gold_dir: Path) -> list[Judged]:
    """Return, of each gold article, the uncalibrated confidence of every statement and whether it is right."""
    weights, known = read_weights(model_file), ontology.load()
    heads = NewsHeads(replace(weights, settings={**weights.settings, "calibration": {}}))
    golds = list(evaluation.read_gold(gold_dir).values())
    docs = nlp.load(model_file).pipe(gold.document.text for gold in golds)

    def judged(gold: Extraction, predicted: Extraction) -> Judged:
        return evaluation.evaluate([(gold, known.conform(predicted))]).judged
    return [judged(gold, extract(doc, gold.document, heads, known)) for doc, gold in zip(docs, golds, strict=True)]


def joined(articles: Sequence[Judged], layer: str) -> list[tuple[float, bool]]:
    """Return the rows of one layer over articles."""
    return [row for article in articles for row in article[layer]]


def cross_fitted(groups: Sequence[Sequence[tuple[float, bool]]]) -> Iterator[tuple[float, bool]]:
    """Yield the rows of all groups, each group's confidences after the curve that the others give."""
    for number, group in enumerate(groups):
        curve = fit([row for other in (*groups[:number], *groups[number + 1 :]) for row in other])
        yield from ((calibrated(probability, curve), right) for probability, right in group)


def calibrate(model_file: Path, gold_dir: Path) -> dict[str, Any]:
    """Fit and store the curves; return what `figures` does."""
    articles = judge(model_file, gold_dir)
    weights = read_weights(model_file)
    curves = {name: fit(joined(articles, layer)) for name, layer in LAYERS.items()}
    write_weights(replace(weights, settings={**weights.settings, "calibration": curves}), model_file)
    return figures(articles)


def figures(articles: Sequence[Judged]) -> dict[str, Any]:
    """Return expected calibration errors before and after, held out, by layer and of all statements together.

    ``reliability`` has, for all statements together, the number, the mean confidence and the
    share right of each bin, held out; ``plain_relations`` the number of relations that are
    sure enough to stand as plain triples, and the share of them that is right, held out too.
    """
    before = {layer: joined(articles, layer) for layer in LAYERS.values()}
    after = {layer: list(cross_fitted([article[layer] for article in articles])) for layer in LAYERS.values()}
    before["all"], after["all"] = ([row for rows in table.values() for row in rows] for table in (before, after))
    errors = {layer: [round(expected_calibration_error(table[layer]), 3) for table in (before, after)]
              for layer in before}
    bins = [[b.count, round(b.confidence, 3), round(b.right, 3)] for b in reliability(after["all"])]
    plain = [right for confidence, right in after["relations"] if confidence >= TRUSTED]
    return {"errors": errors, "reliability": bins,
            "plain_relations": [len(plain), round(sum(plain) / max(1, len(plain)), 3)]}


if __name__ == "__main__":
    print(json.dumps(calibrate(Path(sys.argv[1]), Path(sys.argv[2]))))
