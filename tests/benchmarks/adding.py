"""What an article costs as the graph grows: ``python -m tests.benchmarks.adding EXTRACTIONS [10 1000 5000]``.

EXTRACTIONS is a file of extraction JSON, a line each, as ``kg extract`` writes it. Its first lines are added to a new
graph, as many at a time as ``kg build --extracted`` stores together. When the graph has reached one of the sizes, a row
says how large it is, what the last hundred articles cost on average and what all did, and the most memory that the
process has taken. Articles differ in length, so ``PROBES`` of them, the first after those, are added to copies of each:
what they cost (median) shows how the size of the graph counts. Times are CPU times of the process with all its threads,
those of the database too; and of the probes the time on the clock. The database merges its files in threads that nobody
waits for: what the last hundred cost has all of that in it, and the probes only what they begin, as a copy is left
until it has nothing to merge.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import mean, median

import pyoxigraph as ox

from kg import ontology
from kg.identity import Identity
from kg.model import Extraction
from kg.origin import Recipe
from kg.pipeline import seldom_collected
from kg.store import EmbeddedStore, open_store
from tests.benchmarks.growth import read_real

SIZES = (10, 1000, 5000)
LAST, PROBES, ROUNDS = 100, 50, 3
_PAUSE, _IDLE = 0.5, 0.02
"""Seconds between two looks, and the share of them that a process that does nothing takes at most."""

COLUMNS = ("articles", "quads", "entities per 100", "ms, last", "ms, average", "ms, probes", "ms, probes, clock",
           "MiB of memory", "MiB on disk")
_COUNTS = "SELECT (COUNT(DISTINCT ?e) AS ?n) { ?e rdfs:label ?name FILTER(STRSTARTS(STR(?e), STR(ent:))) }"


class Meter:
    """Prints a row for each of the sizes that a store reaches while articles are added."""

    def __init__(self, store: EmbeddedStore, probes: Sequence[Extraction]) -> None:
        self.store, self.probes = store, probes
        self.identity, self.recipe = Identity(store), Recipe.of(extracted=True)
        self.costs: list[float] = []
        print("|", " | ".join(COLUMNS), "|\n|", "--- | " * len(COLUMNS), flush=True)

    def add(self, some: Sequence[Extraction], identity: Identity | None = None) -> tuple[float, float]:
        """Add articles and return what each cost on average, in milliseconds: CPU time, and time on the clock."""
        began = time.process_time(), time.perf_counter()
        (identity or self.identity).add_together((extraction, self.recipe.mark(extraction)) for extraction in some)
        cpu, clock = time.process_time() - began[0], time.perf_counter() - began[1]
        return 1000 * cpu / len(some), 1000 * clock / len(some)

    def probe(self) -> tuple[float, float]:
        """Return what a probe cost, in copies of the store."""
        costs = list[tuple[float, float]]()
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                self.store.backup(Path(folder, "copy"))
                with open_store(Path(folder, "copy")) as copy:
                    identity = Identity(copy)
                    settle()
                    costs.append(self.add(self.probes, identity))
        return median(cpu for cpu, _ in costs), median(clock for _, clock in costs)

    def row(self) -> list[float]:
        """Return the figures of the store as it is now."""
        articles = len(self.costs)
        [[entities]] = self._answer(_COUNTS)
        assert self.store.path
        disk = sum(file.stat().st_size for file in self.store.path.iterdir())
        quads, (probes, clock) = self.store.size(), self.probe()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return [articles, quads, round(100 * int(entities.value) / articles), round(mean(self.costs[-LAST:]), 1),
                round(mean(self.costs), 1), round(probes, 1), round(clock, 1), round(memory), round(disk / 2**20)]

    def _answer(self, query: str) -> ox.QuerySolutions:
        answer = self.store.query(query)
        assert isinstance(answer, ox.QuerySolutions)
        return answer


def settle() -> None:
    """Return when no thread of the process has been at work for a while."""
    before = -1.0
    while (now := time.process_time()) - before > _IDLE * _PAUSE:
        before = now
        time.sleep(_PAUSE)


def main(rows: Path, *sizes: int) -> None:
    """Add the articles and print the rows."""
    known, most = ontology.load(), max(sizes)
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder)) as store, seldom_collected():
        later = islice(read_real(rows), most, most + PROBES)
        meter = Meter(store, list(map(known.conform, later)))
        articles = map(known.conform, islice(read_real(rows), most))
        for size in sorted(sizes):
            while some := list(islice(articles, min(store.together, size - len(meter.costs)))):
                meter.costs += [meter.add(some)[0]] * len(some)
            print("|", " | ".join(f"{value:,}" for value in meter.row()), "|", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(map(int, sys.argv[2:]) if sys.argv[2:] else SIZES))
