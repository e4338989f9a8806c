"""An encoder that learns above its shared and syntax layers only: what lies below is computed once for each text."""

from __future__ import annotations

import torch
from torch import Tensor

from kg.training.network import Encoder


class FrozenEncoder(Encoder):
    """An encoder of which only the news branch learns, so that a text passes the rest once."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[bytes, tuple[Tensor, Tensor, Tensor]] = {}
        self.requires_grad_(False)
        for part in (self.news, self.bridge):
            part.requires_grad_(True)

    def train(self, mode: bool = True) -> FrozenEncoder:
        """Let nothing drop out below the branch."""
        super().train(False)
        self.news.train(mode)
        return self

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states of both branches."""
        key = ids.numpy().tobytes()
        if key not in self._kept:
            with torch.no_grad():
                x, bias = self.lower(ids, shapes, mask)
                self._kept[key] = x, self.upper_syntax(x, bias), bias
        x, syntax, bias = self._kept[key]
        return syntax, self.upper_news(x, syntax, bias)
