"""Extraction in the terms of an ontology of one's own: spans and pairs scored against descriptions of its terms."""

from kg.extract.terms.finding import TermReader, load_reader, make_reader

__all__ = ["TermReader", "load_reader", "make_reader"]
