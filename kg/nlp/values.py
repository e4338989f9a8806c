"""Value spans of a ``Doc``: dates, money, percentages, quantities and counts.

The value grammar of ``kg.values`` finds them on the text alone; tags and heads, where the
``Doc`` has them, only take away what reads like a value and is none (the modal "may", the
pronoun "one", the "500" of "S&P 500").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from kg.values import scan_quantities, scan_times

LABELS = {"money": "MONEY", "percent": "PERCENT", "quantity": "QUANTITY", "count": "COUNT"}

_NAME_DEPS = {"nummod", "flat", "nmod", "appos", "compound", "dep", "nmod:unmarked"}
_BEFORE_PRONOUN_ONE = {"no", "the", "this", "that", "each", "every", "which", "any"}
_AFTER_PRONOUN_ONE = {"of", "another", "day", "thing", "or", "who", "that"}


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    label: str


def find_values(doc: Doc) -> list[Span]:
    """Return the value spans in text order without overlap, labelled DATE, MONEY, PERCENT, QUANTITY, COUNT."""
    spans = []
    for found in _longest(list(_candidates(doc.text))):
        span = doc.char_span(found.start, found.end, label=found.label, alignment_mode="contract")
        if span is not None and not _misread(span):
            spans.append(span)
    return spans


def _candidates(text: str) -> Iterator[_Found]:
    """Scan line by line, as no value crosses a line break."""
    offset = 0
    for line in text.splitlines(keepends=True):
        for start, end, _ in scan_times(line):
            yield _Found(offset + start, offset + end, "DATE")
        for start, end, quantity in scan_quantities(line):
            yield _Found(offset + start, offset + end, LABELS[quantity.kind])
        offset += len(line)


def _longest(found: list[_Found]) -> list[_Found]:
    """Keep the longest of overlapping candidates, a date before an amount of the same length."""
    kept: list[_Found] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.label != "DATE", f.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


def _misread(span: Span) -> bool:
    if span.label_ == "DATE":
        return len(span) == 1 and span[0].pos_ in {"AUX", "VERB"}
    if span.label_ != "COUNT" or len(span) > 1:
        return False
    token = span[0]
    return _is_ordinal(token) or _is_pronoun(token) or _is_part_of_name(token) or _is_verb_form(token)


def _is_ordinal(token: Token) -> bool:
    return token.text[-1:].isalpha() and token.text[:1].isdigit() and token.text[-2:] in {"st", "nd", "rd", "th"}


def _is_pronoun(token: Token) -> bool:
    """Whether "one" stands for a thing or is part of a word ("one-off") rather than counts."""
    if token.lower_ != "one":
        return False
    before = token.doc[token.i - 1].lower_ if token.i else ""
    after = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
    return token.pos_ == "PRON" or before in _BEFORE_PRONOUN_ONE or after in _AFTER_PRONOUN_ONE or after == "-"


def _is_part_of_name(token: Token) -> bool:
    """Whether a bare number closes a name: "S&P 500", "PlayStation 2"; with a parse, its head comes first."""
    if token.i == 0 or not token.text.isdigit() or token.is_sent_start:
        return False
    before = token.doc[token.i - 1]
    if token.pos_:
        return before.pos_ == "PROPN" and token.head.i < token.i and token.dep_ in _NAME_DEPS
    return before.is_title and before.i > 0 and not before.is_sent_start and len(token) <= 3


def _is_verb_form(token: Token) -> bool:
    """Whether "scores" is a verb or a result rather than a number."""
    following = token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""
    return token.lower_ == "scores" and following != "of" and token.pos_ != "NOUN"
