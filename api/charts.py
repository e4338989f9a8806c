"""Drawings made on the server: where the points of a small chart and the nodes of a small graph stand in an SVG."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Data = dict[str, Any]

SERIES = 8
"""Colours of the columns."""

MONTHS = 240
"""Columns of a small timeline at most."""

WIDTH, HEIGHT = 560, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 16, 16, 26, 26


def line(points: Sequence[Data]) -> Data | None:
    """Return a chart of values over days: places and texts; ``None`` where the days are fewer than two.

    The axis of values starts at zero, or at the least value below it.
    """
    dated = [point for point in points if point["date"]]
    days = [_day(point["date"]) for point in dated]
    if len(set(days)) < 2:
        return None
    low, high = min(0.0, *(p["value"] for p in dated)), max(0.0, *(p["value"] for p in dated))
    first, span = min(days), max(days) - min(days)
    placed = [point | {"x": round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (day - first) / span, 1),
                       "y": round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (point["value"] - low)
                                  / ((high - low) or 1), 1)}
              for day, point in zip(days, dated, strict=True)]
    zero = round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (0 - low) / ((high - low) or 1), 1)
    return {"points": placed, "zero": zero, "width": WIDTH, "height": HEIGHT,
            "line": " ".join(f"{point['x']},{point['y']}" for point in placed)}


def small_graph(graph: Mapping[str, Any]) -> Data:
    """Return the view ``neighbourhood`` as an SVG has it: nodes and edges with coordinates in a box."""
    width, height, margin = 560, 340, 46
    xs, ys = ([node[axis] for node in graph["nodes"]] for axis in ("x", "y"))
    places = {node["id"]: (round(_scaled(node["x"], xs, margin * 1.6, width - margin * 1.6), 1),
                           round(_scaled(node["y"], ys, height - margin, margin), 1)) for node in graph["nodes"]}
    pairs = sorted({tuple(sorted((edge["source"], edge["target"]))) for edge in graph["edges"]})
    return {"width": width, "height": height,
            "nodes": [node | {"x": places[node["id"]][0], "y": places[node["id"]][1]} for node in graph["nodes"]],
            "edges": [{"x1": places[a][0], "y1": places[a][1], "x2": places[b][0], "y2": places[b][1],
                       "label": ", ".join(_labels(graph["edges"], a, b))} for a, b in pairs]}


def stacked(counts: Iterable[Mapping[str, Any]], types: Sequence[str], first: str, last: str) -> Data:
    """Return columns by month, each a stack of event types, from one month to another, and how much lies outside.

    A column is 100 high at most. The first types of the list have a ``series`` of their own, the others the last one.
    """
    by_month: dict[str, dict[str, int]] = {}
    for row in counts:
        by_month.setdefault(row["month"], {})[row["type"]] = row["n"]
    months = list(_months(first, last))
    most = max(sum(by_month.get(month, {}).values()) for month in months)
    return {"months": [_column(month, by_month.get(month, {}), types, most) for month in months], "most": most,
            "before": sum(sum(row.values()) for month, row in by_month.items() if month < first),
            "after": sum(sum(row.values()) for month, row in by_month.items() if month > last)}


def timeline(events: Iterable[Mapping[str, Any]]) -> Data | None:
    """Return the events of an entity as ``stacked`` columns, and the types in the order of their colours.

    ``None`` where they fall into one month. Of more than ``MONTHS`` the last ones are drawn, the others counted.
    """
    counts = Counter((event["date"][:7], event["type"]) for event in events if event["date"])
    months = sorted({month for month, _ in counts})
    if len(months) < 2:
        return None
    types = [type for type, _ in Counter(type for _, type in counts.elements()).most_common()]
    shown = [*_months(months[0], months[-1])][-MONTHS:]
    earliest = next(month for month in months if month >= shown[0])
    rows = [{"month": month, "type": type, "n": n} for (month, type), n in counts.items()]
    return {"types": types, **stacked(rows, types, earliest, months[-1])}


def _column(month: str, counts: Mapping[str, int], types: Sequence[str], most: int) -> Data:
    parts, below = [], 0
    for type in (name for name in types if name in counts):
        below += counts[type]
        parts.append({"type": type, "n": counts[type], "series": min(types.index(type), SERIES - 1),
                      "y": round(100 - below / most * 100, 2), "height": round(counts[type] / most * 100, 2)})
    last = dt.date.fromisoformat(f"{_next(month)}-01") - dt.timedelta(days=1)
    return {"month": month, "n": below, "parts": parts, "since": f"{month}-01", "until": last.isoformat()}


def _months(first: str, last: str) -> Iterable[str]:
    while first <= last:
        yield first
        first = _next(first)


def _next(month: str) -> str:
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year:04}-{number + 1:02}"


def _day(date: str) -> int:
    return dt.date.fromisoformat(date[:10]).toordinal()


def _scaled(value: float, values: Sequence[float], low: float, high: float) -> float:
    least, most = min(values), max(values)
    return low + (high - low) * ((value - least) / (most - least) if most > least else 0.5)


def _labels(edges: Iterable[Mapping[str, Any]], one: str, other: str) -> list[str]:
    return sorted({edge["label"] for edge in edges if {edge["source"], edge["target"]} == {one, other}})
