"""Commands about a graph as a whole: export, validate, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg import backup as backups
from kg import graph
from kg.cli.options import STORE, StorePlace
from kg.cli.terminal import PARTIAL, complain, write
from kg.errors import StoreError
from kg.export import RDF_FORMATS
from kg.graph import GRAPH_FORMATS
from kg.store import open_store

FORMATS = (*RDF_FORMATS, *GRAPH_FORMATS)


def export(
    store: StorePlace = STORE,
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


def validate(
    store: StorePlace = STORE,
    shapes: Annotated[Path | None, typer.Option(
        "--shapes", help="Turtle file of SHACL shapes to use instead of the program's own.")] = None,
) -> None:
    """Check a graph against the SHACL shapes; what breaks them is printed and the exit code is 1."""
    from kg import validation  # pyshacl takes a second to import

    with open_store(store, read_only=True) as opened:
        report = validation.validate(opened, shapes=shapes)
        size = opened.size()
    for violation in report.violations:
        typer.echo(str(violation))
    if not report.conforms:
        complain(f"{len(report.violations)} violations in {size:,} quads")
        raise typer.Exit(PARTIAL)
    typer.echo(f"{size:,} quads, no violations")


def backup(
    store: Annotated[Path, typer.Argument(help="Directory of the graph.", show_default=False)],
    archive: Annotated[Path, typer.Argument(help="File to write, .tar or .tar.gz.", show_default=False)],
) -> None:
    """Write a graph to one file; a service may run and write meanwhile."""
    backups.backup(store, archive)


def restore(
    archive: Annotated[Path, typer.Argument(help="File that kg backup wrote.", show_default=False)],
    store: Annotated[Path, typer.Argument(help="Directory to make.", show_default=False)],
) -> None:
    """Make a graph from the file of a backup."""
    backups.restore(archive, store)
    with open_store(store, read_only=True) as opened:
        typer.echo(f"{len(opened.articles()):,} articles, {opened.size():,} quads")
