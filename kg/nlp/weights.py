"""The model file: one ``.npz`` with the encoder as ONNX, the heads as arrays and JSON settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from kg.errors import ModelError

FloatArray = npt.NDArray[np.floating[Any]]
FORMAT = 1
SHIPPED = Path(__file__).with_name("weights.npz")


@dataclass(frozen=True, slots=True)
class Weights:
    """The encoder's ONNX bytes, the heads' arrays by name, and settings (labels, vocabulary, tables)."""

    encoder: bytes
    arrays: Mapping[str, FloatArray]
    settings: Mapping[str, Any]

    def __getitem__(self, name: str) -> FloatArray:
        """Return the array of that name; ``ModelError`` where the file lacks it."""
        try:
            return self.arrays[name]
        except KeyError:
            raise ModelError(f"the model file has no array {name!r}; retrain it with `kg train`") from None

    def digest(self) -> str:
        """Return a hash of the encoder, on which all vectors depend."""
        return hashlib.sha256(self.encoder).hexdigest()

    def part(self, prefix: str) -> dict[str, FloatArray]:
        """Return the arrays below ``prefix.``, their names shortened by it."""
        return part_of(self.arrays, prefix)


def part_of(arrays: Mapping[str, FloatArray], prefix: str) -> dict[str, FloatArray]:
    """Return the arrays below ``prefix.``, their names shortened by it."""
    return {name[len(prefix) + 1 :]: array for name, array in arrays.items() if name.startswith(prefix + ".")}


def read_weights(path: Path = SHIPPED) -> Weights:
    """Read a model file; half precision on disk becomes single precision."""
    if not path.exists():
        raise ModelError(f"{path}: no model file; `kg train` makes one")
    with path.open("rb") as file:
        return parse_weights(file, str(path))


def parse_weights(stream: IO[bytes], name: str) -> Weights:
    """Read a model file from an open one; ``name`` is for the error message."""
    with np.load(stream, allow_pickle=False) as file:
        settings = json.loads(file["settings.json"].tobytes())
        if settings["format"] != FORMAT:
            raise ModelError(f"{name}: model format {settings['format']}, this code reads {FORMAT}")
        names = [name for name in file.files if name not in ("settings.json", "encoder.onnx")]
        arrays = {name: file[name].astype(np.float32) for name in names}
        return Weights(file["encoder.onnx"].tobytes(), arrays, settings)


def write_weights(weights: Weights, target: Path | IO[bytes]) -> None:
    """Write a model file, heads in half precision, deflated; the same weights give the same bytes."""
    settings = json.dumps({"format": FORMAT, **weights.settings}, sort_keys=True).encode()
    arrays: dict[str, Any] = {"settings.json": np.frombuffer(settings, np.uint8),
                              "encoder.onnx": np.frombuffer(weights.encoder, np.uint8)}
    arrays |= {name: array.astype(np.float16) for name, array in sorted(weights.arrays.items())}
    np.savez_compressed(target, **arrays)
