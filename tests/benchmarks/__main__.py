"""``make bench``: all performance tables.

The service beside the ``oxigraph`` server, rdflib-endpoint and pyoxigraph on the same quads, extraction beside a spaCy
pipeline, and a store that grows to ten million quads.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import extraction, growth, measures, queries, report
from tests.benchmarks.baseline import load_baseline
from tests.benchmarks.dataset import Dataset, make
from tests.benchmarks.measures import Measure
from tests.benchmarks.remote import remote
from tests.benchmarks.servers import ENDPOINT, OURS, RUST, Server, serve

COMMITTED = Path(__file__).parents[2] / "docs" / "benchmarks.json"
SERVED = ("lookup", "rows", "latency", "faults", "fixed")
PARTS = ("load", *SERVED, "extraction", "workers", "growth", "remote")
REMOTE = (100_000, 1_000_000)
"""Quads that servers elsewhere are filled with."""


def main() -> None:
    """Run the measurements, print them, and write them where ``--json`` says."""
    options = _options()
    tables: dict[str, list[Measure]] = {}
    if {"load", *SERVED} & {*options.parts}:
        tables["measures"], tables["fixed queries"] = _service(options)
    if {"extraction", "workers"} & {*options.parts}:
        tables["extraction"] = _extraction(options)
    if "growth" in options.parts:
        tables |= growth.tables(options.folder, options.sizes, options.seed, options.real, options.rounds)
    if "remote" in options.parts:
        file = growth.grow(options.folder, options.sizes[0], options.seed, options.real).file
        tables["remote"] = remote(file, REMOTE)
    settings = {name: value for name, value in vars(options).items() if not isinstance(value, Path)}
    data = report.document(tables, report.bars(tables), settings)
    report.show(data, COMMITTED)
    if options.json:
        options.json.write_text(json.dumps(report.beside(data, options.json), indent=2) + "\n", "utf-8")


def _service(options: argparse.Namespace) -> tuple[list[Measure], list[Measure]]:
    """Return what the service and the other servers were measured at, and their fixed queries."""
    folder = options.folder / "stores"
    dataset = make(options.folder, options.quads, options.seed)
    found = [measures.load(dataset, folder)] if "load" in options.parts or not folder.exists() else []
    served, fixed = _served(options, dataset, folder) if {*SERVED} & {*options.parts} else ([], [])
    return found + served, fixed


def _extraction(options: argparse.Namespace) -> list[Measure]:
    documents = extraction.read_news(options.data, options.articles)
    found: list[Measure] = []
    if "extraction" in options.parts:
        baseline, scores = load_baseline(options.folder, options.data, options.epochs, options.seed)
        found += extraction.speeds(documents, baseline, options.rounds)
        found.append(Measure("what the spaCy pipeline scores on the development sets", "", scores))
    if "workers" in options.parts:
        found.append(extraction.two_workers(documents, options.rounds))
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quads", type=int, default=1_000_000, help="size of the stores, the default graph included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=500, help="lookups in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of the clients in a round")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="measure only these")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "stringer-benchmarks",
                        help="where the quads and the stores are kept for the next run")
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[3] / "shared" / "data",
                        help="the corpora that CONTRIBUTING.md names")
    parser.add_argument("--articles", type=int, default=80, help="news articles that are extracted")
    parser.add_argument("--epochs", type=int, default=2, help="that the spaCy pipeline is trained for")
    parser.add_argument("--sizes", type=int, nargs=2, default=(1_000_000, 10_000_000), help="quads of a growing store")
    parser.add_argument("--real", type=Path, help="extractions of real articles for the growing store, as JSONL")
    parser.add_argument("--json", type=Path, help="file to write the run to")
    return parser.parse_args()


def _served(options: argparse.Namespace, dataset: Dataset, folder: Path) -> tuple[list[Measure], list[Measure]]:
    """Return what the servers were measured at, and their fixed queries."""
    lookups, found, fixed = queries.lookups(dataset.subjects), list[Measure](), list[Measure]()
    with ExitStack() as stack:
        ours, rust, endpoint = (stack.enter_context(serve(name, folder / store)) for name, store in _STORES.items())
        everybody: list[Server] = [ours, rust, endpoint]
        if "lookup" in options.parts:
            found.append(measures.cpu_per_request("lookup", everybody, lookups, options.requests, options.rounds))
        if "rows" in options.parts:
            found.append(measures.cpu_per_request("1,000 rows", everybody, queries.thousand_rows(),
                                                  max(1, options.requests // 50), options.rounds))
        if "latency" in options.parts:
            found += measures.busy([ours, rust], lookups, options.seconds, options.rounds)
        if "faults" in options.parts:
            found += measures.busy([ours], lookups, options.seconds, options.rounds, "p99 before")[:1]
            found += measures.beside(ours, lookups, queries.RUNAWAYS, options.seconds, options.rounds)
            found.append(measures.recovery(ours, options.rounds))
        if "fixed" in options.parts:
            fixed = measures.fixed_queries([ours, rust], folder / _STORES[RUST], queries.fixed(), options.rounds)
    return found, fixed


_STORES = {OURS: "kg", RUST: "oxigraph", ENDPOINT: "oxigraph"}

if __name__ == "__main__":
    main()
