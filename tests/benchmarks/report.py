"""What a run found, as tables, as JSON, and beside what an earlier run found."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.benchmarks.measures import PYOXIGRAPH, Measure
from tests.benchmarks.servers import ENDPOINT, OURS, RUST

_VERSIONS = ("stringer-kg", "pyoxigraph", "oxigraph", "rdflib-endpoint", "rdflib", "fastapi", "uvicorn", "uvloop",
             "httptools")


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of ours beside the one that it has to reach."""

    name: str
    value: float
    limit: float
    higher: bool = False

    @property
    def reached(self) -> bool:
        """Tell whether the figure is good enough."""
        return self.value >= self.limit if self.higher else self.value <= self.limit


def bars(measures: dict[str, Measure], fixed: Sequence[Measure]) -> list[Bar]:
    """Return the bars of the query API for what was measured."""
    def ratio(name: str, other: str) -> float:
        return measures[name].values[OURS] / measures[name].values[other]

    def total(system: str) -> float:
        return sum(measure.values[system] for measure in fixed)

    found = []
    if "lookup" in measures:
        found += [Bar("lookup: CPU, times the Rust server's", ratio("lookup", RUST), 3),
                  Bar("lookup: rdflib-endpoint's CPU, times ours", 1 / ratio("lookup", ENDPOINT), 4, higher=True)]
    if "1,000 rows" in measures:
        found.append(Bar("1,000 rows: CPU, times the Rust server's", ratio("1,000 rows", RUST), 1.2))
    if "p99" in measures:
        found.append(Bar("p99 at 8 clients, times the Rust server's", ratio("p99", RUST), 3))
    if "bulk load" in measures:
        found.append(Bar("bulk load: quads per CPU second", measures["bulk load"].values[OURS], 80_000, higher=True))
    if fixed:
        found.append(Bar("16 fixed queries: CPU, times pyoxigraph's in process", total(OURS) / total(PYOXIGRAPH), 1.2))
    return found


def document(measures: Sequence[Measure], fixed: Sequence[Measure], found: Sequence[Bar],
             options: dict[str, Any]) -> dict[str, Any]:
    """Return the run as JSON data."""
    return {"machine": _machine(), "commit": _commit(), "versions": {name: version(name) for name in _VERSIONS},
            "options": options, "measures": [asdict(measure) for measure in measures],
            "fixed queries": [asdict(measure) for measure in fixed],
            "bars": [asdict(bar) | {"reached": bar.reached} for bar in found]}


def show(data: dict[str, Any], before: Path) -> None:
    """Print the run as tables; the bars with what the file ``before`` says of an earlier run."""
    console = Console(width=120)
    console.print(f"{data['machine']}\ncommit {data['commit']}, {data['options']}\n"
                  + ", ".join(f"{name} {number}" for name, number in data["versions"].items()))
    for title in ("measures", "fixed queries"):
        if data[title]:
            console.print(_table(title, data[title]))
    earlier = _earlier(before)
    table = Table("bar", "value", "limit", "reached", "last committed run", title="bars")
    for bar in data["bars"]:
        last = earlier.get(bar["name"])
        sign = ">=" if bar["higher"] else "<="
        table.add_row(bar["name"], _number(bar["value"]), f"{sign} {bar['limit']:,}", "yes" if bar["reached"] else "no",
                      _number(last) if last is not None else "")
    console.print(table)


def _earlier(path: Path) -> dict[str, float]:
    rows = json.loads(path.read_text("utf-8"))["bars"] if path.exists() else []
    return {row["name"]: row["value"] for row in rows}


def _table(title: str, rows: Sequence[dict[str, Any]]) -> Table:
    systems = list(dict.fromkeys(system for row in rows for system in row["values"]))
    table = Table("", "unit", *systems, title=title)
    for row in rows:
        values = [_number(row["values"][system]) if system in row["values"] else "" for system in systems]
        table.add_row(row["name"], row["unit"], *values)
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    busy = psutil.getloadavg()[0]
    return f"{platform.platform()}, {psutil.cpu_count()} cores, {memory:.0f} GiB, load {busy:.1f} when this was written"


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
