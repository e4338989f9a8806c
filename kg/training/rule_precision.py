"""How often the rules of `kg.extract.rules` are right on gold: ``python -m kg.training.rule_precision GOLD_DIR``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg import nlp
from kg.extract.rules import called, lexical_triggers, parts
from kg.ontology import Ontology, load
from kg.training.corpora import read_gold
from kg.training.gold import Inventory, Target, inventory, target


def decisions(made: Target, labels: Inventory, ontology: Ontology) -> Iterator[tuple[str, bool]]:
    """Yield each decision of a rule on one article, with whether the annotation agrees."""
    gold = {(token, labels.event_types[kind]) for token, kind, *_ in made.triggers}
    near = {(token + step, kind) for token, kind in gold for step in (-1, 0, 1)}
    for token, name in lexical_triggers(made.reading, ontology).items():
        yield "trigger", (token, name) in near
    for i, j in called(made.reading, made.mentions, ontology).items():
        yield "called", made.entity[i] == made.entity[j]
    types = [labels.mention_types[mention.label] for mention in made.mentions]
    for i, j in parts(made.reading, made.mentions, types, ontology):
        linked = made.links.get((made.entity[i], "m", made.entity[j]), [])
        yield "partOf", labels.relations.index("partOf") in linked


def measure(articles: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return (right, made) decisions by rule."""
    ontology = load()
    labels = inventory(articles, ontology.entity_types)
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    docs = nlp.load().pipe(article["document"]["text"] for article in articles)
    for article, doc in zip(articles, docs, strict=True):
        for rule, holds in decisions(target(article, doc, labels), labels, ontology):
            total[rule] += 1
            right[rule] += holds
    return {rule: (right[rule], count) for rule, count in total.items()}


if __name__ == "__main__":
    for rule, (hits, count) in sorted(measure(read_gold(Path(sys.argv[1]))).items()):
        print(f"{rule:10} {hits / count:.2f} ({hits} of {count})")
