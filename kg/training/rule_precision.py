"""How often the rules of `kg.extract.rules` are right on gold: ``python -m kg.training.rule_precision GOLD_DIR``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kg import nlp
from kg.extract.coordination import coordinations
from kg.extract.relations import POSITION, TITLE
from kg.extract.rules import (
    called,
    last_names,
    lexical_triggers,
    located,
    other_countries,
    other_names,
    parts,
    same_countries,
    same_names,
)
from kg.ontology import Ontology, load
from kg.training.corpora import read_gold
from kg.training.gold import Inventory, Target, inventory, target


def decisions(made: Target, labels: Inventory, ontology: Ontology) -> Iterator[tuple[str, bool]]:
    """Yield each decision of a rule on one article, with whether the annotation agrees."""
    gold = {(token, labels.event_types[kind]) for token, kind, *_ in made.triggers}
    near = {(token + step, kind) for token, kind in gold for step in (-1, 0, 1)}
    for token, name in lexical_triggers(made.reading, ontology).items():
        yield "trigger", (token, name) in near
    links = {"called": called(made.reading, made.mentions, ontology),
             "same name": same_names(made.reading, made.mentions),
             "last name": last_names(made.reading, made.mentions, labels.mention_types),
             "country": same_countries(made.reading, made.mentions)}
    for rule, found in links.items():
        for i, j in found.items():
            yield rule, made.entity[i] == made.entity[j]
    for i, j in other_names(made.reading, made.mentions):
        yield "other name", made.entity[i] != made.entity[j]
    for i, j in other_countries(made.reading, made.mentions):
        yield "other country", made.entity[i] != made.entity[j]
    yield from coordinated(made, labels, ontology)
    types = [labels.mention_types[mention.label] for mention in made.mentions]
    for i, j in parts(made.reading, made.mentions, types, ontology):
        linked = made.links.get((made.entity[i], "m", made.entity[j]), [])
        yield "partOf", labels.relations.index("partOf") in linked
    places = located(made.reading, made.mentions, types)
    for i, j in places:
        linked = made.links.get((made.entity[i], "m", made.entity[j]), [])
        yield "locatedIn", labels.relations.index("locatedIn") in linked
    region_of = {made.entity[i]: made.entity[j] for i, j in places if made.entity.count(made.entity[j]) == 1}
    for (subject, kind, end), relations in made.links.items():
        if kind == "m" and (end in region_of or (end in region_of.values() and region_of.get(subject) != end)):
            yield from (("not the region", end in region_of) for _ in relations)


def coordinated(made: Target, labels: Inventory, ontology: Ontology) -> Iterator[tuple[str, bool]]:
    """Yield for each directed relation that a list shares it, that none joins its ends, and that it has no reverse."""
    types = dict(zip(made.entity, (mention.label for mention in made.mentions), strict=True))
    lists = coordinations(made.reading, made.mentions, np.array(made.entity))
    stated = {(subject, end): relations for (subject, kind, end), relations in made.links.items() if kind == "m"}
    for (subject, object_), relations in stated.items():
        for relation in relations:
            name = labels.relations[relation]
            if name in (POSITION, TITLE) or ontology.relations[name].symmetric:
                continue
            yield "one direction", relation not in stated.get((object_, subject), ())
            yield "apart", not any({subject, object_} <= members for members, *_ in lists)
            for members, present, _ in lists:
                for other in members - {subject, object_}:
                    if object_ in members and subject in present - members and types[other] == types[object_]:
                        yield "shared", relation in stated.get((subject, other), ())
                    if subject in members and object_ in present - members and types[other] == types[subject]:
                        yield "shared", relation in stated.get((other, object_), ())


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
        print(f"{rule:13} {hits / count:.2f} ({hits} of {count})")
