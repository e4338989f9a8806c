"""What a run found, as tables, as JSON, and beside what an earlier run found."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.benchmarks import extraction, growth
from tests.benchmarks.measures import PYOXIGRAPH, Measure
from tests.benchmarks.servers import ENDPOINT, OURS, RUST

_VERSIONS = ("stringer-kg", "spacy", "onnxruntime", "pyoxigraph", "oxigraph", "rdflib-endpoint", "rdflib", "fastapi",
             "uvicorn", "uvloop", "httptools")


TABLES = ("measures", "fixed queries", "extraction", "growth", "growing queries", "remote", "bars")
"""The tables of a run, in their order."""


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


_OTHERS = (
    ("raw article to stored statements: words a second, two processes", extraction.PAIR, extraction.WHOLE, 3000, True),
    ("two workers: speed, times one worker's", extraction.WORKERS, "speed", 1.7, True),
    ("memory of a reader of the large store, MB", growth.READER, None, 300, False),
    ("bound queries that stay flat, share", growth.STAYING, None, 1, True))
"""Bars beside those of the service: measure, column (the only one where ``None``), limit, whether more is better."""


def bars(tables: Mapping[str, Sequence[Measure]]) -> list[Bar]:
    """Return the bars for what was measured."""
    measures = {measure.name: measure for rows in tables.values() for measure in rows}
    fixed = tables.get("fixed queries", ())

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
    found += [Bar(f"{name}, times the one before", measure.values[OURS] / measures["p99 before"].values[OURS], 5)
              for name, measure in measures.items() if name.startswith("p99 beside")]
    if (killed := "a killed worker is replaced") in measures:
        found.append(Bar(f"{killed}: seconds", measures[killed].values[OURS], 2))
    if "bulk load" in measures:
        found.append(Bar("bulk load: quads per CPU second", measures["bulk load"].values[OURS], 80_000, higher=True))
    for name, measure, column, limit, higher in _OTHERS:
        values = measures[measure].values if measure in measures else {}
        found += [Bar(name, value, limit, higher) for key, value in values.items() if column in (key, None)]
    if fixed:
        found.append(Bar("16 fixed queries: CPU, times pyoxigraph's in process", total(OURS) / total(PYOXIGRAPH), 1.2))
    return found


def document(tables: Mapping[str, Sequence[Measure]], found: Sequence[Bar], options: dict[str, Any]) -> dict[str, Any]:
    """Return the run as JSON data, a key for each table and one for the bars."""
    rows = {title: [asdict(measure) for measure in measures] for title, measures in tables.items()}
    return {"machine": _machine(), "commit": _commit(), "versions": _versions(),
            "options": options, **rows, "bars": [asdict(bar) | {"reached": bar.reached} for bar in found]}


def _versions() -> dict[str, str]:
    """Return the versions of what is installed: a part that measures only this project needs none of the others."""
    installed = {found.name: found.version for found in distributions()}
    return {name: installed[name] for name in _VERSIONS if name in installed}


def beside(data: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return a run with the rows of an earlier one that it has not measured, each with the commit that has."""
    earlier = json.loads(path.read_text("utf-8")) if path.exists() else {}
    together = dict(data)
    for title in TABLES:
        now = {(row["name"], row.get("unit")) for row in data.get(title, ())}
        old = [row for row in earlier.get(title, ()) if (row["name"], row.get("unit")) not in now]
        together[title] = [*data.get(title, ()), *({"commit": earlier["commit"]} | row for row in old)]
    return together


def show(data: dict[str, Any], before: Path) -> None:
    """Print the run as tables; the bars with what the file ``before`` says of an earlier run."""
    console = Console(width=120)
    console.print(f"{data['machine']}\ncommit {data['commit']}, {data['options']}\n"
                  + ", ".join(f"{name} {number}" for name, number in data["versions"].items()))
    for title in TABLES[:-1]:
        if data.get(title):
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
