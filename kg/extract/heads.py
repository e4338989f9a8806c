"""The trained heads of the news branch, and the label inventories that they were trained on."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kg.extract.scorers import PairScorer, SpanEncoder
from kg.nlp.mentions import SpanScorer
from kg.nlp.weights import SHIPPED, FloatArray, Weights, read_weights


class CandidateLabels:
    """Numbers the labels of candidates: mention types first, then values, plain words last."""

    __slots__ = ()
    mention_types: list[str]
    value_labels: list[str]

    @property
    def labels(self) -> int:
        """Return the number of candidate labels: mention types, value labels and plain words."""
        return len(self.mention_types) + len(self.value_labels) + 1

    @property
    def word_label(self) -> int:
        """Return the label of a candidate that is a trigger or cue word."""
        return self.labels - 1


class NewsHeads(CandidateLabels):
    """Scorers by layer; ``thresholds`` and ``calibration`` were chosen on the gold dev articles."""

    def __init__(self, weights: Weights) -> None:
        settings = weights.settings
        self.encoder = weights.digest()
        self.mention_types = settings["mention_types"]
        self.value_labels = settings["value_labels"]
        self.event_types: list[str] = settings["event_types"]
        self.roles: list[str] = settings["roles"]
        self.relations: list[str] = settings["relations"]
        self.modalities: list[str] = settings["modalities"]
        self.thresholds: dict[str, float] = settings["thresholds"]
        self.calibration: dict[str, tuple[float, float]] = settings.get("calibration", {})
        self.properties: list[str] = settings.get("properties", [])
        self.mentions = SpanScorer(weights.part("mentions"))
        self.values = SpanScorer(weights.part("values"))
        self.spans = SpanEncoder(weights.part("spans"))
        self.coreference = PairScorer(weights.part("coreference"))
        self.relation = PairScorer(weights.part("relations"))
        self.argument = PairScorer(weights.part("arguments"))
        self.speaker = PairScorer(weights.part("speakers"))
        self.tokens: dict[str, FloatArray] = {name: array for name, array in weights.arrays.items()
                                              if name.split(".")[0] in ("triggers", "modality", "polarity", "cues")}
        self.content = weights.part("content")
        self.content_distance = weights["content_distance.weight"]
        self.event_vectors = weights["event_type.weight"]


@lru_cache(maxsize=2)
def load_heads(path: Path = SHIPPED) -> NewsHeads:
    """Return the heads of a model file."""
    return NewsHeads(read_weights(path))
