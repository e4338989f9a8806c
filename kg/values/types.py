"""The two value types: quantities and stretches of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount as the text gives it.

    ``kind`` is ``money``, ``percent``, ``count`` or ``quantity``; ``currency`` is ISO 4217;
    ``unit`` is what is counted or measured, for money what it is paid for ("share").
    An exact or roughly stated amount has a ``number``; "over" and "at least" also set
    ``lower``, "up to" also ``upper``; a range has both bounds and no number; "hundreds" has
    a lower bound only. ``approximator`` keeps the words that qualify the number.
    """

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
    """A stretch of days that holds the time meant, ``ends`` inclusive.

    A bound is ``None`` where the text and the publication date leave it open.
    ``granularity`` is the unit the text speaks in: ``time``, ``day``, ``weekend``, ``week``,
    ``month``, ``season``, ``quarter``, ``half-year``, ``year``, ``fiscal year``, ``decade``,
    ``century`` or ``vague``. ``approximator`` keeps words such as "early", "end", "since".
    """

    text: str
    begins: dt.date | None
    ends: dt.date | None
    granularity: str
    approximator: str | None = None
