"""Calibration curves and the error that judges them."""

import numpy as np
import pytest

from kg.evaluation.calibration import expected_calibration_error, reliability
from kg.extract.confidence import calibrated
from kg.training.calibration import fit


def sample(slope: float, offset: float, count: int = 4000) -> list[tuple[float, bool]]:
    """Return confidences that are right as often as the curve of slope and offset says."""
    rng = np.random.default_rng(3)
    confidences = rng.uniform(0.02, 0.98, count)
    return [(float(c), bool(rng.random() < calibrated(float(c), (slope, offset)))) for c in confidences]


def test_the_curve_is_found_again() -> None:
    """What a known curve made is fitted by nearly that curve, and then calibrated."""
    rows = sample(0.5, -1.0)
    curve = fit(rows)
    assert curve == pytest.approx((0.5, -1.0), abs=0.1)
    assert expected_calibration_error(rows) > 0.15
    assert expected_calibration_error([(calibrated(c, curve), right) for c, right in rows]) < 0.03


def test_nothing_to_fit_changes_nothing() -> None:
    """Without rows, and with one kind of row only, the curve stays finite; nothing at all is the identity."""
    assert fit([]) == (1.0, 0.0)
    assert 0.9 < calibrated(0.999, fit([(0.999, True)] * 50)) <= 1.0


def test_reliability_counts_every_row_once() -> None:
    """Confidence 1 falls into the last bin."""
    bins = reliability([(1.0, True), (0.95, False), (0.0, False)])
    assert [(b.count, b.right) for b in bins] == [(1, 0.0), (2, 0.5)]
