"""Command about the network of entities: analyze."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import networkx as nx
import typer

from kg import analysis
from kg.analysis import Bridge, Community, Figures, Ranked, Step, Suggestion, Summary
from kg.cli.options import STORE, StorePlace
from kg.cli.terminal import heading, out, table
from kg.graph import claim_network, network_to_xml, to_networkx
from kg.store import Store, open_store
from kg.vocab import compact

SHOWN_MEMBERS = 6


class Measure(StrEnum):
    """What entities are ranked by."""

    PAGERANK = "pagerank"
    BETWEENNESS = "betweenness"
    DEGREE = "degree"
    CORE = "core"


class Kind(StrEnum):
    """Which network of a graph is looked at."""

    STATEMENTS = "statements"
    EVENTS = "events"
    CLAIMS = "claims"


def analyze(
    store: StorePlace = STORE,
    top: Annotated[int, typer.Option("--top", min=1, help="How many rows of each table to print.")] = 10,
    by: Annotated[Measure, typer.Option("--by", help="What to rank entities by.")] = Measure.PAGERANK,
    network: Annotated[Kind, typer.Option(
        "--network", help="Entities linked by all statements, by the events they share, or by who speaks of whom.",
    )] = Kind.STATEMENTS,
    since: Annotated[dt.datetime | None, typer.Option(
        "--since", formats=["%Y-%m-%d"], help="Only what articles from this day on say.")] = None,
    until: Annotated[dt.datetime | None, typer.Option(
        "--until", formats=["%Y-%m-%d"], help="Only what articles up to this day say.")] = None,
    change: Annotated[dt.datetime | None, typer.Option(
        "--change", formats=["%Y-%m-%d"], metavar="DAY",
        help="Print how communities differ before and from this day on instead.")] = None,
    similar: Annotated[str | None, typer.Option(
        "--similar", metavar="NAME", help="Print the entities most like this one instead.")] = None,
    path: Annotated[tuple[str, str] | None, typer.Option(
        "--path", metavar="NAME NAME", help="Print the shortest path between these two entities instead.")] = None,
    backend: Annotated[str | None, typer.Option(
        "--backend", help="Backend of networkx that computes, such as cugraph or parallel.")] = None,
    graphml: Annotated[Path | None, typer.Option(
        "--graphml", help="Also write the network with its figures to this file.")] = None,
    gexf: Annotated[Path | None, typer.Option(
        "--gexf", help="Also write the network with its figures to this file.")] = None,
) -> None:
    """Print the most central entities, communities, bridges and likely links of a graph, or what an option asks for."""
    first, last = (moment.date() if moment else None for moment in (since, until))
    with open_store(store, read_only=True) as opened:
        if change is not None:
            day = change.date()
            halves = (_network(opened, network, first, day - dt.timedelta(days=1)),
                      _network(opened, network, day, last))
            before, after = (analysis.communities(half, backend=backend) for half in halves)
            return _print_changes(before, after, top)
        found = _network(opened, network, first, last)
    if path is not None:
        _print_path(found, analysis.shortest_path(found, *path))
    elif similar is not None:
        _print_ranked(analysis.similar(found, similar, limit=top))
    else:
        _print_summary(found, analysis.summarize(found, limit=top, by=by, backend=backend))
    if graphml or gexf:
        _add_figures(found, backend)
    for file, format in ((graphml, "graphml"), (gexf, "gexf")):
        if file:
            file.write_bytes(network_to_xml(found, format))


def _network(store: Store, kind: Kind, since: dt.date | None, until: dt.date | None) -> nx.MultiDiGraph:
    if kind is Kind.CLAIMS:
        return claim_network(store, since=since, until=until)
    network = to_networkx(store, since=since, until=until)
    return network if kind is Kind.STATEMENTS else analysis.participation(network)


def _print_summary(network: nx.MultiDiGraph, summary: Summary) -> None:
    out().print(f"{summary.nodes:,} nodes, {summary.edges:,} edges")
    _print_figures(summary.figures)
    _print_communities(summary.communities)
    _print_bridges(network, summary.bridges)
    _print_suggestions(summary.suggestions)


def _print_figures(entities: Sequence[Figures]) -> None:
    rows = [(entity.label, entity.type, entity.pagerank, entity.betweenness, entity.degree, entity.core,
             entity.community or "-", compact(entity.iri)) for entity in entities]
    heading("Most central entities")
    out().print(table(("entity", "type", "PageRank", "betweenness", "degree", "core", "community", "IRI"), rows))


def _print_communities(communities: Sequence[Community]) -> None:
    rows = [(number, len(community.members), _names(community.members))
            for number, community in enumerate(communities, 1)]
    heading("Communities")
    out().print(table(("no.", "size", "members, the most central first"), rows))


def _print_bridges(network: nx.MultiDiGraph, bridges: Sequence[Bridge]) -> None:
    labels = network.nodes(data="label")
    rows = [(labels[bridge.source], labels[bridge.target], bridge.parted) for bridge in bridges if bridge.parted > 1]
    heading("Bridges")
    out().print(table(("between", "and", "nodes it holds on"), rows))


def _print_suggestions(suggestions: Sequence[Suggestion]) -> None:
    rows = [(found.source.label, found.target.label, found.score, _names(found.common)) for found in suggestions]
    heading("Not connected, with common neighbours")
    out().print(table(("entity", "entity", "score", "neighbours of both, the rarest first"), rows))


def _print_ranked(entities: Sequence[Ranked]) -> None:
    rows = [(entity.label, entity.type, entity.score, compact(entity.iri)) for entity in entities]
    out().print(table(("entity", "type", "likeness", "IRI"), rows))


def _print_changes(before: Sequence[Community], after: Sequence[Community], top: int) -> None:
    rows = [(change.likeness, _names(change.stayed), _names(change.joined), _names(change.left))
            for change in analysis.changes(before, after)[:top]]
    out().print(table(("likeness", "stayed", "joined", "left"), rows))


def _names(members: Sequence[Ranked]) -> str:
    names = [member.label for member in members]
    return ", ".join(names[:SHOWN_MEMBERS]) + (", ..." if len(names) > SHOWN_MEMBERS else "")


def _print_path(network: nx.MultiDiGraph, steps: Sequence[Step]) -> None:
    def label(node: str) -> str:
        return str(network.nodes[node]["label"])

    rows = [(label(step.source), f"{'->' if step.forward else '<-'} {compact(step.predicate)}", label(step.target))
            for step in steps]
    out().print(table(("from", "edge", "to"), rows))


def _add_figures(network: nx.MultiDiGraph, backend: str | None) -> None:
    """Add the figures to the entities as attributes; community counts from 1, the largest, and is 0 for loners."""
    for entity in analysis.figures(network, backend=backend):
        network.nodes[entity.iri].update(pagerank=entity.pagerank, betweenness=entity.betweenness,
                                         degree=entity.degree, core=entity.core, community=entity.community)
