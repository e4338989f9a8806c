"""Names that are known to mean one thing, from openly licensed lists; README.md has their sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kg.linking.comparison import squash
from kg.linking.names import normalise
from kg.ontology import Identity


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing of a list. ``item`` is its Wikidata item, where the name alone makes that certain enough."""

    id: str
    item: str | None
    kind: str


class Gazetteer:
    """Looks names up by coarse class; a name that two entries have belongs to none."""

    def __init__(self, identity: Identity) -> None:
        self._entries: dict[tuple[str, str], set[Entry]] = {}
        for item, certainty, *names in _rows("countries"):
            country = Entry(item, item if certainty == "certain" else None, "country")
            self._add("Place", "Place", names, country, identity)
            # The government that a country's name stands for is no country: it has no item of its own here.
            self._add("Organisation", "Government", names, Entry(f"government {item}", None, "government"), identity)
        for ticker, *names in _rows("companies"):
            self._add("Organisation", "Company", names, Entry(f"company {ticker}", None, "company"), identity)
        for item, *names in _rows("legislators"):
            self._add("Person", "Person", names, Entry(item, item, "legislator"), identity)

    def find(self, coarse: str, key: str) -> Entry | None:
        """Return the entry of a normalised name."""
        found = self._entries.get((coarse, squash(key)), set())
        return next(iter(found)) if len(found) == 1 else None

    def items_by_name(self) -> dict[str, frozenset[str]]:
        """Return the Wikidata items of countries and people that bear each name, its letters alone."""
        return {name: frozenset(entry.id for entry in entries) for (coarse, name), entries in self._entries.items()
                if coarse in ("Place", "Person")}

    def _add(self, coarse: str, type: str, names: list[str], entry: Entry, identity: Identity) -> None:
        for name in names:
            self._entries.setdefault((coarse, squash(normalise(name, type, identity))), set()).add(entry)


def _rows(table: str) -> Iterator[list[str]]:
    text = resources.files(__name__).joinpath(f"{table}.tsv").read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines())


@cache
def _default() -> Gazetteer:
    from kg import ontology

    return Gazetteer(ontology.load().identity)


def load() -> Gazetteer:
    """Return the gazetteer of the package; it is read once."""
    return _default()
