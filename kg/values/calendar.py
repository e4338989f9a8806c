"""Stretches of the calendar and their arithmetic; a stretch is known by its bounds, inclusive."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

MONTHS = {name: number for number, names in enumerate(
    ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
     "september sep sept", "october oct", "november nov", "december dec"), start=1) for name in names.split()}
WEEKDAYS = {name: number for number, names in enumerate(
    ("monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thur thurs", "friday fri", "saturday sat",
     "sunday sun")) for name in names.split()}
HOLIDAYS = {"christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26),
            "new year's day": (1, 1), "new year ' s day": (1, 1), "new year ' s eve": (12, 31), "halloween": (10, 31),
            "valentine ' s day": (2, 14), "new year": (1, 1)}
SEASONS = {"spring", "summer", "autumn", "winter", "fall"}
UNITS = {form: unit for unit, forms in {
    "day": "day days", "weekend": "weekend weekends", "week": "week weeks", "month": "month months",
    "quarter": "quarter quarters", "year": "year years", "decade": "decade decades", "century": "century centuries",
    "hour": "hour hours", "minute": "minute minutes", "half-year": "half",
}.items() for form in forms.split()}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of days and the unit it was named in; ``words`` are the approximators met."""

    begins: dt.date | None
    ends: dt.date | None
    granularity: str
    words: tuple[str, ...] = ()

    def said(self, word: str) -> Stretch:
        """Return the stretch with one more approximator in front."""
        return replace(self, words=(word, *self.words))


def day(date: dt.date) -> Stretch:
    """Return one day."""
    return Stretch(date, date, "day")


def year(number: int) -> Stretch:
    """Return a calendar year."""
    return Stretch(dt.date(number, 1, 1), dt.date(number, 12, 31), "year")


def months(number: int, first: int, last: int, granularity: str) -> Stretch:
    """Return a run of months within one year."""
    return Stretch(dt.date(number, first, 1), dt.date(number, last, calendar.monthrange(number, last)[1]), granularity)


def month(number: int, which: int) -> Stretch:
    """Return a month of a year."""
    return months(number, which, which, "month")


def quarter(number: int, which: int) -> Stretch:
    """Return a calendar quarter of a year."""
    return months(number, 3 * which - 2, 3 * which, "quarter")


def half_year(number: int, which: int) -> Stretch:
    """Return the first or second half of a year."""
    return months(number, 6 * which - 5, 6 * which, "half-year")


def move(date: dt.date, days: int) -> dt.date:
    """Move a date by days, not past the first or last day that dates can hold."""
    return dt.date.fromordinal(min(max(date.toordinal() + days, 1), dt.date.max.toordinal()))


def week(date: dt.date) -> Stretch:
    """Return the week, Monday to Sunday, that holds a date."""
    return Stretch(move(date, -date.weekday()), move(date, 6 - date.weekday()), "week")


def years(first: int, count: int, granularity: str) -> Stretch | None:
    """Return a decade or century; ``None`` outside the years that dates can hold."""
    if first < 1 or first + count - 1 > 9999:
        return None
    return Stretch(dt.date(first, 1, 1), dt.date(first + count - 1, 12, 31), granularity)


def add_months(date: dt.date, count: int) -> dt.date:
    """Move a date by months, to the last day of a shorter month where needed."""
    number = min(max(date.year * 12 + date.month - 1 + count, 12), 9999 * 12 + 11)
    where = dt.date(number // 12, number % 12 + 1, 1)
    return where.replace(day=min(date.day, calendar.monthrange(where.year, where.month)[1]))


def add(date: dt.date, unit: str, count: int) -> dt.date:
    """Move a date by a number of units."""
    days = {"day": 1, "week": 7, "weekend": 7}
    per = {"month": 1, "quarter": 3, "half-year": 6, "year": 12, "fiscal year": 12, "decade": 120, "century": 1200}
    if unit in days:
        return move(date, days[unit] * count)
    return add_months(date, per[unit] * count) if unit in per else date


def around(date: dt.date, unit: str) -> Stretch:
    """Return the unit of the calendar that holds a date."""
    match unit:
        case "week":
            return week(date)
        case "weekend":
            return Stretch(move(date, 5 - date.weekday()), move(date, 6 - date.weekday()), "weekend")
        case "month":
            return month(date.year, date.month)
        case "quarter":
            return quarter(date.year, (date.month + 2) // 3)
        case "half-year":
            return half_year(date.year, 1 if date.month <= 6 else 2)
        case "year" | "season" | "fiscal year":
            return replace(year(date.year), granularity=unit)
        case "decade":
            return years(max(date.year // 10 * 10, 1), 10, "decade") or year(date.year)
        case "century":
            return years(max((date.year - 1) // 100 * 100 + 1, 1), 100, "century") or year(date.year)
    return replace(day(date), granularity=unit)


def month_day(number: int, which: int, date: int) -> Stretch | None:
    """Return a day of a month, or ``None`` where that month has no such day."""
    if not 1 <= date <= calendar.monthrange(number, which)[1]:
        return None
    return day(dt.date(number, which, date))


def latest(candidates: Sequence[Stretch | None], published: dt.date) -> Stretch | None:
    """Return the last stretch that begins on or before the publication date."""
    begun = [c for c in candidates if c and c.begins and c.begins <= published]
    return max(begun, key=lambda c: c.begins or dt.date.min, default=None)


def earliest(candidates: Sequence[Stretch | None], published: dt.date) -> Stretch | None:
    """Return the first stretch that begins after the publication date."""
    coming = [c for c in candidates if c and c.begins and c.begins > published]
    return min(coming, key=lambda c: c.begins or dt.date.max, default=None)
