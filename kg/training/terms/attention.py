"""The torch twin of `kg.extract.terms.attention`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.terms.attention import HEADS, NEAR, REACH, WORD_PAIRS


class Attention(nn.Module):
    """Attention of rows to others; ``marks`` of each (row, other) bias it, and are summed by it."""

    def __init__(self, width: int, others: int, marks: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(others, width), nn.Linear(others, width)
        self.bias, self.out = nn.Linear(marks, HEADS, bias=False), nn.Linear(width + HEADS * marks, width)
        self.drop = nn.Dropout(dropout)
        nn.init.zeros_(self.bias.weight)

    def forward(self, rows: Tensor, others: Tensor | None, marks: Tensor, allowed: Tensor) -> Tensor:
        """Return what is added to rows (texts, rows, width); they look at each other where there are no others."""
        normed = self.norm(rows)
        others = normed if others is None else others
        query, key, value = (layer(part).unflatten(-1, (HEADS, -1)).transpose(1, 2) for layer, part in
                             ((self.query, normed), (self.key, others), (self.value, others)))
        scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + self.bias(marks).permute(0, 3, 1, 2)
        weights = self.drop(scores.masked_fill(~allowed[:, None], -1e4).softmax(-1))
        summed = torch.einsum("bhnw,bnwm->bnhm", weights, marks)
        read = torch.cat([(weights @ value).transpose(1, 2).flatten(2), summed.flatten(2)], -1)
        added: Tensor = self.drop(self.out(read))
        return added


class Thought(nn.Module):
    """A perceptron that is added to its input."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner, self.outer = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, rows: Tensor) -> Tensor:
        """Return the rows after it."""
        added: Tensor = rows + self.drop(self.outer(F.relu(self.inner(self.norm(rows)))))
        return added


class Context(nn.Module):
    """A layer in which words look at those around them; at first it changes nothing."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.attention, self.thought = Attention(width, width, WORD_PAIRS, dropout), Thought(width, dropout)
        for layer in (self.attention.out, self.thought.outer):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, words: Tensor, marks: Tensor, allowed: Tensor) -> Tensor:
        """Return the words after it, (texts, words, width)."""
        thought: Tensor = self.thought(words + self.attention(words, None, marks, allowed))
        return thought


def word_pairs(above: Tensor, sentence: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """Return the marks of `kg.extract.terms.attention.word_pairs` and which words each may look at, itself always."""
    place = torch.arange(sentence.shape[1])
    step = place - place[:, None]
    same = sentence[:, :, None] == sentence[:, None]
    marks = [above, above.transpose(1, 2), same, (step > 0).expand_as(same),
             *((step.abs() <= most).expand_as(same) for most in NEAR)]
    within = (sentence[:, :, None] - sentence[:, None]).abs() <= REACH
    allowed = (within & real[:, None]) | torch.eye(len(place), dtype=torch.bool)
    return torch.stack([mark.float() for mark in marks], -1), allowed
