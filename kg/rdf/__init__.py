"""An extraction as RDF: plain triples in the facts graph, a receipt for each in the provenance graph.

What an article asserts or reports, and does not negate, stands as a plain triple; a relation of
the ontology only if it is likelier right than wrong. Everything, also what is planned, possible,
denied, negated or unlikely, has a statement node with modality, polarity, confidence, component
and the evidence. IRIs are hashes of what they denote; those of statements, events and claims rest on the names
that the article uses, and stay when these come to mean another entity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.model import Extraction
from kg.ontology import Ontology
from kg.rdf.receipts import Writing
from kg.rdf.statements import Reading
from kg.rdf.terms import Quad

FORM = 2
"""Counts the ways in which this program has written an extraction: a store with another is written anew."""

__all__ = ["FORM", "Quad", "extraction_to_quads"]


def extraction_to_quads(extraction: Extraction, ontology: Ontology,
                        entity_of: Callable[[str], str] = str) -> Iterator[Quad]:
    """Yield the quads of one article, each once, always in the same order for the same extraction.

    ``entity_of`` gives the IRI of the thing that the IRI of a class and name means; without it they mean themselves.
    ``OntologyError`` for what the ontology does not allow (``Ontology.conform`` drops it
    beforehand), ``InputError`` for spans outside the text and unknown entity ids.
    """
    reading = Reading(extraction, ontology, entity_of)
    return iter(dict.fromkeys(Writing(extraction, ontology, reading.meaning).quads([*reading.statements()])))
