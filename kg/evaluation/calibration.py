"""How far confidences are from the share of statements that are right (Naeini et al. 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements of like confidence: their number, mean confidence, and the share that is right."""

    count: int
    confidence: float
    right: float


def reliability(judged: Sequence[tuple[float, bool]], bins: int = BINS) -> list[Bin]:
    """Return the reliability diagram of (confidence, right) rows, in bins of equal width that are not empty."""
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in judged:
        rows[min(int(confidence * bins), bins - 1)].append((confidence, right))
    return [Bin(len(row), sum(c for c, _ in row) / len(row), sum(right for _, right in row) / len(row))
            for row in rows if row]


def expected_calibration_error(judged: Sequence[tuple[float, bool]], bins: int = BINS) -> float:
    """Return the mean distance of confidence and share right over the bins, weighted by their size."""
    total = sum(b.count * abs(b.confidence - b.right) for b in reliability(judged, bins))
    return total / len(judged) if judged else 0.0
