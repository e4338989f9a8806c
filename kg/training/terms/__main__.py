"""``python -m kg.training.terms``: train the head for other ontologies and put it into a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.nlp import SHIPPED
from kg.training.terms.run import run

SETTINGS = Path(__file__).with_name("settings.toml")


def main(
    data: Annotated[Path, typer.Option("--data", help="Folder of the corpora.")] = Path("../shared/data"),
    gold: Annotated[Path, typer.Option("--gold", help="Annotated news articles.")] = Path("../shared/gold/train"),
    model: Annotated[Path, typer.Option("--model", help="Model file whose encoder is built on.")] = SHIPPED,
    out: Annotated[Path, typer.Option("--out", help="Model file to write; may be the same.")] = SHIPPED,
    settings: Annotated[Path, typer.Option("--settings", help="TOML file.")] = SETTINGS,
    cache: Annotated[Path | None, typer.Option("--cache", help="Folder to keep the encoder's states in.")] = None,
    leave_out: Annotated[list[str] | None, typer.Option("--leave-out", help="Inventory not to learn from.")] = None,
    start: Annotated[Path | None, typer.Option("--start", help="Model file whose head to begin with.")] = None,
    tuning: Annotated[int, typer.Option("--tuning", help="Validation sentences per ontology for thresholds.")] = 100,
) -> None:
    """Train the head."""
    run(data, gold, model, out, settings, cache, leave_out or [], tuning, start)


if __name__ == "__main__":
    typer.run(main)
