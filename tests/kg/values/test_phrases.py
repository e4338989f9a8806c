"""The value grammar: the tables are its specification."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kg.values import parse_quantity, resolve_time, scan_quantities, scan_times, split_range

FRIDAY = dt.date(2025, 7, 18)

QUANTITIES: list[tuple[str, tuple[str | None, ...] | None]] = [
    ("$29.3 billion", ("money", "29300000000", None, None, None, "USD", None)),
    ("US$1.2bn", ("money", "1200000000", None, None, None, "USD", None)),
    ("€500m", ("money", "500000000", None, None, None, "EUR", None)),
    ("3.4 billion dollars", ("money", "3400000000", None, None, None, "USD", None)),
    ("12p a share", ("money", "0.12", None, None, "share", "GBP", None)),
    ("Rs 40 crore", ("money", "400000000", None, None, None, "INR", None)),
    ("Rs. 40 crore", ("money", "400000000", None, None, None, "INR", None)),
    ("2 lakh rupees", ("money", "200000", None, None, None, "INR", None)),
    ("$ 1.3 billion", ("money", "1300000000", None, None, None, "USD", None)),
    ("98 cents a share", ("money", "0.98", None, None, "share", "USD", None)),
    ("$6 billion USD", ("money", "6000000000", None, None, None, "USD", None)),
    ("1.5 billion pounds", ("money", "1500000000", None, None, None, "GBP", None)),
    ("US$78 per share", ("money", "78", None, None, "share", "USD", None)),
    ("1 baht per share", ("money", "1", None, None, "share", "THB", None)),
    ("around 39 rupees", ("money", "39", None, None, None, "INR", "around")),
    ("NZ$6.16", ("money", "6.16", None, None, None, "NZD", None)),
    ("£319million", ("money", "319000000", None, None, None, "GBP", None)),
    ("A$500 million", ("money", "500000000", None, None, None, "AUD", None)),
    ("CA$19.2-billion", ("money", "19200000000", None, None, None, "CAD", None)),
    ("608 pence", ("money", "6.08", None, None, None, "GBP", None)),
    ("GBP 750 million", ("money", "750000000", None, None, None, "GBP", None)),
    ("EUR 5m", ("money", "5000000", None, None, None, "EUR", None)),
    ("¥300 billion", ("money", "300000000000", None, None, None, "JPY", None)),
    ("4 million Swiss francs", ("money", "4000000", None, None, None, "CHF", None)),
    ("25 million Canadian dollars", ("money", "25000000", None, None, None, "CAD", None)),
    ("300 billion yen", ("money", "300000000000", None, None, None, "JPY", None)),
    ("RMB 2 billion", ("money", "2000000000", None, None, None, "CNY", None)),
    ("500 kroner", ("money", "500", None, None, None, "NOK", None)),
    ("$3-4 billion", ("money", None, "3000000000", "4000000000", None, "USD", None)),
    ("£20m-£30m", ("money", None, "20000000", "30000000", None, "GBP", None)),
    ("500 million to 600 million dollars", ("money", None, "500000000", "600000000", None, "USD", None)),
    ("between $5 billion and $6 billion", ("money", None, "5000000000", "6000000000", None, "USD", None)),
    ("more than GBP 100 million", ("money", "100000000", "100000000", None, None, "GBP", "more than")),
    ("up to £2 billion", ("money", "2000000000", None, "2000000000", None, "GBP", "up to")),
    ("nearly $3", ("money", "3", None, None, None, "USD", "nearly")),
    ("over US$10 billion", ("money", "10000000000", "10000000000", None, None, "USD", "over")),
    ("an estimated $400m", ("money", "400000000", None, None, None, "USD", "an estimated")),
    ("$10-a-share", ("money", "10", None, None, "share", "USD", None)),
    ("two and a half million dollars", ("money", "2500000", None, None, None, "USD", None)),
    ("half a billion euros", ("money", "500000000", None, None, None, "EUR", None)),
    ("hundreds of millions of dollars", ("money", None, "200000000", None, None, "USD", "hundreds of millions")),
    ("$1,234.56", ("money", "1234.56", None, None, None, "USD", None)),
    ("a fine of €4bn", ("money", "4000000000", None, None, None, "EUR", None)),
    ("$60 a barrel", ("money", "60", None, None, "barrel", "USD", None)),
    ("less than $25,000 a year", ("money", "25000", None, "25000", "year", "USD", "less than")),
    ("as high as $30 billion", ("money", "30000000000", None, "30000000000", None, "USD", "as high as")),
    ("0.2%", ("percent", "0.2", None, None, "percent", None, None)),
    ("11.9 percent", ("percent", "11.9", None, None, "percent", None, None)),
    ("four per cent", ("percent", "4", None, None, "percent", None, None)),
    ("almost 70%", ("percent", "70", None, None, "percent", None, "almost")),
    ("-0.5%", ("percent", "-0.5", None, None, "percent", None, None)),
    ("minus 3 percent", ("percent", "-3", None, None, "percent", None, None)),
    ("15 to 20 percent", ("percent", None, "15", "20", "percent", None, None)),
    ("7 to 10%", ("percent", None, "7", "10", "percent", None, None)),
    ("25 basis points", ("percent", "25", None, None, "basis point", None, None)),
    ("1.2 percentage points", ("percent", "1.2", None, None, "percentage point", None, None)),
    ("half", ("percent", "50", None, None, "percent", None, None)),
    ("two-thirds", ("percent", "66.67", None, None, "percent", None, None)),
    ("one-third", ("percent", "33.33", None, None, "percent", None, None)),
    ("a quarter of its staff", ("percent", "25", None, None, "percent", None, None)),
    ("about 1 in every 140", ("percent", "0.71", None, None, "percent", None, "about")),
    ("one in five", ("percent", "20", None, None, "percent", None, None)),
    ("a 15% stake", ("percent", "15", None, None, "percent", None, None)),
    ("just over 10%", ("percent", "10", "10", None, "percent", None, "just over")),
    ("between 2% and 3%", ("percent", None, "2", "3", "percent", None, None)),
    ("up 5%", ("percent", "5", None, None, "percent", None, "up")),
    ("down by $2", ("money", "2", None, None, None, "USD", "down by")),
    ("80.4 pct", ("percent", "80.4", None, None, "percent", None, None)),
    ("10-percent", ("percent", "10", None, None, "percent", None, None)),
    ("up to 44%", ("percent", "44", None, "44", "percent", None, "up to")),
    ("at least several hundred", ("count", None, "300", None, None, None, "at least several")),
    ("up to 5,000", ("count", "5000", None, "5000", None, None, "up to")),
    ("about 4,200", ("count", "4200", None, None, None, None, "about")),
    ("between 300 and 400", ("count", None, "300", "400", None, None, None)),
    ("more than a dozen", ("count", "12", "12", None, None, None, "more than")),
    ("over 27,000 corporate positions", ("count", "27000", "27000", None, "corporate positions", None, "over")),
    ("7,000 to 9,000", ("count", None, "7000", "9000", None, None, None)),
    ("3,000-4,000 jobs", ("count", None, "3000", "4000", "jobs", None, None)),
    ("8 400", ("count", "8400", None, None, None, None, None)),
    ("thirteen", ("count", "13", None, None, None, None, None)),
    ("twenty-one", ("count", "21", None, None, None, None, None)),
    ("two hundred and fifty thousand", ("count", "250000", None, None, None, None, None)),
    ("half a million", ("count", "500000", None, None, None, None, None)),
    ("hundreds of thousands of people", ("count", None, "200000", None, None, None, "hundreds of thousands")),
    ("a few thousand", ("count", None, "2000", None, None, None, "a few")),
    ("just over 10", ("count", "10", "10", None, None, None, "just over")),
    ("just under 5,000", ("count", "5000", None, "5000", None, None, "just under")),
    ("500m", ("count", "500000000", None, None, None, None, None)),
    ("1.2m customers", ("count", "1200000", None, None, "customers", None, None)),
    ("20 or more", ("count", "20", "20", None, None, None, "or more")),
    ("5,000+ employees", ("count", "5000", "5000", None, "employees", None, "+")),
    ("a million", ("count", "1000000", None, None, None, None, None)),
    ("dozens", ("count", None, "24", None, None, None, "dozens")),
    ("tens of thousands", ("count", None, "20000", None, None, None, "tens of thousands")),
    ("some 1,500 staff", ("count", "1500", None, None, "staff", None, "some")),
    ("approximately 860 workers", ("count", "860", None, None, "workers", None, "approximately")),
    ("no fewer than 70", ("count", "70", "70", None, None, None, "no fewer than")),
    ("fewer than 50 employees", ("count", "50", None, "50", "employees", None, "fewer than")),
    ("one hundred", ("count", "100", None, None, None, None, None)),
    ("a hundred or so", ("count", "100", None, None, None, None, "or so")),
    ("three million users", ("count", "3000000", None, None, "users", None, None)),
    ("1,50,000 people", ("count", "150000", None, None, "people", None, None)),
    ("a couple of people", ("count", None, "2", None, None, None, "a couple")),
    ("several", ("count", None, "3", None, None, None, "several")),
    ("10k", ("count", "10000", None, None, None, None, None)),
    ("exactly 42", ("count", "42", None, None, None, None, "exactly")),
    ("as many as 1.5 million", ("count", "1500000", None, "1500000", None, None, "as many as")),
    ("nearly 7 million", ("count", "7000000", None, None, None, None, "nearly")),
    ("a total of 16 stores", ("count", "16", None, None, "stores", None, "a total of")),
    ("two dozen", ("count", "24", None, None, None, None, None)),
    ("24-hour", ("quantity", "24", None, None, "hour", None, None)),
    ("3-month", ("quantity", "3", None, None, "month", None, None)),
    ("40km", ("quantity", "40", None, None, "kilometre", None, None)),
    ("100m race", ("quantity", "100", None, None, "metre", None, None)),
    ("23 pounds of the drug", ("quantity", "23", None, None, "pound", None, None)),
    ("12,000 barrels per day", ("quantity", "12000", None, None, "barrel/day", None, None)),
    ("10.5 million square feet", ("quantity", "10500000", None, None, "square foot", None, None)),
    ("70-year-old", ("quantity", "70", None, None, "year", None, None)),
    ("three weeks", ("quantity", "3", None, None, "week", None, None)),
    ("5 metric tons", ("quantity", "5", None, None, "tonne", None, None)),
    ("28 million tons a year", ("quantity", "28000000", None, None, "tonne/year", None, None)),
    ("200 megawatts", ("quantity", "200", None, None, "megawatt", None, None)),
    ("23.05 points", ("quantity", "23.05", None, None, "point", None, None)),
    ("80 mph", ("quantity", "80", None, None, "mile per hour", None, None)),
    ("30 degrees Celsius", ("quantity", "30", None, None, "degree Celsius", None, None)),
    ("a decade of growth", None),
    ("two gigabytes", ("quantity", "2", None, None, "gigabyte", None, None)),
    ("two-year", ("quantity", "2", None, None, "year", None, None)),
    ("undisclosed sum", None),
    ("hello", None),
    ("", None),
    ("500 million Kenyan shillings", ("money", "500000000", None, None, None, "KES", None)),
    ("40,000 Belarusian rubles", ("money", "40000", None, None, None, "BYN", None)),
    ("3 billion tenge", ("money", "3000000000", None, None, None, "KZT", None)),
    ("GHS 20", ("money", "20", None, None, None, "GHS", None)),
    ("20 Afghani", ("count", "20", None, None, "afghani", None, None)),
    ("AMD 6000", ("count", "6000", None, None, None, None, None)),
]
TIMES: list[tuple[str, tuple[str | None, ...] | None]] = [
    ("2025-07-18", ("2025-07-18", "2025-07-18", "day", None)),
    ("July 18, 2025", ("2025-07-18", "2025-07-18", "day", None)),
    ("18 July 2025", ("2025-07-18", "2025-07-18", "day", None)),
    ("18th of July", ("2025-07-18", "2025-07-18", "day", None)),
    ("July 18", ("2025-07-18", "2025-07-18", "day", None)),
    ("Jan. 5", ("2025-01-05", "2025-01-05", "day", None)),
    ("Sept. 11, 2001", ("2001-09-11", "2001-09-11", "day", None)),
    ("Friday, October 13", ("2024-10-13", "2024-10-13", "day", None)),
    ("Thursday, July 10, 2025", ("2025-07-10", "2025-07-10", "day", None)),
    ("March 3-5, 2024", ("2024-03-03", "2024-03-05", "day", None)),
    ("July 2025", ("2025-07-01", "2025-07-31", "month", None)),
    ("May 2005", ("2005-05-01", "2005-05-31", "month", None)),
    ("July", ("2025-07-01", "2025-07-31", "month", None)),
    ("May", ("2025-05-01", "2025-05-31", "month", None)),
    ("October", ("2024-10-01", "2024-10-31", "month", None)),
    ("July of last year", ("2024-07-01", "2024-07-31", "month", None)),
    ("last July", ("2024-07-01", "2024-07-31", "month", None)),
    ("next July", ("2026-07-01", "2026-07-31", "month", None)),
    ("this July", ("2025-07-01", "2025-07-31", "month", None)),
    ("mid-July", ("2025-07-01", "2025-07-31", "month", "mid")),
    ("late March", ("2025-03-01", "2025-03-31", "month", "late")),
    ("early 2025", ("2025-01-01", "2025-12-31", "year", "early")),
    ("Thursday", ("2025-07-17", "2025-07-17", "day", None)),
    ("Friday", ("2025-07-18", "2025-07-18", "day", None)),
    ("last Friday", ("2025-07-11", "2025-07-11", "day", None)),
    ("next Monday", ("2025-07-21", "2025-07-21", "day", None)),
    ("this Friday", ("2025-07-18", "2025-07-18", "day", None)),
    ("on Monday", ("2025-07-14", "2025-07-14", "day", None)),
    ("Sunday night", ("2025-07-13", "2025-07-13", "day", None)),
    ("early Thursday morning", ("2025-07-17", "2025-07-17", "day", "early")),
    ("Monday of last week", ("2025-07-07", "2025-07-07", "day", None)),
    ("today", ("2025-07-18", "2025-07-18", "day", None)),
    ("yesterday", ("2025-07-17", "2025-07-17", "day", None)),
    ("tomorrow", ("2025-07-19", "2025-07-19", "day", None)),
    ("tonight", ("2025-07-18", "2025-07-18", "day", None)),
    ("this morning", ("2025-07-18", "2025-07-18", "day", None)),
    ("last night", ("2025-07-17", "2025-07-17", "day", None)),
    ("last week", ("2025-07-07", "2025-07-13", "week", None)),
    ("this week", ("2025-07-14", "2025-07-20", "week", None)),
    ("next week", ("2025-07-21", "2025-07-27", "week", None)),
    ("this weekend", ("2025-07-19", "2025-07-20", "weekend", None)),
    ("the weekend", ("2025-07-12", "2025-07-13", "weekend", None)),
    ("last weekend", ("2025-07-12", "2025-07-13", "weekend", None)),
    ("last month", ("2025-06-01", "2025-06-30", "month", None)),
    ("next month", ("2025-08-01", "2025-08-31", "month", None)),
    ("previous month", ("2025-06-01", "2025-06-30", "month", None)),
    ("this year", ("2025-01-01", "2025-12-31", "year", None)),
    ("last year", ("2024-01-01", "2024-12-31", "year", None)),
    ("next year", ("2026-01-01", "2026-12-31", "year", None)),
    ("the year", ("2025-01-01", "2025-12-31", "year", None)),
    ("the past year", ("2024-07-18", "2025-07-18", "year", None)),
    ("last three months", ("2025-04-18", "2025-07-18", "month", None)),
    ("past two years", ("2023-07-18", "2025-07-18", "year", None)),
    ("over the next four years", ("2025-07-18", "2029-07-18", "year", "over")),
    ("the last few months", (None, "2025-07-18", "month", None)),
    ("year-end", ("2025-01-01", "2025-12-31", "year", "end of")),
    ("first week of October", ("2024-10-01", "2024-10-31", "month", "first week of")),
    ("the coming weeks", ("2025-07-18", None, "week", None)),
    ("two months ago", ("2025-05-01", "2025-05-31", "month", None)),
    ("a year ago", ("2024-01-01", "2024-12-31", "year", None)),
    ("three days ago", ("2025-07-15", "2025-07-15", "day", None)),
    ("a decade ago", ("2010-01-01", "2019-12-31", "decade", None)),
    ("since 2022", ("2022-01-01", "2025-07-18", "year", "since")),
    ("since Monday", ("2025-07-14", "2025-07-18", "day", "since")),
    ("until 2026", (None, "2026-12-31", "year", "until")),
    ("by the end of the year", (None, "2025-12-31", "year", "by end of")),
    ("by December", (None, "2025-12-31", "month", "by")),
    ("by Friday", (None, "2025-07-18", "day", "by")),
    ("before 2020", (None, "2019-12-31", "year", "before")),
    ("after 2020", ("2021-01-01", None, "year", "after")),
    ("after June 3", ("2025-06-04", None, "day", "after")),
    ("through 2027", (None, "2027-12-31", "year", "through")),
    ("end of 2007", ("2007-01-01", "2007-12-31", "year", "end of")),
    ("the beginning of the year", ("2025-01-01", "2025-12-31", "year", "beginning of")),
    ("well into 2008", ("2008-01-01", "2008-12-31", "year", "well into")),
    ("sometime next year", ("2026-01-01", "2026-12-31", "year", "sometime")),
    ("later this year", ("2025-01-01", "2025-12-31", "year", "later")),
    ("earlier this week", ("2025-07-14", "2025-07-20", "week", "earlier")),
    ("the rest of the year", ("2025-01-01", "2025-12-31", "year", "rest of")),
    ("first quarter of 2025", ("2025-01-01", "2025-03-31", "quarter", None)),
    ("Q3", ("2025-07-01", "2025-09-30", "quarter", None)),
    ("Q3 2025", ("2025-07-01", "2025-09-30", "quarter", None)),
    ("third quarter", ("2025-07-01", "2025-09-30", "quarter", None)),
    ("fourth quarter of last year", ("2024-10-01", "2024-12-31", "quarter", None)),
    ("first quarter of this year", ("2025-01-01", "2025-03-31", "quarter", None)),
    ("first quarter of 2006-07", ("2006-01-01", "2007-12-31", "quarter", None)),
    ("last quarter", ("2025-04-01", "2025-06-30", "quarter", None)),
    ("last quarter of last year", ("2024-10-01", "2024-12-31", "quarter", None)),
    ("same quarter", (None, None, "quarter", None)),
    ("fourth-quarter", ("2024-10-01", "2024-12-31", "quarter", None)),
    ("first half of 2025", ("2025-01-01", "2025-06-30", "half-year", None)),
    ("H1 2025", ("2025-01-01", "2025-06-30", "half-year", None)),
    ("second half", ("2025-07-01", "2025-12-31", "half-year", None)),
    ("first nine months of 2005", ("2005-01-01", "2005-09-30", "month", None)),
    ("first three months of the year", ("2025-01-01", "2025-03-31", "month", None)),
    ("fiscal 2025", ("2025-01-01", "2025-12-31", "fiscal year", None)),
    ("fiscal year 2024", ("2024-01-01", "2024-12-31", "fiscal year", None)),
    ("FY25", ("2025-01-01", "2025-12-31", "fiscal year", None)),
    ("financial year", (None, None, "fiscal year", None)),
    ("last fiscal year", ("2024-01-01", "2024-12-31", "fiscal year", None)),
    ("2007", ("2007-01-01", "2007-12-31", "year", None)),
    ("2006-07", ("2006-01-01", "2007-12-31", "year", None)),
    ("2005-2009", ("2005-01-01", "2009-12-31", "year", None)),
    ("between 2005 and 2009", ("2005-01-01", "2009-12-31", "year", None)),
    ("from 2003 to 2006", ("2003-01-01", "2006-12-31", "year", None)),
    ("from March to May", ("2025-03-01", "2025-05-31", "month", None)),
    ("January to March", ("2025-01-01", "2025-03-31", "month", None)),
    ("1990s", ("1990-01-01", "1999-12-31", "decade", None)),
    ("the '90s", ("1990-01-01", "1999-12-31", "decade", None)),
    ("early 1990s", ("1990-01-01", "1999-12-31", "decade", "early")),
    ("19th century", ("1801-01-01", "1900-12-31", "century", None)),
    ("the 21st century", ("2001-01-01", "2100-12-31", "century", None)),
    ("this autumn", ("2025-01-01", "2025-12-31", "season", None)),
    ("summer 2024", ("2024-01-01", "2024-12-31", "season", None)),
    ("winter", (None, None, "season", None)),
    ("Christmas", ("2024-12-25", "2024-12-25", "day", None)),
    ("New Year's Eve", ("2024-12-31", "2024-12-31", "day", None)),
    ("Christmas 2023", ("2023-12-25", "2023-12-25", "day", None)),
    ("16:05 UTC", (None, None, "time", None)),
    ("9 a.m. Monday", ("2025-07-14", "2025-07-14", "day", None)),
    ("noon", (None, None, "time", None)),
    ("7 pm on Friday", ("2025-07-18", "2025-07-18", "day", None)),
    ("recently", (None, None, "vague", "recently")),
    ("now", ("2025-07-18", "2025-07-18", "day", None)),
    ("soon", (None, None, "vague", "soon")),
    ("three months", (None, None, "month", None)),
    ("20-year history", (None, None, "year", None)),
    ("just over two years", (None, None, "year", "just over")),
    ("close to a decade", (None, None, "decade", "close to")),
    ("two weeks before the announcement", (None, None, "week", None)),
    ("February 30", (None, None, "day", None)),
    ("the year 2006-07", ("2006-01-01", "2007-12-31", "year", None)),
    ("as compared to the last financial year", ("2024-01-01", "2024-12-31", "fiscal year", None)),
    ("hello world", None),
    ("the company", None),
    ("may", None),
]
UNDATED: list[tuple[str, tuple[str | None, ...] | None]] = [
    ("Thursday", (None, None, "day", None)),
    ("last week", (None, None, "week", None)),
    ("July 18", (None, None, "day", None)),
    ("July", (None, None, "month", None)),
    ("Q3", (None, None, "quarter", None)),
    ("this year", (None, None, "year", None)),
    ("yesterday", (None, None, "day", None)),
    ("since 2022", ("2022-01-01", None, "year", "since")),
    ("by Friday", (None, None, "day", "by")),
    ("two months ago", (None, None, "month", None)),
    ("summer", (None, None, "season", None)),
    ("July 2025", ("2025-07-01", "2025-07-31", "month", None)),
    ("next four years", (None, None, "year", None)),
    ("first quarter of last year", (None, None, "quarter", None)),
]

Row = tuple[str | None, ...]


def test_the_tables_are_the_specification() -> None:
    """At least two hundred expressions are fixed by the tables, each once."""
    rows = [text for text, _ in [*QUANTITIES, *TIMES, *UNDATED]]
    assert len(rows) >= 200
    assert len({text for text, _ in QUANTITIES}) == len(QUANTITIES)


@pytest.mark.parametrize(("text", "expected"), QUANTITIES)
def test_quantity(text: str, expected: Row | None) -> None:
    """An amount gives kind, number, bounds, unit, currency and approximator."""
    found = parse_quantity(text)
    if expected is None:
        assert found is None
        return
    assert found is not None
    numbers = [None if n is None else format(n, "f") for n in (found.number, found.lower, found.upper)]
    assert (found.kind, *numbers, found.unit, found.currency, found.approximator) == expected
    assert found.text == text


def _bounds(text: str, published: dt.date | None) -> Row | None:
    found = resolve_time(text, published)
    if found is None:
        return None
    begins, ends = (day.isoformat() if day else None for day in (found.begins, found.ends))
    return begins, ends, found.granularity, found.approximator


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_time_resolves_against_the_publication_date(text: str, expected: Row | None) -> None:
    """A time gives the days it covers, seen from Friday, 18 July 2025."""
    assert _bounds(text, FRIDAY) == expected


@pytest.mark.parametrize(("text", "expected"), UNDATED)
def test_time_without_publication_date(text: str, expected: Row | None) -> None:
    """Without a publication date a relative time keeps its granularity and no bounds."""
    assert _bounds(text, None) == expected


@pytest.mark.parametrize("published", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
@pytest.mark.parametrize("text", [text for text, expected in TIMES if expected])
def test_no_date_overflows(text: str, published: dt.date) -> None:
    """The first and last day of the calendar are publication dates like any other."""
    assert resolve_time(text, published) is not None


def test_weekday_is_never_after_publication() -> None:
    """A bare weekday is the latest such day on or before the publication date."""
    for offset in range(7):
        published = FRIDAY + dt.timedelta(days=offset)
        found = resolve_time("Thursday", published)
        assert found is not None
        assert found.begins is not None
        assert dt.timedelta(0) <= published - found.begins < dt.timedelta(7)
        assert found.begins.weekday() == 3


def test_scan_quantities_gives_offsets() -> None:
    """Scanning a text yields each amount with its place, approximators included."""
    text = "It cut over 27,000 jobs, or about 5% of staff, and paid US$1.2bn."
    found = [(text[start:end], value.kind) for start, end, value in scan_quantities(text)]
    assert found == [("over 27,000", "count"), ("about 5%", "percent"), ("US$1.2bn", "money")]


def test_scan_times_gives_offsets() -> None:
    """Scanning a text yields each time with its place, without the preposition."""
    text = "On Thursday it said sales in the first quarter of 2025 rose; it may hire again by early next year."
    found = [(text[start:end], value.granularity) for start, end, value in scan_times(text)]
    assert found == [("Thursday", "day"), ("first quarter of 2025", "quarter"), ("early next year", "year")]


def test_numbers_are_exact() -> None:
    """Amounts are decimals, so no binary rounding creeps in."""
    found = parse_quantity("$0.1 trillion")
    assert found is not None
    assert found.number == Decimal(100_000_000_000)


@pytest.mark.parametrize(("text", "begins"), [
    ("1 October", "2025-10-01"), ("July 1", "2026-07-01"), ("January", "2026-01-01"), ("Monday", "2025-07-21"),
    ("July 18", "2025-07-18"), ("2030", "2030-01-01"), ("last month", "2025-06-01"), ("next month", "2025-08-01")])
def test_what_lies_ahead_is_the_first_to_come(text: str, begins: str) -> None:
    """A name that recurs means its next instance where the text speaks of what is to come; other times stay."""
    found = resolve_time(text, FRIDAY, ahead=True)
    assert found is not None
    assert found.begins == dt.date.fromisoformat(begins)


@pytest.mark.parametrize(("text", "parts"), [
    ("from 2009 to 2014", ["2009", "2014"]), ("2009-2014", ["2009", "2014"]),
    ("between 2003 and 2006", ["2003", "2006"]), ("March to May 2010", ["March", "May 2010"]),
    ("2014", None), ("from 1999", None)])
def test_ranges_split_into_their_ends(text: str, parts: list[str] | None) -> None:
    """The two times of a range are found with their places."""
    found = split_range(text)
    assert (found and [text[start:end] for start, end in found]) == parts
