"""What an input must satisfy to be an article; each check raises with place and value."""

from __future__ import annotations

import codecs
import datetime as dt
import re

from kg.errors import InputError

MAX_BYTES = 8_000_000
"""The longest file (or JSONL row) that is read; more than any article needs."""

MAX_CHARACTERS = 1_000_000
"""The longest article; the same limit as spaCy's ``nlp.max_length``."""

MIN_WORDS = 20
"""Shorter texts are too short to tell their language by function words."""

MIN_ENGLISH_SHARE = 0.08
"""News in English has 0.17 and more, news in other languages at most 0.06."""

# Function words of English that are rare in other languages written in Latin letters.
_FUNCTION_WORDS = """
    the and that with from this these those are has his her they their would could should which said who whom been
    after before more about when where while than into other its our your were will not but because between during
    there what how some such only over under against being through also of by it to we she
"""
ENGLISH = frozenset(_FUNCTION_WORDS.split())

_FOREIGN_MARKS = ((codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
                  (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))
_WORD = re.compile(r"[^\W\d_]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_LAST_LATIN = "\u024f"


def check_size(data: bytes, place: str) -> None:
    """Refuse more than ``MAX_BYTES``, naming the line on which the limit is passed."""
    if len(data) > MAX_BYTES:
        line = data.count(b"\n", 0, MAX_BYTES) + 1
        raise InputError(f"{place}: line {line}: longer than {MAX_BYTES:,} bytes, no article is")


def decode(data: bytes, place: str) -> str:
    """Return UTF-8 bytes as text, a byte-order mark left out and nothing else changed."""
    for mark, name in _FOREIGN_MARKS:
        if data.startswith(mark):
            raise InputError(f"{place}: line 1, byte 0: encoded in {name}; save it as UTF-8")
    if (nul := data.find(b"\0")) >= 0:
        raise InputError(f"{place}: byte {nul}: 0x00, so it is a binary file and not text")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(_not_utf8(data, place)) from None


def _not_utf8(data: bytes, place: str) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        return f"{place}: line {line}, byte {error.start}: 0x{byte:02x} is not UTF-8; save it as UTF-8"
    raise AssertionError("called for valid UTF-8")


def check_text(text: str, place: str) -> None:
    """Refuse what is empty, too long, not text or not English."""
    if not text.strip():
        raise InputError(f"{place}: no text in it")
    if len(text) > MAX_CHARACTERS:
        line = text.count("\n", 0, MAX_CHARACTERS) + 1
        raise InputError(f"{place}: line {line}: an article may have at most {MAX_CHARACTERS:,} characters, "
                         f"this one has {len(text):,}")
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise InputError(f"{place}: line {line}, character {found.start()}: U+{ord(found[0]):04X} is not text")
    check_english(text, place)


def check_field(name: str, value: str, place: str) -> None:
    """Refuse an id, title or source with characters that no text has."""
    if found := _CONTROL.search(value):
        raise InputError(f"{place}: {name} {value!r}: U+{ord(found[0]):04X} is not text")


def check_english(text: str, place: str) -> None:
    """Refuse a text in another script, or with too few of English's function words."""
    words = _WORD.findall(text.casefold())
    letters = sum(map(len, words))
    foreign = sum(letter > _LAST_LATIN for word in words for letter in word)
    if not letters:
        raise InputError(f"{place}: no words in it")
    if foreign * 2 > letters:
        raise InputError(f"{place}: not English: {foreign} of {letters} letters are of another script")
    known = sum(word in ENGLISH for word in words)
    if len(words) >= MIN_WORDS and known < MIN_ENGLISH_SHARE * len(words):
        raise InputError(f"{place}: not English: {known} of {len(words)} words are English function words")


def check_language(language: str, place: str) -> str:
    """Return the language tag if it is English (``en``, ``en-GB``, ``eng``)."""
    if re.split("[-_]", language.strip().lower())[0] not in ("en", "eng", "english"):
        raise InputError(f"{place}: language {language!r}: only English articles can be read")
    return language.strip()


def parse_date(value: str, place: str) -> dt.date:
    """Read an ISO 8601 date, or the day of an ISO 8601 date and time."""
    try:
        return dt.datetime.fromisoformat(value.strip()).date()
    except ValueError:
        raise InputError(f"{place}: date {value!r} is not a date; write YYYY-MM-DD") from None
