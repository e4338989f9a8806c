"""Dates, months, quarters, years and the other names of the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from kg.values import calendar as cal
from kg.values.calendar import HOLIDAYS, MONTHS, SEASONS, UNITS, WEEKDAYS, Stretch
from kg.values.relative import NEXT, PAST, SIDES, THIS, UNANCHORED, Read, RelativeReader
from kg.values.tokens import match_phrase, read_number, read_ordinal, touches

_SHORT_MONTHS = {name for name in MONTHS if len(name) <= 4} - {"may", "june", "july"}
_PARTS_OF_DAY = {"morning", "afternoon", "evening", "night", "noon", "midday"}


def _within(named: Stretch, granularity: str, build: Callable[[int], Stretch | None]) -> Stretch:
    """Build a part of a named year; of a fiscal year only the year is known."""
    if named.begins is None or named.ends is None:
        return Stretch(None, None, granularity)
    if named.granularity == "fiscal year" or named.begins.year != named.ends.year:
        return replace(named, granularity=granularity)
    return build(named.begins.year) or Stretch(None, None, granularity)


WEEKDAY_SIDES = {"last", "next", "this", "past", "coming", "following", "same"}
_ACCOUNTED = {"week", "month", "quarter", "half-year", "year"}


class CalendarReader(RelativeReader):
    """Rules for times that the calendar names."""

    __slots__ = ()

    def iso(self, i: int) -> Read:
        """Read "2025-07-18"."""
        if [self.word(i + 1), self.word(i + 3)] != ["-", "-"] or len(self.word(i)) != 4:
            return None
        try:
            return cal.day(dt.date(self.whole(i), self.whole(i + 2), self.whole(i + 4))), i + 5
        except ValueError:
            return None

    def weekday(self, i: int) -> Read:
        """Read "Thursday", "last Friday morning", "Monday of last week", "Friday, October 13"."""
        side = self.word(i)
        j = i + 1 if side in WEEKDAY_SIDES else i
        if self.word(j) not in WEEKDAYS or not self.capital(j):
            return None
        number, j = WEEKDAYS[self.word(j)], self._after_weekday(j + 1)
        comma = j + 1 if self.word(j) == "," else j
        if (dated := self.month_first(comma) or self.day_month(comma)) and dated[0].granularity == "day":
            return dated
        if self.word(j) in {"of", "in"} and (week := self.relative(self.skip(j + 1))) and week[0].granularity == "week":
            begins = week[0].begins
            return (Stretch(None, None, "day") if begins is None else cal.day(cal.move(begins, number))), week[1]
        return self._nearest_weekday(number, side), j

    def _after_weekday(self, i: int) -> int:
        i = i + 1 if self.word(i) == "." and len(self.word(i - 1)) <= 5 else i
        return i + 1 if self.word(i) in _PARTS_OF_DAY else i

    def _nearest_weekday(self, number: int, side: str) -> Stretch:
        if self.published is None or side in UNANCHORED:
            return Stretch(None, None, "day")
        back = (self.published.weekday() - number) % 7
        if side in {"next", "coming"}:
            return cal.day(cal.move(self.published, (7 - back) or 7))
        if side == "this":
            return cal.day(cal.move(self.published, number - self.published.weekday()))
        return cal.day(cal.move(self.published, -(7 if side in {"last", "past"} and back == 0 else back)))

    def day_month(self, i: int) -> Read:
        """Read "18 July 2025", "the 18th of July"."""
        number, j = read_ordinal(self.tokens, i) or (self.whole(i), i + 1)
        j = j + 1 if self.word(j) == "of" else j
        if not 1 <= number <= 31 or self.word(j) not in MONTHS:
            return None
        return self._dated(MONTHS[self.word(j)], number, self._dot(j))

    def month_first(self, i: int) -> Read:
        """Read "July", "July 18, 2025", "July 2025", "July of last year", "March 3-5"."""
        side = self.word(i) if self.word(i) in SIDES else ""
        j = i + 1 if side else i
        if self.word(j) not in MONTHS or not self.capital(j):
            return None
        which, j = MONTHS[self.word(j)], self._dot(j)
        number, k = read_ordinal(self.tokens, j) or (self.whole(j), j + 1)
        if 1 <= number <= 31 and len(self.word(j)) <= 2:
            last = self.whole(k + 1) if self.word(k) in {"-", "to"} else 0
            if number < last <= 31:
                return self._days(which, number, last, k + 2)
            return self._dated(which, number, k)
        if (named := self._year_after(j)) is not None:
            return _within(named[0], "month", lambda y: cal.month(y, which)), named[1]
        return self._recurring(side, "month", lambda y: cal.month(y, which)), j

    def _dot(self, i: int) -> int:
        return i + 2 if self.word(i + 1) == "." and self.word(i) in _SHORT_MONTHS else i + 1

    def _dated(self, which: int, number: int, i: int) -> Read:
        named = self._year_after(i)
        if named is None:
            return self._recurring("", "day", lambda y: cal.month_day(y, which, number)), i
        return _within(named[0], "day", lambda y: cal.month_day(y, which, number)), named[1]

    def _days(self, which: int, first: int, last: int, i: int) -> Read:
        begins, ends = self._dated(which, first, i), self._dated(which, last, i)
        if begins is None or ends is None:
            return None
        return Stretch(begins[0].begins, ends[0].ends, "day", ("between",)), ends[1]

    def _year_after(self, i: int) -> Read:
        """Read ", 2025", "of 2006-07", "of last year"."""
        j = i + 1 if self.word(i) in {",", "of", "in"} else i
        if (found := self.years(j)) is not None:
            return found
        if self.word(i) not in {"of", "in", "this", "last", "next"}:
            return None
        found = self.relative(self.skip(j)) or self.fiscal(self.skip(j)) or self.years(self.skip(j))
        return found if found and found[0].granularity in {"year", "fiscal year"} else None

    def _year_number(self, i: int) -> int | None:
        number = self.whole(i)
        return number if 1000 <= number <= 2199 else None

    def _recurring(self, side: str, granularity: str, at: Callable[[int], Stretch | None]) -> Stretch:
        """Choose the instance of a yearly name: the latest begun one, or the first to come after "next"."""
        if self.published is None:
            return Stretch(None, None, granularity)
        year = self.published.year
        near = [at(y) for y in range(max(year - 8, 1), min(year + 8, 9999) + 1)]
        if side in THIS and side:
            chosen = at(year)
        elif side in PAST:
            chosen = cal.latest([s for s in near if s and s.ends and s.ends < self.published], self.published)
        elif side in NEXT:
            chosen = cal.earliest(near, self.published)
        else:
            chosen = cal.latest(near, self.published)
        return chosen or Stretch(None, None, granularity)

    def fiscal(self, i: int) -> Read:
        """Read "fiscal 2025", "2025 fiscal year", "FY25"; the calendar year is kept, as the start is not known."""
        first = self.years(i)
        if first is not None:
            named = self.word(first[1]) in {"fiscal", "financial"} and self.word(first[1] + 1) == "year"
            return (replace(first[0], granularity="fiscal year"), first[1] + 2) if named else None
        if self.word(i) not in {"fiscal", "financial", "fy"}:
            return None
        j = i + 2 if self.word(i + 1) == "year" else i + 1
        j = j + 1 if self.word(j) == "of" and self.years(j + 1) else j
        if (span := self.years(j)) is not None:
            return replace(span[0], granularity="fiscal year"), span[1]
        if self.word(i) == "fy" and len(self.word(j)) == 2 and self.word(j).isdecimal():
            return replace(cal.year(2000 + int(self.word(j))), granularity="fiscal year"), j + 1
        return (Stretch(None, None, "fiscal year"), j) if self.word(j - 1) == "year" else None

    def quarter(self, i: int) -> Read:
        """Read "first quarter of 2025", "Q3", "fourth-quarter", "second half of the year", "H1 2025"."""
        found = self._quarter_name(i)
        if found is None:
            return None
        which, granularity, j = found
        build = cal.quarter if granularity == "quarter" else cal.half_year
        if (named := self._year_after(j)) is not None:
            return _within(named[0], granularity, lambda y: build(y, which)), named[1]
        return self._recurring("", granularity, lambda y: build(y, which)), j

    def _quarter_name(self, i: int) -> tuple[int, str, int] | None:
        kinds = {"quarter": ("quarter", 4), "half": ("half-year", 2), "q": ("quarter", 4), "h": ("half-year", 2)}
        number = self.whole(i + 1)
        if self.word(i) in {"q", "h"} and touches(self.tokens, i + 1) and number:
            unit, most = kinds[self.word(i)]
            return (number, unit, i + 2) if number <= most else None
        last = self.word(i) == "final" or (self.word(i) == "last" and self.word(i + 2) == "of")
        ordinal = (kinds.get(self.word(i + 1), ("", 0))[1], i + 1) if last else read_ordinal(self.tokens, i)
        if ordinal is None:
            return None
        j = ordinal[1] + 1 if self.word(ordinal[1]) in {"-", "fiscal", "financial"} else ordinal[1]
        unit, most = kinds.get(self.word(j), ("", 0))
        return (ordinal[0], unit, j + 1) if 0 < ordinal[0] <= most else None

    def first_months(self, i: int) -> Read:
        """Read "first nine months of 2005"."""
        if self.word(i) != "first" or (count := read_number(self.tokens, i + 1)) is None or count[0].value is None:
            return None
        if self.word(count[1]) not in {"months", "month"} or not 1 <= count[0].value <= 12:
            return None
        named, last = self._year_after(count[1] + 1), int(count[0].value)
        if named is None:
            return None
        return _within(named[0], "month", lambda y: cal.months(y, 1, last, "month")), named[1]

    def accounted(self, i: int) -> Read:
        """Read "three months to June 30", "the year ended March 2025"."""
        count = read_number(self.tokens, i)
        j = count[1] if count else i + 1 if self.word(i) == "the" else i
        unit, ended = UNITS.get(self.word(j)), self.word(j + 1)
        if unit not in _ACCOUNTED or ended not in {"to", "ended", "ending"} or (count and not count[0].value):
            return None
        if not count and self.word(j).endswith("s"):
            return None
        k = self.skip(j + 2)
        last = self.month_first(k) or self.day_month(k)
        if last is None or (ended == "to" and unit == "week"):
            return None
        number = int(count[0].value or 1) if count else 1
        ends = last[0].ends
        begins = ends and cal.add(cal.move(ends, 1), unit, -number)
        return Stretch(begins, ends, unit), last[1]

    def years(self, i: int) -> Read:
        """Read "2007", "2006-07", "2006/07"."""
        first = self._year_number(i)
        if first is None:
            return None
        last = self.word(i + 2)
        if self.word(i + 1) in {"-", "/"} and len(last) == 2 and last.isdecimal() and not self._is_iso_month(i):
            ends = first // 100 * 100 + int(last)
            if first < ends:
                return Stretch(cal.year(first).begins, cal.year(ends).ends, "year"), i + 3
        return cal.year(first), i + 1

    def _is_iso_month(self, i: int) -> bool:
        return self.word(i + 3) == "-"

    def decade(self, i: int) -> Read:
        """Read "1990s", "'90s", "the nineties", "the 19th century"."""
        if (ordinal := read_ordinal(self.tokens, i)) and self.word(ordinal[1]) == "century":
            found = cal.years((ordinal[0] - 1) * 100 + 1, 100, "century")
            return (found, ordinal[1] + 1) if found else None
        digits, j = self.word(i), i + 1
        if not (digits.isdecimal() and self.word(j) in {"s", "'"} and touches(self.tokens, j)):
            return None
        j = j + 1 if self.word(j) == "'" else j
        if self.word(j) != "s" or digits[-1] != "0" or len(digits) not in {2, 4}:
            return None
        first = int(digits) if len(digits) == 4 else 1900 + int(digits)
        found = cal.years(first, 10, "decade")
        return (found, j + 1) if found and first >= 1000 else None

    def season(self, i: int) -> Read:
        """Read "this autumn", "summer 2024": the year that holds it, as hemispheres differ."""
        side = self.word(i) if self.word(i) in SIDES else ""
        j = i + 1 if side else i
        if self.word(j) not in SEASONS:
            return None
        if (named := self._year_after(j + 1)) is not None:
            return replace(named[0], granularity="season"), named[1]
        if not side:
            return (Stretch(None, None, "season"), j + 1) if self.word(j) != "fall" or self.capital(j) else None
        shifted = self.around_published(side, None, False, "year")
        return Stretch(shifted.begins, shifted.ends, "season"), j + 1

    def holiday(self, i: int) -> Read:
        """Read "Christmas Eve", "New Year's Day 2026"."""
        found = match_phrase(self.tokens, i, HOLIDAYS)
        return self._dated(*HOLIDAYS[found[0]], found[1]) if found else None
