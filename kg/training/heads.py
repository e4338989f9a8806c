"""The torch twins of the news scorers in `kg.extract.scorers`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.features import Pairs
from kg.training.network import WIDTH, SpanScorer


class SpanEncoder(nn.Module):
    """Candidate vectors from start, end, head and mean states."""

    def __init__(self, hidden: int = 200) -> None:
        super().__init__()
        self.project = nn.Linear(4 * WIDTH, hidden)
        self.dropout = nn.Dropout(0.3)

    def forward(self, states: Tensor, starts: Tensor, ends: Tensor, heads: Tensor) -> Tensor:
        """Return (candidates, hidden)."""
        total = F.pad(states.cumsum(0), (0, 0, 1, 0))
        mean = (total[ends + 1] - total[starts]) / (ends - starts + 1)[:, None]
        inputs = torch.cat([states[starts], states[ends], states[heads], mean], dim=1)
        return self.dropout(F.relu(self.project(inputs)))


class PairScorer(nn.Module):
    """Scores pairs: one hidden layer over both vectors, features, contexts and, if asked, the product."""

    def __init__(self, left: int, right: int, features: int, outputs: int, *, hidden: int = 160,
                 context: bool = True, product: bool = False) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(left, hidden), nn.Linear(right, hidden, bias=False)
        self.features = nn.Linear(features, hidden, bias=False)
        if context:
            self.path, self.between = (nn.Linear(WIDTH, hidden, bias=False) for _ in range(2))
        if product:
            self.product = nn.Linear(left, hidden, bias=False)
        self.dropout = nn.Dropout(0.3)
        self.score = nn.Linear(hidden, outputs)
        self.context, self.with_product = context, product

    def forward(self, left: Tensor, right: Tensor, pairs: Pairs, states: Tensor) -> Tensor:
        """Return logits (pairs, outputs); ``states`` (tokens, width) give the contexts."""
        i, j = torch.as_tensor(pairs.left), torch.as_tensor(pairs.right)
        hidden = self.left(left)[i] + self.right(right)[j] + self.features(torch.as_tensor(pairs.features))
        if self.context:
            hidden = hidden + path_means(self.path(states), pairs) + between_means(self.between(states), pairs)
        if self.with_product:
            hidden = hidden + self.product(left[i] * right[j])
        return self.score(self.dropout(F.relu(hidden)))


def path_means(states: Tensor, pairs: Pairs) -> Tensor:
    """Return the mean state of the tokens inside each pair's tree path."""
    rows, tokens = torch.as_tensor(pairs.path_rows), torch.as_tensor(pairs.path_tokens)
    total = torch.zeros(len(pairs), states.shape[1]).index_add(0, rows, states[tokens])
    return total / torch.bincount(rows, minlength=len(pairs)).clamp(min=1)[:, None]


def between_means(states: Tensor, pairs: Pairs) -> Tensor:
    """Return the mean state of the tokens between each pair's spans."""
    total = F.pad(states.cumsum(0), (0, 0, 1, 0))
    first, last = torch.as_tensor(pairs.between).unbind(1)
    return (total[last] - total[first]) / (last - first).clamp(min=1)[:, None]


class NewsHeads(nn.Module):
    """All heads of the news branch; ``sizes`` counts mention, value, event, role, relation and feature labels."""

    def __init__(self, sizes: dict[str, int], hidden: int = 200) -> None:
        super().__init__()
        features = sizes["features"]
        self.mentions = SpanScorer(sizes["mentions"] + 1)
        self.values = SpanScorer(sizes["values"] + 1)
        self.spans = SpanEncoder(hidden)
        self.triggers = nn.Linear(WIDTH, sizes["events"] + 1)
        self.modality = nn.Linear(WIDTH, sizes["modalities"])
        self.polarity = nn.Linear(WIDTH, 2)
        self.cues = nn.Linear(WIDTH, 2)
        self.event_type = nn.Embedding(sizes["events"], WIDTH)
        self.coreference = PairScorer(hidden, hidden, features + sizes["match"], 1, context=False, product=True)
        self.relations = PairScorer(hidden, hidden, features, sizes["relations"])
        self.arguments = PairScorer(WIDTH, hidden, features, sizes["roles"])
        self.speakers = PairScorer(WIDTH, hidden, features, 1)
        self.content = nn.ModuleDict({name: nn.Linear(WIDTH, 96) for name in
                                      ("cue_start", "cue_end", "token_start", "token_end")})
        self.content_distance = nn.Embedding(2, sizes["offsets"])
        self.dropout = nn.Dropout(0.2)
