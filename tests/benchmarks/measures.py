"""What is measured: CPU time of servers for each request, latency of several clients, loading, fixed queries."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from urllib.request import urlopen

import pyoxigraph as ox
from prometheus_client.parser import text_string_to_metric_families

from kg.store import open_store
from kg.vocab import PREFIXES
from tests.benchmarks.client import Connection, ask_all, latencies, request
from tests.benchmarks.dataset import Dataset
from tests.benchmarks.servers import ENDPOINT, OURS, RUST, Server, tool

PYOXIGRAPH = "pyoxigraph in process"
CLIENTS = 8

Values = dict[str, float]
"""A figure for each system."""


@dataclass(slots=True)
class Measure:
    """Figures of one kind, the medians of several rounds."""

    name: str
    unit: str
    values: Values = field(default_factory=dict)


def cpu_per_request(name: str, servers: Sequence[Server], queries: Sequence[str], count: int, rounds: int) -> Measure:
    """Measure the server's CPU time, in milliseconds, of queries one after another on one connection.

    rdflib-endpoint, many times slower, gets a tenth of them.
    """
    def once(server: Server) -> float:
        number = max(1, count // 10) if server.name == ENDPOINT else count
        messages = list(islice(cycle(request(server.path, query) for query in queries), number))
        before = server.cpu_seconds()
        ask_all(server.port, messages)
        return (server.cpu_seconds() - before) / number * 1000

    return Measure(name, "CPU ms", _in_turns(servers, once, rounds))


def busy(servers: Sequence[Server], queries: Sequence[str], seconds: float, rounds: int,
         name: str = "p99") -> list[Measure]:
    """Measure what ``CLIENTS`` clients who ask without pause get and cost.

    The 99th percentile of latency and the server's CPU time for each request, both in milliseconds.
    """
    costs: dict[str, list[float]] = {server.name: [] for server in servers}

    def once(server: Server) -> float:
        messages = [request(server.path, query) for query in queries]
        before = server.cpu_seconds()
        times = latencies(server.port, messages, CLIENTS, seconds)
        costs[server.name].append((server.cpu_seconds() - before) / len(times) * 1000)
        return quantiles(times, n=100)[98] * 1000

    waits = _in_turns(servers, once, rounds)
    return [Measure(name, "ms", waits),
            Measure(f"lookup, {CLIENTS} clients", "CPU ms", {name: median(cost[1:]) for name, cost in costs.items()})]


def beside(server: Server, queries: Sequence[str], runaways: Mapping[str, str], seconds: float,
           rounds: int) -> list[Measure]:
    """Measure the 99th percentile of latency, in milliseconds, beside each of some queries that never end."""
    found = []
    for name, runaway in runaways.items():
        def once(server: Server, runaway: str = runaway) -> float:
            with closing(Connection(server.port)) as connection:
                connection.socket.sendall(request(server.path, runaway))
                time.sleep(0.5)
                times = latencies(server.port, [request(server.path, query) for query in queries], CLIENTS, seconds)
            return quantiles(times, n=100)[98] * 1000

        found.append(Measure(f"p99 beside {name}", "ms", _in_turns([server], once, rounds)))
    return found


def recovery(server: Server, rounds: int) -> Measure:
    """Measure the seconds from the killing of a reader until as many as before are ready."""
    def workers() -> tuple[float, float]:
        with urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
            families = text_string_to_metric_families(answer.read().decode())
        found = {sample.name: sample.value for family in families for sample in family.samples
                 if sample.labels == {"pool": "query"}}
        return found["stringer_restarts_total"], found["stringer_processes"]

    def once(server: Server) -> float:
        time.sleep(2)  # what earlier measures have left is replaced
        (before, size), started = workers(), time.monotonic()
        next(child for child in server.process.children() if "reader" in child.cmdline()).kill()
        while not ((now := workers())[0] > before and now[1] == size):
            time.sleep(0.02)
        return time.monotonic() - started

    return Measure("a killed worker is replaced", "s", _in_turns([server], once, rounds))


def load(dataset: Dataset, folder: Path) -> Measure:
    """Load the quads into fresh stores and measure the rate by CPU time; our index of names comes after that."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    before = time.process_time()
    with open_store(folder / "kg") as store:
        store.load(dataset.articles)
        store.flush()
        ours = time.process_time() - before
    before = _children_seconds()
    subprocess.run([tool("oxigraph"), "load", "-l", folder / "oxigraph", "-f", dataset.articles, dataset.merged],
                   check=True, capture_output=True)
    rust = _children_seconds() - before
    return Measure("bulk load", "quads per CPU s", {OURS: dataset.quads / ours, RUST: dataset.quads / rust})


def fixed_queries(servers: Sequence[Server], store: Path, queries: Mapping[str, str], rounds: int) -> list[Measure]:
    """Measure the CPU time, in milliseconds, of each query through servers and by pyoxigraph in this process."""
    reader = ox.Store.read_only(str(store))

    def in_process(query: str) -> float:
        before = time.process_time()
        results = reader.query(query, prefixes=PREFIXES)
        assert isinstance(results, ox.QuerySolutions)
        results.serialize(format=ox.QueryResultsFormat.JSON)
        return (time.process_time() - before) * 1000

    measures = []
    for name, query in queries.items():
        measure = cpu_per_request(name, servers, [query], 1, rounds)
        measure.values[PYOXIGRAPH] = median(in_process(query) for _ in range(rounds))
        measures.append(measure)
    return measures


def _in_turns(servers: Sequence[Server], once: Callable[[Server], float], rounds: int) -> Values:
    """Return the median of each server, measured in turns, so that a busy moment hits all alike."""
    for server in servers:
        once(server)  # caches fill
    found: dict[str, list[float]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            found[server.name].append(once(server))
    return {name: median(values) for name, values in found.items()}


def _children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system
