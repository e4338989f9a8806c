"""The arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.errors import StoreError
from kg.store import is_address

INPUTS = typer.Argument(
    help="Files (.txt, .md, .html, .jsonl, .json), folders of them, or - for standard input.", show_default=False)
Inputs = Annotated[list[str], INPUTS]
Title = Annotated[str | None, typer.Option("--title", help="Title of the articles.")]
Date = Annotated[str | None, typer.Option(
    "--date", help="Publication date, YYYY-MM-DD; relative dates in the text count from it.")]
Source = Annotated[str | None, typer.Option("--source", help="Who published the articles: a name or an address.")]
Language = Annotated[str | None, typer.Option("--language", help="Language of the articles; only English is read.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="How many processes extract; the result is the same.")]
OwnOntology = Annotated[Path | None, typer.Option(
    "--ontology", help="An ontology of your own (OWL, RDFS, SKOS, SHACL) to extract in, in place of the news.",
    show_default=False)]
StorePlace = Annotated[str, typer.Option(
    "--store", help="Directory of the graph, or the address of a SPARQL endpoint that keeps it.")]

STORE = "graph"


def check_store(place: str) -> None:
    """Raise ``StoreError`` where no store is, so that a command that changes one makes none."""
    if not is_address(place) and not (Path(place) / "CURRENT").is_file():
        raise StoreError(f"there is no store at {place}")
