"""Measure what share of the facts of each pattern matches a gold fact.

``python -m kg.training.fact_confidence GOLD_DIR`` parses the gold articles with the shipped
model, finds facts with the gold entities, and prints the table that
``kg/extract/fact_confidence.py`` holds. A pattern seen less often than ``RARE`` times gets the
share of all such patterns together.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.tokens import Doc

from kg.evaluation.layers import same_fact
from kg.extract.facts import find_facts, lookup_in
from kg.model import Extraction
from kg.nlp import load

RARE = 20


def measure(articles: Iterable[tuple[Doc, Extraction]]) -> dict[str, float]:
    """Return the matching share of each pattern; the empty name stands for all rare ones."""
    found, right = Counter[str](), Counter[str]()
    for doc, gold in articles:
        for fact in find_facts(doc, lookup_in(gold.entities)):
            kind = fact.component.removeprefix("facts.")
            found[kind] += 1
            right[kind] += any(same_fact(fact, other) for other in gold.facts)
    rare = [kind for kind in found if found[kind] < RARE]
    shares = {kind: right[kind] / found[kind] for kind in sorted(found) if kind not in rare}
    return {"": sum(right[kind] for kind in rare) / max(1, sum(found[kind] for kind in rare))} | shares


def read_articles(folder: Path) -> Iterator[tuple[Doc, Extraction]]:
    """Yield the gold articles of a folder, parsed."""
    golds = [Extraction.from_dict(json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.json"))]
    yield from zip(load().pipe(gold.document.text for gold in golds), golds, strict=True)


if __name__ == "__main__":
    for name, share in measure(read_articles(Path(sys.argv[1]))).items():
        print(f'    "{name}": {share:.2f},')
