"""Words a second from raw articles to stored statements, stage by stage, beside a spaCy pipeline of three parts."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from statistics import median

import psutil
from spacy.language import Language

from kg import nlp, pipeline
from kg.corpus.checks import parse_date
from kg.model import Document
from kg.training.corpora import WIKINEWS
from tests.benchmarks.measures import Measure
from tests.benchmarks.servers import cpu_seconds

BASELINE, LANGUAGE = "spaCy: tagger, parser, ner", "language model"
EXTRACTION, WHOLE = "extraction", "to stored statements"
PAIR, WORKERS = "two processes, the start of them too", "two workers, times one"
_SHORTEST = 50
"""Words of an article, below which it is a notice."""


def read_news(data: Path, count: int) -> list[Document]:
    """Return unlabelled news articles, the first ones."""
    with gzip.open(data / WIKINEWS, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        long = (row for row in rows if len(row["text"].split()) >= _SHORTEST)
        return [Document(row["id"], row["text"], row["title"],
                         parse_date(row["date"], row["id"]) if row["date"] else None) for row in islice(long, count)]


def speeds(documents: Sequence[Document], baseline: Language, rounds: int) -> list[Measure]:
    """Measure each stage with all before it, in turns: words for each second of one core, and of two processes."""
    texts = [document.text for document in documents]
    words = sum(len(text.split()) for text in texts)
    stages: dict[str, Callable[[], object]] = {
        BASELINE: lambda: list(baseline.pipe(texts, batch_size=64)),
        LANGUAGE: lambda: list(nlp.load().pipe(texts)),
        EXTRACTION: lambda: list(pipeline.extract(documents)),
        WHOLE: lambda: _build(documents, 1)}
    pairs: dict[str, Callable[[], object]] = {
        BASELINE: lambda: list(baseline.pipe(texts, batch_size=8, n_process=2)),
        EXTRACTION: lambda: list(pipeline.extract(documents, workers=2)), WHOLE: lambda: _build(documents, 2)}
    for run in stages.values():
        run()  # models are loaded, words are looked up
    costs = {name: median(_cpu(run) for _ in range(rounds)) for name, run in stages.items()}
    waits = {name: median(_wall(run) for _ in range(rounds)) for name, run in pairs.items()}
    return [Measure("one core", "words per CPU s", {name: words / cost for name, cost in costs.items()}),
            Measure(PAIR, "words a second",
                    {name: words / wait for name, wait in waits.items()})]


def two_workers(documents: Sequence[Document], rounds: int) -> Measure:
    """Measure what two workers cost and take, as multiples of one: CPU time, and time where cores are idle.

    Each has one core to itself, as in a pool of so many workers as cores, and is measured after its start.
    """
    found = [(_pool(documents, 1), _pool(documents, 2)) for _ in range(rounds)]
    return Measure(WORKERS, "", {"speed": median(one[0] / two[0] for one, two in found),
                                                  "CPU time": median(two[1] / one[1] for one, two in found)})


def _pool(documents: Sequence[Document], workers: int) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of a pool on as many cores, its start and end left out."""
    every = os.sched_getaffinity(0)
    _run_on(set(sorted(every)[:workers]))
    try:
        around = documents[:8 * workers]  # workers start, workers end
        stream = pipeline.extract([*around, *documents, *around], workers=workers)
        return _timed(stream, len(around), len(around) + len(documents))
    finally:
        _run_on(every)


def _run_on(cores: set[int]) -> None:
    """Keep all threads of this process on these cores, those too that the language model has had since another part."""
    for thread in psutil.Process().threads():
        with suppress(ProcessLookupError):  # it has ended since
            os.sched_setaffinity(thread.id, cores)


def _timed(stream: Iterator[object], first: int, all: int) -> tuple[float, float]:
    """Return what it takes from the one item to the other, while the workers are there."""
    for _ in islice(stream, first):
        pass
    begin, before = time.perf_counter(), _used()
    for _ in islice(stream, all - first):
        pass
    found = time.perf_counter() - begin, _used() - before
    for _ in stream:
        pass
    return found


def _used() -> float:
    """Return the CPU seconds of this process, which is the one worker where there is one, and of its children."""
    return time.process_time() + sum(map(cpu_seconds, psutil.Process().children(recursive=True)))


def _build(documents: Sequence[Document], workers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pipeline.build(documents, Path(folder) / "graph", workers=workers).close()


def _cpu(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return time.process_time() - before


def _wall(run: Callable[[], object]) -> float:
    before = time.perf_counter()
    run()
    return time.perf_counter() - before
