"""Servers that keep a graph elsewhere: how fast one is filled over SPARQL, and what its answers cost it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psutil

from kg import queries
from kg.store import open_store
from tests.benchmarks.measures import Measure
from tests.benchmarks.servers import cpu_seconds
from tests.servers import VIRTUOSO_PASSWORD, VIRTUOSO_USER, run_oxigraph, run_virtuoso

NAMES = ("who-leads-what", "articles")
"""Named queries that both servers take: Virtuoso refuses some for variables that are not grouped."""

_ROUNDS = 5


def remote(file: Path, counts: tuple[int, int]) -> list[Measure]:
    """Fill an Oxigraph and a Virtuoso server with so many quads of a file, and ask them named queries.

    The rates are by the CPU time of server and client together, since neither waits for anything else.
    """
    measures: dict[tuple[str, str], Measure] = {}

    def note(name: str, unit: str, server: str, value: float) -> None:
        measures.setdefault((name, unit), Measure(name, unit)).values[server] = value

    for server, serve in _SERVERS.items():
        for count in counts:
            with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address:
                _fill(address, file, count, lambda name, unit, value, server=server, count=count: note(  # type: ignore[misc]
                    f"{name}, {count / 1e6:.1f} M quads", unit, server, value))
    return list(measures.values())


def _fill(address: str, file: Path, count: int, note: Callable[[str, str, float], None]) -> None:
    with tempfile.NamedTemporaryFile("wb", suffix=".nq") as part, file.open("rb") as lines:
        part.writelines(islice(lines, count))
        part.flush()
        with open_store(address) as store:
            cost = _cost(lambda: store.load(Path(part.name)))
            note("load", "quads per CPU s", count / cost)
            for name in NAMES:
                text = queries.load(name).text
                note(name, "CPU ms", _cost(lambda text=text: [store.query(text) for _ in range(_ROUNDS)])  # type: ignore[misc]
                     / _ROUNDS * 1000)


def _cost(run: Callable[[], object]) -> float:
    """Return the CPU time of this process and of its children, the servers."""
    def used() -> float:
        return time.process_time() + sum(map(cpu_seconds, psutil.Process().children(recursive=True)))

    before = used()
    run()
    return used() - before


@contextmanager
def _oxigraph(folder: Path) -> Iterator[str]:
    with run_oxigraph("--location", str(folder)) as address:
        yield address


@contextmanager
def _virtuoso(folder: Path) -> Iterator[str]:
    os.environ |= {"KG_STORE_USER": VIRTUOSO_USER, "KG_STORE_PASSWORD": VIRTUOSO_PASSWORD}
    try:
        with run_virtuoso(folder, rows=1_000_000) as address:
            yield address
    finally:
        del os.environ["KG_STORE_USER"], os.environ["KG_STORE_PASSWORD"]


_SERVERS = {"oxigraph server": _oxigraph, "Virtuoso": _virtuoso}
