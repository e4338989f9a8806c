"""A store that grows: how fast it is loaded, how large it is, and which named queries stay as fast as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from kg import corpus, ontology, queries, rdf
from kg.model import Extraction
from kg.store.terms import to_oxigraph
from tests.benchmarks.articles import MADE, extractions
from tests.benchmarks.measures import Measure

FLAT = 1.5
"""A query is flat that costs at most so many times as much in the large store as in the small one."""

SECONDS = 120
"""What a reader may take."""

READER, STAYING = "memory of a reader, at most", "bound queries that stay flat"

_OFTEN = 5
"""How often a bound query is asked at least, which takes milliseconds: the first time it reads from the disk."""

_PER_NAMED = 1.9
"""Quads in a store for each quad of a named graph: the default graph repeats what is not shared by articles."""


@dataclass(frozen=True, slots=True)
class Size:
    """A store of so many quads, the default graph included, and what it cost to load it."""

    quads: int
    articles: int
    real: int
    file: Path
    store: Path
    rate: float
    """Quads for each CPU second."""
    peak: float
    """Memory of the loading process at most, in MB."""
    bytes: int
    """What the store takes on disk."""


def tables(folder: Path, counts: Sequence[int], seed: int, real: Path | None, rounds: int) -> dict[str, list[Measure]]:
    """Return what a small and a large store were measured at, and the named queries in both."""
    small, large = (grow(folder, count, seed, real) for count in counts)
    asked = named(small, large, rounds, SECONDS)
    readers = max(max(measure.values.values(), default=0) for measure in asked if measure.unit == "MB")
    flat = Measure(STAYING, "share", {title(large): staying(asked, small, large)})
    found = [*sizes([small, large]), Measure(READER, "MB", {title(large): readers}), flat]
    return {"growth": found, "growing queries": asked}


def grow(folder: Path, size: int, seed: int, real: Path | None) -> Size:
    """Return a store of about ``size`` quads: of real articles and made ones in turns; kept for the next run."""
    home = folder / f"growth-{size}-{seed}-{real.stem if real else 'made'}"
    note, store, file = home / "size.json", home / "store", home / "articles.nq"
    if not note.exists():
        home.mkdir(parents=True, exist_ok=True)
        counts = _write(file, size / _PER_NAMED, seed, real)
        note.write_text(json.dumps(counts | _run(str(file), str(store), module="tests.benchmarks.loading")), "utf-8")
    found = json.loads(note.read_text("utf-8"))
    disk = sum(path.stat().st_size for path in store.iterdir())
    return Size(found["quads"], found["articles"], found["real"], file, store, found["quads"] / found["cpu"],
                found["peak"], disk)


def sizes(found: Sequence[Size]) -> list[Measure]:
    """Return what the stores were measured at, a column for each."""
    rows: dict[str, tuple[str, list[float]]] = {
        "articles": ("", [size.articles for size in found]), "of these real": ("", [size.real for size in found]),
        "loading": ("quads per CPU s", [size.rate for size in found]),
        "size on disk": ("bytes per quad", [size.bytes / size.quads for size in found]),
        "peak memory of the load": ("MB", [size.peak for size in found])}
    return [Measure(name, unit, dict(zip(map(title, found), values, strict=True)))
            for name, (unit, values) in rows.items()]


def title(size: Size) -> str:
    """Return the name of a store in tables."""
    return f"{size.quads / 1e6:.1f} M quads"


def named(small: Size, large: Size, rounds: int, seconds: float) -> list[Measure]:
    """Measure the CPU time of each named query in both stores, in a reader of its own, and the reader's memory.

    ``open`` leaves all parameters open; ``bound`` names one thing of which both stores hold as much. A reader is
    stopped after so many ``seconds``, and its figure left out.
    """
    measures = []
    for name in queries.names():
        chosen = _run("choose", name, str(small.store), str(large.store), seconds=seconds)
        measures += _asked(f"{name}, open", queries.load(name).text, [small, large], rounds, seconds)
        if chosen["text"]:
            measures += _asked(f"{name}, bound", chosen["text"], [small, large], max(rounds, _OFTEN), seconds)
    return measures


def _asked(kind: str, text: str, stores: Sequence[Size], rounds: int, seconds: float) -> list[Measure]:
    cpu, memory = Measure(kind, "CPU ms"), Measure(kind, "MB")
    for size in stores:
        found = _run("ask", str(size.store), str(rounds), seconds=seconds, text=text)
        for measure, key in ((cpu, "cpu"), (memory, "memory")):
            if key in found:
                measure.values[title(size)] = found[key]
    return [cpu, memory]


def staying(measures: Sequence[Measure], small: Size, large: Size) -> float:
    """Return the share of the bound queries that cost at most ``FLAT`` times as much in the large store."""
    costs = [measure.values for measure in measures if measure.name.endswith("bound") and measure.unit == "CPU ms"]
    ratios = [values[title(large)] / values[title(small)] for values in costs if len(values) == 2]
    return sum(ratio <= FLAT for ratio in ratios) / len(costs)


def _write(path: Path, quads: float, seed: int, real: Path | None) -> dict[str, int]:
    """Write the quads of real and made articles in turns; return the numbers of the articles."""
    known, written, articles, of_these = ontology.load(), 0, 0, 0
    with path.open("w", encoding="utf-8") as file:
        given = chain(read_real(real) if real else (), repeat(None))
        for extraction in chain.from_iterable(zip(given, extractions(seed), strict=False)):
            if extraction is None:
                continue
            lines = [f"{to_oxigraph(quad)} .\n" for quad in rdf.extraction_to_quads(known.conform(extraction), known)]
            file.writelines(lines)
            written, articles = written + len(lines), articles + 1
            of_these += not extraction.document.id.startswith(MADE)
            if written >= quads:
                break
    return {"articles": articles, "real": of_these}


def read_real(path: Path) -> Iterator[Extraction]:
    """Yield extractions of a file as ``kg extract`` writes it, line by line: a large one is not read whole."""
    with path.open("rb") as file:
        for line in file:
            for _, found in corpus.parse_extractions(line, str(path)):
                if isinstance(found, Extraction):
                    yield found


def _run(*arguments: str, module: str = "tests.benchmarks.reading", seconds: float | None = None,
         text: str = "") -> dict[str, Any]:
    """Run a module in a process of its own and return the JSON that it prints; no text after ``seconds``."""
    try:
        done = subprocess.run([sys.executable, "-m", module, *arguments], input=text, text=True, stdout=subprocess.PIPE,
                              check=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"text": None}
    found: dict[str, Any] = json.loads(done.stdout)
    return found
