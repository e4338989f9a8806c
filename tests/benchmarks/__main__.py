"""``make bench``: the service beside the ``oxigraph`` server, rdflib-endpoint and pyoxigraph, on the same quads."""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import measures, queries, report
from tests.benchmarks.dataset import Dataset, make
from tests.benchmarks.measures import Measure
from tests.benchmarks.servers import ENDPOINT, OURS, RUST, Server, serve

COMMITTED = Path(__file__).parents[2] / "docs" / "benchmarks.json"
PARTS = ("load", "lookup", "rows", "latency", "fixed")


def main() -> None:
    """Run the measurements, print them, and write them where ``--json`` says."""
    options = _options()
    folder = options.folder / "stores"
    dataset = make(options.folder, options.quads, options.seed)
    found: list[Measure] = []
    if "load" in options.parts or not folder.exists():
        found.append(measures.load(dataset, folder))
    served, fixed = _served(options, dataset, folder)
    found += served
    bars = report.bars({measure.name: measure for measure in found}, fixed)
    settings = {name: value for name, value in vars(options).items() if name not in ("folder", "json")}
    data = report.document(found, fixed, bars, settings | {"quads": dataset.quads})
    report.show(data, COMMITTED)
    if options.json:
        options.json.write_text(json.dumps(data, indent=2) + "\n", "utf-8")


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
        if "fixed" in options.parts:
            fixed = measures.fixed_queries([ours, rust], folder / _STORES[RUST], queries.fixed(), options.rounds)
    return found, fixed


_STORES = {OURS: "kg", RUST: "oxigraph", ENDPOINT: "oxigraph"}

if __name__ == "__main__":
    main()
