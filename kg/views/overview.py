"""What the graph holds at a glance: by type, by month, and the newest of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from kg.store import Store
from kg.views.articles import newest
from kg.views.entities import summary
from kg.views.terms import Data, Row, label, rows
from kg.vocab import NEWS


def overview(store: Store, limit: int = 8) -> Data:
    """Return what ``summary`` counts, entities and events by type, articles by month, and the newest articles."""
    entities = store.entity_index().count_types()
    return summary(store) | {"entity_types": _by_type(entities), "newest": newest(store, limit), **timeline(store)}


def timeline(store: Store, type: str | None = None) -> Data:
    """Return the number of events by type, and by month and type, and of articles and claims by month.

    Planned, possible and denied events count too. An event counts for the month that it happens in, else for that
    of its first article; claims count for those of their articles.
    """
    narrowed = {"type": [NEWS[type]]} if type else {}
    found = [(row["class"].removeprefix(NEWS), row.get("date", "")[:7]) for row in rows(store, "events", **narrowed)]
    months = Counter((month, name) for name, month in found if month)
    return {"event_types": _by_type(Counter(name for name, _ in found)),
            "event_months": [{"month": month, "type": name, "n": n} for (month, name), n in sorted(months.items())],
            "article_months": _months(row.get("date", "") for row in rows(store, "articles")),
            "claim_months": _claims(rows(store, "claims-by-month"))}


def _claims(found: Iterable[Row]) -> list[Data]:
    """Return the claims of the articles of each month, and how many of them are quoted and reported."""
    months: dict[str, Data] = {}
    for row in found:
        month = months.setdefault(row["month"], {"month": row["month"], "n": 0, "quoted": 0, "reported": 0})
        month["quoted" if row["direct"] == "true" else "reported"] += int(row["n"])
        month["n"] += int(row["n"])
    return list(months.values())


def _by_type(counts: Mapping[str, int]) -> list[Data]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"type": name, "label": label(str(NEWS[name])), "n": n} for name, n in ordered]


def _months(dates: Iterable[str]) -> list[Data]:
    counts = Counter(date[:7] for date in dates if date)
    return [{"month": month, "n": n} for month, n in sorted(counts.items())]
