"""The torch modules: a MiniLM encoder with two upper branches, and the syntax heads.

The first four layers are shared; layers five and six exist twice, once for syntax and once
for news (mentions, events, claims), so that either can be trained without moving the other.
Encoder: Wang et al. 2020, MiniLM; parser: Dozat and Manning 2017, deep biaffine attention.
"""

from __future__ import annotations

import re
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from kg.nlp.wordpieces import SHAPES

WIDTH, LAYERS, HEADS, INNER, SHARED = 384, 6, 12, 1536, 4


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Map states (batch, pieces, width); ``mask`` is additive, (batch, 1, 1, pieces)."""
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.dropout(self.out(attended.transpose(1, 2).reshape(batch, length, WIDTH))))
        return self.norm2(x + self.dropout(self.down(F.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Wordpieces to two sequences of states: for syntax and for news."""

    def __init__(self, vocabulary: int = 30522, dropout: float = 0.05) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, WIDTH)
        self.position = nn.Embedding(512, WIDTH)
        self.shape = nn.Embedding(len(SHAPES), WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.shared = nn.ModuleList(Layer(dropout) for _ in range(SHARED))
        self.syntax = nn.ModuleList(Layer(dropout) for _ in range(LAYERS - SHARED))
        self.news = nn.ModuleList(Layer(dropout) for _ in range(LAYERS - SHARED))
        self.bridge = nn.Linear(WIDTH, WIDTH)
        nn.init.zeros_(self.shape.weight)
        nn.init.zeros_(self.bridge.weight)
        nn.init.zeros_(self.bridge.bias)

    def lower(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states after the shared layers and the additive mask."""
        positions = self.position.weight[: ids.shape[1]]
        x = self.dropout(self.norm(self.word(ids) + positions + self.shape(shapes)))
        bias = (1.0 - mask[:, None, None, :].float()) * -1e4
        for layer in self.shared:
            x = layer(x, bias)
        return x, bias

    def upper_syntax(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return the syntax states, (batch, pieces, width)."""
        for layer in self.syntax:
            x = layer(x, bias)
        return x

    def upper_news(self, x: Tensor, syntax: Tensor, bias: Tensor) -> Tensor:
        """Return the news states: the shared states plus a projection of the syntax states, two layers up."""
        x = x + self.bridge(syntax)
        for layer in self.news:
            x = layer(x, bias)
        return x

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states of both branches."""
        x, bias = self.lower(ids, shapes, mask)
        syntax = self.upper_syntax(x, bias)
        return syntax, self.upper_news(x, syntax, bias)

    def load_minilm(self, path: Path) -> None:
        """Read the base weights from a BERT-style safetensors file."""
        source = {re.sub(r"^bert\.", "", key): value for key, value in load_file(path).items()}
        target = {"word.weight": source["embeddings.word_embeddings.weight"],
                  "position.weight": source["embeddings.position_embeddings.weight"] +
                  source["embeddings.token_type_embeddings.weight"][0],
                  "norm.weight": source["embeddings.LayerNorm.weight"],
                  "norm.bias": source["embeddings.LayerNorm.bias"]}
        for number in range(LAYERS):
            branches = ["shared"] if number < SHARED else ["syntax", "news"]
            for branch in branches:
                place = f"{branch}.{number if number < SHARED else number - SHARED}"
                target |= _layer_weights(source, f"encoder.layer.{number}", place)
        missing, unexpected = self.load_state_dict(target, strict=False)
        assert not unexpected, unexpected
        assert set(missing) == {"shape.weight", "bridge.weight", "bridge.bias"}, missing


def _layer_weights(source: dict[str, Tensor], prefix: str, place: str) -> dict[str, Tensor]:
    names = {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
             "down": "output.dense", "norm2": "output.LayerNorm"}
    weights = {f"{place}.{mine}.{kind}": source[f"{prefix}.{theirs}.{kind}"]
               for mine, theirs in names.items() for kind in ("weight", "bias")}
    for kind in ("weight", "bias"):
        parts = [source[f"{prefix}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        weights[f"{place}.qkv.{kind}"] = torch.cat(parts)
    return weights


def word_states(pieces: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Average each word's first and last piece: (batch, pieces, width) to (batch, words, width)."""
    rows = torch.arange(pieces.shape[0])[:, None]
    return (pieces[rows, first] + pieces[rows, last]) / 2


class SpanScorer(nn.Module):
    """Scores every span of up to ``longest`` words for each label; label 0 is none."""

    def __init__(self, labels: int, hidden: int = 150, longest: int = 12, width: int = WIDTH) -> None:
        super().__init__()
        self.longest = longest
        self.start = nn.Linear(width, hidden)
        self.end = nn.Linear(width, hidden, bias=False)
        self.mean = nn.Linear(width, hidden, bias=False)
        self.length = nn.Embedding(longest, hidden)
        self.dropout = nn.Dropout(0.2)
        self.score = nn.Linear(hidden, labels)

    def hidden(self, words: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
        """Return span vectors (spans, hidden) for inclusive word positions in ``words`` (words, width)."""
        total = F.pad(self.mean(words).cumsum(0), (0, 0, 1, 0))
        mean = (total[ends + 1] - total[starts]) / (ends - starts + 1)[:, None]
        return F.relu(self.start(words)[starts] + self.end(words)[ends] + mean + self.length(ends - starts))

    def forward(self, words: Tensor, starts: Tensor, ends: Tensor) -> Tensor:
        """Return logits (spans, labels)."""
        return self.score(self.dropout(self.hidden(words, starts, ends)))


def all_spans(count: int, longest: int) -> tuple[Tensor, Tensor]:
    """Return the inclusive starts and ends of all spans of up to ``longest`` of ``count`` words."""
    starts = torch.arange(count)[:, None].expand(count, longest).reshape(-1)
    ends = starts + torch.arange(longest).repeat(count)
    keep = ends < count
    return starts[keep], ends[keep]


class SyntaxHeads(nn.Module):
    """Tags, morphology, lemma scripts, sentence starts and the biaffine parser on syntax states."""

    def __init__(self, sizes: dict[str, int], arc: int = 256, label: int = 64) -> None:
        super().__init__()
        self.linear = nn.ModuleDict({name: nn.Linear(WIDTH, sizes[name])
                                     for name in ("upos", "xpos", "feats", "script")} | {"start": nn.Linear(WIDTH, 1)})
        self.dropout = nn.Dropout(0.2)
        self.arc_dep, self.arc_head = nn.Linear(WIDTH, arc), nn.Linear(WIDTH, arc)
        self.label_dep, self.label_head = nn.Linear(WIDTH, label), nn.Linear(WIDTH, label)
        self.arc = nn.Parameter(torch.randn(arc + 1, arc + 1) * 0.01)
        self.label = nn.Parameter(torch.randn(label + 1, sizes["deps"], label + 1) * 0.01)

    def tags(self, words: Tensor, name: str) -> Tensor:
        """Return the logits of one linear head, (batch, words, labels)."""
        return self.linear[name](self.dropout(words))

    def arcs(self, words: Tensor) -> Tensor:
        """Return arc logits (batch, dependents, heads); the diagonal stands for the root."""
        dep = _with_one(F.leaky_relu(self.dropout(self.arc_dep(words)), 0.1))
        head = _with_one(F.leaky_relu(self.dropout(self.arc_head(words)), 0.1))
        return dep @ self.arc @ head.transpose(1, 2)

    def labels(self, dep_words: Tensor, head_words: Tensor) -> Tensor:
        """Return label logits (pairs, labels) for pairs of word states."""
        dep = _with_one(F.leaky_relu(self.dropout(self.label_dep(dep_words)), 0.1))
        head = _with_one(F.leaky_relu(self.dropout(self.label_head(head_words)), 0.1))
        return torch.einsum("pi,ilj,pj->pl", dep, self.label, head)


def _with_one(x: Tensor) -> Tensor:
    return F.pad(x, (0, 1), value=1.0)
