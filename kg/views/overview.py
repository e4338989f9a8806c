"""What the graph holds at a glance: by type, by month, and the newest of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kg.store import Store
from kg.views.articles import newest
from kg.views.entities import summary
from kg.views.events import list_events
from kg.views.terms import Data, Row, is_true, label, rows
from kg.vocab import NEWS


def overview(store: Store, limit: int = 30) -> Data:
    """Return what ``summary`` counts, types of entities and events, months of events, articles and claims, the newest.

    An event counts for the month that it happens in, else for that of its first article, planned, possible and denied
    ones too; claims, quoted and reported, for the months of their articles. ``latest`` is the first page of ``events``
    without those of days that no article has reached.
    """
    events, articles = list(rows(store, "events")), list(rows(store, "articles"))
    today = max((row.get("date", "") for row in articles), default="")[:10]
    reached = (row for row in events if not today or row.get("date", "")[:10] <= today)
    return summary(store) | {
        "entity_types": _by_type(store.entity_index().count_types()), "newest": newest(articles, limit),
        "latest": list_events(store, reached, limit), "claim_months": _claims(rows(store, "claims-by-month")),
        **_timeline(events, articles)}


def _timeline(events: Sequence[Row], articles: Iterable[Row]) -> Data:
    found = [(row["class"].removeprefix(NEWS), row.get("date", "")[:7]) for row in events]
    months = Counter((month, name) for name, month in found if month)
    return {"event_types": _by_type(Counter(name for name, _ in found)),
            "event_months": [{"month": month, "type": name, "n": n} for (month, name), n in sorted(months.items())],
            "article_months": _months(row.get("date", "") for row in articles)}


def _claims(found: Iterable[Row]) -> list[Data]:
    months: dict[str, Data] = {}
    for row in found:
        month = months.setdefault(row["month"], {"month": row["month"], "n": 0, "quoted": 0, "reported": 0})
        month["quoted" if is_true(row["direct"]) else "reported"] += int(row["n"])
        month["n"] += int(row["n"])
    return list(months.values())


def _by_type(counts: Mapping[str, int]) -> list[Data]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"type": name, "label": label(str(NEWS[name])), "n": n} for name, n in ordered]


def _months(dates: Iterable[str]) -> list[Data]:
    counts = Counter(date[:7] for date in dates if date)
    return [{"month": month, "n": n} for month, n in sorted(counts.items())]
