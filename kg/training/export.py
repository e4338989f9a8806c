"""Export: the torch modules as the run-time model file (int8 ONNX encoder, half-precision heads)."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from kg.nlp.weights import Weights
from kg.nlp.wordpieces import Window, stack
from kg.training.network import Encoder

OPSET = 17
SMOOTHING = 0.7


class Smoothed(nn.Module):
    """A linear layer whose inputs are divided, and weights multiplied, by a scale per channel.

    It evens out the activations before int8 takes one scale for all of them (Xiao et al.
    2022, SmoothQuant); the result in single precision is the same.
    """

    def __init__(self, layer: nn.Linear, largest: torch.Tensor) -> None:
        super().__init__()
        weights = layer.weight.detach().abs().amax(0).clamp(min=1e-5)
        scale = largest.clamp(min=1e-5) ** SMOOTHING / weights ** (1 - SMOOTHING)
        self.inverse = nn.Parameter(1 / scale)
        self.layer = nn.Linear(layer.in_features, layer.out_features)
        self.layer.weight.data, self.layer.bias.data = layer.weight.detach() * scale, layer.bias.detach()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the layer."""
        y: torch.Tensor = self.layer(x * self.inverse)
        return y


def smooth(encoder: Encoder, windows: Sequence[Window]) -> Encoder:
    """Return a copy of the encoder with smoothed linear layers, calibrated on ``windows`` of text."""
    largest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...]], None]:
        def record(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].detach().abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest.get(name, seen), seen)
        return record

    encoder.eval()
    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in encoder.named_modules()
             if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for window in windows:
            encoder(**{name: torch.as_tensor(array) for name, array in stack([window]).items()})
    for hook in hooks:
        hook.remove()
    copy = deepcopy(encoder)
    for name, seen in largest.items():
        parent, _, last = name.rpartition(".")
        setattr(copy.get_submodule(parent), last, Smoothed(encoder.get_submodule(name), seen))
    return copy


def to_onnx(encoder: Encoder) -> bytes:
    """Return the encoder as a single-precision ONNX model with dynamic batch and length."""
    encoder.eval()
    whole = torch.ones(2, 16, dtype=torch.long)
    names = ["ids", "shapes", "mask"]
    axes = {name: {0: "batch", 1: "pieces"} for name in [*names, "syntax", "news"]}
    buffer = io.BytesIO()
    torch.onnx.export(encoder, (whole * 1000, whole * 0, whole), buffer, input_names=names,
                      output_names=["syntax", "news"], dynamic_axes=axes, opset_version=OPSET, dynamo=False)
    return buffer.getvalue()


def quantize(model: bytes) -> bytes:
    """Return the model with int8 weights (dynamic activations)."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        source.write_bytes(model)
        quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
                         op_types_to_quantize=["MatMul", "Gather"])
        return target.read_bytes()


def head_arrays(modules: dict[str, nn.Module]) -> dict[str, Any]:
    """Return the parameters of heads as arrays named ``head.parameter``."""
    return {f"{name}.{key}": value.detach().cpu().numpy().astype(np.float32)
            for name, module in modules.items() for key, value in module.state_dict().items()}


def export(encoder: Encoder, heads: dict[str, nn.Module], settings: dict[str, Any], calibration: Sequence[Window]
           ) -> Weights:
    """Return the model file's content, the encoder in int8, calibrated on ``calibration``."""
    whole = Encoder()  # smoothing watches every layer at work, of which `kg.training.frozen` leaves some out
    whole.load_state_dict(encoder.state_dict())
    model = to_onnx(smooth(whole, calibration))
    onnx.checker.check_model(onnx.load_from_string(model))
    return Weights(quantize(model), head_arrays(heads), settings)
