"""Times that stand in relation to the publication date: "last week", "two months ago", "yesterday"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kg.values import calendar as cal
from kg.values.calendar import UNITS, Stretch
from kg.values.tokens import Number, Token, first_words, match_phrase, read_number, word_at

Read = tuple[Stretch, int] | None

SKIP = {"the", "in", "on", "at", "during", "for", "of", "a", "throughout", "over"}
PAST = {"last", "previous", "past", "recent", "prior"}
NEXT = {"next", "coming", "upcoming"}
THIS = {"this", "current", "present"}
# These count from a time that the text speaks of.
UNANCHORED = {"that", "same", "following", "preceding"}
SIDES = PAST | NEXT | THIS
_ROLLING = {"past", "coming", "recent"}
_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "this morning": 0, "this afternoon": 0,
         "this evening": 0, "last night": -1, "overnight": 0, "now": 0, "currently": 0, "at present": 0,
         "the day before yesterday": -2, "the day after tomorrow": 2}
_YEAR_ENDS = {"year ' s end", "the year ' s end", "year - end", "year end"}
_VAGUE = {"recently", "soon", "shortly", "nowadays", "the near future", "the future", "the short term",
          "the long term", "short term", "long term", "later", "earlier", "the time", "immediately", "lately"}

# What ``near`` can begin with.
NEAR_STARTS = frozenset({"weekend", "the"}).union(*map(first_words, (_DAYS, _YEAR_ENDS, _VAGUE)))


@dataclass(frozen=True, slots=True)
class RelativeReader:
    """The tokens of a phrase and the publication date; each rule reads from an index or gives ``None``."""

    tokens: Sequence[Token]
    published: dt.date | None
    cores: dict[int, Read] = field(default_factory=dict, compare=False)

    def word(self, i: int) -> str:
        """Return the token text at an index, or the empty string."""
        return word_at(self.tokens, i)

    def whole(self, i: int) -> int:
        """Return the whole number of at most four digits at an index, 0 where there is none."""
        word = self.word(i)
        return int(word) if len(word) <= 4 and word.isdecimal() else 0

    def skip(self, i: int) -> int:
        """Pass over articles and prepositions that open a time."""
        while self.word(i) in SKIP and not self._article_of_duration(i):
            i += 1
        return i

    def _article_of_duration(self, i: int) -> bool:
        if self.word(i) == "the":
            return self.word(i + 1) in UNITS
        return self.word(i) == "a" and (self.word(i + 1) in UNITS or self.word(i + 1) in {"few", "couple", "half"})

    def capital(self, i: int) -> bool:
        """Whether the word begins with a capital, which tells May from may."""
        return i < len(self.tokens) and self.tokens[i].raw[0].isupper()

    def relative(self, i: int) -> Read:
        """Read "last week", "this year", "next four years", "past two quarters", "the year"."""
        side, j = self.word(i), i + 1
        if side not in SIDES | UNANCHORED | {"the"}:
            return None
        count = read_number(self.tokens, j) or self._few(j)
        k = count[1] if count else j
        fiscal = self.word(k) in {"fiscal", "financial", "calendar"}
        k = k + 1 if fiscal else k
        unit = UNITS.get(self.word(k))
        if unit is None or (side == "the" and (count or not self._names_unit(unit, k))):
            return None
        unit = "fiscal year" if fiscal and unit == "year" and self.word(k - 1) != "calendar" else unit
        stretch = self.around_published(side, count[0].value if count else None, bool(count), unit)
        return (stretch if count or not self.word(k).endswith("s") else self._unbounded(side, unit)), k + 1

    def _few(self, i: int) -> tuple[Number, int] | None:
        """Read the "few" of "next few years"."""
        if self.word(i) not in {"few", "couple"}:
            return None
        return Number(None), i + 2 if self.word(i + 1) == "of" else i + 1

    def _unbounded(self, side: str, unit: str) -> Stretch:
        """Return the days from or up to the publication date: "the coming weeks", "past months"."""
        past, future = (self.published if side in words else None for words in (PAST, NEXT))
        return Stretch(future, past, unit)

    def around_published(self, side: str, count: Decimal | None, counted: bool, unit: str) -> Stretch:
        """Return the unit before, at or after the publication date, or a run of units up to or from it."""
        if self.published is None or side in UNANCHORED or (counted and count is None):
            return self._unbounded(side, unit)
        sign = -1 if side in PAST else 1 if side in NEXT else 0
        number = int(count) if count is not None else 1
        if (counted or side in _ROLLING) and sign:
            other = cal.add(self.published, unit, sign * number)
            return Stretch(min(self.published, other), max(self.published, other), unit)
        return cal.around(cal.add(self.published, unit, sign), unit)

    def _names_unit(self, unit: str, i: int) -> bool:
        """Whether "the year" stands for the current one: not "the year 2006", not "the half"."""
        return unit not in {"hour", "minute", "half-year", "day", "weekend"} and not self.word(i + 1)[:1].isdecimal()

    def near(self, i: int) -> Read:
        """Read "yesterday", "tonight", "now", "recently"."""
        if self.word(i) == "weekend" or (self.word(i) == "the" and self.word(i + 1) == "weekend"):
            return self._weekend(), i + (1 if self.word(i) == "weekend" else 2)
        if (end := match_phrase(self.tokens, i, _YEAR_ENDS)) is not None:
            whole = cal.around(self.published, "year") if self.published else Stretch(None, None, "year")
            return whole.said("end of"), end[1]
        if (found := match_phrase(self.tokens, i, _DAYS)) is not None:
            if self.published is None:
                return Stretch(None, None, "day"), found[1]
            return cal.around(cal.add(self.published, "day", _DAYS[found[0]]), "day"), found[1]
        vague = match_phrase(self.tokens, i, _VAGUE)
        return (Stretch(None, None, "vague", (vague[0].removeprefix("the "),)), vague[1]) if vague else None

    def _weekend(self) -> Stretch:
        if self.published is None:
            return Stretch(None, None, "weekend")
        weekends = [cal.around(cal.add(self.published, "week", back), "weekend") for back in (-1, 0)]
        return cal.latest(weekends, self.published) or weekends[0]

    def distance(self, i: int) -> Read:
        """Read "two months ago", "three years", "a decade earlier", "20-year"; only "ago" has an anchor."""
        count = read_number(self.tokens, i)
        j = count[1] if count else i + 1 if self.word(i) == "a" and self._article_of_duration(i) else None
        if j is None:
            return None
        j = j + 1 if self.word(j) in {"-", "of"} else j
        unit = UNITS.get(self.word(j))
        if unit is None:
            return None
        if self.word(j + 1) not in {"ago", "back"}:
            return Stretch(None, None, unit, ("duration",)), j + 1
        value = 1 if count is None else count[0].value
        if self.published is None or value is None:
            return Stretch(None, None, unit), j + 2
        return cal.around(cal.add(self.published, unit, -int(value)), unit), j + 2

