"""Commands that ask the graph: query, queries."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import pyoxigraph as ox
import typer
from rdflib import XSD, Literal, URIRef

from kg import export
from kg import queries as library
from kg.cli.options import STORE, StorePlace
from kg.cli.terminal import heading, out, table, write
from kg.errors import QueryError
from kg.export import RDF_FORMATS, RESULT_FORMATS, QueryResults
from kg.store import open_store
from kg.vocab import PREFIXES, compact

TABLE = "table"
FORMATS = (TABLE, *RESULT_FORMATS, *RDF_FORMATS)


def query(
    sparql: Annotated[str | None, typer.Argument(help="SPARQL query; the usual prefixes are known.",
                                                 show_default=False)] = None,
    file: Annotated[Path | None, typer.Option(
        "--file", "-f", help="Read the query from a file, - for standard input.")] = None,
    named: Annotated[str | None, typer.Option("--named", help="Ask a named query; kg queries lists them.")] = None,
    setting: Annotated[list[str] | None, typer.Option(
        "--set", metavar="NAME=VALUE", help="Set a parameter of the named query; may be repeated.")] = None,
    store: StorePlace = STORE,
    format: Annotated[str, typer.Option(
        "--format", help=f"Rows: {', '.join((TABLE, *RESULT_FORMATS))}. Triples: {', '.join(RDF_FORMATS)}.")] = TABLE,
) -> None:
    """Ask a graph in SPARQL and print the answer.

    Give the query itself, a file, or the name of one that comes with the program.
    SELECT and ASK print a table, CONSTRUCT and DESCRIBE print Turtle, unless --format says otherwise.
    """
    if format not in FORMATS:
        raise QueryError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    text = _text(sparql, file, named, _settings(setting or ()))
    with open_store(store, read_only=True) as opened:
        _print(opened.query(text), format)


def queries(
    name: Annotated[str | None, typer.Argument(help="Print the text of this query.", show_default=False)] = None,
) -> None:
    """List the named queries with their parameters, or print one."""
    if name is not None:
        typer.echo(library.load(name).text, nl=False)
        return
    loaded = [library.load(name) for name in library.names()]
    rows = [(item.name, item.description, ", ".join(item.parameters)) for item in loaded]
    out().print(table(("name", "what it answers", "parameters"), rows))


def conflicts(
    entity: Annotated[str | None, typer.Option("--entity", help="Only about entities with this in a name.")] = None,
    store: StorePlace = STORE,
) -> None:
    """List where articles contradict each other: figures that differ, and several chief executives of a company."""
    found = 0
    with open_store(store, read_only=True) as opened:
        for name in ("differing-figures", "conflicts-of-ceo"):
            asked = library.load(name)
            names, rows = answer(opened.query(asked.text))
            wanted = entity.casefold() if entity else ""
            rows = [row for row in rows if any(wanted in cell.casefold() for cell in row)]
            heading(asked.title)
            out().print(table(names, rows))
            found += len(rows)
    typer.echo(f"({found} {'conflict' if found == 1 else 'conflicts'})", err=True)


def answer(results: QueryResults) -> tuple[list[str], list[list[str]]]:
    """Return the variables and the rows of the answer to a SELECT, as people read them."""
    if not isinstance(results, ox.QuerySolutions):
        raise QueryError("only SELECT has rows")
    names = [variable.value for variable in results.variables]
    try:
        return names, [[shown(solution[name]) for name in names] for solution in results]
    except RuntimeError as error:
        raise QueryError(f"the query failed while it ran: {error}") from error


def shown(term: object) -> str:
    """Return a term as people read it: IRIs by their prefix, literals without their type."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    return term.value if isinstance(term, ox.Literal) else str(term)


def _text(sparql: str | None, file: Path | None, named: str | None, settings: Mapping[str, Literal | URIRef]) -> str:
    if sum(given is not None for given in (sparql, file, named)) != 1:
        raise typer.BadParameter("give either a SPARQL query, or --file, or --named")
    if settings and named is None:
        raise typer.BadParameter("--set goes with --named")
    if named is not None:
        return library.load(named).bind(**settings)
    return sparql if sparql is not None else _read(file or Path("-"))


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"{file}: byte {error.start}: not UTF-8") from error


def _settings(given: Sequence[str]) -> dict[str, Literal | URIRef]:
    return dict(_setting(item) for item in given)


def _setting(given: str) -> tuple[str, Literal | URIRef]:
    name, sign, value = given.partition("=")
    if not sign:
        raise typer.BadParameter(f"--set wants NAME=VALUE, not {given!r}")
    return name, _term(value)


def _term(value: str) -> Literal | URIRef:
    """Read a day as xsd:date, an address or a prefixed name as an IRI, anything else as a text."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return Literal(value, datatype=XSD.date)
    prefix, _, local = value.partition(":")
    if prefix in PREFIXES and re.fullmatch(r"[\w-]+", local):
        return URIRef(PREFIXES[prefix] + local)
    return URIRef(value) if re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+", value) else Literal(value)


def _print(results: QueryResults, format: str) -> None:
    if format != TABLE:
        write(export.serialize(results, format))
    elif isinstance(results, ox.QuerySolutions):
        names, rows = answer(results)
        out().print(table(names, rows))
        typer.echo(f"({len(rows)} {'row' if len(rows) == 1 else 'rows'})", err=True)
    elif isinstance(results, ox.QueryBoolean):
        typer.echo("yes" if results else "no")
    else:
        write(export.serialize(results, "turtle"))
