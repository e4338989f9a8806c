"""The grammar tries a rule only where it can begin: what the gates leave out would have read nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.values import calendar, quantities, relative, resolve_time, scan_quantities, scan_times, tables, times, tokens

VOCABULARIES = (
    calendar.MONTHS, calendar.WEEKDAYS, calendar.HOLIDAYS, calendar.SEASONS, calendar.UNITS, relative.SKIP,
    relative.SIDES, relative.UNANCHORED, relative.NEAR_STARTS, times.STARTS, tables.APPROXIMATORS, tables.TRAILERS,
    tables.CURRENCY_SYMBOLS, tables.CURRENCY_PREFIXES, tables.CURRENCY_CODES, tables.CURRENCY_NAMES,
    tables.CURRENCY_ADJECTIVES, tables.PERCENT_UNITS, tables.FRACTIONS, tables.MEASURES, tables.PER_UNITS,
    tables.CHANGE_WORDS, tokens.SMALL, tokens.TENS, tokens.SCALES, tokens.SHORT_SCALES, tokens.PLURAL_SCALES,
    tokens.VAGUE, tokens.ORDINALS)
WORDS = sorted({word for table in VOCABULARIES for phrase in table for word in phrase.split()})
EXTRA = ["7", "25", "300", "2025", "1.5", "27,000", "-", "–", "/", ".", ",", ":", "'", "%", "+", "century", "quarter",
         "half", "ago", "year", "old", "st", "th", "firm", "Q", "H", "FY", "am", "UTC", "and", "²", "①", "٣", "00"]
PUBLISHED = dt.date(2025, 7, 18)


def texts() -> st.SearchStrategy[str]:
    """Return lines of the grammar's own words, in small letters, capitals and title case, and of stray characters."""
    words = st.sampled_from([*WORDS, *EXTRA])
    cased = st.builds(lambda word, how: how(word), words, st.sampled_from([str, str.title, str.upper]))
    pieces = st.tuples(cased | st.text(max_size=4), st.sampled_from(["", " "]))
    return st.lists(pieces, max_size=12).map(lambda chosen: "".join(word + gap for word, gap in chosen))


def ungated(name: str, line: tokens.Tokens, i: int) -> object:
    """Read at an index with one rule of ``times.RULES``, whatever stands there."""
    return getattr(times.TimeReader(line, PUBLISHED), name)(i)


@given(texts())
def test_no_rule_for_times_reads_where_its_gate_is_shut(text: str) -> None:
    """Each rule that reads something at a token is among the rules that the token's gate lets through."""
    line = tokens.tokenize(text)
    for i in range(len(line)):
        open_to = {rule.__name__ for rule in times.rules_from(line, i)}
        reading = {rule.__name__ for rule, *_ in times.RULES if ungated(rule.__name__, line, i) is not None}
        assert reading <= open_to, line[i].text


@given(texts())
def test_no_time_is_scanned_where_the_gate_is_shut(text: str) -> None:
    """Where ``scan_times`` does not look, no time begins."""
    line = tokens.tokenize(text)
    reader = times.TimeReader(line, PUBLISHED)
    assert not [line[i].text for i in range(len(line))
                if not times.may_begin(line[i]) and reader.unbounded(i)]


@given(texts())
def test_no_amount_begins_where_the_gate_is_shut(text: str) -> None:
    """Where ``scan_quantities`` does not look, no amount begins."""
    line = tokens.tokenize(text)
    assert not [line[i].text for i in range(len(line))
                if not quantities.may_begin(line[i]) and quantities.read_quantity(line, i)]


@given(texts())
def test_no_number_in_words_begins_where_the_gate_is_shut(text: str) -> None:
    """What ``NUMBER_STARTS`` lacks begins no number in words."""
    line = tokens.tokenize(text)
    assert not [line[i].text for i in range(len(line)) if line[i].number is None
                and line[i].text not in tokens.NUMBER_STARTS and tokens.read_words(line, i)]


@pytest.mark.parametrize("word", WORDS)
def test_every_gate_on_every_word_of_the_tables(word: str) -> None:
    """The gates hold for each word of the grammar in the places where it stands most: alone and before numbers."""
    for text in (word, f"{word} 2025", f"{word} 5 million", f"{word} year ago", f"{word} of July", f"{word} one week",
                 f"{word} half of 2025", f"{word} Christmas", f"{word} 3rd quarter", f"{word} dollars"):
        for cased in (text, text.title()):
            for law in (test_no_rule_for_times_reads_where_its_gate_is_shut,
                        test_no_time_is_scanned_where_the_gate_is_shut,
                        test_no_amount_begins_where_the_gate_is_shut,
                        test_no_number_in_words_begins_where_the_gate_is_shut):
                law.hypothesis.inner_test(cased)  # type: ignore[attr-defined]


NINES = "9" * 40
ODD = ["10² July", "July ²", "① of May", "² 5", "10 ²²² jobs", f"{NINES} jobs", "9" * 5000, f"${NINES} trillion",
       f"last {NINES} years", f"{NINES} years ago", f"one in {NINES}", "H" + "1" * 5000, "1.5" + "0" * 40]


@pytest.mark.parametrize("text", ODD)
def test_no_digits_are_too_odd(text: str) -> None:
    """Superscripts, circled and endless digits are read or passed over, never an error."""
    assert all(value.text == text[start:end] for start, end, value in scan_times(text, PUBLISHED))
    assert all(value.text == text[start:end] for start, end, value in scan_quantities(text))
    assert (resolve_time(text, PUBLISHED) is not None) >= bool(list(scan_times(text, PUBLISHED)))


@given(st.text(alphabet=st.characters(categories=("N", "P", "S", "Z")) | st.sampled_from("abkmMQ $%,.-")))
def test_any_text_can_be_scanned(text: str) -> None:
    """Amounts and times found lie in the text, in order and without overlap, whatever its characters."""
    for found in (list(scan_times(text, PUBLISHED)), list(scan_quantities(text))):
        bounds = [bound for start, end, _ in found for bound in (start, end)]
        assert bounds == sorted(bounds)
        assert all(start < end and value.text == text[start:end] for start, end, value in found)
