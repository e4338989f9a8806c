"""Vocabularies of the value grammar. Phrases are lower-case tokens joined by single spaces."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from importlib import resources

from kg.values.tokens import ORDINALS, SMALL, phrases, share

# Code, the code where it is no other word, the words before the noun, and the noun of each currency.
_CURRENCIES = [line.split("\t") for line in
               resources.files("kg.values").joinpath("currencies.tsv").read_text(encoding="utf-8").splitlines()]

# What an approximator says about the number: a lower bound, an upper bound, or neither.
APPROXIMATORS = {
    **dict.fromkeys(phrases(
        "at least|more than|over|above|no fewer than|no less than|not less than|a minimum of|minimum of|in excess of|"
        "upwards of|upward of|exceeding|greater than|higher than|better than|just over|well over|slightly more than|"
        "just above|little more than|as little as|as few as|north of"), "lower"),
    **dict.fromkeys(phrases(
        "up to|at most|less than|under|below|fewer than|no more than|not more than|as many as|as much as|as high as|"
        "a maximum of|maximum of|just under|just below|lower than|well under"), "upper"),
    **dict.fromkeys(phrases(
        "about|around|approximately|approx|approx .|roughly|some|nearly|almost|close to|an estimated|estimated|circa|"
        "~|nearer|exactly|only|just|a total of|"
        "a record|an average of|an additional|another|the first|the last|anywhere"),
        ""),
}
# Words of direction belong to an amount of money or a percentage: "up 5%", "down by $2".
DIRECTIONS = {"up": "", "down": "", "up by": "", "down by": ""}
APPROXIMATORS |= DIRECTIONS
TRAILERS = {"or more": "lower", "or so": "", "or fewer": "upper", "or less": "upper", "+": "lower", "plus": "lower",
            "- plus": "lower"}

CURRENCY_SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY",
                    "₪": "ILS", "₫": "VND", "₦": "NGN", "฿": "THB", "₱": "PHP", "rs": "INR", "rm": "MYR"}
CURRENCY_PREFIXES = {"us": "USD", "a": "AUD", "au": "AUD", "aud": "AUD", "c": "CAD", "ca": "CAD", "can": "CAD",
                     "cdn": "CAD", "cad": "CAD", "nz": "NZD", "hk": "HKD", "s": "SGD", "sg": "SGD", "nt": "TWD",
                     "r": "BRL", "usd": "USD", "mx": "MXN", "z": "ZWL", "j": "JMD", "fj": "FJD", "t": "TOP"}
CURRENCY_CODES = frozenset(code for _, code, *_ in _CURRENCIES if code) | {"ILS", "NZD", "RMB", "TWD"}
CURRENCY_ALIASES = {"RMB": "CNY"}
_NOUNS = Counter(noun for _, _, _, noun in _CURRENCIES)
# Not "20 real people", nor "a dram of whisky".
CURRENCY_NAMES = {noun: code for code, _, _, noun in _CURRENCIES
                  if _NOUNS[noun] == 1 and noun not in ("", "real", "dram")} | {
    "dollar": "USD", "buck": "USD", "cent": "USD", "euro": "EUR", "pound": "GBP", "pence": "GBP", "penny": "GBP",
    "quid": "GBP", "sterling": "GBP", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rupee": "INR", "paise": "INR",
    "rouble": "RUB", "ruble": "RUB", "rand": "ZAR", "baht": "THB", "rupiah": "IDR", "ringgit": "MYR", "dong": "VND",
    "zloty": "PLN", "forint": "HUF", "hryvnia": "UAH", "shekel": "ILS", "naira": "NGN", "lira": "TRY", "taka": "BDT",
    "franc": "CHF", "won": "KRW", "krona": "SEK", "kronor": "SEK", "krone": "NOK", "kroner": "NOK", "peso": "MXN",
    "dirham": "AED", "riyal": "SAR", "koruna": "CZK",
}
CENTS = {"cent": 100, "cents": 100, "pence": 100, "penny": 100, "paise": 100}
CURRENCY_ADJECTIVES: dict[str, dict[str, str]] = {
    "us": {"dollar": "USD", "cent": "USD"}, "u s": {"dollar": "USD"}, "american": {"dollar": "USD"},
    "australian": {"dollar": "AUD", "cent": "AUD"}, "canadian": {"dollar": "CAD", "cent": "CAD"},
    "new zealand": {"dollar": "NZD"}, "hong kong": {"dollar": "HKD"}, "singapore": {"dollar": "SGD"},
    "taiwan": {"dollar": "TWD"}, "taiwanese": {"dollar": "TWD"}, "zimbabwe": {"dollar": "ZWL"},
    "british": {"pound": "GBP"}, "uk": {"pound": "GBP"}, "egyptian": {"pound": "EGP"}, "swiss": {"franc": "CHF"},
    "indian": {"rupee": "INR"}, "pakistani": {"rupee": "PKR"}, "sri lankan": {"rupee": "LKR"},
    "japanese": {"yen": "JPY"}, "chinese": {"yuan": "CNY"}, "russian": {"rouble": "RUB", "ruble": "RUB"},
    "swedish": {"krona": "SEK", "kronor": "SEK"}, "danish": {"krone": "DKK", "kroner": "DKK"},
    "norwegian": {"krone": "NOK", "kroner": "NOK"}, "korean": {"won": "KRW"}, "south korean": {"won": "KRW"},
    "mexican": {"peso": "MXN"}, "argentine": {"peso": "ARS"}, "chilean": {"peso": "CLP"}, "philippine": {"peso": "PHP"},
    "colombian": {"peso": "COP"}, "saudi": {"riyal": "SAR"}, "brazilian": {"real": "BRL", "reai": "BRL"},
    "south african": {"rand": "ZAR"}, "israeli": {"shekel": "ILS"}, "polish": {"zloty": "PLN"},
    "czech": {"koruna": "CZK", "crown": "CZK"}, "icelandic": {"krona": "ISK", "kronur": "ISK"},
    "hungarian": {"forint": "HUF"}, "nigerian": {"naira": "NGN"}, "kenyan": {"shilling": "KES"},
    "qatari": {"riyal": "QAR"}, "kuwaiti": {"dinar": "KWD"}, "jordanian": {"dinar": "JOD"},
    "moroccan": {"dirham": "MAD"}, "malaysian": {"ringgit": "MYR"}, "indonesian": {"rupiah": "IDR"},
    "vietnamese": {"dong": "VND"}, "ukrainian": {"hryvnia": "UAH"}, "bangladeshi": {"taka": "BDT"},
    "thai": {"baht": "THB"}, "turkish": {"lira": "TRY"}, "pounds": {"sterling": "GBP"},
}
for code, _, before, noun in _CURRENCIES:
    if before:
        CURRENCY_ADJECTIVES.setdefault(before, {}).setdefault(noun, code)

PERCENT_UNITS = {
    **dict.fromkeys(["%", "percent", "per cent", "pct", "percents"], "percent"),
    **dict.fromkeys(["percentage point", "percentage points", "% points", "percent points"], "percentage point"),
    **dict.fromkeys(["basis point", "basis points", "bps", "bp"], "basis point"),
}
FRACTIONS = {
    "half": Decimal(50), "one half": Decimal(50), "a quarter of": Decimal(25), "one quarter of": Decimal(25),
    "three quarters of": Decimal(75), "three - quarters": Decimal(75), "a third": share(1, 3), "a fifth": share(1, 5),
    "a tenth": share(1, 10),
} | {f"{number}{gap}{part}{'s' if count > 1 else ''}": share(count, whole)
     for number, count in SMALL.items() for part, whole in ORDINALS.items()
     for gap in (" ", " - ") if 0 < count < whole and whole in {3, 5, 6, 7, 8, 9, 10}}

_UNITS = {
    "day": "day days", "week": "week weeks", "month": "month months",
    "year": "year years yr yrs", "hour": "hour hours hr hrs", "minute": "minute minutes min mins",
    "second": "second seconds", "decade": "decade decades", "quarter": "quarters", "century": "centuries",
    "kilometre": "kilometre kilometres kilometer kilometers km kms", "mile": "mile miles",
    "metre": "metre metres meter meters m", "foot": "foot feet ft", "inch": "inch inches", "yard": "yards",
    "centimetre": "centimetre centimetres centimeter centimeters cm", "millimetre": "millimetre millimetres mm",
    "acre": "acre acres", "hectare": "hectare hectares ha", "kilogram": "kilogram kilograms kilo kilos kg",
    "tonne": "tonne tonnes ton tons", "gram": "gram grams g", "ounce": "ounce ounces oz",
    "pound": "pound pounds lb lbs",
    "litre": "litre litres liter liters", "gallon": "gallon gallons", "barrel": "barrel barrels bpd",
    "megawatt": "megawatt megawatts mw", "gigawatt": "gigawatt gigawatts gw", "kilowatt": "kilowatt kilowatts kw",
    "mile per hour": "mph", "kilometre per hour": "kph", "degree": "degree degrees", "point": "point points pts",
    "megabyte": "megabyte megabytes mb", "gigabyte": "gigabyte gigabytes gb", "terabyte": "terabyte terabytes tb",
    "megahertz": "mhz", "gigahertz": "ghz",
}
MEASURES = {form: unit for unit, forms in _UNITS.items() for form in forms.split()} | {
    f"{power} {form}": f"{power} {unit}"
    for power in ("square", "cubic")
    for unit, forms in _UNITS.items() if unit in {"kilometre", "mile", "metre", "foot", "inch", "yard", "centimetre"}
    for form in forms.split()
} | {"metric tons": "tonne", "metric tonnes": "tonne", "metric ton": "tonne",
     "years old": "year", "year old": "year", "- year - old": "year",
     "year - old": "year", "degrees celsius": "degree Celsius", "degrees fahrenheit": "degree Fahrenheit",
     "km / h": "kilometre per hour", "tonnes of tnt": "tonne"}
PER_UNITS = {word: word for word in phrases(
    "share|day|week|month|year|hour|minute|second|barrel|tonne|ton|ounce|gallon|litre|unit|"
    "person|head|capita|night|employee|customer|household|kilogram|pound|bushel|mile|kilometre|"
    "annum|quarter|piece|user|copy|seat|hectare|acre")}
# After these "A to B" is a move from or by A, not a range.
CHANGE_WORDS = frozenset(phrases(
    "by|from|up|down|off|fell|fall|falls|falling|fallen|rose|rise|rises|rising|risen|dropped|drop|dropping|gained|gain|"
    "lost|lose|losing|jumped|jump|climbed|climb|slipped|slid|surged|plunged|plummeted|tumbled|added|increased|increase|"
    "decreased|decrease|declined|decline|grew|grow|shrank"))
UNIT_STOPS = frozenset(phrases(
    "of|in|at|by|on|for|from|since|with|to|and|or|who|that|which|a|an|the|as|than|after|"
    "before|per|each|their|its|his|her|was|were|is|are|will|would|have|has|had|during|over|"
    "under|between|more|less|were|up|down"))
