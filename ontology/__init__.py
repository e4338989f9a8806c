"""The news ontology as package data."""
