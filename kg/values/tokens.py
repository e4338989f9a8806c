"""Tokens and numbers, the bottom of the value grammar."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|(?P<word>(?:[A-Za-z]\.){2,}|[^\W\d_]+)"
    r"|(?P<symbol>\S)"
)


def phrases(text: str) -> list[str]:
    """Split a table row at its bars."""
    return text.split("|")


SMALL = {word: value for value, word in enumerate(
    phrases("zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
            "seventeen|eighteen|nineteen"))}
TENS = {word: 10 * value for value, word in enumerate(
    phrases("twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"), start=2)}
SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
          "dozen": 12, "lakh": 10**5, "crore": 10**7, "bn": 10**9, "mn": 10**6, "mln": 10**6,
          "bln": 10**9, "tn": 10**12, "lakhs": 10**5, "crores": 10**7}
# Abbreviations of one letter mean a scale only where they touch the digits ("500m").
SHORT_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
PLURAL_SCALES = {"dozens": 12, "scores": 20, "hundreds": 10**2, "thousands": 10**3, "millions": 10**6,
                 "billions": 10**9, "trillions": 10**12, "tens": 10}
# The least that these words admit: a plural is at least two, "several" is more than two.
# "multi-million", "multibillion": at least two.
MULTI = {"multi": 0, "multimillion": 10**6, "multibillion": 10**9}
VAGUE = {"several": 3, "few": 2, "couple": 2, "handful": 2}
# The words that a number in words can begin with.
NUMBER_STARTS = frozenset({*SMALL, *TENS, *PLURAL_SCALES, *MULTI, "hundred", "half", "several", "a", "an"})
ORDINALS = {word: value for value, word in enumerate(
    phrases("first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"), start=1)}
METRE_CONTEXT = {"race", "sprint", "final", "freestyle", "hurdles", "deep", "tall", "high", "long", "wide", "away"}


@dataclass(frozen=True, slots=True)
class Token:
    """A number, word or symbol; ``text`` is lower case without abbreviation dots, ``raw`` as written."""

    text: str
    raw: str
    start: int
    end: int
    number: Decimal | None = None

    @property
    def is_word(self) -> bool:
        """Whether the token is made of letters."""
        return self.text[:1].isalpha()


Tokens = tuple[Token, ...]


@lru_cache(maxsize=2)  # times and amounts are read from the same line, one after the other
def tokenize(text: str) -> Tokens:
    """Split a phrase into numbers, words and single symbols ("US$1.2bn" gives four)."""
    return tuple(_token(match) for match in _TOKEN.finditer(text))


def _token(match: re.Match[str]) -> Token:
    raw = match.group()
    if match.lastgroup == "number":
        return Token(raw, raw, match.start(), match.end(), Decimal(raw.replace(",", "")))
    lower = raw.lower().replace("’", "'").replace("–", "-").replace("—", "-")
    return Token(lower.replace(".", "") if len(lower) > 1 else lower, raw, match.start(), match.end())


def word_at(tokens: Sequence[Token], i: int) -> str:
    """Return the lower-case text at an index, or the empty string past the end."""
    return tokens[i].text if 0 <= i < len(tokens) else ""


def touches(tokens: Sequence[Token], i: int) -> bool:
    """Whether a token follows the one before without a space."""
    return 0 < i < len(tokens) and tokens[i].start == tokens[i - 1].end


_FIRST_WORDS: dict[int, frozenset[str]] = {}


def first_words(phrases: Collection[str]) -> frozenset[str]:
    """Return the words that phrases begin with; the tables are constants, so their identity is a key."""
    found = _FIRST_WORDS.get(id(phrases))
    if found is None:
        found = _FIRST_WORDS[id(phrases)] = frozenset(phrase.split(" ", 1)[0] for phrase in phrases)
    return found


def match_phrase(tokens: Sequence[Token], i: int, phrases: Collection[str]) -> tuple[str, int] | None:
    """Return the longest phrase of the table that starts here, and the index after it."""
    if word_at(tokens, i) not in first_words(phrases):
        return None
    words: list[str] = []
    best = None
    for j in range(i, min(i + 5, len(tokens))):
        words.append(tokens[j].text)
        if (phrase := " ".join(words)) in phrases:
            best = phrase, j + 1
    return best


@dataclass(frozen=True, slots=True)
class Number:
    """A number read; ``value`` is ``None`` for "several hundred", which has a lower bound and its words."""

    value: Decimal | None
    scale: int = 1
    lower: Decimal | None = None
    words: str | None = None

    def scaled(self, scale: int) -> Number:
        """Return the number times a scale."""
        value, lower = self.value and self.value * scale, self.lower and self.lower * scale
        return Number(value, self.scale * scale, lower, self.words)


def read_number(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    """Read digits or number words with their magnitudes ("2.5 million", "twenty-one", "several hundred")."""
    if i >= len(tokens):
        return None
    return (_digits if tokens[i].number is not None else _words)(tokens, i)


def _digits(tokens: Sequence[Token], i: int) -> tuple[Number, int]:
    value, j = _grouped_by_spaces(tokens, i)
    scale, j = read_scale(tokens, j)
    return Number(plain(value * scale), scale), j


def plain(value: Decimal) -> Decimal:
    """Drop the zeros that arithmetic leaves behind the point."""
    whole = value.to_integral_value()
    return whole if whole == value else value


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """Return what a part is of a whole, in percent."""
    return plain((Decimal(100) * part / whole).quantize(Decimal("0.01")))


def _grouped_by_spaces(tokens: Sequence[Token], i: int) -> tuple[Decimal, int]:
    digits, j = tokens[i].text, i + 1
    if len(digits) > 3 or "." in digits:
        return Decimal(digits.replace(",", "")), j
    while j < len(tokens) and len(tokens[j].text) == 3 and tokens[j].text.isdecimal() and not touches(tokens, j):
        digits, j = digits + tokens[j].text, j + 1
    return Decimal(digits), j


def read_scale(tokens: Sequence[Token], i: int) -> tuple[int, int]:
    """Read magnitude words after a number, "hundred thousand" or "-billion" included."""
    scale = 1
    while True:
        j = i + 1 if word_at(tokens, i) == "-" and word_at(tokens, i + 1) in SCALES else i
        word = word_at(tokens, j)
        if word in SCALES:
            scale *= SCALES[word]
        elif word in SHORT_SCALES and touches(tokens, j) and not _metres(tokens, j):
            scale *= SHORT_SCALES[word]
        else:
            return scale, i
        i = j + 1


def _metres(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i].text == "m" and word_at(tokens, i + 1) in METRE_CONTEXT


def _words(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    return read_words(tokens, i) if tokens[i].text in NUMBER_STARTS else None


def read_words(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    """Read number words ("dozens", "half a million", "a few hundred", "twenty-one")."""
    return _plural_scale(tokens, i) or _half(tokens, i) or _vague(tokens, i) or _multi(tokens, i) or _spelled(tokens, i)


def _plural_scale(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    """Read "dozens", "hundreds of thousands"."""
    word = word_at(tokens, i)
    if word not in PLURAL_SCALES:
        return None
    lower, words, j = 2 * PLURAL_SCALES[word], word, i + 1
    while word_at(tokens, j) == "of" and word_at(tokens, j + 1) in PLURAL_SCALES:
        lower, words, j = lower * PLURAL_SCALES[word_at(tokens, j + 1)], f"{words} of {word_at(tokens, j + 1)}", j + 2
    return None if word == "tens" and j == i + 1 else (Number(None, 1, Decimal(lower), words), j)


def _half(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    """Read "half a million", "half-a-billion"."""
    words = [token.text for token in tokens[i:i + 6] if token.text != "-"]
    if words[:2] != ["half", "a"] or len(words) < 3 or words[2] not in SCALES:
        return None
    j = next(j for j in range(i, len(tokens)) if tokens[j].text == words[2])
    return Number(Decimal(SCALES[words[2]]) / 2, SCALES[words[2]]), j + 1


def _vague(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    """Read "several hundred", "a few thousand", "a couple of"."""
    j = i + 1 if word_at(tokens, i) == "a" else i
    word = word_at(tokens, j)
    if word not in VAGUE or (word != "several" and j == i):
        return None
    of = j + 2 if word_at(tokens, j + 1) == "of" and word_at(tokens, j + 2) in SCALES else j + 1
    scale, k = read_scale(tokens, of)
    words = " ".join(token.text for token in tokens[i:j + 1])
    return Number(None, scale, Decimal(VAGUE[word] * scale), words), k


def _multi(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    """Read "multi-million", "multibillion"."""
    word = word_at(tokens, i)
    scale, j = read_scale(tokens, i + 1) if word == "multi" else (MULTI.get(word, 1), i + 1)
    return (Number(None, scale, Decimal(2 * scale), "multi"), j) if scale > 1 else None


def _spelled(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    """Read "twenty-one", "a million", "two hundred and fifty thousand", "two and a half million"."""
    total, current, scale, j = Decimal(0), _article(tokens, i), 1, i
    if current is not None:
        j += 1
    while j < len(tokens):
        k = j + 1 if j > i and (tokens[j].text == "-" or _and_joins(tokens, j)) else j
        step = _step(word_at(tokens, k), current)
        if step is None:
            break
        current, scale, j = step[0], step[1], k + 1
        if scale >= 1000:
            total, current = total + (current or 0), None
    if j == i:
        return None
    value, j = _and_a_half(tokens, total + (current or 0), j)
    extra, j = read_scale(tokens, j) if value % 1 else (1, j)
    return Number(plain(value * extra), scale * extra), j


def _article(tokens: Sequence[Token], i: int) -> Decimal | None:
    return Decimal(1) if word_at(tokens, i) in {"a", "an"} and word_at(tokens, i + 1) in SCALES else None


def _and_joins(tokens: Sequence[Token], j: int) -> bool:
    return tokens[j].text == "and" and word_at(tokens, j - 1) in {"hundred", "thousand"} \
        and word_at(tokens, j + 1) in SMALL | TENS


def _step(word: str, current: Decimal | None) -> tuple[Decimal, int] | None:
    """Add one number word to the group read so far; ``None`` where it cannot go on it."""
    below = current % 100 if current is not None else Decimal(0)
    if word in TENS and below == 0:
        return (current or Decimal(0)) + TENS[word], 1
    if word in SMALL and (below == 0 or (below >= 20 and below % 10 == 0 and SMALL[word] < 10)):
        return (current or Decimal(0)) + SMALL[word], 1
    if word in SCALES and (current is not None or word == "hundred"):
        return (current if current is not None else Decimal(1)) * SCALES[word], SCALES[word]
    return None


def _and_a_half(tokens: Sequence[Token], value: Decimal, j: int) -> tuple[Decimal, int]:
    if [word_at(tokens, j + k) for k in range(3)] == ["and", "a", "half"]:
        return value + Decimal("0.5"), j + 3
    return value, j


def read_ordinal(tokens: Sequence[Token], i: int) -> tuple[int, int] | None:
    """Read "third" or "3rd"."""
    if word_at(tokens, i) in ORDINALS:
        return ORDINALS[tokens[i].text], i + 1
    digits = word_at(tokens, i)
    if len(digits) <= 4 and digits.isdecimal() and word_at(tokens, i + 1) in {"st", "nd", "rd", "th"}:
        return int(digits), i + 2
    return None


def canonical(word: str, table: Mapping[str, str]) -> str | None:
    """Look a word up, or its singular."""
    return table.get(word) or (table.get(word[:-1]) if word.endswith("s") else None)
