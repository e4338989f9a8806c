"""A trained head carried over to another encoder: least squares say what the old states are in terms of the new.

The head meets the encoder's states in three linear layers, which take the map up; a few epochs then make up for
what no linear map has. Such stitching of one network's layers to another's: Lenc and Vedaldi 2015.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kg import nlp
from kg.nlp.weights import read_weights
from kg.training.terms.network import normalized

RIDGE = 0.001
READING = ("token", "text", "trigger")
"""The layers that read states; the last has no bias."""

Rows = NDArray[np.float64]


def carry(head: Path, encoder: Path, prefix: str, texts: Iterable[str]) -> dict[str, Tensor]:
    """Return the parameters of the head in the model file ``head`` for the encoder of the model file ``encoder``.

    ``texts`` are what the encoders are compared on.
    """
    texts = list(texts)
    ours, others = _states(encoder, texts), _states(head, texts)
    weight, bias = least_squares(ours, others)
    carried = {name: torch.tensor(array) for name, array in read_weights(head).part(prefix).items()}
    for name in READING:
        layer = carried[f"{name}.weight"]
        if f"{name}.bias" in carried:
            carried[f"{name}.bias"] = carried[f"{name}.bias"] + layer @ torch.tensor(bias, dtype=layer.dtype)
        carried[f"{name}.weight"] = layer @ torch.tensor(weight, dtype=layer.dtype)
    return carried


def least_squares(inputs: Rows, outputs: Rows) -> tuple[Rows, Rows]:
    """Return the weight (outputs, inputs) and bias of the linear layer from ``inputs`` to ``outputs``, both in rows."""
    middle, target = inputs.mean(0), outputs.mean(0)
    x = inputs - middle
    weight = np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ (outputs - target)).T
    return weight, target - weight @ middle


def _states(model: Path, texts: Iterable[str]) -> Rows:
    """Return the normalized states of all words, (words, width)."""
    rows = [np.asarray(doc.tensor)[[token.i for token in doc if not token.is_space]]
            for doc in nlp.load(model).pipe(texts)]
    states: Rows = normalized(torch.tensor(np.concatenate(rows))).double().numpy()
    return states
