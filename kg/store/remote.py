"""A store behind a SPARQL 1.1 endpoint, over HTTP.

Only the graphs of articles and identity are this program's: whatever else the endpoint holds is neither
exported nor changed. Where the default graph of the endpoint is a graph of its own, it is kept the merge of
those graphs, as in the embedded store. Virtuoso has none and takes all graphs together, each triple as often
as graphs state it: there the merge is the named graph ``MERGED``, which queries without ``FROM`` read. Other
endpoints that take all graphs together do as they do.

A change is one request, which an endpoint does as a whole or not at all. Virtuoso, and endpoints that take
no large requests, get several; one that is cut short is whole again when the same articles are built anew.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from enum import Enum
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from threading import Lock
from typing import IO

import pyoxigraph as ox
from rdflib import URIRef

from kg.errors import CutShortError, StoreError
from kg.export import QueryResults
from kg.search import EntityIndex, entity_rows
from kg.search.rows import ENDS, NAMING, Values
from kg.sparql import bare, form_of, refuse_load, refuse_service
from kg.store.changes import Insertion, batches, by_graph, check_graphs, data, graphs_of, is_merged
from kg.store.credentials import find_credentials
from kg.store.dumps import Graphs
from kg.store.endpoint import UPDATE, Addresses, Dataset, Endpoint, RequestTooLargeError
from kg.store.protocol import Quad, Store
from kg.store.terms import from_oxigraph, from_quad, graph_name, one_line, to_oxigraph
from kg.vocab import ARTICLE, DECISIONS, ENT, EXTRACTION, IDENTITY, PREFIXES

MERGED = ox.NamedNode("https://w3id.org/stringer/merged")
"""The named graph that holds the merge where the endpoint's default graph cannot."""

_GONE = ox.NamedNode("https://w3id.org/stringer/gone")
"""The named graph of triples that no graph may state any more; there only while a change runs."""

_PROBE = "https://w3id.org/stringer/probe/"

_TRIPLES_AT_ONCE = 1000
"""Virtuoso 7.2.5 refuses an operation of 9,000 short triples and takes 4,000."""

_GRAPHS_AT_ONCE = 100

_QUADS_AT_ONCE = 5_000
"""Of a file that is loaded: a few articles, which an endpoint that is busy takes in time too."""

_OF_ALL_ARTICLES = (str(IDENTITY), str(DECISIONS))
_OF_ARTICLES = f'FILTER(STRSTARTS(STR(?g), "{ARTICLE}") && !STRENDS(STR(?g), "{EXTRACTION}"))'
_MERGED_TOO = f'{_OF_ARTICLES[:-1]} || ?g IN (<{IDENTITY}>, <{DECISIONS}>))'
_IN_GONE = f"GRAPH {_GONE} {{ ?s ?p ?o }}"
_FIXED_GRAPH = re.compile(r"\bGRAPH\s*<([^<>]*)>", re.IGNORECASE)



class Merge(Enum):
    """Where the merge of all graphs is that queries without ``FROM`` read."""

    DEFAULT_GRAPH = "the endpoint's default graph, kept by this program"
    NAMED_GRAPH = "the graph MERGED, kept by this program"
    UNION = "the endpoint's default graph, which is always the union of its graphs"


def open_endpoint(url: str, *, read_only: bool = False, environment: Mapping[str, str] = os.environ,
                  timeout: float | None = 120, retries: int = 3) -> RemoteStore:
    """Open the store at the address of an endpoint; ``StoreError`` where none answers.

    ``timeout`` and ``retries`` are those of ``Endpoint``.

    Credentials come from ``KG_STORE_TOKEN``, or ``KG_STORE_USER`` and ``KG_STORE_PASSWORD``, of the environment,
    else from the netrc file; ``KG_STORE_UPDATE`` is the address for updates where it follows no convention.
    """
    addresses = Addresses.of(url, environment.get(UPDATE))
    endpoint = Endpoint(addresses, find_credentials(addresses.query, environment), timeout=timeout,
                        retries=retries)
    try:
        endpoint.meet()
    except BaseException:
        endpoint.close()
        raise
    return RemoteStore(endpoint, read_only=read_only)


class RemoteStore(Store):
    """A store behind a SPARQL 1.1 endpoint; only one process may write to it at a time."""

    together = 1

    def __init__(self, endpoint: Endpoint, *, read_only: bool = False) -> None:
        self.read_only = read_only
        self._endpoint = endpoint
        self._piecemeal = endpoint.is_virtuoso
        self._index: EntityIndex | None = None
        self._writing = Lock()

    def add_article(self, article: str, quads: Iterable[Quad]) -> None:
        """Store what the article says in place of what it said before; see the module on what is one transaction."""
        self._change(graphs_of(article), map(to_oxigraph, quads))

    def remove_article(self, article: str) -> None:
        """Forget the article; an unknown one changes nothing."""
        self._change(graphs_of(article), ())

    def change(self, graphs: Iterable[str] = (), content: Iterable[Quad] = (), *, add: Iterable[Quad] = (),
               remove: Iterable[Quad] = ()) -> None:
        """Put the content in the place of what the graphs hold, and add and remove single quads.

        The default graph follows. Raises ``StoreError``, with nothing changed, for content of another graph, a
        blank node, or a term that is not RDF.
        """
        self._change(graphs, map(to_oxigraph, content), set(map(to_oxigraph, add)), set(map(to_oxigraph, remove)))

    def load(self, path: Path) -> None:
        """Fill an endpoint that holds no article from a file of N-Quads, as ``to_nquads`` writes them.

        It takes many requests; after a load that fails what is there is to be thrown away. Raises ``StoreError`` where
        articles are there, and for a broken file.
        """
        self._check_writable()
        if self._sizes():
            raise StoreError(f"{self} is not empty, and only an empty one is loaded")
        try:
            quads = ox.parse(path=str(path), format=ox.RdfFormat.N_QUADS)
            while batch := set(islice(quads, _QUADS_AT_ONCE)):
                with self._writing:
                    self._run([*self._additions(batch)])
        except (SyntaxError, OSError) as error:
            raise StoreError(f"{path} could not be loaded: {one_line(error)}") from error
        self._index = None

    def quads(self, predicate: str, graph: str | None = None) -> Iterator[Quad]:
        """Yield the quads with this predicate, of one named graph or of all."""
        where = f"GRAPH ?g {{ ?s {graph_name(predicate)} ?o }} FILTER(?g NOT IN ({MERGED}, {_GONE}))"
        if graph is not None:
            where = f"VALUES ?g {{ {graph_name(graph)} }} {where}"
        for subject, object_, name in self._endpoint.rows("?s ?o ?g", where):
            yield from_oxigraph(subject), URIRef(predicate), from_oxigraph(object_), from_oxigraph(name)

    def about(self, node: str, graph: str) -> Iterator[Quad]:
        """Yield the quads of a named graph with this subject or object."""
        for end in ("?s", "?o"):
            where = f"VALUES ({end} ?g) {{ ({graph_name(node)} {graph_name(graph)}) }} GRAPH ?g {{ ?s ?p ?o }}"
            yield from (from_quad(ox.Quad(*row)) for row in self._endpoint.rows("?s ?p ?o ?g", where))

    def articles(self) -> list[URIRef]:
        """Return the IRIs of the stored articles, sorted."""
        return sorted({URIRef(name.value.rpartition("/")[0]) for name in self._sizes()
                       if name.value not in _OF_ALL_ARTICLES})

    def query(self, sparql: str, *, prefixes: bool = True, default_graphs: Sequence[str] = (),
              named_graphs: Sequence[str] = (), base: str | None = None, remote: bool = False,
              as_written: bool = False) -> QueryResults:
        """Run a ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE`` query, as ``EmbeddedStore.query`` does.

        Raises ``CutShortError`` where the endpoint cuts the solutions short by a limit of its own.
        """
        if not remote:
            refuse_service(sparql)
        form, text = form_of(sparql), _complete(sparql, prefixes, base)
        dataset = self._dataset(sparql, default_graphs, named_graphs)
        if form == "SELECT":
            solutions, short = self._endpoint.select(text, dataset)
            if short:
                raise CutShortError(f"{self}: its own limit cut the solutions short; ask for less with LIMIT")
            return solutions
        if form == "ASK":
            return _boolean(self._endpoint.ask(text, dataset))
        return _triples(self._endpoint.construct(text, dataset))

    def update(self, sparql: str, *, prefixes: bool = True, base: str | None = None, remote: bool = False) -> None:
        """Run a SPARQL update, as ``EmbeddedStore.update`` does; undone on failure where the endpoint does so."""
        if not remote:
            refuse_service(sparql)
            refuse_load(sparql)
        self._check_writable()
        with self._writing:
            self._endpoint.update(_complete(sparql, prefixes, base))
            self._index = None

    def has_graph(self, name: str | None) -> bool:
        """Tell whether a named graph holds anything; the default graph (``None``) is always there."""
        return name is None or self._endpoint.ask(f"ASK {{ GRAPH {graph_name(name)} {{ ?s ?p ?o }} }}")

    def dump_graph(self, name: str | None, output: IO[bytes], format: ox.RdfFormat) -> None:
        """Write the triples of a named graph, or of the default graph, in an RDF format."""
        pattern = "?s ?p ?o" if name is None else f"GRAPH {graph_name(name)} {{ ?s ?p ?o }}"
        rows = self._endpoint.rows("?s ?p ?o", pattern, dataset=self._dataset(pattern))
        ox.serialize((ox.Triple(*row) for row in rows), output, format=format, prefixes=PREFIXES)

    def entity_index(self) -> EntityIndex:
        """Return the entities with their names, read once and kept until this store is written."""
        if self._index is None:
            labels, aliases, types = map(self._values, NAMING)
            subjects, objects = map(self._statements, ENDS)
            self._index = EntityIndex.of(entity_rows(labels, aliases, types, subjects + objects))
        return self._index

    def size(self) -> int:
        """Return the number of quads of all articles and of identity."""
        return sum(self._sizes().values())

    def flush(self) -> None:
        """Do nothing: what the endpoint has answered is its own to keep."""

    def close(self) -> None:
        """Close the connection; closing twice is fine."""
        self._endpoint.close()

    def __str__(self) -> str:
        return f"store {self._endpoint}"

    @cached_property
    def _merge(self) -> Merge:
        if self._endpoint.ask(f"ASK {{ GRAPH {MERGED} {{ ?s ?p ?o }} }}"):
            return Merge.NAMED_GRAPH
        # Who only reads asks the default graph, whatever it is.
        return Merge.DEFAULT_GRAPH if self.read_only else self._probe()

    def _probe(self) -> Merge:
        """Find out what the endpoint takes for its default graph, by a triple in a graph of no article."""
        graph = ox.NamedNode(_PROBE + uuid.uuid4().hex)
        triple = f"{graph} {graph} {graph}"
        self._endpoint.update(f"INSERT DATA {{ GRAPH {graph} {{ {triple} }} }}", repeatable=True)
        try:
            if not self._endpoint.ask(f"ASK {{ {triple} }}"):
                return Merge.DEFAULT_GRAPH
            # With the merge named as the default graph, all other graphs have to stay in sight.
            open_ = self._endpoint.ask(f"ASK {{ GRAPH ?g {{ {triple} }} }}", Dataset([MERGED.value]))
            return Merge.NAMED_GRAPH if open_ else Merge.UNION
        finally:
            self._endpoint.update(f"DROP SILENT GRAPH {graph}", repeatable=True)

    def _dataset(self, sparql: str, default_graphs: Sequence[str] = (),
                 named_graphs: Sequence[str] = ()) -> Dataset:
        """Return the graphs that a query reads, beside those that it names itself."""
        text = bare(sparql)
        asked = default_graphs or named_graphs or re.search(r"\bFROM\b", text, re.IGNORECASE)
        if asked or self._merge is not Merge.NAMED_GRAPH:
            return Dataset(default_graphs, named_graphs)
        # Virtuoso finds a graph that GRAPH names outright only where the dataset names it too.
        return Dataset([MERGED.value], _FIXED_GRAPH.findall(sparql))

    def _sizes(self) -> dict[ox.NamedNode, int]:
        """Return the number of quads of each graph that is this program's, by name in order."""
        # Counting is what Virtuoso does fast; it takes seconds for DISTINCT.
        rows = self._endpoint.rows("?g (COUNT(*) AS ?n)", "GRAPH ?g { ?s ?p ?o }", "GROUP BY ?g")
        sizes = {name: int(count.value) for name, count in rows if isinstance(name, ox.NamedNode)}
        return {name: sizes[name] for name in sorted(sizes, key=str) if _counts(name.value)}

    def _graphs(self) -> Graphs:
        for names in batches([*self._sizes()], _GRAPHS_AT_ONCE):
            triples: dict[str, list[bytes]] = {name.value: [] for name in names}
            for quad in self._content(names):
                triples[_name_of(quad)].append(f"{quad.triple} .".encode())
            yield from ((name, triples[name.value]) for name in names)

    def _content(self, names: Sequence[ox.NamedNode]) -> Iterator[ox.Quad]:
        for some in batches(names, _GRAPHS_AT_ONCE):
            where = f"{_values_of(some)} GRAPH ?g {{ ?s ?p ?o }}"
            yield from (ox.Quad(*row) for row in self._endpoint.rows("?s ?p ?o ?g", where))

    def _values(self, predicate: str) -> Values:
        values: defaultdict[str, Counter[str]] = defaultdict(Counter)
        where = f'GRAPH ?g {{ ?s {graph_name(predicate)} ?o }} FILTER(STRSTARTS(STR(?s), "{ENT}")) {_OF_ARTICLES}'
        for subject, object_, count in self._endpoint.rows("?s ?o (COUNT(?g) AS ?n)", where, "GROUP BY ?s ?o"):
            values[subject.value][object_.value] += int(count.value)
        return values

    def _statements(self, role: str) -> Counter[str]:
        where = f"GRAPH ?g {{ ?s {graph_name(role)} ?o }} {_OF_ARTICLES}"
        rows = self._endpoint.rows("?o (COUNT(DISTINCT ?s) AS ?n)", where, "GROUP BY ?o")
        return Counter({entity.value: int(count.value) for entity, count in rows if isinstance(entity, ox.NamedNode)})

    def _change(self, graphs: Iterable[str], content: Iterable[ox.Quad], add: AbstractSet[ox.Quad] = frozenset(),
                remove: AbstractSet[ox.Quad] = frozenset()) -> None:
        self._check_writable()
        names = {str(graph) for graph in graphs}  # an URIRef never equals a str
        new = set(content)
        check_graphs({quad.graph_name for quad in new}, names)
        with self._writing:
            old = set(self._content([*map(ox.NamedNode, sorted(names))]))
            added, removed = (new - old) | add, (old - new) | (remove - add)
            if added or removed:
                emptied = {ox.NamedNode(name) for name in names - set(map(_name_of, new))}
                self._run([*self._removals(removed, emptied), *self._additions(added), *self._forget(removed, added)])
                self._index = None

    def _removals(self, quads: AbstractSet[ox.Quad], emptied: AbstractSet[ox.NamedNode]) -> Iterator[str]:
        for graph, some in sorted(by_graph(_in_graphs(quads)), key=lambda item: not item[0].value.endswith(EXTRACTION)):
            if graph in emptied:
                yield f"DROP SILENT GRAPH {graph}"
            else:
                yield from (data("DELETE", part, graph)
                            for part in batches(some, _TRIPLES_AT_ONCE))

    def _additions(self, quads: AbstractSet[ox.Quad]) -> Iterator[Insertion]:
        """Yield what adds the quads, the records last from which an interrupted change is made good."""
        merged = _merged(quads)
        if merged and self._merge is not Merge.UNION:
            yield Insertion(self._merged_graph, [*merged])
        for graph, some in sorted(by_graph(_in_graphs(quads)), key=lambda item: _rank(item[0].value)):
            yield Insertion(graph, some)

    def _forget(self, removed: AbstractSet[ox.Quad], added: AbstractSet[ox.Quad]) -> Iterator[str | Insertion]:
        """Yield what takes those triples out of the merge that no graph states any more."""
        gone = _merged(removed) - _merged(added)
        if gone and self._merge is not Merge.UNION:
            yield Insertion(_GONE, [*gone])
            yield f"DELETE {{ {_IN_GONE} }} WHERE {{ {_IN_GONE} GRAPH ?g {{ ?s ?p ?o }} {_MERGED_TOO} }}"
            merge = "?s ?p ?o" if self._merged_graph is None else f"GRAPH {MERGED} {{ ?s ?p ?o }}"
            yield f"DELETE {{ {merge} }} WHERE {{ {_IN_GONE} }}"
            yield f"DROP SILENT GRAPH {_GONE}"

    @property
    def _merged_graph(self) -> ox.NamedNode | None:
        return MERGED if self._merge is Merge.NAMED_GRAPH else None

    def _run(self, operations: Sequence[str | Insertion]) -> None:
        """Run the operations, which may be repeated, in one request where the endpoint takes it."""
        if not self._piecemeal:
            with suppress(RequestTooLargeError):
                return self._endpoint.update(";\n".join(chain.from_iterable(map(_texts, operations))), repeatable=True)
            self._piecemeal = True
        for operation in operations:
            if isinstance(operation, Insertion) and operation.graph and self._endpoint.addresses.graphs:
                lines = "".join(f"{triple} .\n" for triple in operation.triples)
                self._endpoint.load(operation.graph.value, lines.encode())
            else:
                for text in _texts(operation):
                    self._endpoint.update(text, repeatable=True)

    def _check_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self} was opened for reading only")


def _texts(operation: str | Insertion) -> Iterator[str]:
    return iter([operation]) if isinstance(operation, str) else operation.to_texts(_TRIPLES_AT_ONCE)


def _counts(graph: str) -> bool:
    """Tell whether a graph is one that is exported and counted."""
    of_article = graph.startswith(ARTICLE) and graph.endswith(("/facts", "/provenance"))
    return of_article or graph in _OF_ALL_ARTICLES


def _in_graphs(quads: Iterable[ox.Quad]) -> Iterator[tuple[object, ox.Triple]]:
    return ((quad.graph_name, quad.triple) for quad in quads)


def _merged(quads: Iterable[ox.Quad]) -> set[ox.Triple]:
    """Return the triples that the merge holds too."""
    return {quad.triple for quad in quads if is_merged(quad.graph_name)}


def _name_of(quad: ox.Quad) -> str:
    assert isinstance(quad.graph_name, ox.NamedNode)
    return quad.graph_name.value


def _rank(graph: str) -> int:
    """Return 0 for a graph written from an extraction, 1 for one that keeps an extraction, 2 for identity."""
    return 2 if graph in _OF_ALL_ARTICLES else int(graph.endswith(EXTRACTION))


def _values_of(names: Iterable[ox.NamedNode]) -> str:
    return f"VALUES ?g {{ {' '.join(map(str, names))} }}"


def _complete(sparql: str, prefixes: bool, base: str | None) -> str:
    """Return the text with the base and with those known prefixes declared that it uses without declaring them."""
    known = PREFIXES.items() if prefixes else ()
    lines = [f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in known
             if f"{prefix}:" in sparql and not re.search(rf"\bPREFIX\s+{prefix}:", sparql, re.IGNORECASE)]
    return "\n".join([*([f"BASE {graph_name(base)}"] if base else []), *lines, sparql])


def _boolean(value: bool) -> ox.QueryBoolean:
    results = ox.parse_query_results(json.dumps({"head": {}, "boolean": value}), format=ox.QueryResultsFormat.JSON)
    assert isinstance(results, ox.QueryBoolean)
    return results


def _triples(triples: Iterable[ox.Triple]) -> ox.QueryTriples:
    store = ox.Store()
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    results = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(results, ox.QueryTriples)
    return results
