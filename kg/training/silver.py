"""Self-training: unlabelled news as the model in the package reads it."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

from kg import extract, nlp, ontology
from kg.model import Document
from kg.training.corpora import shuffled_unlabelled

WORDS = range(120, 361)  # the length of the gold articles


def read_silver(path: Path, count: int, seed: int, without: Container[str] = ()) -> list[dict[str, Any]]:
    """Return ``count`` unlabelled articles in the gold format, labelled by the model in the package.

    They are drawn by ``seed`` from those of the gold articles' length that overlap no evaluation set, and
    those ``without`` names and those without an event are passed over.
    """
    rows = [row for row in shuffled_unlabelled(path, WORDS, seed) if row["id"] not in without]
    known, found = ontology.load(), list[dict[str, Any]]()
    for doc, row in nlp.load().pipe(((row["text"], row) for row in rows), as_tuples=True) if count else ():
        extraction = known.conform(extract.extract(doc, Document(row["id"], row["text"])))
        if extraction.events:
            found.append(extraction.to_dict())
        if len(found) == count:
            break
    return found
