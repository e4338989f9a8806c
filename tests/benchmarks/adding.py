"""What an article costs as the graph grows: ``python -m tests.benchmarks.adding EXTRACTIONS [10 1000 5000]``.

EXTRACTIONS is a file of extraction JSON, a line each, as ``kg extract`` writes it. Its first lines are added to a new
graph one by one, as ``kg build --extracted`` does. When the graph has reached one of the sizes, a row says how large it
is, what the last articles cost (a tenth of all, from 10 to 100), what the average one did, and the most memory
that the process has taken. Times are CPU times of the process with all its threads, those of the database too.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import mean

import pyoxigraph as ox

from kg import ontology, pipeline
from kg.model import Extraction
from kg.origin import Recipe
from kg.store import EmbeddedStore, open_store

SIZES = (10, 1000, 5000)
LEAST, MOST = 10, 100
COLUMNS = ("articles", "quads", "entities per 100", "ms, last", "ms, average", "MiB of memory", "MiB on disk")
_COUNTS = "SELECT (COUNT(DISTINCT ?e) AS ?n) { ?e rdfs:label ?name FILTER(STRSTARTS(STR(?e), STR(ent:))) }"


class Meter:
    """Prints a row for each of the sizes that a store reaches while articles are added."""

    def __init__(self, store: EmbeddedStore, folder: Path, sizes: list[int]) -> None:
        self.store, self.folder, self.sizes = store, folder, sizes
        self.costs: list[float] = []
        self.began = time.process_time()
        print("|", " | ".join(COLUMNS), "|\n|", "--- | " * len(COLUMNS), flush=True)

    def __call__(self, extraction: Extraction) -> None:
        """Note that another article is stored."""
        self.costs.append(1000 * (time.process_time() - self.began))
        if len(self.costs) in self.sizes:
            print("|", " | ".join(f"{value:,}" for value in self.row()), "|", flush=True)
        self.began = time.process_time()

    def row(self) -> list[float]:
        """Return the figures of the store as it is now."""
        articles = len(self.costs)
        [[entities]] = self._answer(_COUNTS)
        last = self.costs[-min(MOST, max(LEAST, articles // 10)):]
        disk = sum(file.stat().st_size for file in self.folder.iterdir())
        return [articles, self.store.size(), round(100 * int(entities.value) / articles), round(mean(last), 1),
                round(mean(self.costs), 1), round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                round(disk / 2**20)]

    def _answer(self, query: str) -> ox.QuerySolutions:
        answer = self.store.query(query)
        assert isinstance(answer, ox.QuerySolutions)
        return answer


def main(rows: Path, *sizes: int) -> None:
    """Add the articles and print the rows."""
    known = ontology.load()
    with (tempfile.TemporaryDirectory() as folder, open_store(Path(folder)) as store,
          rows.open(encoding="utf-8") as lines):
        read = (known.conform(Extraction.from_dict(json.loads(line))) for line in lines)
        meter = Meter(store, Path(folder), list(sizes))
        pipeline.add(islice(read, max(sizes)), store, Recipe.of(extracted=True), on_progress=meter)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(map(int, sys.argv[2:]) if sys.argv[2:] else SIZES))
