"""Adapters: what a few dozen examples teach about a schema, as a small file beside it.

An adapter moves the vectors of properties, not the model: for each property a change to its three vectors and its
bias, and what the words in and around its ends tell; and a threshold. It belongs to one schema and one model, and says
which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kg.errors import ModelError
from kg.extract.features import FloatArray
from kg.schema import Schema

FORMAT = 3
SUFFIX = ".adapter.npz"
VECTORS = ("subject", "object", "pair", "bias")
WORDS = ("subject_words", "object_words")
PARTS = (*VECTORS, *WORDS)


@dataclass(frozen=True, slots=True)
class Adapter:
    """What is learnt of ``properties`` (IRIs), one row each; ``about`` are version, digests and figures.

    ``changes`` are by part: those to the vectors, and weights of the ``vocabulary`` of ``wording`` for either end.
    ``least`` and ``ratio`` are thresholds in place of the model's, as ``TermReader`` has them.
    """

    properties: Sequence[str] = ()
    changes: Mapping[str, FloatArray] = field(default_factory=dict)
    vocabulary: Sequence[str] = ()
    least: float | None = None
    ratio: float | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def none(cls) -> Adapter:
        """Return the adapter that changes nothing."""
        return cls()

    @classmethod
    def beside(cls, ontology: Path) -> Adapter:
        """Read the adapter of an ontology file, ``mine.adapter.npz`` beside ``mine.ttl``; none where there is none."""
        path = adapter_path(ontology)
        return cls.read(path) if path.is_file() else cls.none()

    @classmethod
    def read(cls, path: Path) -> Adapter:
        """Read an adapter; ``ModelError`` where the file is none or of another format."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(file["about.json"].tobytes())
                if about["format"] != FORMAT:
                    raise ModelError(f"{path}: adapter format {about['format']}, this code reads {FORMAT}; "
                                     "run `kg train --ontology --examples` again")
                changes = {name: file[name].astype(np.float32) for name in PARTS}
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{path}: not an adapter: {error}") from error
        return cls(about["properties"], changes, about["vocabulary"], about["least"], about["ratio"], about)

    def write(self, path: Path) -> None:
        """Write the adapter in half precision; the same adapter gives the same bytes."""
        about = {**self.about, "format": FORMAT, "properties": list(self.properties),
                 "vocabulary": list(self.vocabulary), "least": self.least, "ratio": self.ratio}
        arrays: dict[str, Any] = {"about.json": np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8)}
        arrays |= {name: self.changes[name].astype(np.float16) for name in PARTS}
        np.savez_compressed(path, **arrays)

    def changes_for(self, schema: Schema) -> dict[str, FloatArray] | None:
        """Return the changes by part with one row for each property of the schema, zero for what was not learnt.

        Properties that are no more in the schema are left out; ``None`` where none is left.
        """
        numbers, own = self._rows(schema)
        if not numbers:
            return None
        found = {}
        for name in PARTS:
            rows = self.changes[name]
            found[name] = np.zeros((len(schema.properties), *rows.shape[1:]), np.float32)
            found[name][numbers] = rows[own]
        return found

    def _rows(self, schema: Schema) -> tuple[list[int], list[int]]:
        """Return the numbers of properties in the schema and here, of those that both have."""
        rows = {iri: row for row, iri in enumerate(self.properties)}
        pairs = [(number, rows[iri]) for number, iri in enumerate(schema.properties) if iri in rows]
        return [number for number, _ in pairs], [row for _, row in pairs]


def adapter_path(ontology: Path) -> Path:
    """Return where the adapter of an ontology file is kept."""
    return ontology.with_name(ontology.stem + SUFFIX)
