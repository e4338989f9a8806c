"""Commands about the language model: evaluate, train."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kg import evaluation, pipeline
from kg.cli.options import OwnOntology, Workers
from kg.cli.terminal import PARTIAL, complain, heading, out, table, watch, write
from kg.errors import KGError
from kg.evaluation import Report
from kg.evaluation.text2kgbench import FOLDER
from kg.model import Extraction

SHARED = Path("../shared")


def evaluate(
    gold: Annotated[Path, typer.Argument(help="Folder of gold files, or text2kgbench.", metavar="GOLD_DIR",
                                         show_default=False)],
    predicted: Annotated[Path | None, typer.Option(
        "--predicted", help="Score the extraction JSON of this folder instead of extracting.")] = None,
    errors: Annotated[str | None, typer.Option(
        "--errors", metavar="LAYER", help="List what this layer missed and got wrong.")] = None,
    floors: Annotated[Path | None, typer.Option(
        "--floors", help="JSON file of a lowest F1 by layer; one below it makes the exit code 1.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
    workers: Workers = 1,
    part: Annotated[list[str] | None, typer.Option(
        "--part", help="text2kgbench: only this part, such as wikidata_tekgen; may be repeated.")] = None,
    split: Annotated[str, typer.Option("--split", help="text2kgbench: the sentences to score.")] = "validation",
    only: Annotated[list[str] | None, typer.Option(
        "--only", help="text2kgbench: only this ontology, such as ont_1_movie; may be repeated.")] = None,
    examples: Annotated[int, typer.Option(
        "--examples", min=0, help="text2kgbench: adapt to so many training sentences first.")] = 0,
    sentences: Annotated[int | None, typer.Option(
        "--sentences", min=1, help="text2kgbench: only the first so many of each ontology.")] = None,
    model: Annotated[Path | None, typer.Option("--model", help="text2kgbench: another model file.")] = None,
) -> None:
    """Extract gold articles and score the result: precision, recall and F1 of each layer.

    With `text2kgbench` in place of the folder (or the folder of that name), the seven figures of Text2KGBench.
    """
    if gold.name == FOLDER:
        from kg.cli.benchmark import evaluate_benchmark, parts
        from kg.nlp import SHIPPED

        for folder in parts(gold if gold.is_dir() else SHARED / "data" / FOLDER, part or []):
            heading(folder.name)
            evaluate_benchmark(folder, split if (folder / split).is_dir() else "train", only or [], examples,
                               sentences, model or SHIPPED)
        return
    if errors is not None and errors not in evaluation.LAYERS:
        raise KGError(f"unknown layer {errors!r}; choose one of {', '.join(evaluation.LAYERS)}")
    report = _score(gold, predicted, workers)
    if as_json:
        write(_to_json(report))
    else:
        _print(report)
    if errors is not None:
        _list_errors(report, errors)
    below = evaluation.below_floors(report.f1, evaluation.read_floors(floors)) if floors else []
    for line in below:
        complain(line)
    if below:
        raise typer.Exit(PARTIAL)


def _score(gold: Path, predicted: Path | None, workers: int) -> Report:
    if predicted is not None:
        if not predicted.is_dir():
            raise KGError(f"{predicted}: no such folder")
        return evaluation.evaluate(evaluation.read_pairs(gold, predicted))
    golds = list(evaluation.read_gold(gold).values())
    extractions: list[Extraction] = []
    with watch("Extracting", len(golds)) as found:
        for extraction in pipeline.extract((item.document for item in golds), workers=workers):
            extractions.append(extraction)
            found.add(extraction)
    return evaluation.evaluate(zip(golds, extractions, strict=True))


def _print(report: Report) -> None:
    rows = [(layer, score.precision, score.recall, score.f1, score.gold, score.predicted)
            for layer, score in report.scores.items()]
    out().print(table(("layer", "precision", "recall", "F1", "gold", "predicted"), rows))
    out().print(f"\nKG score {report.kg_score:.3f}: mean F1 of {len(evaluation.KG_LAYERS)} layers, "
                f"{report.documents} documents")


def _to_json(report: Report) -> bytes:
    rows = {layer: asdict(score) for layer, score in report.scores.items()}
    total = {"KG score": {"f1": report.kg_score, "documents": report.documents}}
    return (json.dumps(rows | total, indent=1) + "\n").encode()


def _list_errors(report: Report, layer: str) -> None:
    for title, items in (("missed", report.missed[layer]), ("wrong", report.wrong[layer])):
        typer.echo(f"\n{layer}, {title}:")
        for item in items:
            typer.echo(f"  {item}")


def train(
    settings: Annotated[Path | None, typer.Option(
        "--settings", help="TOML file with the settings of the training.", show_default="the package's own")] = None,
    data: Annotated[Path, typer.Option("--data", help="Folder of the corpora.")] = SHARED / "data",
    gold: Annotated[Path, typer.Option(
        "--gold", help="Folder of the gold articles, with train and dev.")] = SHARED / "gold",
    folder: Annotated[Path, typer.Option(
        "--out", help="Directory for the weights and the model card.")] = Path("training-output"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in the directory.")] = False,
    ontology: OwnOntology = None,
    examples: Annotated[Path | None, typer.Option(
        "--examples", help="JSON lines of texts with their statements, to adapt to the ontology.")] = None,
) -> None:
    """Train the language model anew; the packages for it come with the extra "train".

    With --ontology and --examples it adapts the model to an ontology of your own instead: an adapter is written beside
    the ontology, which kg build then takes. That needs no further package.
    """
    if (ontology is None) != (examples is None):
        raise typer.BadParameter("--ontology and --examples go together")
    if ontology is not None and examples is not None:
        _adapt(ontology, examples)
        return
    try:
        from kg.training import run
    except ModuleNotFoundError as error:
        raise KGError(f"training needs {error.name}: pip install 'stringer-kg[train]'") from error
    run.train(settings or Path(run.__file__).with_name("settings.toml"), data, gold, folder, resume)


def _adapt(ontology: Path, examples: Path) -> None:
    from kg import nlp
    from kg.extract.terms import make_reader
    from kg.extract.terms.adapter import adapter_path
    from kg.extract.terms.adapting import described, read_examples, train_adapter
    from kg.schema import read_schema

    schema = read_schema(ontology)
    adapter = train_adapter(make_reader(schema), nlp.load(), read_examples(examples, schema))
    adapter.write(adapter_path(ontology))
    out().print(f"{adapter_path(ontology)}: {described(adapter.about)}", markup=False)
