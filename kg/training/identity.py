"""What two names, or two articles that use one person's name, are worth as evidence of one thing.

``python -m kg.training.identity scores VERDICTS...`` makes ``kg/linking/scores.json`` from tables of merges that were
read, as in ``docs/evaluation``: of each kind of evidence the share of right ones, by Laplace's rule of succession.

``python -m kg.training.identity people EXTRACTIONS`` fits ``kg/linking/people.json`` on extraction JSON of articles
without labels. Pairs of articles that use one full name are examples of one person. Examples of two are people of
different names, as if they had one: pseudo-names, after the pseudo-words of Gale, Church and Yarowsky (1992). Both
classes count alike, and ``PRIOR`` is then added.
"""

from __future__ import annotations

import csv
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg import ontology
from kg.corpus import read_extractions
from kg.linking.comparison import KINDS
from kg.linking.people import Context, Weights, company_of, features
from kg.linking.readings import Record, read_record

PRIOR = math.log(0.95 / 0.05)
"""Log odds that two articles that use one full name mean one person."""
PAIRS_OF_NAME = 20
"""Pairs that one name gives at most, so that a few much-named people do not decide."""
PSEUDO = 60_000
RIDGE, ROUNDS = 1e-3, 30
Floats = NDArray[np.float64]


def people_in(records: Iterable[Record]) -> dict[str, list[Context]]:
    """Return what articles say of each person with a full name, by the IRI of the name."""
    found: defaultdict[str, list[Context]] = defaultdict(list)
    for record in records:
        company = company_of(record)
        for reading in record:
            if reading.coarse == "Person" and reading.shared:
                found[reading.base].append(Context.of(reading, company))
    return found


def pairs(people: dict[str, list[Context]], chance: random.Random) -> tuple[Floats, Floats]:
    """Return the features of pairs of contexts, shape (pairs, 6), and 1 for one person, 0 for two."""
    same = [pair for contexts in people.values()
            for pair in _some(list(combinations(contexts, 2)), PAIRS_OF_NAME, chance)]
    everyone = [(name, context) for name, contexts in people.items() for context in contexts]
    drawn = (chance.sample(everyone, 2) for _ in range(PSEUDO))
    # People of one article are left out: nobody there is called like another.
    other = [(one, two) for (name, one), (rival, two) in drawn
             if name != rival and one.company | {name} != two.company | {rival}]
    rows = np.array([features(*pair) for pair in (*same, *other)])
    return rows, np.repeat([1.0, 0.0], [len(same), len(other)])


def _some(items: list[tuple[Context, Context]], most: int, chance: random.Random) -> list[tuple[Context, Context]]:
    return items if len(items) <= most else chance.sample(items, most)


def fit(rows: Floats, classes: Floats) -> Floats:
    """Return the weights of a logistic regression, the constant first, both classes weighing alike: Newton's method."""
    inputs = np.column_stack([np.ones(len(rows)), rows])
    weight = np.where(classes == 1, 0.5 / classes.mean(), 0.5 / (1 - classes.mean()))
    found = np.zeros(inputs.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (weight * (classes - likely)) - RIDGE * found
        curve = (inputs * (weight * likely * (1 - likely))[:, None]).T @ inputs + RIDGE * np.eye(len(found))
        found = found + np.linalg.solve(curve, slope)
    return found


def train(records: Iterable[Record]) -> Weights:
    """Return the weights fitted on the records of articles."""
    rows, classes = pairs(people_in(records), random.Random(1))
    base, *rest = (float(value) for value in fit(rows, classes))
    return Weights(PRIOR, base, *rest)


def scores(tables: Iterable[Path]) -> dict[str, float]:
    """Return the score of each kind of evidence; a merge that several tables have counts once."""
    verdicts = dict[tuple[str, str], tuple[str, bool]]()
    for table in tables:
        with table.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                verdicts[row["one"], row["other"]] = row["evidence"], row["verdict"] == "right"
    found = {kind: [right for evidence, right in verdicts.values() if evidence.startswith(start)]
             for kind, start in KINDS.items()}
    return {kind: round((sum(rights) + 1) / (len(rights) + 2), 3) for kind, rights in found.items()}


def main(task: str, *files: str) -> None:
    """Write ``people.json`` or ``scores.json`` of ``kg.linking``."""
    known, folder = ontology.load(), Path(__file__).parents[1] / "linking"
    if task == "scores":
        made = json.dumps(scores(map(Path, files)), indent=1) + "\n"
    else:
        made = train(read_record(extraction, known) for extraction in read_extractions(files)).to_json()
    (folder / f"{task}.json").write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
