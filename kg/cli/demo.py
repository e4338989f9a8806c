"""Command that shows everything on the example articles: demo."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from typing import Annotated

import typer

from kg import pipeline
from kg import queries as library
from kg.cli.options import StorePlace
from kg.cli.queries import answer
from kg.cli.service import LOOPBACK, PORT, free_port, run
from kg.cli.terminal import heading, out, table, watch
from kg.graph import Graph
from kg.vocab import NEWS

SAMPLES = ("who-leads-what", "layoffs", "who-said-what")
"""The named queries that the demo asks."""

ROWS = 6
HIDDEN = ("event",)  # IRIs of hashes: for programs, not for eyes

EVENTS = """
SELECT ?type (COUNT(DISTINCT ?event) AS ?events)
WHERE { ?event a ?type . ?type_statement rdf:subject ?event ; news:component "events" }
GROUP BY ?type
"""


def demo(
    store: StorePlace = "demo-graph",
    port: Annotated[int, typer.Option(
        "--port", min=1, max=65535, help="Port to listen on; the next free one where it is taken.")] = PORT,
    serve: Annotated[bool, typer.Option(
        "--serve/--no-serve", help="Serve the page and the endpoint at the end.")] = True,
) -> None:
    """Build a graph from the example articles, ask it three questions and serve it on this machine."""
    with resources.as_file(resources.files("kg") / "examples") as folder:
        articles = sorted(folder.glob("*.md"))
        with watch("Reading examples", len(articles), always=True) as found:
            graph = pipeline.build(articles, store, on_progress=found.add, on_present=found.pass_over)
    out().print(f"\n{found}", markup=False)
    show(graph)
    graph.close()
    if serve:
        run(store, LOOPBACK, free_port(LOOPBACK, port))


def show(graph: Graph) -> None:
    """Print what is in the graph: entities and events by type, and the answers to the sample queries."""
    entities = Counter(entity.type for entity in graph.store.entities())
    events = Counter({row["type"].removeprefix(NEWS): row["events"] for row in graph.query(EVENTS)})
    for title, counts in (("Entities in the graph", entities), ("Events in the graph", events)):
        rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        heading(title)
        out().print(table(("type", "number"), rows))
    for name in SAMPLES:
        _ask(graph, name)


def _ask(graph: Graph, name: str) -> None:
    query = library.load(name)
    names, rows = answer(graph.store.query(query.text))
    shown = [i for i, column in enumerate(names) if column not in HIDDEN]
    cells = [[row[i] for i in shown] for row in rows[:ROWS]]
    heading(f"{query.title} (kg query --named {name})")
    out().print(table([names[i] for i in shown], cells))
    if len(rows) > ROWS:
        out().print(f"... and {len(rows) - ROWS} more", markup=False)
