"""Checkpoints that are whole or not there, and curves: a line of JSON for each epoch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint, whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def resume(checkpoint: Path, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Load the parts of a checkpoint into ``parts`` and return it whole; empty where there is none."""
    if not checkpoint.exists():
        return {}
    state: dict[str, Any] = torch.load(checkpoint)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return state


def note(curve: Path, record: Mapping[str, Any]) -> None:
    """Add what an epoch came to."""
    with curve.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
