"""A store as a graph: rows of plain values, and the projection to networkx.

Nodes are entities and events; edges are the plain statements that an entity or an event makes
of an entity. An event stays a node with one edge per role: joining its participants pairwise
would invent statements that no article makes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import networkx as nx
import pyoxigraph as ox
import rdflib
from rdflib import Literal, URIRef

from kg import ontology, queries
from kg.errors import QueryError, StoreError
from kg.export import RDF_FORMATS, serialize
from kg.solutions import Row, rows
from kg.store import Store
from kg.vocab import NEWS, REL, compact

GRAPH_FORMATS = ("graphml", "gexf")
"""Formats of the networkx projection."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A knowledge graph to work with: what ``kg.build`` returns. A context manager that closes its store."""

    store: Store

    def query(self, sparql: str, **parameters: str | int | Literal | URIRef) -> list[Row]:
        """Return the rows of a ``SELECT`` query, or of the named query of that name.

        ``pandas.DataFrame(graph.query(...))`` is a table. ``parameters`` are those of the named query.
        """
        results = self.store.query(_text(sparql, parameters))
        if not isinstance(results, ox.QuerySolutions):
            raise QueryError("rows come from SELECT; use ask() for ASK, and construct() for CONSTRUCT and DESCRIBE")
        return list(rows(results))

    def ask(self, sparql: str) -> bool:
        """Return the answer of an ``ASK`` query."""
        results = self.store.query(sparql)
        if not isinstance(results, ox.QueryBoolean):
            raise QueryError("yes or no comes from ASK; use query() for SELECT")
        return bool(results)

    def construct(self, sparql: str) -> rdflib.Graph:
        """Return the triples of a ``CONSTRUCT`` or ``DESCRIBE`` query."""
        results = self.store.query(sparql)
        if not isinstance(results, ox.QueryTriples):
            raise QueryError("triples come from CONSTRUCT and DESCRIBE; use query() for SELECT")
        return rdflib.Graph().parse(data=serialize(results, "ntriples"), format="nt")

    def to_networkx(self, *, include_events: bool = True, since: dt.date | None = None,
                    until: dt.date | None = None) -> nx.MultiDiGraph:
        """Return entities, events and the statements between them; see ``kg.graph.to_networkx``."""
        return to_networkx(self.store, include_events=include_events, since=since, until=until)

    def claim_network(self, *, since: dt.date | None = None, until: dt.date | None = None) -> nx.MultiDiGraph:
        """Return who speaks about whom; see ``kg.graph.claim_network``."""
        return claim_network(self.store, since=since, until=until)

    def to_html(self, path: Path | str, *, title: str = "Stringer") -> Path:
        """Write the drawing of the graph as one file that needs no server; see ``kg.to_html``."""
        from kg.views import to_html  # the views stand above the graph that they show

        return to_html(self, path, title=title)

    def export(self, path: Path | str, format: str | None = None) -> Path:
        """Write the graph to a file, in the format that the suffix says unless given; return the path."""
        path = Path(path)
        path.write_bytes(export(self.store, format or _format_of(path)))
        return path

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.close()


def to_networkx(store: Store, *, include_events: bool = True, since: dt.date | None = None,
                until: dt.date | None = None) -> nx.MultiDiGraph:
    """Return the graph of entities and events; nodes and edges come sorted by IRI.

    Nodes are IRIs with ``label``, ``type`` ("Company", "Layoff"), ``kind`` ("entity" or "event"),
    and ``articles`` for entities, ``date`` and ``confidence`` for events. Edges are keyed by predicate,
    with ``predicate`` (IRI), ``label``, ``kind`` ("relations", "events" or "facts"), ``confidence``
    (of the surest article) and ``articles`` (how many say so). All attributes are strings or numbers.

    ``since`` and ``until`` narrow it to what articles of those days, both included, say: edges of others,
    and nodes that then have none, are left out.
    """
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(_entity_nodes(store))
    if include_events:
        graph.add_nodes_from(_event_nodes(store))
    for row in _select(store, "edges", since, until):
        subject, target = str(row["subject"]), str(row["object"])
        if subject in graph and target in graph:
            graph.add_edge(subject, target, key=str(row["predicate"]), **_edge_attributes(row))
    if since or until:
        graph.remove_nodes_from(list(nx.isolates(graph)))
    return graph


def claim_network(store: Store, *, since: dt.date | None = None, until: dt.date | None = None) -> nx.MultiDiGraph:
    """Return the entities that speak and those that they speak about, one edge from each to each.

    An entity is spoken of where an article mentions it inside the words of a claim. Nodes are as in
    ``to_networkx``; edges have ``claims`` (how many), ``confidence``, ``articles`` and a ``label``.
    """
    entities = dict(_entity_nodes(store))
    graph = nx.MultiDiGraph()
    for row in _select(store, "who-speaks-of-whom", since, until):
        ends = str(row["speaker"]), str(row["about"])
        graph.add_nodes_from((end, entities[end]) for end in ends)
        graph.add_edge(*ends, key="speaksOf", predicate="speaksOf", label="speaks of", kind="claims",
                       claims=int(row["claims"]), confidence=float(row["confidence"]), articles=int(row["articles"]))
    return graph


def export(store: Store, format: str) -> bytes:
    """Return the store in an RDF format, or its networkx projection as GraphML or GEXF."""
    if format in GRAPH_FORMATS:
        return network_to_xml(to_networkx(store), format)
    if format not in RDF_FORMATS:
        raise StoreError(f"unknown format {format!r}; choose one of {', '.join([*RDF_FORMATS, *GRAPH_FORMATS])}")
    return store.dump(format)


def network_to_xml(network: nx.MultiDiGraph, format: str) -> bytes:
    """Return the network as GraphML or GEXF, without characters that XML forbids and the day of writing."""
    lines = nx.generate_gexf(network) if format == "gexf" else nx.generate_graphml(network, named_key_ids=True)
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", "\n".join(lines))
    return re.sub(r'(<meta) lastmodifieddate="[^"]*"', r"\1", text, count=1).encode() + b"\n"


def _entity_nodes(store: Store) -> Iterator[tuple[str, dict[str, Any]]]:
    for entity in store.entities():
        yield entity.iri, {"label": entity.label, "type": entity.type, "kind": "entity", "articles": entity.articles}


def _event_nodes(store: Store) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in _select(store, "events"):
        type_name = str(row["type"]).removeprefix(NEWS)
        attributes = {"label": str(row["label"] or type_name), "type": type_name, "kind": "event",
                      "confidence": float(row["confidence"])}
        yield str(row["event"]), attributes | ({"date": row["date"].isoformat()} if row["date"] else {})


def _edge_attributes(row: Row) -> dict[str, str | float | int]:
    predicate = str(row["predicate"])
    return {"predicate": predicate, "label": _words(predicate), "kind": str(row["kind"]),
            "confidence": float(row["confidence"]), "articles": int(row["articles"])}


def _words(predicate: str) -> str:
    """Return the property as words: its label in the ontology, else its own name."""
    name = predicate.removeprefix(NEWS)
    own = compact(predicate).removeprefix("rel:") if predicate.startswith(REL) else compact(name).split(":")[-1]
    return ontology.load().labels.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", own)


def _select(store: Store, name: str, since: dt.date | None = None, until: dt.date | None = None) -> Iterator[Row]:
    days = {name: Literal(day) for name, day in (("since", since), ("until", until)) if day}
    results = store.query(queries.load(name).bind(**days))
    assert isinstance(results, ox.QuerySolutions)
    return rows(results)


def _text(sparql: str, parameters: dict[str, Any]) -> str:
    return queries.load(sparql).bind(**parameters) if parameters or sparql in queries.names() else sparql


def _format_of(path: Path) -> str:
    """Return the format whose files end like this one."""
    extensions = {format.file_extension: name for name, format in RDF_FORMATS.items()}
    found = ({name: name for name in GRAPH_FORMATS} | extensions).get(path.suffix.removeprefix("."))
    if found is None:
        raise StoreError(f"no format is known for the suffix of {path}; name one")
    return found
