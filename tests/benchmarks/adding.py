"""What an article costs as the graph grows: ``python -m tests.benchmarks.adding EXTRACTIONS [10 1000 5000]``.

EXTRACTIONS is a file of extraction JSON, a line each, as ``kg extract`` writes it. The first so many lines are built
into a new graph by a process of its own, as ``kg build --extracted`` does it, for each of the sizes. A row says how
large the graph is, what the last articles cost (a tenth of all, from 10 to 100) beside the average, and the most memory
that the process took. Times are CPU times of the process with all its threads, those of the database too.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice, pairwise
from pathlib import Path
from statistics import mean

import kg
from kg.model import Extraction

SIZES = (10, 1000, 5000)
MOST = 100


def build(rows: Path, out: Path) -> dict[str, float]:
    """Build a graph in this process and return its figures."""
    ends = [time.process_time()]

    def note(extraction: Extraction) -> None:
        ends.append(time.process_time())

    began = time.perf_counter()
    with kg.build(rows, out, extracted=True, on_progress=note) as graph:
        wall = time.perf_counter() - began
        costs = [1000 * (after - before) for before, after in pairwise(ends)]
        last = costs[-min(MOST, max(10, len(costs) // 10)):]
        [count] = graph.query("SELECT (COUNT(DISTINCT ?e) AS ?n) { ?e a ?c FILTER(STRSTARTS(STR(?e), STR(ent:))) }")
        quads = graph.store.size()
    return {"articles": len(costs), "quads": quads,
            "entities per 100": round(100 * int(count["n"]) / len(costs)),
            "ms": round(mean(costs), 1), "ms, last": round(mean(last), 1),
            "ms wall": round(1000 * wall / len(costs), 1),
            "MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "MiB on disk": round(sum(file.stat().st_size for file in out.iterdir()) / 2**20)}


def measure(extractions: Path, size: int) -> dict[str, float]:
    """Return the figures of a graph of the first so many extractions, built by another process."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        with extractions.open(encoding="utf-8") as lines, rows.open("w", encoding="utf-8") as file:
            file.writelines(islice(lines, size))
        command = [sys.executable, "-m", "tests.benchmarks.adding", "--build", str(rows), str(Path(folder) / "graph")]
        found = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, float] = json.loads(found.stdout)
    return row


def main(arguments: list[str]) -> None:
    """Print a row for each size as it is done, or build where the arguments say so."""
    if arguments[0] == "--build":
        print(json.dumps(build(Path(arguments[1]), Path(arguments[2]))))
        return
    for number, size in enumerate(map(int, arguments[1:] or SIZES)):
        row = measure(Path(arguments[0]), size)
        if number == 0:
            print("|", " | ".join(row), "|\n|", "--- | " * len(row))
        print("|", " | ".join(f"{value:,}" for value in row.values()), "|", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
