"""Numbers about an entity over time: sales by quarter, jobs cut, prices paid."""

from __future__ import annotations

from collections.abc import Iterable

from kg.store import Store
from kg.views.terms import Data, Row, expand, label, rows
from kg.vocab import NEWS, compact

_Key = tuple[str, str, str, str]


def figures(store: Store, id: str) -> Data:
    """Return the numbers of the events in which an entity takes part, in series of what is alike, the longest first.

    A series has one event type, one role, one metric and one currency or unit. Its points are in the order of the
    day: of the period measured, else of the event, else of the article.
    """
    series: dict[_Key, list[Row]] = {}
    for row in rows(store, "figures", entity=[expand(id)]):
        series.setdefault(_key(row), []).append(row)
    found = [_series(key, points) for key, points in series.items()]
    return {"series": sorted(found, key=lambda one: (-len({p["date"] for p in one["points"]}), one["label"]))}


def _key(row: Row) -> _Key:
    metric, unit = row.get("metric", ""), row.get("currency") or row.get("unit", "")
    return row["class"], row["role"], metric if metric.isupper() else metric.lower(), unit


def _series(key: _Key, found: Iterable[Row]) -> Data:
    type, role, metric, unit = key
    name = f"{metric}, {label(role)}" if metric else label(role)
    points = {(row.get("day", "")[:10], row["event"], row["number"]): row for row in found}
    return {"type": type.removeprefix(NEWS), "label": f"{label(type)}: {name}", "unit": unit,
            "points": [_point(date or None, row) for (date, *_), row in sorted(points.items())]}


def _point(date: str | None, row: Row) -> Data:
    return {"date": date, "value": float(row["number"]), "text": row["text"],
            "modality": row["modality"].removeprefix(NEWS),
            "event": compact(row["event"]), "article": compact(row["article"])}
