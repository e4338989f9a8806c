"""Phrases that say when a position or another relation holds, on the shipped model's parse."""

from __future__ import annotations

from functools import cache

import pytest
from spacy.tokens import Doc

from kg import nlp, ontology
from kg.extract.features import Candidate, Reading
from kg.extract.tenure import Tenure, find_tenure

FLOOR = 0.9
"""The share of the table that has to hold: all of it does on the weights of today; others parse otherwise."""

# The person is "Ann Lee", the place "Norvane", the title in brackets; status, since, until follow.
PHRASES = [
    ("Ann Lee has been [CEO] of Norvane since 2021.", None, "2021", None),
    ("Ann Lee, [CEO] of Norvane since 2021, said sales fell.", None, "2021", None),
    ("Ann Lee has led Norvane as [chief executive] since March 2019.", None, "March 2019", None),
    ("Ann Lee joined Norvane in 2005 and has been its [CEO] since 2021.", None, "2021", None),
    ("Ann Lee became [CEO] of Norvane in 2015.", None, "2015", None),
    ("Ann Lee was appointed [CEO] of Norvane in May.", None, "May", None),
    ("Ann Lee is [CEO] of Norvane.", None, None, None),
    ("Outgoing Norvane [CEO] Ann Lee said sales fell.", None, None, None),
    ("Norvane [CEO] Ann Lee said on Monday that sales fell in 2023.", None, None, None),
    ("Former Norvane [CEO] Ann Lee was fined.", "former", None, None),
    ("Ann Lee, a former [chief executive] of Norvane, was fined.", "former", None, None),
    ("Ex-Norvane [CEO] Ann Lee was fined.", "former", None, None),
    ("Norvane's ex-[chairman], Ann Lee, was fined.", "former", None, None),
    ("Ann Lee, then [CEO] of Norvane, signed the deal in 2009.", "former", None, None),
    ("Ann Lee served as [CEO] of Norvane from 2009 to 2014.", "former", "2009", "2014"),
    ("Ann Lee, who was [CEO] of Norvane from 2009 until 2014, died on Friday.", "former", "2009", "2014"),
    ("Ann Lee, [chairman] of Norvane (2009-2014), said sales fell.", "former", "2009", "2014"),
    ("Ann Lee was [CEO] of Norvane until last month.", "former", None, "last month"),
    ("Ann Lee, [CEO] of Norvane until last month, said sales fell.", "former", None, "last month"),
    ("Norvane's [CEO] until 2014, Ann Lee, said sales fell.", "former", None, "2014"),
    ("Ann Lee stepped down as [CEO] of Norvane on Monday.", "former", None, "Monday"),
    ("Ann Lee retired as [CEO] of Norvane last year.", "former", None, "last year"),
    ("Norvane [CEO] Ann Lee resigned on Monday.", "former", None, "Monday"),
    ("Ann Lee refused to resign as [CEO] of Norvane.", None, None, None),
    ("Ann Lee remains [CEO] of Norvane until December.", None, None, "December"),
    ("Ann Lee will step down as [CEO] of Norvane in March.", "current", None, "March"),
    ("Ann Lee will become [CEO] of Norvane on July 1.", "incoming", "July 1", None),
    ("Ann Lee will take over as [CEO] of Norvane in January.", "incoming", "January", None),
    ("Ann Lee is to succeed Tom Berg as [chief executive] of Norvane on 1 October.", "incoming", "1 October", None),
    ("Incoming Norvane [CEO] Ann Lee praised the staff.", "incoming", None, None),
    ("Ann Lee lived in Norvane until 2010.", "former", None, "2010"),
    ("Ann Lee has lived in Norvane since 2010.", None, "2010", None),
    ("Ann Lee, who led Norvane from 1985 to 1991, has been praised.", "former", "1985", "1991"),
]


@cache
def parsed(text: str) -> Doc:
    """Return the text as the shipped model reads it."""
    return nlp.load()(text)


def read(marked: str) -> Tenure:
    """Return when the relation between Ann Lee and Norvane holds; brackets mark the title."""
    before, _, rest = marked.partition("[")
    title, _, after = rest.partition("]")
    doc = parsed(before + title + after)
    reading = Reading(doc)

    def candidate(words: str, at: int) -> Candidate:
        span = doc.char_span(at, at + len(words), alignment_mode="expand")
        assert span is not None
        return reading.candidate(span.start, span.end - 1, 0)
    person, place = (candidate(name, doc.text.index(name)) for name in ("Ann Lee", "Norvane"))
    return find_tenure(reading, person, place, candidate(title, len(before)) if title else None, ontology.load())


def test_the_phrases_are_read() -> None:
    """Former, current and incoming, since and until, are read as the table says."""
    wrong = {}
    for text, status, since, until in PHRASES:
        found = read(text)
        words = (found.status, found.since and found.since.text, found.until and found.until.text)
        if words != (status, since, until):
            wrong[text] = words
    assert len(wrong) <= (1 - FLOOR) * len(PHRASES), wrong


def test_a_date_has_its_place_in_the_text() -> None:
    """The evidence of a date is where the text has it."""
    text = "Ann Lee served as [CEO] of Norvane from 2009 to 2014."
    found, plain = read(text), text.replace("[", "").replace("]", "")
    assert found.since
    assert found.until
    assert [plain[date.start:date.end] for date in (found.since, found.until)] == ["2009", "2014"]


@pytest.mark.parametrize("text", ["Ann Lee may become [CEO] of Norvane in 2026.",
                                  "Ann Lee will not become [CEO] of Norvane in 2026."])
def test_what_may_not_come_says_nothing(text: str) -> None:
    """A position that is possible or denied has no beginning."""
    assert read(text) == Tenure()
