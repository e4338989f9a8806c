"""Make the tables of this folder, and the currencies of ``kg.values``, from the lists that they come from.

``python -m kg.linking.gazetteers.compile FOLDER``
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from rapidfuzz import fuzz

ALIKE = 50
HERE = Path(__file__).parent
VALUES = HERE.parents[1] / "values"

SHORT_NAMES = {
    "Q30": ("US", "U.S.", "USA", "U.S.A.", "United States", "United States of America"),
    "Q145": ("UK", "U.K.", "Britain", "United Kingdom"), "Q878": ("UAE", "United Arab Emirates"),
    "Q159": ("Russia",), "Q423": ("North Korea", "DPRK"), "Q884": ("South Korea",), "Q794": ("Iran",),
    "Q858": ("Syria",),
    "Q881": ("Vietnam",), "Q213": ("Czech Republic", "Czechia"), "Q1008": ("Ivory Coast",), "Q865": ("Taiwan",),
    "Q717": ("Venezuela",), "Q750": ("Bolivia",), "Q924": ("Tanzania",), "Q819": ("Laos",), "Q217": ("Moldova",),
    "Q836": ("Myanmar", "Burma"), "Q55": ("Netherlands",),
}
"""Names in daily use that the list of countries does not have, or has only in a longer form."""

CURRENCY_NOUNS = re.compile(
    "ariary|birr|cedi|colon|dinar|dirham|dollar|dram|escudo|florin|franc|guilder|kip|koruna|krona|krone|kwacha|leu|lira"
    "|manat|metical|peso|pound|real|rial|ringgit|riyal|ruble|rupee|sheqel|shilling|won", re.I)
OTHER_WORDS = re.compile(
    "Afghani|Gold|Guarani|Leone|Palladium|Platinum|Quetzal|Silver|Sol|Som"
    "|ALL|AMD|BAM|BOB|BSD|CDF|CUP|CVE|DOP|ERN|GEL|LAK|MAD|MOP|NAD|RON|SDG|SOS|SRD|TOP")
"""Names and codes of currencies that mean something else more often."""
UNITS = re.compile(r"^WIR|Unidad|Mvdol|Next day|^New ")
"""Units of account, and names that are written otherwise."""

COUNTRIES = {
    "Côte d'Ivoire": "Ivory Coast", "Korea, Democratic People's Republic of": "North Korea",
    "Korea, Republic of": "South Korea", "Macao": "Macau", "Russian Federation": "Russia",
    "Syrian Arab Republic": "Syria", "Türkiye": "Turkey", "Viet Nam": "Vietnam",
}
"""What news calls the countries of the list of cities; of others it is what stands before the first comma."""

USUAL = {
    "Alabama, United States": ("selma",),
    "Alberta, Canada": ("edmonton",),
    "Alexandria, Egypt": ("alexandria",),
    "Attica, Greece": ("athens",),
    "Bolivar, Colombia": ("cartagena",),
    "British Columbia, Canada": ("vancouver",),
    "California, United States": ("burbank", "fresno", "hollywood", "irvine", "long beach", "los angeles", "pasadena",
        "riverside", "sacramento", "san diego", "san francisco", "san jose", "santa ana", "santa clara"),
    "Campania, Italy": ("naples",),
    "Canterbury, New Zealand": ("christchurch",),
    "Casablanca-Settat, Morocco": ("casablanca",),
    "Catalonia, Spain": ("barcelona",),
    "Connecticut, United States": ("new haven", "stamford"),
    "Damascus Governorate, Syria": ("damascus",),
    "England, United Kingdom": ("birmingham", "brighton", "bristol", "chelsea", "coventry", "derby",
        "liverpool", "london", "manchester", "oxford", "portsmouth", "york"),
    "Florida, United States": ("jacksonville",),
    "Geneva, Switzerland": ("geneva",),
    "Hauts-de-France, France": ("lille",),
    "Ile-de-France, France": ("paris",),
    "Henan, China": ("luoyang",),
    "Iowa, United States": ("des moines",),
    "Kentucky, United States": ("louisville",),
    "Kerala, India": ("kochi",),
    "Lagos, Nigeria": ("lagos",),
    "Lazio, Italy": ("rome",),
    "Leinster, Ireland": ("dublin",),
    "Lima Province, Peru": ("lima",),
    "Macau": ("macau",),
    "Madrid, Spain": ("madrid",),
    "Massachusetts, United States": ("boston",),
    "Michigan, United States": ("flint",),
    "Missouri, United States": ("kansas city",),
    "Moscow, Russia": ("moscow",),
    "Munster, Ireland": ("limerick",),
    "Nagasaki, Japan": ("nagasaki",),
    "Nevada, United States": ("las vegas",),
    "New Jersey, United States": ("newark", "princeton", "trenton"),
    "New South Wales, Australia": ("sydney",),
    "New York, United States": ("albany", "buffalo", "manhattan", "rochester", "syracuse"),
    "North Holland, Netherlands": ("amsterdam",),
    "Northern Ireland, United Kingdom": ("belfast",),
    "Nova Scotia, Canada": ("halifax",),
    "Ohio, United States": ("cleveland", "columbus", "toledo"),
    "Ontario, Canada": ("oakville", "ottawa"),
    "Oregon, United States": ("portland",),
    "Otago, New Zealand": ("dunedin",),
    "San Juan, Puerto Rico": ("san juan",),
    "Santiago Metropolitan, Chile": ("santiago",),
    "Scotland, United Kingdom": ("aberdeen",),
    "South Carolina, United States": ("charleston",),
    "State of Vienna, Austria": ("vienna",),
    "Tasmania, Australia": ("hobart",),
    "Telangana, India": ("hyderabad",),
    "Texas, United States": ("austin", "dallas", "laredo", "san antonio"),
    "Tripoli, Libya": ("tripoli",),
    "Tuscany, Italy": ("florence",),
    "Valencia, Spain": ("valencia",),
    "Veneto, Italy": ("venice",),
    "Vestland, Norway": ("bergen",),
    "Victoria, Australia": ("melbourne",),
    "Virginia, United States": ("arlington", "richmond"),
    "Wales, United Kingdom": ("swansea",),
    "Washington, United States": ("redmond",),
    "Wellington Region, New Zealand": ("wellington",),
    "West Bank, Palestine": ("bethlehem",),
    "Western Australia, Australia": ("perth",),
    "Western Province, Sri Lanka": ("colombo",),
}
"""The cities that are meant where no region is named, of the names that news has often without one."""

_SHARES = re.compile(r"[\s,-]+(?:(?:Class [A-Z]|Series [A-Z]|(?:Common|Ordinary|Capital) S(?:tock|hares?)|New$"
                     r"|American Depositary)\b.*|\(Class.*|\(The\))$", re.I)


def countries(folder: Path) -> Iterator[Sequence[str]]:
    """Yield the item, whether its names are certain, and the names of each country."""
    cities = list(csv.DictReader((folder / "world_cities" / "world-cities.csv").open(encoding="utf-8")))
    elsewhere: dict[str, set[str]] = {}
    for row in cities:
        for name in (row["name"], row["subcountry"]):
            elsewhere.setdefault(name.casefold(), set()).add(row["country"])
    for row in csv.DictReader((folder / "country_codes" / "country-codes.csv").open(encoding="utf-8")):
        item = row["wikidata_id"].rpartition("/")[2]
        columns = ("CLDR display name", "UNTERM English Short", "official_name_en", "UNTERM English Formal")
        found = {re.sub(r"\s*\(the\)$", "", row[column]).strip() for column in columns}
        plain = {name for name in found if name and not re.search("[(,*]", name)}
        names = sorted(plain | {*SHORT_NAMES.get(item, ())})
        if not re.fullmatch(r"Q\d+", item) or not names:
            continue
        own = {row["CLDR display name"], row["official_name_en"], row["UNTERM English Short"]}
        homonyms = {name for name in names if elsewhere.get(name.casefold(), set()) - own - set(names)}
        yield item, "ambiguous" if homonyms else "certain", *names


def cities(folder: Path) -> Iterator[Sequence[str]]:
    """Yield the names that cities of several regions bear, normalised, with the usual one of these regions and all."""
    usual = {name: region for region, names in USUAL.items() for name in names}
    regions: dict[str, set[str]] = {}
    for row in csv.DictReader((folder / "world_cities" / "world-cities.csv").open(encoding="utf-8")):
        country = COUNTRIES.get(row["country"], row["country"].partition(",")[0])
        parts = [row["subcountry"], country] if row["subcountry"] else [country]
        regions.setdefault(row["name"].casefold(), set()).add(", ".join(parts))
    for name, found in regions.items():
        if len(found) > 1:
            assert usual.get(name, "") in {"", *found}, (name, found)
            yield name, usual.get(name, ""), *sorted(found)


def companies(folder: Path) -> Iterator[Sequence[str]]:
    """Yield the ticker and the names of each company that is listed under more than one."""
    names: dict[str, set[str]] = {}
    for row in csv.DictReader((folder / "sp500" / "constituents.csv").open(encoding="utf-8")):
        names[row["Symbol"]] = {_SHARES.sub("", row["Security"]).strip()}
    for file, column in (("nyse/other-listed.csv", "ACT Symbol"), ("nasdaq/nasdaq-listed-symbols.csv", "Symbol")):
        for row in csv.DictReader((folder / file).open(encoding="utf-8")):
            if row[column] in names and row.get("ETF") != "Y":
                names[row[column]].add(_SHARES.sub("", row["Company Name"]).strip(" .,"))
    for ticker, found in sorted(names.items()):
        # A cut-off line of a list gives "Archer" beside "Archer Daniels Midland".
        if len(found) > 1 and all(fuzz.ratio(*pair) >= ALIKE for pair in combinations(found, 2)):
            yield ticker, *sorted(found)


def legislators(folder: Path) -> Iterator[Sequence[str]]:
    """Yield the item and the names of each sitting member of the Congress of the United States."""
    text = (folder / "us_congress" / "legislators-current.yaml").read_text(encoding="utf-8")
    for block in text.split("\n- id:\n"):
        found = dict(re.findall(r"^    (wikidata|first|last|nickname|official_full): ['\"]?(.+?)['\"]?$", block, re.M))
        if "wikidata" in found:
            firsts = {found["first"], found.get("nickname", found["first"])}
            names = {found.get("official_full", ""), *(f"{first} {found['last']}" for first in firsts)}
            yield found["wikidata"], *sorted(names - {""})


def currencies(folder: Path) -> Iterator[Sequence[str]]:
    """Yield the code of each currency that countries have now, and its name: "kenyan" and "shilling", or "lek" alone.

    A code or a name that is another word, too, is left out and the other kept.
    """
    for row in csv.DictReader((folder / "currency" / "codes-all.csv").open(encoding="utf-8")):
        code, words = row["AlphabeticCode"], row["Currency"].split()
        if row["WithdrawalDate"] or not code or (code[0] == "X" and code != "XCD") or UNITS.search(row["Currency"]):
            continue
        shown = "" if OTHER_WORDS.fullmatch(code) else code
        if len(words) > 1 and CURRENCY_NOUNS.fullmatch(words[-1]):
            yield code, shown, " ".join(words[:-1]).casefold(), words[-1].casefold()
        elif len(words) == 1 and words[0].isalpha() and not OTHER_WORDS.fullmatch(words[0]):
            yield code, shown, "", words[0].casefold()
        elif shown:
            yield code, shown, "", ""


def write_table(file: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write the rows, sorted, each once."""
    file.write_text("".join(sorted({"\t".join(row) + "\n" for row in rows})), encoding="utf-8")


if __name__ == "__main__":
    source = Path(sys.argv[1])
    for table in (cities, countries, companies, legislators):
        write_table(HERE / f"{table.__name__}.tsv", table(source))
    write_table(VALUES / "currencies.tsv", currencies(source))
