"""Extraction layers over a tagged, parsed spaCy Doc, one module each."""
