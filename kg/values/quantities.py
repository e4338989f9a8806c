"""Amounts of money, percentages, counts and measures, read by a grammar over tokens.

quantity := approximator* (range | amount) ["or more"] [per unit]
range    := "between" amount "and" amount | amount ("to" | "-" | "or") amount
amount   := [sign] [currency] number [currency name | percent | measure]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.values.tables import (
    APPROXIMATORS,
    CENTS,
    CHANGE_WORDS,
    CURRENCY_ADJECTIVES,
    CURRENCY_ALIASES,
    CURRENCY_CODES,
    CURRENCY_NAMES,
    CURRENCY_PREFIXES,
    CURRENCY_SYMBOLS,
    DIRECTIONS,
    FRACTIONS,
    MEASURES,
    PER_UNITS,
    PERCENT_UNITS,
    TRAILERS,
    UNIT_STOPS,
)
from kg.values.tokens import (
    NUMBER_STARTS,
    Number,
    Token,
    canonical,
    first_words,
    match_phrase,
    read_number,
    read_scale,
    share,
    tokenize,
    touches,
    word_at,
)
from kg.values.types import Quantity

_LARGEST_CHOICE = 1000
# "down two" is no amount, and "the last three months" is a time.
_UNFIT = {**dict.fromkeys(DIRECTIONS, ("count", "quantity")), "the first": ("quantity",), "the last": ("quantity",)}


@dataclass(frozen=True, slots=True)
class _Amount:
    number: Number
    kind: str = "count"
    unit: str | None = None
    currency: str | None = None


def parse_quantity(text: str) -> Quantity | None:
    """Read the first amount of a phrase, or return ``None`` where it holds none."""
    tokens = tokenize(text)
    for i in range(len(tokens)):
        if (found := _quantity(tokens, i)) is not None:
            return replace(_with_counted(found[0], tokens, found[1]), text=text)
    return None


def scan_quantities(text: str) -> Iterator[tuple[int, int, Quantity]]:
    """Yield every amount of a text with its character offsets, approximators included."""
    tokens, i = tokenize(text), 0
    while i < len(tokens):
        found = None if word_at(tokens, i) == "from" else _quantity(tokens, i)
        if found is None:
            i += 1
            continue
        start, end = tokens[i].start, tokens[found[1] - 1].end
        yield start, end, replace(found[0], text=text[start:end])
        i = found[1]


# What an amount can begin with, but for a number in digits.
_STARTS = frozenset({*first_words(APPROXIMATORS), "between", "from", "-", "−", "minus", *CURRENCY_SYMBOLS,
                     *CURRENCY_PREFIXES, *(code.lower() for code in CURRENCY_CODES), *NUMBER_STARTS,
                     *first_words(FRACTIONS)})


def may_begin(token: Token) -> bool:
    """Whether an amount can begin with a token; most begin none."""
    return token.number is not None or token.text in _STARTS


def _quantity(tokens: Sequence[Token], i: int) -> tuple[Quantity, int] | None:
    return read_quantity(tokens, i) if may_begin(tokens[i]) else None


def read_quantity(tokens: Sequence[Token], i: int) -> tuple[Quantity, int] | None:
    """Read an amount at an index, approximators included; the text of the result is left empty."""
    words, bound, j = _approximators(tokens, i)
    found = _between(tokens, j) or _range_or_amount(tokens, j)
    if found is None or (words and found[0].kind in _UNFIT.get(words[0], ())):
        return None
    low, high, j = found
    if (trailer := match_phrase(tokens, j, TRAILERS)) is not None:
        words, bound, j = [*words, trailer[0].removeprefix("- ")], TRAILERS[trailer[0]] or bound, trailer[1]
    unit, j = _per(tokens, j)
    return _assemble(low, high, words, bound, unit), j


def _approximators(tokens: Sequence[Token], i: int) -> tuple[list[str], str, int]:
    """Read "at least", "just over", "up to about"; the first bound named counts."""
    words, bound = [], ""
    while (found := match_phrase(tokens, i, APPROXIMATORS)) is not None:
        words.append(found[0])
        bound, i = bound or APPROXIMATORS[found[0]], found[1]
    return words, bound, i


def _between(tokens: Sequence[Token], i: int) -> tuple[_Amount, _Amount | None, int] | None:
    opener = word_at(tokens, i)
    if opener not in {"between", "from"} or (low := _amount(tokens, i + 1)) is None:
        return None
    if word_at(tokens, low[1]) not in {"and", "to", "-"} or (high := _amount(tokens, low[1] + 1)) is None:
        return None
    return (*_align(low[0], high[0]), high[1])


def _range_or_amount(tokens: Sequence[Token], i: int) -> tuple[_Amount, _Amount | None, int] | None:
    low = _amount(tokens, i)
    if low is None:
        return None
    high = _amount(tokens, low[1] + 1) if word_at(tokens, low[1]) in {"to", "-", "or"} else None
    if high is not None and word_at(tokens, low[1]) == "or" and not _is_choice(low[0], high[0]):
        high = None
    if high is None or not _is_range(low[0], high[0]) or _is_change(tokens, i, low[1]):
        return low[0], None, low[1]
    return (*_align(low[0], high[0]), high[1])


def _is_range(low: _Amount, high: _Amount) -> bool:
    """Whether two amounts are the ends of one range: both have numbers, in order, of one kind."""
    if low.number.value is None or high.number.value is None:
        return False
    low, aligned = _align(low, high)
    return low.kind == aligned.kind and (low.number.value or 0) < (aligned.number.value or 0)


def _is_choice(low: _Amount, high: _Amount) -> bool:
    """Whether "or" joins two small counts ("six or seven") and not years or amounts of different things."""
    return low.kind == high.kind == "count" and max(low.number.value or 0, high.number.value or 0) < _LARGEST_CHOICE


def _is_change(tokens: Sequence[Token], i: int, j: int) -> bool:
    """Whether "to" leads from an old value or a difference to a new value: "by 600,000 to 8.3m", "fell $2 to $46"."""
    return word_at(tokens, j) == "to" and word_at(tokens, i - 1) in CHANGE_WORDS


def _align(low: _Amount, high: _Amount) -> tuple[_Amount, _Amount]:
    """Share currency, unit and magnitude between the ends ("$3-4 billion", "15 to 20 percent")."""
    number = low.number
    if number.scale == 1 < high.number.scale and (number.value or 0) * high.number.scale <= (high.number.value or 0):
        number = number.scaled(high.number.scale)
    if low.currency and not high.currency and high.kind == "count":
        return replace(low, number=number), replace(low, number=high.number)
    if low.kind == "count" or low.currency == high.currency:
        return replace(high, number=number), high
    return replace(low, number=number), high


def _amount(tokens: Sequence[Token], i: int) -> tuple[_Amount, int] | None:
    negative = word_at(tokens, i) in {"-", "−", "minus"} and not touches(tokens, i)
    start = i + 1 if negative else i
    currency, j = _currency_before(tokens, start)
    readings = [read_number(tokens, j), None if currency else _fraction(tokens, j)]
    number = max((reading for reading in readings if reading), key=lambda reading: reading[1], default=None)
    if number is None or (negative and number[0].value is None):
        return None
    found = number[0].scaled(-1) if negative else number[0]
    return _qualify(tokens, found, currency, number[1])


def _fraction(tokens: Sequence[Token], i: int) -> tuple[Number, int] | None:
    found = match_phrase(tokens, i, FRACTIONS)
    return (Number(FRACTIONS[found[0]], words="fraction"), found[1]) if found else None


def _qualify(tokens: Sequence[Token], number: Number, currency: str | None, i: int) -> tuple[_Amount, int]:
    """Decide from the words after the number what kind of amount it is."""
    if number.words == "fraction":
        return _Amount(replace(number, words=None), "percent", "percent"), i
    if currency is not None:
        return _Amount(number, "money", None, currency), _skip_same_currency(tokens, i, currency)
    if (one_in := _one_in(tokens, number, i)) is not None:
        return one_in
    return _percent(tokens, number, i) or _money_after(tokens, number, i) or _measure(tokens, number, i) \
        or (_Amount(number), i)


def _currency_before(tokens: Sequence[Token], i: int) -> tuple[str | None, int]:
    """Read "$", "US$", "US $", "A$", "Rs.", "GBP" before a number; the "a" of "a $5 fine" is an article."""
    word, following = word_at(tokens, i), word_at(tokens, i + 1)
    if word in CURRENCY_PREFIXES and following == "$" and (
            touches(tokens, i + 1) or (len(word) > 1 and tokens[i].raw.isupper())):
        return CURRENCY_PREFIXES[word], i + 2
    if word in CURRENCY_SYMBOLS:
        j = i + 2 if word in {"rs", "re"} and following == "." else i + 1
        return CURRENCY_SYMBOLS[word], j
    if i < len(tokens) and tokens[i].raw in CURRENCY_CODES:
        return CURRENCY_ALIASES.get(tokens[i].raw, tokens[i].raw), i + 1
    return None, i


def _skip_same_currency(tokens: Sequence[Token], i: int, currency: str) -> int:
    """Pass over the currency said twice: "$6 billion USD", "US$5 million dollars"."""
    after = _currency_after(tokens, i)
    return after[1] if after and after[0] in {currency, "USD"} and after[2] == 1 else i


def _currency_after(tokens: Sequence[Token], i: int) -> tuple[str, int, int] | None:
    """Read "dollars", "Australian dollars", "pence", "EUR" after a number: code, next index, divisor."""
    i = i + 1 if word_at(tokens, i) == "-" and word_at(tokens, i + 1) in CURRENCY_NAMES else i
    word = word_at(tokens, i)
    if word == "p" and touches(tokens, i):
        return "GBP", i + 1, 100
    if word in {"$", "€", "£"} and touches(tokens, i):
        return CURRENCY_SYMBOLS[word], i + 1, 1
    if i < len(tokens) and tokens[i].raw in CURRENCY_CODES:
        return CURRENCY_ALIASES.get(tokens[i].raw, tokens[i].raw), i + 1, 1
    if (adjective := match_phrase(tokens, i, CURRENCY_ADJECTIVES)) is not None:
        noun = word_at(tokens, adjective[1])
        if code := CURRENCY_ADJECTIVES[adjective[0]].get(noun.removesuffix("s")):
            return code, adjective[1] + 1, CENTS.get(noun, 1)
    code = canonical(word, CURRENCY_NAMES)
    return (code, i + 1, CENTS.get(word, 1)) if code else None


def _money_after(tokens: Sequence[Token], number: Number, i: int) -> tuple[_Amount, int] | None:
    i = i + 1 if number.value is None and word_at(tokens, i) == "of" else i
    found = _currency_after(tokens, i)
    if found is None or (word_at(tokens, found[1] - 1).startswith("pound") and word_at(tokens, found[1]) == "of"):
        return None
    code, j, divisor = found
    value = number.value / divisor if number.value is not None else None
    return _Amount(replace(number, value=value), "money", None, code), j


def _percent(tokens: Sequence[Token], number: Number, i: int) -> tuple[_Amount, int] | None:
    i = i + 1 if word_at(tokens, i) == "-" else i
    found = match_phrase(tokens, i, PERCENT_UNITS)
    return (_Amount(number, "percent", PERCENT_UNITS[found[0]]), found[1]) if found else None


def _measure(tokens: Sequence[Token], number: Number, i: int) -> tuple[_Amount, int] | None:
    """Read a unit of measure, also after a hyphen ("24-hour") or touching the digits ("40km")."""
    j = i + 1 if word_at(tokens, i) == "-" else i
    scale, k = read_scale(tokens, j) if j > i else (1, j)
    found = match_phrase(tokens, k, MEASURES)
    if found is None or (len(found[0]) == 1 and not touches(tokens, k)):
        return None
    return _Amount(number.scaled(scale), "quantity", MEASURES[found[0]]), found[1]


def _one_in(tokens: Sequence[Token], number: Number, i: int) -> tuple[_Amount, int] | None:
    """Read "one in five", "1 in every 140" as a percentage."""
    if word_at(tokens, i) not in {"in", "out"} or number.value is None:
        return None
    j = i + 2 if word_at(tokens, i + 1) in {"every", "of"} else i + 1
    whole = read_number(tokens, j)
    if whole is None or not whole[0].value or not number.value < whole[0].value or number.value > 9:
        return None
    if word_at(tokens, j) not in {"every"} and whole[0].value > 1000:
        return None  # "one in 2007"
    return _Amount(Number(share(number.value, whole[0].value)), "percent", "percent"), whole[1]


def _per(tokens: Sequence[Token], i: int) -> tuple[str | None, int]:
    """Read "a share", "per barrel", "each", "/day"."""
    if word_at(tokens, i) == "each":
        return "each", i + 1
    i = i + 1 if word_at(tokens, i) == "-" and word_at(tokens, i + 2) == "-" else i
    if word_at(tokens, i) in {"a", "an", "per", "/"} and word_at(tokens, i + 1) == "-":
        unit = canonical(word_at(tokens, i + 2), PER_UNITS)
        return (unit, i + 3) if unit else (None, i)
    if word_at(tokens, i) in {"a", "an", "per", "/"} and (unit := canonical(word_at(tokens, i + 1), PER_UNITS)):
        return unit, i + 2
    return None, i


def _assemble(low: _Amount, high: _Amount | None, words: list[str], bound: str, per: str | None) -> Quantity:
    unit = "/".join(part for part in (low.unit, per) if part) or None
    value, least = low.number.value, low.number.lower
    if low.number.words:
        words = [*words, low.number.words]
    approximator = " ".join(words) or None
    if high is not None:
        return Quantity("", low.kind, None, value, high.number.value, unit, low.currency, approximator)
    lower = value if bound == "lower" and value is not None else least
    upper = value if bound == "upper" else None
    return Quantity("", low.kind, value, lower, upper, unit, low.currency, approximator)


def _with_counted(quantity: Quantity, tokens: Sequence[Token], i: int) -> Quantity:
    """Take the words after a bare count as what is counted ("27,000 corporate positions")."""
    if quantity.kind != "count" or quantity.unit is not None:
        return quantity
    words = []
    for token in tokens[i:]:
        if not (token.is_word or token.text == "-") or token.text in UNIT_STOPS:
            break
        words.append(token.text)
    return replace(quantity, unit=" ".join(words).replace(" - ", "-") or None)
