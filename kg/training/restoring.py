"""The run-time model file as torch modules again, as far as the int8 of ``kg.training.export`` has kept them."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from kg.nlp.weights import FloatArray, Weights
from kg.training.gold import LABEL_LISTS, Inventory
from kg.training.heads import NewsHeads

EMBEDDINGS = ("word.weight", "shape.weight")
KEPT = ("position.weight", "norm.weight", "norm.bias")


def known_labels(weights: Weights) -> Inventory:
    """Return the label lists of a model file's news heads."""
    return Inventory(*(weights.settings[name] for name in LABEL_LISTS))


def heads_of(weights: Weights) -> NewsHeads:
    """Return the news heads of a model file."""
    heads = NewsHeads(known_labels(weights).sizes())
    heads.load_state_dict({name: torch.tensor(weights[name]) for name in heads.state_dict()})
    return heads


def encoder_state(weights: Weights) -> dict[str, Tensor]:
    """Return the parameters of `kg.training.network.Encoder`: int8 weights times their scales, smoothing undone."""
    graph = onnx.load_from_string(weights.encoder).graph
    arrays: dict[str, Any] = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    state = {name: _floats(arrays, name) for name in EMBEDDINGS}
    state |= {name: array for name, array in arrays.items() if name in KEPT or ".norm" in name}
    users = {name: node for node in reversed(graph.node) for name in node.input}  # the first that takes it
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            last, bias = node, None
            while bias is None:  # it is cast and scaled before it is added
                last = users[last.output[0]]
                bias = next((name for name in last.input if last.op_type == "Add" and name in arrays), None)
            layer = bias.removesuffix(".layer.bias")
            matrix = _floats(arrays, node.input[1].removesuffix("_quantized"))
            state[f"{layer}.weight"] = (matrix * arrays[f"{layer}.inverse"][:, None]).T.copy()
            state[f"{layer}.bias"] = arrays[bias]
    return {name: torch.tensor(array) for name, array in state.items()}


def _floats(arrays: dict[str, Any], name: str) -> FloatArray:
    zero, scale = (arrays[f"{name}_{part}"].astype(np.float32) for part in ("zero_point", "scale"))
    floats: FloatArray = (arrays[f"{name}_quantized"].astype(np.float32) - zero) * scale
    return floats
