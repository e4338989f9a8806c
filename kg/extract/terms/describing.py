"""The words that describe the terms of a schema, embedded once by the encoder and kept in a cache by hash."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spacy.language import Language

from kg.extract.features import FloatArray
from kg.files import keep_file
from kg.nlp.encoder import WIDTH
from kg.schema import Class, Property, Schema
from kg.schema.terms import DATE, NUMBER, TEXT

STATE = 2 * WIDTH
"""A word's states of syntax and of news, side by side."""

VALUES = (DATE, NUMBER, TEXT, None)


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Mean word states by kind of words: (terms, width) each, zero where there are no such words.

    ``kinds`` (properties, 4) says which literals a property takes. Rows are in the order of the schema.
    """

    labels: FloatArray
    more: FloatArray
    domains: FloatArray
    ranges: FloatArray
    kinds: FloatArray
    class_labels: FloatArray
    class_more: FloatArray


def describe(schema: Schema, nlp: Language, weights_digest: str) -> Descriptions:
    """Return the descriptions of a schema, from the cache where it has them."""
    key = hashlib.sha256(f"{schema.digest()} {weights_digest}".encode()).hexdigest()[:32]
    path = cache_folder() / f"terms-{key}.npz"
    texts = sorted(set(_texts(schema)))
    vectors = _read(path, len(texts))
    if vectors is None:
        vectors = embed(texts, nlp)
        _write(path, vectors)
    return assemble(schema, dict(zip(texts, vectors, strict=True)))


def cache_folder() -> Path:
    """Return where embedded descriptions are kept: ``stringer`` in the user's cache directory."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stringer"


def embed(texts: Sequence[str], nlp: Language) -> FloatArray:
    """Return the mean word state of each text, (texts, width)."""
    reader = nlp.get_pipe("news_reader")
    docs = (nlp.make_doc(text) for text in texts)
    rows = [np.concatenate(states, axis=1).mean(axis=0) for _, *states in reader.encode(docs)]  # type: ignore[attr-defined]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, STATE), np.float32)


def assemble(schema: Schema, vectors: Mapping[str, FloatArray]) -> Descriptions:
    """Return the descriptions of a schema from the vectors of its texts."""
    def mean(texts: Sequence[str]) -> FloatArray:
        rows = [vectors[text] for text in texts if text]
        return np.mean(rows, axis=0) if rows else np.zeros(STATE, np.float32)

    def stack(rows: Iterator[FloatArray]) -> FloatArray:
        found = list(rows)
        return np.stack(found) if found else np.zeros((0, STATE), np.float32)

    properties, classes = schema.properties.values(), schema.classes.values()
    kinds = np.array([[known.value == value for value in VALUES] for known in properties], np.float32)
    return Descriptions(stack(mean([known.label]) for known in properties), stack(mean(more(t)) for t in properties),
                        stack(mean(class_labels(schema, known.domain)) for known in properties),
                        stack(mean(class_labels(schema, known.range)) for known in properties), kinds,
                        stack(mean([kind.label]) for kind in classes), stack(mean(more(kind)) for kind in classes))


def more(term: Class | Property) -> list[str]:
    """Return what describes a term beside its label."""
    return [*term.also, *filter(None, [term.comment]), *term.examples]


def class_labels(schema: Schema, iris: frozenset[str]) -> list[str]:
    """Return the labels of classes, sorted by IRI."""
    return [schema.classes[iri].label for iri in sorted(iris) if iri in schema.classes]


def _texts(schema: Schema) -> Iterator[str]:
    for term in schema.terms():
        yield from filter(None, (term.label, *more(term)))


def _read(path: Path, count: int) -> FloatArray | None:
    try:
        with np.load(path) as file:
            vectors: FloatArray = file["vectors"].astype(np.float32)
    except (OSError, ValueError, KeyError):
        return None  # absent, or cut off in writing
    return vectors if vectors.shape == (count, STATE) else None


def _write(path: Path, vectors: FloatArray) -> None:
    """Keep vectors for the next time; where that cannot be, nothing is lost but time."""
    data = io.BytesIO()
    np.savez(data, vectors=vectors)
    keep_file(path, data.getvalue())
