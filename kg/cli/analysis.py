"""Command about the network of entities: analyze."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import networkx as nx
import typer

from kg import analysis
from kg.analysis import Community, Ranked, Step, Summary
from kg.cli.options import STORE, StorePath
from kg.cli.terminal import heading, out, table
from kg.graph import Graph, network_to_xml
from kg.store import open_store
from kg.vocab import compact

SHOWN_MEMBERS = 6


def analyze(
    store: StorePath = STORE,
    top: Annotated[int, typer.Option("--top", min=1, help="How many entities and communities to print.")] = 10,
    path: Annotated[tuple[str, str] | None, typer.Option(
        "--path", metavar="NAME NAME", help="Print the shortest path between these two entities instead.")] = None,
    graphml: Annotated[Path | None, typer.Option(
        "--graphml", help="Also write the network with its scores to this file.")] = None,
    gexf: Annotated[Path | None, typer.Option(
        "--gexf", help="Also write the network with its scores to this file.")] = None,
) -> None:
    """Print the most central entities and the communities of a graph, or the path between two entities."""
    with open_store(store, read_only=True) as opened:
        network = Graph(opened).to_networkx()
    if path is not None:
        _print_path(network, analysis.shortest_path(network, *path))
    else:
        _print_summary(analysis.summarize(network, limit=top))
    if graphml or gexf:
        _add_scores(network)
    for file, format in ((graphml, "graphml"), (gexf, "gexf")):
        if file:
            file.write_bytes(network_to_xml(network, format))


def _print_summary(summary: Summary) -> None:
    out().print(f"{summary.nodes:,} nodes, {summary.edges:,} edges")
    _print_ranked("PageRank", summary.pagerank)
    _print_ranked("Betweenness", summary.betweenness)
    rows = [(number, len(community.members), _names(community)) for number, community in
            enumerate(summary.communities, 1)]
    heading("Communities")
    out().print(table(("no.", "size", "members, the most central first"), rows))


def _print_ranked(title: str, entities: Sequence[Ranked]) -> None:
    rows = [(entity.label, entity.type, entity.score, compact(entity.iri)) for entity in entities]
    heading(title)
    out().print(table(("entity", "type", "score", "IRI"), rows))


def _names(community: Community) -> str:
    names = [member.label for member in community.members]
    return ", ".join(names[:SHOWN_MEMBERS]) + (", ..." if len(names) > SHOWN_MEMBERS else "")


def _print_path(network: nx.MultiDiGraph, steps: Sequence[Step]) -> None:
    def label(node: str) -> str:
        return str(network.nodes[node]["label"])

    rows = [(label(step.source), f"{'->' if step.forward else '<-'} {compact(step.predicate)}", label(step.target))
            for step in steps]
    out().print(table(("from", "edge", "to"), rows))


def _add_scores(network: nx.MultiDiGraph) -> None:
    """Add the attributes ``pagerank``, ``betweenness`` and ``community`` (from 1, the largest) to the entities."""
    for name, ranking in (("pagerank", analysis.pagerank(network)), ("betweenness", analysis.betweenness(network))):
        nx.set_node_attributes(network, {entity.iri: entity.score for entity in ranking}, name)
    for number, community in enumerate(analysis.communities(network), 1):
        nx.set_node_attributes(network, {member.iri: number for member in community.members}, "community")
