"""A user's own ontology as the extractor needs it: classes and properties with the words that describe them."""

from kg.schema.joining import join
from kg.schema.reading import read_schema
from kg.schema.terms import Class, Property, Schema, Shape

__all__ = ["Class", "Property", "Schema", "Shape", "join", "read_schema"]
