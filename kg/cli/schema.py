"""Commands about a user's own ontology: ontology check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.terminal import PARTIAL, Commands, out, table
from kg.schema import read_schema
from kg.schema.check import check as find_gaps

ontology = typer.Typer(cls=Commands, help="Look at an ontology of your own.", no_args_is_help=True)


@ontology.command()
def check(
    path: Annotated[Path, typer.Argument(help="OWL, RDFS, SKOS or SHACL in any RDF syntax, or Text2KGBench JSON.",
                                         metavar="ONTOLOGY", show_default=False)],
) -> None:
    """Say what is read from an ontology, what is missing or ambiguous in it, and what follows for extraction.

    The exit code is 1 where a term cannot be found at all.
    """
    schema = read_schema(path)
    findings = find_gaps(schema)
    events = sum(kind.event for kind in schema.classes.values())
    values = sum(known.value is not None for known in schema.properties.values())
    out().print(f"{schema.name}: {len(schema.classes)} classes, {events} of them of events; "
                f"{len(schema.properties)} properties, {values} of them with values", markup=False)
    if findings:
        out().print(table(("term", "finding", "what it means for extraction"), [row[:3] for row in findings]))
    if any(finding.grave for finding in findings):
        raise typer.Exit(PARTIAL)
