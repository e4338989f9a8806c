"""Text2KGBench (Mihindukulasooriya et al. 2023): its sentences and its seven figures.

By the rules of its own script: of what is predicted only relations count that the sentence's gold triples have,
triples are compared in lower case without spaces and underscores, and figures are averaged over the sentences of an
ontology. What a subject or object must stand in is the sentence and the labels of the concepts; the script stems the
words of both first, so a string that is found here is found there.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import NamedTuple

from kg.errors import InputError
from kg.evaluation.profile import DBPEDIA, WIKIDATA

FOLDER = "text2kgbench"
FIRST_DAY = "01january"
"""What the script takes out of a string before it looks for it: a bare year is written as its first day."""


class Triple(NamedTuple):
    """A triple of labels."""

    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its gold triples."""

    id: str
    text: str
    triples: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The seven figures of a sentence, or their means."""

    precision: float
    recall: float
    f1: float
    conformance: float
    subject_hallucination: float
    relation_hallucination: float
    object_hallucination: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """An ontology of the benchmark: its file, the labels of its concepts and relations, and its sentences.

    ``profile`` is how its triples write values.
    """

    name: str
    path: Path
    concepts: tuple[str, ...]
    relations: frozenset[str]
    sentences: tuple[Sentence, ...]
    profile: str = WIKIDATA


def read_benchmark(folder: Path, split: str) -> Iterator[Benchmark]:
    """Yield the ontologies of a part of the benchmark (``wikidata_tekgen``) that have sentences in the split."""
    for path in sorted((folder / "ontologies").glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        sentences = folder / split / f"{data['id']}_{split}.jsonl"
        if sentences.is_file():
            yield Benchmark(data["id"], path, tuple(row["label"] for row in data["concepts"]),
                            frozenset(row["label"].replace(" ", "_") for row in data["relations"]),
                            tuple(read_sentences(sentences)),
                            profile_of(str(row.get("pid")) for row in data["relations"]))


def profile_of(properties: Iterable[str]) -> str:
    """Return how triples with these properties write values: as Wikidata where they are its own, else as DBpedia."""
    return WIKIDATA if all(re.fullmatch(r"P\d+", pid) for pid in properties) else DBPEDIA


def read_sentences(path: Path) -> list[Sentence]:
    """Read a file of sentences; the triples of one sentence may stand in several lines."""
    ids: dict[str, str] = {}
    triples: dict[str, list[Triple]] = defaultdict(list)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            ids.setdefault(row["sent"], row["id"])
            rows = row["triples"] if "triples" in row else [
                {"sub": row["sub_label"], "rel": row["rel_label"], "obj": row["obj_label"]}]
            triples[row["sent"]] += [Triple(item["sub"], item["rel"], item["obj"]) for item in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: line {number}: {error!r}") from error
    return [Sentence(ids[text], text, tuple(dict.fromkeys(found))) for text, found in triples.items()]


def score(sentence: Sentence, predicted: Sequence[Triple], benchmark: Benchmark) -> Figures:
    """Return the figures of one sentence."""
    asked = {triple.relation.replace(" ", "_") for triple in sentence.triples}
    gold = {key(triple) for triple in sentence.triples}
    found = {key(triple) for triple in predicted if triple.relation.replace(" ", "_") in asked}
    precision, recall = (len(gold & found) / len(side) if side else 0.0 for side in (found, gold))
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    if not predicted:
        return Figures(precision, recall, f1, 1.0, 0.0, 0.0, 0.0)
    conforming = sum(triple.relation.replace(" ", "_") in benchmark.relations for triple in predicted) / len(predicted)
    shown = squeeze(sentence.text + " ".join(benchmark.concepts))
    missing = [sum(squeeze(end).replace(FIRST_DAY, "") not in shown for end in ends) / len(predicted)
               for ends in ([triple.subject for triple in predicted], [triple.object for triple in predicted])]
    return Figures(precision, recall, f1, conforming, missing[0], 1 - conforming, missing[1])


def mean(figures: Iterable[Figures]) -> Figures:
    """Return the means of figures; ``InputError`` where there are none."""
    rows = [astuple(item) for item in figures]
    if not rows:
        raise InputError("no sentences to score")
    return Figures(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))


def squeeze(text: str) -> str:
    """Return a text in lower case without spaces and underscores."""
    return re.sub(r"[_\s]+", "", text).lower()


def key(triple: Triple) -> str:
    """Return a triple as the benchmark compares it."""
    return "".join(map(squeeze, triple))
