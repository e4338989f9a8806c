"""An extraction as RDF: plain triples in the facts graph, a receipt for each in the provenance graph.

What an article asserts or reports, and does not negate, stands as a plain triple; a relation of
the ontology only if it is likelier right than wrong. Everything, also what is planned, possible,
denied, negated or unlikely, has a statement node with modality, polarity, confidence, component
and the evidence. IRIs are hashes of what they denote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rdflib import URIRef

from kg.model import Extraction
from kg.ontology import Ontology
from kg.rdf.receipts import Writing
from kg.rdf.statements import Reading
from kg.rdf.terms import Quad

__all__ = ["Quad", "extraction_to_quads"]


def extraction_to_quads(extraction: Extraction, ontology: Ontology,
                        iris: Mapping[str, URIRef] | None = None) -> Iterator[Quad]:
    """Yield the quads of one article, each once, always in the same order for the same extraction.

    ``iris`` maps entity ids to IRIs; without it each entity has the one of its class and name.
    ``OntologyError`` for what the ontology does not allow (``Ontology.conform`` drops it
    beforehand), ``InputError`` for spans outside the text and unknown entity ids.
    """
    reading = Reading(extraction, ontology, iris)
    statements = list(reading.statements())
    return iter(dict.fromkeys(Writing(extraction, ontology, reading.iris).quads(statements)))
