"""Servers that keep a graph elsewhere: how fast one is filled over SPARQL, and what its answers cost it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import cast

import psutil
import pyoxigraph as ox
from rdflib import URIRef

from kg import queries
from kg.solutions import rows
from kg.store import Store, open_store
from tests.benchmarks.measures import Measure
from tests.benchmarks.servers import cpu_seconds
from tests.servers import VIRTUOSO_PASSWORD, VIRTUOSO_USER, run_oxigraph, run_virtuoso

NAMES = ("who-leads-what", "articles")
"""Named queries that both servers take: Virtuoso refuses some for variables that are not grouped."""

BOUND = "entity-facts"
"""A named query that is asked of one entity, of which as little is said in either graph."""

_ROUNDS = 5
_LEAST = """SELECT ?entity (COUNT(*) AS ?count) { ?statement rdf:subject ?entity . ?entity a ?class
  FILTER(STRSTARTS(STR(?entity), STR(ent:))) } GROUP BY ?entity ORDER BY ?count ?entity LIMIT 1"""


def remote(file: Path, counts: tuple[int, int]) -> list[Measure]:
    """Fill an Oxigraph and a Virtuoso server with so many quads of a file, and ask them named queries.

    The rates are by the CPU time of server and client together, since neither waits for anything else.
    """
    measures: dict[tuple[str, str], Measure] = {}

    def note(name: str, unit: str, server: str, value: float) -> None:
        measures.setdefault((name, unit), Measure(name, unit)).values[server] = value

    for server, serve in _SERVERS.items():
        for count in counts:
            def told(name: str, unit: str, value: float, server: str = server, count: int = count) -> None:
                note(f"{name}, {count / 1e6:.1f} M quads", unit, server, value)

            with tempfile.TemporaryDirectory() as folder:
                with serve(Path(folder)) as address:
                    _fill(address, file, count, told)
                size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
                told("size on disk", "bytes per quad", size / count)
    return list(measures.values())


def _fill(address: str, file: Path, count: int, note: Callable[[str, str, float], None]) -> None:
    with tempfile.NamedTemporaryFile("wb", suffix=".nq") as part, file.open("rb") as lines:
        part.writelines(islice(lines, count))
        part.flush()
        with open_store(address) as store:
            cost = _cost(lambda: store.load(Path(part.name)))
            note("load", "quads per CPU s", count / cost)
            [row] = rows(cast(ox.QuerySolutions, store.query(_LEAST)))
            texts = {name: queries.load(name).text for name in NAMES}
            texts[f"{BOUND} of one entity"] = queries.load(BOUND).bind(entity=URIRef(row["entity"]))
            for name, text in texts.items():
                note(name, "CPU ms", _cost(partial(_ask, store, text)) / _ROUNDS * 1000)


def _ask(store: Store, text: str) -> None:
    for _ in range(_ROUNDS):
        store.query(text)


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
