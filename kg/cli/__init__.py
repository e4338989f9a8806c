"""The command line: one noun, one verb per subcommand, each a thin layer over the library."""

from typing import Annotated

import typer

from kg.cli.analysis import analyze
from kg.cli.articles import build, extract, remove
from kg.cli.demo import demo
from kg.cli.explain import explain
from kg.cli.graphs import backup, export, restore, validate
from kg.cli.identity import merge, merges, split
from kg.cli.model import evaluate, train
from kg.cli.queries import conflicts, queries, query
from kg.cli.schema import ontology
from kg.cli.service import mcp, serve
from kg.cli.terminal import Commands, print_version

app = typer.Typer(
    cls=Commands,
    name="kg",
    help="News articles in, a knowledge graph with receipts out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=print_version,
                                          is_eager=True)] = False,
) -> None:
    """News articles in, a knowledge graph with receipts out."""


for command in (demo, build, remove, extract, explain, merges, merge, split, conflicts, query, queries, export,
                validate, backup, restore, analyze, serve, mcp, evaluate, train):
    app.command()(command)
app.add_typer(ontology, name="ontology")

__all__ = ["app"]
