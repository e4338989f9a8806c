"""What every store can do, wherever it keeps its quads, and what follows from it alike in all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.term import Node

from kg.export import QueryResults
from kg.search import EntityIndex, EntityRow
from kg.store.dumps import Graphs, dump, to_nquads

Quad = tuple[Node, Node, Node, Node]


class Store(Protocol):
    """What every store can do, wherever it keeps its quads."""

    read_only: bool
    together: int
    """How many articles are best stored at once."""

    def add_article(self, article: str, quads: Iterable[Quad]) -> None:
        """Store what the article says in place of what it said before: all of it or nothing."""

    def remove_article(self, article: str) -> None:
        """Forget the article; an unknown one changes nothing."""

    def change(self, graphs: Iterable[str] = (), content: Iterable[Quad] = (), *, add: Iterable[Quad] = (),
               remove: Iterable[Quad] = ()) -> None:
        """Put the content in the place of what the graphs hold, and add and remove single quads: all of it or nothing.

        The content is asked for once and not kept, so that of many articles it need not exist at one time.
        """

    def load(self, path: Path) -> None:
        """Fill an empty store from a file of N-Quads that holds articles' graphs."""

    def quads(self, predicate: str, graph: str | None = None) -> Iterator[Quad]:
        """Yield the quads with this predicate, of one named graph or of all."""

    def about(self, node: str, graph: str) -> Iterator[Quad]:
        """Yield the quads of a named graph with this subject or object."""

    def articles(self) -> list[URIRef]:
        """Return the IRIs of the stored articles, sorted."""

    def query(self, sparql: str, *, prefixes: bool = True, default_graphs: Sequence[str] = (),
              named_graphs: Sequence[str] = (), base: str | None = None, remote: bool = False,
              as_written: bool = False) -> QueryResults:
        """Run a ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE`` query."""

    def update(self, sparql: str, *, prefixes: bool = True, base: str | None = None, remote: bool = False) -> None:
        """Run a SPARQL update: all of it or nothing."""

    def has_graph(self, name: str | None) -> bool:
        """Tell whether there is a named graph; the default graph (``None``) is always there."""

    def dump_graph(self, name: str | None, output: IO[bytes], format: ox.RdfFormat) -> None:
        """Write the triples of a named graph, or of the default graph, in an RDF format."""

    def entity_index(self) -> EntityIndex:
        """Return the entities with their names, to be searched, counted and looked up."""

    def entities(self) -> Sequence[EntityRow]:
        """Return every entity with its commonest label and type, sorted by IRI."""
        return list(self.entity_index())

    def search_entities(self, text: str, limit: int = 20) -> list[EntityRow]:
        """Return the entities whose label or alias matches, best first, as ``kg.search.index`` ranks them."""
        return self.entity_index().find(text, limit) if text.strip() else []

    def _graphs(self) -> Graphs:
        """Return the graphs of articles and identity, sorted by name."""

    def to_nquads(self) -> bytes:
        """Return those graphs as N-Quads with sorted lines: equal stores give equal bytes."""
        return to_nquads(self._graphs())

    def dump(self, format: str) -> bytes:
        """Return the store in an RDF format; see ``kg.store.dumps.dump``."""
        return dump(self._graphs(), format)

    def size(self) -> int:
        """Return the number of quads."""

    def flush(self) -> None:
        """Return when everything written is on disk."""

    def close(self) -> None:
        """Give the store back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.close()
