"""Write query results and quads in the standard formats, in an order that depends on content only."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.vocab import PREFIXES

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
            return write(sorted({f"{triple} .".encode() for triple in results}), _rdf_format(format))
        return results.serialize(format=_result_format(results, format)) or b""
    except RuntimeError as error:
        raise QueryError(f"the query failed while it ran: {error}") from error
    except OSError as error:
        raise StoreError(f"the store could not be read: {error}") from error


def write(lines: Iterable[bytes], format: ox.RdfFormat) -> bytes:
    """Return lines of N-Quads or N-Triples in another format and in their order.

    Only those of the standard prefixes are declared whose namespace occurs.
    """
    nquads = b"\n".join(lines)
    used = {prefix: namespace for prefix, namespace in PREFIXES.items() if f"<{namespace}".encode() in nquads}
    quads = ox.parse(nquads, format=ox.RdfFormat.N_QUADS)
    items = quads if format.supports_datasets else (quad.triple for quad in quads)
    return ox.serialize(items, format=format, prefixes=used) or b""


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
