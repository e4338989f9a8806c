"""Dates and periods, read by a grammar over tokens and resolved against the publication date.

time   := bound time | part time | range | absolute | relative
bound  := "since" | "until" | "by" | "before" | "after"
part   := "early" | "late" | "end of" | "mid-" | ...

A name that recurs (a weekday, a month or day without year, a quarter) means its latest instance that began on
or before the publication date, as news tells what happened; "next" and "by" ask for the first one after it.
Without a publication date such names keep their granularity and no bounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence

from kg.values.calendar import HOLIDAYS, MONTHS, SEASONS, UNITS, WEEKDAYS, Stretch, add, move
from kg.values.dates import WEEKDAY_SIDES, CalendarReader
from kg.values.relative import NEAR_STARTS, SIDES, SKIP, UNANCHORED, Read
from kg.values.tokens import NUMBER_STARTS, ORDINALS, Token, first_words, match_phrase, phrases, tokenize
from kg.values.types import TimeValue

_SINCE = {"since", "from"}
_UNTIL = {"until", "till", "through"}
_BY = {"by"}
_PARTS = phrases(
    "early|earlier|late|later|mid|mid -|end of|beginning of|start of|middle of|rest of|sometime|about|"
    "around|approximately|almost|nearly|over|more than|just over|just under|less than|at least|close to|"
    "only|well into|all|shortly before|shortly after|up to|late in|early in|later in|as early as|"
    "as late as|as soon as|first week of|second week of|last week of")
_CLOCK_SUFFIX = {"am", "pm", "utc", "gmt", "est", "edt", "pst", "pdt", "cet", "bst", "et", "a.m", "p.m"}


_MIDDAYS = {"noon", "midnight", "midday"}


class TimeReader(CalendarReader):
    """The whole grammar: bounds and parts around what the calendar or the publication date names."""

    __slots__ = ()

    def time(self, i: int) -> Read:
        """Read a time with its bounds and parts."""
        return self.bounded(i) or self.ranged(i) or self.modified(i)

    # -- bounds, ranges, parts -------------------------------------------------------------------------------------

    def bounded(self, i: int) -> Read:
        """Read "since 2022", "until June", "by the end of the year", "after Friday"."""
        word = self.word(i)
        if word in _SINCE | {"after"}:
            return self._since(i, word)
        if word in _UNTIL | {"before"} | _BY:
            return self._until(i, word)
        return None

    def _since(self, i: int, word: str) -> Read:
        found = self.ranged(i) or self.modified(self.skip(i + 1))
        if found is None or found[0].words[:1] == ("between",):
            return found
        stretch, j = found
        if word == "after":
            return Stretch(stretch.ends and move(stretch.ends, 1), None, stretch.granularity).said(word), j
        return Stretch(stretch.begins, self.published, stretch.granularity, stretch.words).said(word), j

    def _until(self, i: int, word: str) -> Read:
        ahead = _coming(self, i + 1) if word in _BY | _UNTIL else None
        found = ahead or self.modified(self.skip(i + 1))
        if found is None:
            return None
        stretch, j = found
        ends = stretch.begins and move(stretch.begins, -1) if word == "before" else stretch.ends
        return Stretch(None, ends, stretch.granularity, stretch.words).said(word), j

    def ranged(self, i: int) -> Read:
        """Read "between 2005 and 2009", "from March to May", "2005-2009"."""
        found = self.sides(i)
        if found is None:
            return None
        (_, (first, _)), (_, (last, end)) = found
        return Stretch(first.begins, last.ends, first.granularity, ("between",)), end

    def sides(self, i: int) -> tuple[tuple[int, tuple[Stretch, int]], tuple[int, tuple[Stretch, int]]] | None:
        """Read the two times of a range, each with the index of its first token."""
        start = self.skip(i + 1 if self.word(i) in {"between", "from"} else i)
        first = self.core(start)
        if first is None or self.word(first[1]) not in {"and", "to", "until", "through", "-"}:
            return None
        if self.word(first[1]) == "and" and self.word(i) != "between":
            return None
        last = self.core(first[1] + 1)
        if last is None or last[0].granularity != first[0].granularity:
            return None
        begins, ends = first[0].begins, last[0].ends
        if begins is not None and ends is not None and ends < begins:
            return None
        return (start, first), (first[1] + 1, last)

    def unbounded(self, i: int) -> Read:
        """Read a time that begins here, not with a preposition before it."""
        return (self.ranged(i) if self.skip(i) == i else None) or self.modified(i)

    def modified(self, i: int) -> Read:
        """Read "early Thursday", "the end of this year", "mid-July", "late 2025"."""
        found = match_phrase(self.tokens, i, _PARTS)
        if found is not None and (inner := self.modified(self.skip(found[1]))) is not None:
            return inner[0].said(found[0].removesuffix(" -")), inner[1]
        return self.core(i)

    def core(self, i: int) -> Read:
        """Read the longest time that starts here, without bounds or parts."""
        if i not in self.cores:
            self.cores[i] = self._core(i)
        return self.cores[i]

    def _core(self, i: int) -> Read:
        found = [read for rule in rules_from(self.tokens, i) if (read := rule(self, i)) is not None]
        return max(found, key=lambda read: read[1], default=None)

    def clock(self, i: int) -> Read:
        """Read "16:05 UTC", "9 a.m. Monday", "noon", "midnight"; the day is known only where it is said."""
        j = self._clock_end(i)
        if j is None:
            return None
        following = self.modified(self.skip(j + 1 if self.word(j) == "," else j))
        if following is not None and following[0].granularity == "day" and following[0].words != ("duration",):
            return following
        return Stretch(None, None, "time"), j

    def _clock_end(self, i: int) -> int | None:
        if self.word(i) in _MIDDAYS:
            return i + 1
        if not self.word(i).isdecimal() or len(self.word(i)) > 2:
            return None
        j = i + 1
        if self.word(j) in {":", "."} and len(self.word(j + 1)) == 2 and self.word(j + 1).isdecimal():
            j = j + 2
        while self.word(j) in _CLOCK_SUFFIX:
            j += 1
        return j if j > i + 1 and (self.word(i + 1) != "." or self.word(j - 1) in _CLOCK_SUFFIX) else None


Rule = Callable[[TimeReader, int], Read]

# The rules of ``core`` with what each can begin with: a number in digits or not, and words. Most words begin none.
RULES: tuple[tuple[Rule, bool, Collection[str]], ...] = (
    (TimeReader.iso, True, ()),
    (TimeReader.weekday, False, {*WEEKDAYS, *WEEKDAY_SIDES}),
    (TimeReader.day_month, True, ORDINALS),
    (TimeReader.month_first, False, {*MONTHS, *SIDES}),
    (TimeReader.fiscal, True, ("fiscal", "financial", "fy")),
    (TimeReader.quarter, True, {*ORDINALS, "q", "h", "final", "last"}),
    (TimeReader.first_months, False, ("first",)),
    (TimeReader.accounted, True, {*NUMBER_STARTS, *UNITS, "the"}),
    (TimeReader.decade, True, ORDINALS),
    (TimeReader.years, True, ()),
    (TimeReader.relative, False, {*SIDES, *UNANCHORED, "the"}),
    (TimeReader.near, False, NEAR_STARTS),
    (TimeReader.distance, True, NUMBER_STARTS),
    (TimeReader.season, False, {*SEASONS, *SIDES}),
    (TimeReader.holiday, False, first_words(HOLIDAYS)),
    (TimeReader.clock, True, _MIDDAYS),
)
_OF_NUMBERS = tuple(rule for rule, numeric, _ in RULES if numeric)
_OF_WORDS = {word: tuple(rule for rule, _, starts in RULES if word in starts)
             for word in frozenset().union(*(starts for _, _, starts in RULES))}
STARTS = frozenset({*_OF_WORDS, *SKIP, *first_words(_PARTS), "between", "from"})


def may_begin(token: Token) -> bool:
    """Whether a time, without its preposition, can begin with a token."""
    return token.number is not None or token.text in STARTS


def rules_from(tokens: Sequence[Token], i: int) -> tuple[Rule, ...]:
    """Return the rules that may read a time at an index; the others read nothing there."""
    if i >= len(tokens):
        return ()
    return _OF_NUMBERS if tokens[i].number is not None else _OF_WORDS.get(tokens[i].text, ())


def _coming(reader: TimeReader, i: int) -> Read:
    """Read a recurring name as the first one to come ("by December", "until Friday", "on 1 October")."""
    j = reader.skip(i)
    found = reader.modified(j)
    if found is None or reader.published is None or found[0].ends is None or found[0].ends >= reader.published:
        return found
    ahead = TimeReader((Token("next", "next", 0, 0), *reader.tokens[j:]), reader.published).core(0)
    if ahead and ahead[1] + j - 1 == found[1] and (ahead[0].ends is None or ahead[0].ends > reader.published):
        return ahead[0], ahead[1] + j - 1
    if not any(token.text in MONTHS for token in reader.tokens[j : found[1]]):
        return found
    # The latest instance a year on is the first one to come.
    return TimeReader(reader.tokens, move(add(reader.published, "year", 1), -1)).modified(j)


def resolve_time(text: str, published: dt.date | None, *, ahead: bool = False) -> TimeValue | None:
    """Read the first time of a phrase, or return ``None`` where it holds none.

    A name that recurs means its latest instance, with ``ahead`` the first one after the publication date.
    """
    reader = TimeReader(tokenize(text), published)
    for i in range(len(reader.tokens)):
        if (found := (ahead and _coming(reader, i)) or reader.time(i)) is not None:
            return _value(text, found[0])
    return None


def split_range(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return where the two times of a range stand in its text: "2009" and "2014" of "from 2009 to 2014"."""
    reader = TimeReader(tokenize(text), None)
    found = reader.sides(0)
    if found is None:
        return None
    first, last = ((reader.tokens[start].start, reader.tokens[read[1] - 1].end) for start, read in found)
    return first, last


def scan_times(text: str, published: dt.date | None = None) -> Iterator[tuple[int, int, TimeValue]]:
    """Yield every time of a text with its character offsets, without the preposition before it."""
    tokens = tokenize(text)
    reader, i = TimeReader(tokens, published), 0
    while i < len(tokens):
        found = reader.unbounded(i) if may_begin(tokens[i]) else None
        if found is None:
            i += 1
            continue
        start, end = tokens[i].start, tokens[found[1] - 1].end
        yield start, end, _value(text[start:end], found[0])
        i = found[1]


def _value(text: str, stretch: Stretch) -> TimeValue:
    words = " ".join(word for word in stretch.words if word not in {"duration", "between"})
    return TimeValue(text, stretch.begins, stretch.ends, stretch.granularity, words or None)
