"""Write query results and quads in the standard formats, in an order that depends on content only."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.vocab import PREFIXES, RDF

QueryResults = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

RESULT_FORMATS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
"""Formats of ``SELECT`` and ``ASK`` results; ``csv`` and ``tsv`` hold no boolean."""

RDF_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""Formats of ``CONSTRUCT`` and ``DESCRIBE`` results and of whole stores."""


def serialize(results: QueryResults, format: str) -> bytes:
    """Return the results as bytes; ``QueryError`` where the format does not fit the query form.

    Solutions and booleans take ``RESULT_FORMATS``, triples take ``RDF_FORMATS``.
    """
    try:
        if isinstance(results, ox.QueryTriples):
            return write_triples(set(results), _rdf_format(format))
        return results.serialize(format=_result_format(results, format)) or b""
    except RuntimeError as error:
        raise QueryError(f"the query failed while it ran: {error}") from error
    except OSError as error:
        raise StoreError(f"the store could not be read: {error}") from error


def write_triples(triples: Iterable[ox.Triple], format: ox.RdfFormat) -> bytes:
    """Return the triples sorted by subject, types first, with the standard prefixes they use."""
    ordered = sorted(triples, key=_triple_key)
    return ox.serialize(ordered, format=format, prefixes=_used_prefixes(ordered)) or b""


def write_quads(quads: Iterable[ox.Quad], format: ox.RdfFormat) -> bytes:
    """Return the quads sorted by graph, then as ``write_triples`` sorts."""
    ordered = sorted(quads, key=lambda quad: (str(quad.graph_name), *_triple_key(quad)))
    return ox.serialize(ordered, format=format, prefixes=_used_prefixes(ordered)) or b""


def sorted_lines(nquads: bytes) -> bytes:
    """Return N-Quads or N-Triples with its lines in byte order: the canonical form of a store."""
    # Both formats escape line ends inside literals, so a line is a quad.
    return b"".join(line + b"\n" for line in sorted(nquads.split(b"\n")) if line)


def _triple_key(item: ox.Triple | ox.Quad) -> tuple[str, bool, str, str]:
    predicate = item.predicate.value
    return str(item.subject), predicate != str(RDF["type"]), predicate, str(item.object)


def _used_prefixes(items: Iterable[ox.Triple | ox.Quad]) -> dict[str, str]:
    """Return those standard prefixes whose namespace starts an IRI of the items."""
    used = {iri.rpartition("#")[0] + "#" if "#" in iri else iri.rpartition("/")[0] + "/"
            for item in items for iri in _iris(item)}
    return {prefix: namespace for prefix, namespace in PREFIXES.items() if namespace in used}


def _iris(item: ox.Triple | ox.Quad) -> list[str]:
    terms = [item.subject, item.predicate, item.object]
    named = [term.value for term in terms if isinstance(term, ox.NamedNode)]
    if isinstance(item.object, ox.Literal):
        named.append(item.object.datatype.value)
    if isinstance(item, ox.Quad) and isinstance(item.graph_name, ox.NamedNode):
        named.append(item.graph_name.value)
    return named


def _rdf_format(name: str) -> ox.RdfFormat:
    if name not in RDF_FORMATS:
        raise QueryError(f"triples cannot be written as {name!r}; choose one of {', '.join(RDF_FORMATS)}")
    return RDF_FORMATS[name]


def _result_format(results: ox.QuerySolutions | ox.QueryBoolean, name: str) -> ox.QueryResultsFormat:
    names = ["json", "xml"] if isinstance(results, ox.QueryBoolean) else list(RESULT_FORMATS)
    if name not in names:
        what = "a boolean" if isinstance(results, ox.QueryBoolean) else "rows"
        raise QueryError(f"{what} cannot be written as {name!r}; choose one of {', '.join(names)}")
    return RESULT_FORMATS[name]
