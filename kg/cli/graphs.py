"""Commands about a graph as a whole: export, validate, analyze."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg import graph
from kg.cli.options import STORE, StorePath
from kg.cli.terminal import write
from kg.errors import StoreError
from kg.export import RDF_FORMATS
from kg.graph import GRAPH_FORMATS
from kg.store import open_store

FORMATS = (*RDF_FORMATS, *GRAPH_FORMATS)


def export(
    store: StorePath = STORE,
    format: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "turtle",
    file: Annotated[Path | None, typer.Option("--out", help="File to write.", show_default="standard output")] = None,
) -> None:
    """Write a graph in a standard format.

    Turtle, N-Triples and RDF/XML hold the facts alone; TriG, N-Quads and JSON-LD hold their provenance
    too; GraphML and GEXF hold the network of entities and events.
    """
    if format not in FORMATS:
        raise StoreError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    with open_store(store, read_only=True) as opened:
        data = graph.export(opened, format)
    if file is None:
        write(data)
    else:
        file.write_bytes(data)


def validate() -> None:
    """Check a graph."""


def analyze() -> None:
    """Analyze a graph."""
