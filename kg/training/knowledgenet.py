"""KnowledgeNet (Mesquita et al. 2019): its passages, and the text F1 of the shipped model on them.

``python -m kg.training.knowledgenet MODEL_FILE KNOWLEDGENET_FILE`` reads each passage from raw
text and scores as the benchmark's own script does in its span-overlap mode: a fact is right
where a gold one has its property and both ends overlap; properties that a passage is not
annotated for do not count.
"""

from __future__ import annotations

import gzip
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from kg import nlp, ontology
from kg.extract.candidates import find_value_candidates
from kg.extract.entities import find_cast
from kg.extract.features import Reading
from kg.extract.heads import NewsHeads
from kg.extract.relations import score_pairs
from kg.extract.scorers import softmax_with_none
from kg.nlp.component import write_mentions
from kg.nlp.mentions import SpanScorer
from kg.nlp.threads import one_thread
from kg.nlp.weights import read_weights
from kg.ontology import Ontology

DATE = "date"
MENTIONS, THRESHOLD = 0.08, 0.38
"""Chosen on dev: passages are short and all that is asked of mentions is to be ends, so unlikely ones help."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A property with the character spans of its ends in the passage, and their URIs, empty where unknown."""

    property: str
    subject: tuple[int, int]
    object: tuple[int, int]
    subject_uri: str
    object_uri: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage, the properties that it is annotated for, and its facts."""

    id: str
    text: str
    properties: list[str]
    facts: list[Fact]


def read_knowledgenet(path: Path) -> Iterator[Passage]:
    """Read the passages of a KnowledgeNet file (JSON lines, gzip)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for row in json.loads(line)["passages"]:
                at = row["passageStart"]
                facts = [Fact(f["propertyName"], (f["subjectStart"] - at, f["subjectEnd"] - at),
                              (f["objectStart"] - at, f["objectEnd"] - at), f["subjectUri"], f["objectUri"])
                         for f in row["facts"]]
                properties = sorted({p["propertyName"] for p in row["exhaustivelyAnnotatedProperties"]})
                yield Passage(row["passageId"], row["passageText"], properties, facts)


@cache
def tables() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the table of relation labels of every corpus, by corpus and label."""
    return tomllib.loads(files("kg.training").joinpath("relations.toml").read_text("utf-8"))


def mapping() -> dict[str, dict[str, Any]]:
    """Return KnowledgeNet's table."""
    return tables()["knowledgenet"]


def find_facts(doc: Doc, properties: Sequence[str], heads: NewsHeads, known: Ontology) -> Iterator[tuple[float, Fact]]:
    """Yield the facts of a parsed passage with their probability, for every pair of mentions of the two entities."""
    reading = Reading(doc)
    cast = find_cast(reading, heads, known)
    values = find_value_candidates(reading, heads, known)
    scored = score_pairs(reading, cast, values, heads)
    if scored is None:
        return
    table = mapping()
    columns = [len(heads.relations) + heads.properties.index(name) for name in properties]
    probabilities = softmax_with_none(scored.pooled[:, columns])[:, 1:]
    right = [*cast.mentions, *values.candidates]
    places: dict[int, list[int]] = {}
    for number, entity in enumerate([*cast.entity.tolist(), *range(len(cast), len(cast) + len(values.candidates))]):
        places.setdefault(entity, []).append(number)
    for (subject, target), row in zip(scored.keys, probabilities, strict=True):
        for name, probability in zip(properties, row, strict=True):
            if (target >= len(cast)) != (table[name]["object"] == DATE):
                continue
            for i in places[subject]:
                for j in places[target]:
                    first, second = (doc[c.start : c.end + 1] for c in (right[i], right[j]))
                    yield float(probability), Fact(name, (first.start_char, first.end_char),
                                                   (second.start_char, second.end_char), "", "")


def same(a: Fact, b: Fact) -> bool:
    """Tell whether two facts have one property and overlapping ends."""
    return a.property == b.property and all(x[0] < y[1] and y[0] < x[1] for x, y in
                                            ((a.subject, b.subject), (a.object, b.object)))


def text_f1(passages: Iterable[tuple[Passage, Sequence[Fact]]]) -> dict[str, tuple[float, float, float]]:
    """Return precision, recall and F1 over all facts (under the empty name) and by property."""
    right, found, gold, covered = (Counter[str]() for _ in range(4))
    for passage, facts in passages:
        for fact in facts:
            hit = any(same(fact, other) for other in passage.facts)
            for name in ("", fact.property):
                found[name] += 1
                right[name] += hit
        for fact in passage.facts:
            hit = any(same(fact, other) for other in facts)
            for name in ("", fact.property):
                gold[name] += 1
                covered[name] += hit
    rates = {name: (right[name] / max(1, found[name]), covered[name] / gold[name]) for name in sorted(gold)}
    return {name: (round(p, 3), round(r, 3), round(2 * p * r / max(p + r, 1e-9), 3)) for name, (p, r) in rates.items()}


def evaluate(model_file: Path, passages: Sequence[Passage], threshold: float = THRESHOLD
             ) -> dict[str, tuple[float, float, float]]:
    """Read passages from raw text and score what is found."""
    weights, known = read_weights(model_file), ontology.load()
    heads, scorer = NewsHeads(weights), SpanScorer(weights.part("mentions"))
    docs = nlp.load(model_file).pipe(passage.text for passage in passages)

    def found(doc: Doc, passage: Passage) -> list[Fact]:
        with one_thread():
            write_mentions(doc, scorer, heads.mention_types, dict.fromkeys(("mentions", "names", "repeated"), MENTIONS))
            rows = find_facts(doc, passage.properties, heads, known)
            return [fact for probability, fact in rows if probability >= threshold]
    return text_f1((passage, found(doc, passage)) for doc, passage in zip(docs, passages, strict=True))


if __name__ == "__main__":
    print(json.dumps(evaluate(Path(sys.argv[1]), list(read_knowledgenet(Path(sys.argv[2])))), indent=1))
