"""Quantities and times as values: number, unit, currency, range; begin, end, granularity.

Pure functions from a phrase of the text to a frozen value. A relative date resolves against
the publication date and never against today.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: ``kind`` is ``money``, ``percent``, ``count`` or ``quantity``; ``currency`` is ISO 4217."""

    text: str
    kind: str
    number: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str | None = None
    currency: str | None = None
    approximator: str | None = None


@dataclass(frozen=True, slots=True)
class TimeValue:
    """A stretch of days, ``ends`` inclusive; both ``None`` where the text and the publication date leave them open."""

    text: str
    begins: dt.date | None
    ends: dt.date | None
    granularity: str
    approximator: str | None = None


def parse_quantity(text: str) -> Quantity | None:
    """Read an amount, or return ``None`` where the phrase holds none."""
    return None


def resolve_time(text: str, published: dt.date | None) -> TimeValue | None:
    """Read a time expression, or return ``None`` where the phrase holds none."""
    return None
