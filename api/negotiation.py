"""Content negotiation: which of the formats on offer a client's Accept header prefers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

SOLUTIONS: Mapping[str, str] = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
"""Media types of SELECT results, the default first, each with its serialisation."""

BOOLEANS: Mapping[str, str] = {name: format for name, format in SOLUTIONS.items() if format in ("json", "xml")}
"""Media types of ASK results; CSV and TSV have no booleans."""

TRIPLES: Mapping[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
    "application/n-quads": "nquads",
    "application/trig": "trig",
}
"""Media types of CONSTRUCT and DESCRIBE results, the default first, each with its serialisation."""

GRAPHS: Mapping[str, str] = {name: format for name, format in TRIPLES.items() if format not in ("nquads", "trig")}
"""Media types of one graph, sent or answered, the default first, each with its serialisation."""


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offer that ``accept`` weighs highest, or ``None`` where it rules all of them out.

    Follows RFC 9110, section 12.5.1: the most specific range that covers an offer gives its weight,
    and a weight of zero forbids it. Among equals the first offer wins.
    """
    return _chosen(accept or "*/*", tuple(offers))


@lru_cache(256)
def _chosen(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = _ranges(accept)
    weights = [_weight(offer, ranges) for offer in offers]
    best = max(weights, default=0.0)
    return offers[weights.index(best)] if best > 0 else None


def _ranges(accept: str) -> list[tuple[str, float]]:
    return [_range(part) for part in accept.split(",") if part.strip()]


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.lower().split(";"))
    weights = [p.removeprefix("q=") for p in parameters if p.startswith("q=")]
    return name, _number(weights[0]) if weights else 1.0


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        # A weight that is no number says nothing against the format it stands beside.
        return 1.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    covering = [(_specificity(name), weight) for name, weight in ranges if _covers(name, offer)]
    return max(covering)[1] if covering else 0.0


def _covers(name: str, offer: str) -> bool:
    return name in ("*/*", offer) or (name.endswith("/*") and offer.startswith(name[:-1]))


def _specificity(name: str) -> int:
    return 2 - name.count("*")
