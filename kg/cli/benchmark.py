"""What `kg evaluate text2kgbench` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from pathlib import Path

from kg.cli.terminal import out, table
from kg.errors import InputError
from kg.evaluation.benchmarking import SentenceReader, figures, make_readers
from kg.evaluation.text2kgbench import Benchmark, Figures, mean, read_benchmark

COLUMNS = ("ontology", "sentences", "precision", "recall", "F1", "conformance", "subject halluc.", "relation halluc.",
           "object halluc.")


def evaluate_benchmark(folder: Path, split: str, only: Sequence[str], examples: int, sentences: int | None,
                       model: Path) -> None:
    """Print the seven figures of each ontology of a part of the benchmark, and their mean over ontologies.

    With ``examples`` an adapter learns from so many sentences of each ontology's training split; where that is the
    split that is scored, on the others.
    """
    rows: list[tuple[Benchmark, Figures]] = []
    benchmarks = [replace(item, sentences=item.sentences[:sentences]) for item in read_benchmark(folder, split)
                  if not only or item.name in only]
    if not benchmarks:
        raise InputError(f"{folder}: no ontology with sentences of the split {split!r}")
    for benchmark in benchmarks:
        scored, reader = _reader(folder, benchmark, split, examples, model)
        rows.append((scored, figures(scored, reader)))
    lines = [(item.name, len(item.sentences), *astuple(found)) for item, found in rows]
    total = mean(found for _, found in rows)
    count = sum(len(item.sentences) for item, _ in rows)
    out().print(table(COLUMNS, [*lines, ("mean of ontologies", count, *astuple(total))]))


def _reader(folder: Path, benchmark: Benchmark, split: str, examples: int, model: Path
            ) -> tuple[Benchmark, SentenceReader]:
    if not examples:
        return benchmark, make_readers([benchmark], model)[benchmark.name]
    [training] = [item for item in read_benchmark(folder, "train") if item.name == benchmark.name]
    learnt = training.sentences[:examples]
    texts = {sentence.text for sentence in learnt}
    scored = replace(benchmark, sentences=tuple(s for s in benchmark.sentences if s.text not in texts))
    reader = make_readers([scored], model)[benchmark.name]
    reader.adapt(learnt)
    return scored, reader


def parts(folder: Path, wanted: Sequence[str]) -> Iterator[Path]:
    """Yield the folders of the benchmark's parts."""
    for path in sorted(folder.iterdir()):
        if (path / "ontologies").is_dir() and (not wanted or path.name in wanted):
            yield path
