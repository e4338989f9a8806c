"""Scores of all layers over many articles, read from folders, held against floors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import InputError
from kg.evaluation.layers import LAYERS, Tally
from kg.evaluation.pair import Pair
from kg.model import Extraction

KG_LAYERS = ("entities+type", "coreference", "relations", "events", "event arguments", "claims", "facts (recall)")
"""The layers whose mean F1 is the KG score."""


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of one layer, rounded to four digits."""

    precision: float
    recall: float
    f1: float
    gold: int
    predicted: int

    @classmethod
    def from_tally(cls, tally: Tally) -> Score:
        """Turn counts into rates; a layer with nothing in it scores 0."""
        precision = tally.hits_predicted / tally.predicted if tally.predicted else 0.0
        recall = tally.hits_gold / tally.gold if tally.gold else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return cls(round(precision, 4), round(recall, 4), round(f1, 4), tally.gold, tally.predicted)


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of all layers over ``documents`` articles, with what was missed and wrong."""

    scores: Mapping[str, Score]
    documents: int
    missed: Mapping[str, Sequence[str]]
    wrong: Mapping[str, Sequence[str]]
    judged: Mapping[str, Sequence[tuple[float, bool]]]
    """By layer, the confidence of each predicted statement and whether it is right."""

    @property
    def kg_score(self) -> float:
        """The mean F1 of the layers in ``KG_LAYERS``."""
        return round(sum(self.scores[layer].f1 for layer in KG_LAYERS) / len(KG_LAYERS), 4)

    @property
    def f1(self) -> dict[str, float]:
        """F1 by layer and the ``KG score``: what floors are set on."""
        return {layer: score.f1 for layer, score in self.scores.items()} | {"KG score": self.kg_score}


def evaluate(pairs: Iterable[tuple[Extraction, Extraction]]) -> Report:
    """Score pairs of gold and predicted extraction of the same articles."""
    tallies = {layer: Tally() for layer in LAYERS}
    documents = 0
    for gold, predicted in pairs:
        documents += 1
        _check_text(gold, predicted)
        pair = Pair(gold, predicted)
        for layer, count in LAYERS.items():
            tallies[layer].add(count(pair))
    return Report({layer: Score.from_tally(tally) for layer, tally in tallies.items()}, documents,
                  {layer: tally.missed for layer, tally in tallies.items()},
                  {layer: tally.wrong for layer, tally in tallies.items()},
                  {layer: tally.judged for layer, tally in tallies.items()})


def _check_text(gold: Extraction, predicted: Extraction) -> None:
    if gold.document.text != predicted.document.text:
        raise InputError(f"{gold.document.id}: the predicted text differs from the gold text")


def read_extraction(path: Path) -> Extraction:
    """Read one file in the extraction format."""
    try:
        return Extraction.from_dict(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not in the extraction format: {error!r}") from None


def read_gold(folder: Path) -> dict[str, Extraction]:
    """Read all gold files of a folder, by file name."""
    gold = {path.name: read_extraction(path) for path in sorted(folder.glob("*.json"))}
    if not gold:
        raise InputError(f"{folder}: no gold files (*.json) in this folder")
    return gold


def read_pairs(gold_folder: Path, predicted_folder: Path) -> Iterator[tuple[Extraction, Extraction]]:
    """Pair gold files with predicted ones of the same name; a missing one counts as empty."""
    for name, gold in read_gold(gold_folder).items():
        path = predicted_folder / name
        yield gold, read_extraction(path) if path.exists() else Extraction(gold.document)


def read_floors(path: Path) -> dict[str, float]:
    """Read a JSON object of the lowest F1 by layer."""
    try:
        return {str(layer): float(floor) for layer, floor in json.loads(path.read_text("utf-8")).items()}
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a JSON object of numbers: {error}") from None


def below_floors(scores: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """Return one line for each score that lies under its floor, or is not there at all."""
    return [f"{layer}: {scores.get(layer, 0.0):.4f} is below its floor of {floor:.4f}"
            for layer, floor in floors.items() if scores.get(layer, 0.0) < floor]
