"""The quads that all systems of a benchmark get, as files that are made once for each size and seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from kg import ontology, rdf
from tests.benchmarks.articles import extractions

_KNOWN = 500


@dataclass(frozen=True, slots=True)
class Dataset:
    """``articles`` are the named graphs as N-Quads, ``merged`` their merge, the default graph, as N-Triples."""

    articles: Path
    merged: Path
    quads: int
    subjects: tuple[str, ...]
    """Some statement nodes, to look up."""


def make(folder: Path, size: int, seed: int) -> Dataset:
    """Return at least ``size`` quads, those of the default graph included, and one article more at most."""
    home = folder / f"{size}-{seed}"
    articles, merged, facts = home / "articles.nq", home / "merged.nt", home / "done"
    if not facts.exists():
        home.mkdir(parents=True, exist_ok=True)
        quads, triples = _write(articles, size, seed)
        merged.write_text("".join(sorted(triples)), "utf-8")
        facts.write_text(str(quads + len(triples)), "utf-8")
    return Dataset(articles, merged, int(facts.read_text("utf-8")), _subjects(merged, seed))


def _write(path: Path, size: int, seed: int) -> tuple[int, set[str]]:
    quads, triples, allowed = 0, set[str](), ontology.load()
    with path.open("w", encoding="utf-8") as file:
        for extraction in extractions(seed):
            for subject, predicate, object_, graph in rdf.extraction_to_quads(extraction, allowed):
                triple = f"{subject.n3()} {predicate.n3()} {object_.n3()}"
                file.write(f"{triple} {graph.n3()} .\n")
                triples.add(f"{triple} .\n")
                quads += 1
            if quads + len(triples) >= size:
                break
    return quads, triples


def _subjects(merged: Path, seed: int) -> tuple[str, ...]:
    with merged.open(encoding="utf-8") as file:
        nodes = sorted({line.partition(" ")[0] for line in file if line.startswith("<https://w3id.org/stringer/id/stat")})
    return tuple(random.Random(seed).sample(nodes, min(_KNOWN, len(nodes))))
