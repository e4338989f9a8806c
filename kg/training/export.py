"""Export: the torch modules as the run-time model file (int8 ONNX encoder, half-precision heads)."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from kg.nlp.weights import Weights
from kg.training.network import Encoder

OPSET = 17


class _Exported(nn.Module):
    """The encoder with attention spelled out, so that its products become plain MatMuls."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, shapes: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        states: tuple[torch.Tensor, torch.Tensor] = self.encoder(ids, shapes, mask)
        return states


def to_onnx(encoder: Encoder) -> bytes:
    """Return the encoder as a single-precision ONNX model with dynamic batch and length."""
    encoder.eval()
    whole = torch.ones(2, 16, dtype=torch.long)
    sample = (whole * 1000, whole * 0, whole)
    names = ["ids", "shapes", "mask"]
    axes = {name: {0: "batch", 1: "pieces"} for name in [*names, "syntax", "news"]}
    buffer = io.BytesIO()
    torch.onnx.export(_Exported(encoder), sample, buffer, input_names=names, output_names=["syntax", "news"],
                      dynamic_axes=axes, opset_version=OPSET, dynamo=False)
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
    return {f"{name}.{key}": value.detach().numpy().astype(np.float32)
            for name, module in modules.items() for key, value in module.state_dict().items()}


def export(encoder: Encoder, heads: dict[str, nn.Module], settings: dict[str, Any], *, int8: bool = True) -> Weights:
    """Return the model file's content."""
    model = to_onnx(encoder)
    onnx.checker.check_model(onnx.load_from_string(model))
    return Weights(quantize(model) if int8 else model, head_arrays(heads), settings)
