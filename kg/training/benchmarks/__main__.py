"""Measure all benchmarks: ``python -m kg.training.benchmarks DATA [MODEL_FILE]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kg.extract.heads import load_heads
from kg.nlp.weights import SHIPPED
from kg.training import knowledgenet
from kg.training.benchmarks import carb, gum, meantime


def measure(data: Path, model_file: Path = SHIPPED) -> dict[str, dict[str, Any] | None]:
    """Return the figures of a model file on the dev splits below ``data``, by benchmark."""
    articles = list(meantime.read_meantime(data / "meantime" / "dev.jsonl.gz"))
    return {"knowledgenet": _knowledgenet(model_file, data / "knowledgenet" / "dev.jsonl.gz"),
            "meantime": meantime.evaluate(model_file, articles),
            "gum": gum.evaluate(model_file, gum.read_gum(data / "gum")),
            "carb": carb.evaluate(model_file, carb.read_carb(data / "carb" / "dev.tsv.gz"))}


def _knowledgenet(model_file: Path, path: Path) -> dict[str, float] | None:
    """Return the text F1 over all properties, None for a model that was not trained on them."""
    if not load_heads(model_file).properties:
        return None
    overall = knowledgenet.evaluate(model_file, list(knowledgenet.read_knowledgenet(path)))[""]
    return dict(zip(("precision", "recall", "f1"), overall, strict=True))


if __name__ == "__main__":
    print(json.dumps(measure(*map(Path, sys.argv[1:])), indent=1))
