"""A store inside this process, over pyoxigraph: on disk (RocksDB) or in memory."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, starmap
from pathlib import Path
from threading import Lock
from typing import IO, cast

import pyoxigraph as ox
from rdflib import URIRef

from kg.errors import QueryError, StoreError
from kg.export import QueryResults
from kg.search import EntityIndex, Upkeep
from kg.search.files import index_path
from kg.sparql import refuse_load, refuse_nesting, refuse_service, sort_numbers_apart
from kg.store.begun import begun, finish, is_begun
from kg.store.changes import by_graph, check_graphs, data, graphs_of, is_merged
from kg.store.protocol import Quad, Store
from kg.store.terms import Names, Row, Terms, from_quad, graph_name, one_line, to_row
from kg.store.version import check_version, mark_version
from kg.vocab import EXTRACTION, PREFIXES

MANY = 10_000
"""Quads from which it is worth while to write files of them and add these, which costs as much for one quad."""


def open_directory(path: Path, read_only: bool = False, *, wait: float = 5) -> EmbeddedStore:
    """Open the store in a directory; see ``kg.store.open_store``."""
    _check_directory(path, read_only)
    check_version(path)
    limit = time.monotonic() + wait
    while True:
        try:
            return _open(path, read_only)
        except (OSError, RuntimeError) as error:
            in_use = "LOCK: " in str(error)
            if in_use and time.monotonic() < limit:
                time.sleep(0.05)
                continue
            reason = "is in use by another process" if in_use else f"could not be opened: {_cause(error)}"
            raise StoreError(f"store {path} {reason}") from error


def _open(path: Path, read_only: bool) -> EmbeddedStore:
    path.mkdir(parents=True, exist_ok=True)
    index: Path | None = index_path(path)  # before the store is opened, which changes its files
    store = ox.Store.read_only(str(path)) if read_only else ox.Store(path)
    if not read_only:
        mark_version(path)
        for half_written in path.glob("bulk-*.sst"):  # by a process that was killed
            half_written.unlink(missing_ok=True)
        if finish(store, path):
            index = None
    elif is_begun(store):  # as SQLite does with a hot journal: nobody reads half a change
        del store
        _open(path, read_only=False).close()
        return _open(path, read_only)
    return EmbeddedStore(store, path, read_only=read_only, index=index)


class EmbeddedStore(Store):
    """A store inside this process, over pyoxigraph: on disk (RocksDB) or in memory."""

    together = 100

    def __init__(self, store: ox.Store, path: Path | None = None, *, read_only: bool = False,
                 index: Path | None = None) -> None:
        self.path = path
        self.read_only = read_only
        self._store: ox.Store | None = store
        self._upkeep = Upkeep(index)
        # What an article alone says is read before it is written: two threads must not do so at once.
        self._writing = Lock()

    def add_article(self, article: str, quads: Iterable[Quad]) -> None:
        """Store what the article says in place of what it said before: all of it or nothing.

        Raises ``StoreError``, with nothing changed, for a quad of a graph that is not the
        article's, a blank node, or a term that is not RDF.
        """
        self._change(graphs_of(article), quads)

    def remove_article(self, article: str) -> None:
        """Forget the article; an unknown one changes nothing."""
        self._change(graphs_of(article), ())

    def change(self, graphs: Iterable[str] = (), content: Iterable[Quad] = (), *, add: Iterable[Quad] = (),
               remove: Iterable[Quad] = ()) -> None:
        """Put the content in the place of what the graphs hold, and add and remove single quads: all of it or nothing.

        The default graph follows. Raises ``StoreError``, with nothing changed, for content of another graph,
        a blank node, or a term that is not RDF.
        """
        self._change(graphs, content, add, remove)

    def load(self, path: Path) -> None:
        """Fill an empty store from a file of N-Quads that holds articles' graphs, as ``to_nquads`` writes them.

        Much faster than article by article, and no transaction: after a load that fails or is killed the store is to
        be thrown away. Raises ``StoreError`` for a store that holds something, and for a broken file.
        """
        if next(self._open.quads_for_pattern(None, None, None, None), None) is not None:
            raise StoreError(f"{self} is not empty, and only an empty one is loaded")
        try:
            self._open.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
            with path.open("rb") as file:
                self._open.bulk_load(cast(IO[bytes], _Merge(file)), format=ox.RdfFormat.N_TRIPLES)
        except (SyntaxError, OSError, RuntimeError) as error:
            raise StoreError(f"{path} could not be loaded: {one_line(error)}") from error
        self._upkeep.note_anything()

    def quads(self, predicate: str, graph: str | None = None) -> Iterator[Quad]:
        """Yield the quads with this predicate, of one named graph or of all."""
        name = None if graph is None else ox.NamedNode(graph)
        yield from (from_quad(quad) for quad in self._open.quads_for_pattern(None, ox.NamedNode(predicate), None, name)
                    if isinstance(quad.graph_name, ox.NamedNode))

    def about(self, node: str, graph: str) -> Iterator[Quad]:
        """Yield the quads of a named graph with this subject or object."""
        end, name = ox.NamedNode(node), ox.NamedNode(graph)
        yield from map(from_quad, self._open.quads_for_pattern(end, None, None, name))
        yield from map(from_quad, self._open.quads_for_pattern(None, None, end, name))

    def articles(self) -> list[URIRef]:
        """Return the IRIs of the stored articles, sorted."""
        names = (name.value for name in self._open.named_graphs() if isinstance(name, ox.NamedNode))
        return sorted({URIRef(name.rpartition("/")[0]) for name in names if name.endswith(("/facts", "/provenance"))})

    def query(self, sparql: str, *, prefixes: bool = True, default_graphs: Sequence[str] = (),
              named_graphs: Sequence[str] = (), base: str | None = None, remote: bool = False,
              as_written: bool = False) -> QueryResults:
        """Run a ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE`` query.

        ``prefixes`` makes ``kg.vocab.PREFIXES`` known without declaring them. ``default_graphs``
        and ``named_graphs`` stand for the protocol's ``default-graph-uri`` and ``named-graph-uri``
        and overrule ``FROM``. Where either names several graphs for the default graph, a triple counts
        once for each of them. Relative IRIs are resolved against ``base``. ``ORDER BY`` sorts numbers after all else
        (``kg.sparql.sort_numbers_apart``) unless ``as_written``, for a process that may be lost. Raises
        ``QueryError`` for a malformed query, an update, or, unless ``remote``, ``SERVICE``.
        """
        refuse_nesting(sparql)
        if not remote:
            refuse_service(sparql)
        known = _prefixes_in(sparql) if prefixes else {}
        if not as_written:
            sparql = sort_numbers_apart(sparql)
        try:
            if default_graphs or named_graphs:
                return self._open.query(sparql, prefixes=known, base_iri=base,
                                        default_graph=[*map(ox.NamedNode, dict.fromkeys(default_graphs))],
                                        named_graphs=[*map(ox.NamedNode, named_graphs)])
            return self._open.query(sparql, prefixes=known, base_iri=base)
        except (SyntaxError, ValueError, RuntimeError) as error:
            raise QueryError(f"query refused: {one_line(error)}") from error
        except OSError as error:
            raise StoreError(f"{self} could not be read: {one_line(error)}") from error

    def update(self, sparql: str, *, prefixes: bool = True, base: str | None = None, remote: bool = False) -> None:
        """Run a SPARQL update: all of it or nothing.

        It writes what it says and no more: the default graph follows the articles' graphs only when
        articles are added and removed. Raises ``QueryError`` for a malformed update, one that fails
        (``CREATE`` of a graph that exists), and, unless ``remote``, ``SERVICE`` and ``LOAD``.
        """
        refuse_nesting(sparql)
        if not remote:
            refuse_service(sparql)
            refuse_load(sparql)
        self._check_writable()
        try:
            with self._writing:
                self._open.update(sparql, prefixes=PREFIXES if prefixes else {}, base_iri=base)
                self._upkeep.note_anything()
        except (SyntaxError, ValueError, RuntimeError) as error:
            raise QueryError(f"update refused: {one_line(error)}") from error
        except OSError as error:
            raise StoreError(f"{self} could not be written: {one_line(error)}") from error

    def has_graph(self, name: str | None) -> bool:
        """Tell whether there is a named graph; the default graph (``None``) is always there."""
        return name is None or self._open.contains_named_graph(graph_name(name))

    def dump_graph(self, name: str | None, output: IO[bytes], format: ox.RdfFormat) -> None:
        """Write the triples of a named graph, or of the default graph, in an RDF format."""
        graph = ox.DefaultGraph() if name is None else graph_name(name)
        self._open.dump(output, format=format, from_graph=graph, prefixes=PREFIXES)

    def entity_index(self) -> EntityIndex:
        """Return the entities with their names, to be searched, counted and looked up.

        It is read from a file beside the store, or made where that is absent or stale, and follows what is written.
        """
        return self._upkeep.index(self._open)

    def backup(self, path: Path | str) -> None:
        """Copy the store into a new directory, from where it opens like this one.

        Copies of a store on disk are snapshots with hard links where the file system allows. The index of
        entities goes with them, unless a SPARQL update has left it to be made from the whole store.
        """
        path = Path(path)
        if path.exists():
            raise StoreError(f"backup refused: {path} exists")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._copy(path)
            if self._upkeep.traced and not self.read_only:
                self._upkeep.save(self.entity_index(), path)
        except (OSError, RuntimeError) as error:
            raise StoreError(f"backup to {path} failed: {one_line(error)}") from error

    def size(self) -> int:
        """Return the number of quads."""
        rows = self.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", as_written=True)
        assert isinstance(rows, ox.QuerySolutions)
        return sum(int(row["n"].value) for row in rows if not row["g"].value.endswith(EXTRACTION))

    def flush(self) -> None:
        """Return when everything written is on disk."""
        self._open.flush()

    def close(self) -> None:
        """Give the directory back, so that another process may write; closing twice is fine."""
        if self._store is None:
            return
        keep = self.path if self._upkeep.needed and not self.read_only else None
        index = self.entity_index() if keep else None
        self._store = None
        if keep and index:
            self._upkeep.save(index, keep)

    def __str__(self) -> str:
        return f"store {self.path or 'in memory'}"

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise StoreError(f"{self} is closed")
        return self._store

    def _graphs(self) -> Iterator[tuple[ox.NamedNode, list[bytes]]]:
        """Yield the graphs that count, sorted by name; line ends inside literals are escaped."""
        names = sorted((name for name in self._open.named_graphs()
                        if isinstance(name, ox.NamedNode) and not name.value.endswith(EXTRACTION)), key=str)
        for name in names:
            yield name, (self._open.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=name) or b"").split(b"\n")[:-1]

    def _change(self, graphs: Iterable[str], content: Iterable[Quad], add: Iterable[Quad] = (),
                remove: Iterable[Quad] = ()) -> None:
        names, known = {str(graph) for graph in graphs}, Names()  # an URIRef never equals a str
        # Quads stay in the order in which they were made: RocksDB takes neighbours in half the time of a set's order.
        new = [to_row(quad, known) for quad in content]
        more, less = (dict.fromkeys(to_row(quad, known) for quad in quads) for quads in (add, remove))
        check_graphs({row[3] for row in new}, names)
        with self._writing:
            old = {_row(quad) for graph in names
                   for quad in self._open.quads_for_pattern(None, None, None, ox.NamedNode(graph))}
            removed = old.difference(new) if old else set()
            added = [row for row in new if row not in old] if old else new
            added += (row for row in more if ox.Quad(*row) not in self._open)
            removed |= {row for row in less if row not in more and ox.Quad(*row) in self._open}
            if added or removed:
                self._check_writable()
                try:
                    self._write(added, removed)
                except (OSError, RuntimeError) as error:
                    raise StoreError(f"{self} could not be written: {_cause(error)}") from error
                self._upkeep.note(known.values())
                self._upkeep.note(term for row in removed for term in row)

    def _write(self, added: Sequence[Row], removed: AbstractSet[Row]) -> None:
        """Add and remove quads and keep the default graph the merge, so that a crash leaves all of it or nothing."""
        twice = chain(starmap(ox.Quad, added), (ox.Quad(s, p, o) for s, p, o, graph in added if is_merged(graph)))
        deletions = ";\n".join(filter(None, self._deletions(added, removed))) if removed else ""
        if self.path and len(added) >= MANY:
            # Sorted files beside the database take a third of the time, and are added in one step as well.
            self._open.bulk_extend(chain(twice, begun(deletions)))
            finish(self._open)
        elif removed:
            self._open.update(";\n".join(filter(None, chain([deletions], self._insertions(added)))))
        else:  # nothing has to be written as SPARQL and parsed again
            self._open.extend(twice)

    def _deletions(self, added: Sequence[Row], removed: AbstractSet[Row]) -> Iterator[str]:
        """Yield what removes quads from the named graphs and keeps the default graph their merge."""
        gone = {row[:3] for row in removed if is_merged(row[3])}
        gone.difference_update(row[:3] for row in added)
        filled = {row[3] for row in added}
        yield data("DELETE", (ox.Triple(*row) for row in gone if not self._said_elsewhere(row, removed)))
        for graph, triples in by_graph(_in_graphs(removed)):
            yield data("DELETE", triples, graph)
            if graph not in filled and self._ends_empty(graph, removed):
                yield f"DROP SILENT GRAPH {graph}"

    def _insertions(self, added: Sequence[Row]) -> Iterator[str]:
        """Yield what adds quads to the named graphs and to the default graph."""
        for graph, triples in by_graph(_in_graphs(added)):
            fresh = not self._open.contains_named_graph(graph)
            yield data("INSERT", triples, graph)
            if is_merged(graph):
                # Adding a whole graph spares the parser the same triples a second time.
                yield f"ADD GRAPH {graph} TO DEFAULT" if fresh else data("INSERT", triples)

    def _said_elsewhere(self, triple: Terms, removed: AbstractSet[Row]) -> bool:
        return any(quad.graph_name != ox.DefaultGraph() and is_merged(quad.graph_name) and _row(quad) not in removed
                   for quad in self._open.quads_for_pattern(*triple, None))

    def _ends_empty(self, graph: ox.NamedNode, removed: AbstractSet[Row]) -> bool:
        return all(_row(quad) in removed for quad in self._open.quads_for_pattern(None, None, None, graph))

    def _check_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self} was opened for reading only")

    def _copy(self, path: Path) -> None:
        if self.path is None:
            copy = ox.Store(path)
            copy.extend(self._open)
            copy.flush()
        else:
            self._open.backup(str(path))
        mark_version(path)


class _Merge:
    """The lines of a file of N-Quads as N-Triples, without those that the default graph does not repeat."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        kept = EXTRACTION.encode() + b"> .\n"
        self._lines = (line[:line.rindex(b" <")] + b" .\n" for line in lines if not line.endswith(kept))
        self._rest = b""

    def read(self, size: int) -> bytes:
        pieces, length = [self._rest], len(self._rest)
        while length < size and (line := next(self._lines, b"")):
            pieces.append(line)
            length += len(line)
        data = b"".join(pieces)
        self._rest = data[size:]
        return data[:size]


def _row(quad: ox.Quad) -> Row:
    """Return the terms of a quad of a named graph."""
    return cast(Row, (*quad.triple, quad.graph_name))


def _in_graphs(rows: Iterable[Row]) -> Iterator[tuple[ox.NamedNode, ox.Triple]]:
    """Yield the graphs and triples of quads."""
    return ((graph, ox.Triple(subject, predicate, target)) for subject, predicate, target, graph in rows)


def _prefixes_in(sparql: str) -> dict[str, str]:
    """Return the known prefixes that the text may use: reading all of them takes longer than many a query."""
    if "\\" in sparql:  # a prefix may be spelt in escapes
        return PREFIXES
    return {prefix: namespace for prefix, namespace in PREFIXES.items() if f"{prefix}:" in sparql}


def _cause(error: Exception) -> str:
    """Return what kept a database from its files, in words where it is known."""
    text = one_line(error)
    if "No space left on device" in text:
        return "the disk is full"
    if "Read-only file system" in text or "Permission denied" in text:
        return "the folder may not be written to"
    return text


def _check_directory(path: Path, read_only: bool) -> None:
    """Raise ``StoreError`` where opening would fail obscurely or write among foreign files."""
    if path.exists() and not path.is_dir():
        raise StoreError(f"store {path} is a file, not a directory")
    if (path / "CURRENT").is_file():
        return
    if path.is_dir() and any(path.iterdir()):
        raise StoreError(f"{path} is not a store and holds other files")
    if read_only:
        raise StoreError(f"there is no store at {path}")
