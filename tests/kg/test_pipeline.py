"""The stages meet: order, workers and repetition change nothing, and bad input costs nothing."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing import get_all_start_methods
from pathlib import Path

import pytest

from kg import pipeline
from kg.errors import InputError, KGError, StoreError
from kg.model import Document, Extraction
from kg.store import open_store
from kg.vocab import article_iri

Extractions = tuple[Extraction, Extraction]


def nquads(extractions: Iterable[Extraction]) -> bytes:
    """Return the bytes of a graph of these extractions."""
    with open_store() as store:
        pipeline.add(extractions, store)
        return store.to_nquads()


def test_order_and_repetition_change_nothing(extractions: Extractions) -> None:
    """The same articles give the same bytes in any order, added once or twice."""
    cuts, talk = extractions
    assert nquads([cuts, talk]) == nquads([talk, cuts]) == nquads([talk, cuts, talk])


def test_articles_share_entities(extractions: Extractions) -> None:
    """Both articles speak of one company and one person, and the plain triple is there once."""
    with open_store() as store:
        pipeline.add(extractions, store)
        assert bool(store.query("ASK { ?who news:ceoOf ?firm . ?firm rdfs:label 'Acme Corp.' }"))
        assert sorted(entity.type for entity in store.entities()) == ["Company", "Company", "Person", "Place"]


def test_progress_comes_after_storing(extractions: Extractions) -> None:
    """When progress is told of an article, the article is in the store."""
    with open_store() as store:
        told: list[tuple[str, bool]] = []
        pipeline.add(extractions, store, on_progress=lambda e: told.append(
            (e.document.id, article_iri(e.document.id) in store.articles())))
    assert told == [("cuts", True), ("talk", True)]


def test_articles_wait_for_others_but_not_for_long(extractions: Extractions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles are stored together, and where they come slowly, one by one."""
    def stored_when_told() -> list[int]:
        with open_store() as store:
            counts: list[int] = []
            pipeline.add(extractions, store, on_progress=lambda e: counts.append(len(store.articles())))
        return counts

    assert stored_when_told() == [2, 2]
    monkeypatch.setattr(pipeline, "PATIENCE", 0)
    assert stored_when_told() == [1, 2]


def test_what_stands_before_a_broken_one_stays(extractions: Extractions) -> None:
    """An extraction that cannot be stored keeps none back that came before it."""
    cuts, talk = extractions
    odd = replace(talk, relations=(replace(talk.relations[0], predicate="unheardOf"),))
    with open_store() as store:
        with pytest.raises(KGError):
            pipeline.add([cuts, odd], store)
        assert store.to_nquads() == nquads([cuts])


def test_what_is_stored_stays(extractions: Extractions) -> None:
    """When the stream breaks, the articles before the break are there."""
    def broken() -> Iterator[Extraction]:
        yield extractions[0]
        raise InputError("a: broken")

    with open_store() as store:
        with pytest.raises(InputError):
            pipeline.add(broken(), store)
        assert store.to_nquads() == nquads(extractions[:1])


def test_confident(extractions: Extractions) -> None:
    """Statements and arguments under the limit go, entities stay, and no limit keeps everything."""
    cuts = extractions[0]
    sure = pipeline.confident(cuts, 0.75)
    assert [len(layer) for layer in (sure.entities, sure.relations, sure.events, sure.claims, sure.facts)] == [
        3, 1, 1, 0, 0]
    assert [argument.role for argument in sure.events[0].arguments] == ["employer"]
    assert pipeline.confident(cuts, 0.0) is cuts


@pytest.mark.parametrize("format", ["turtle", "trig", "nquads", "jsonld"])
def test_written_formats(tmp_path: Path, extractions: Extractions, format: str) -> None:
    """The graph is also written as a file, whose bytes are those of the store's dump."""
    with open_store() as store:
        pipeline.add(extractions, store)
        path = pipeline.write(store, tmp_path, format)
        assert path.read_bytes() == store.dump(format)
    assert path.name == {"turtle": "graph.ttl", "trig": "graph.trig", "nquads": "graph.nq",
                         "jsonld": "graph.jsonld"}[format]


def test_formats_are_checked_first(tmp_path: Path) -> None:
    """An unknown format is refused before anything is read or written."""
    with pytest.raises(StoreError, match="unknown format 'pdf'; choose one of turtle"):
        pipeline.build(["none.txt"], tmp_path / "graph", formats=["pdf"])
    with pytest.raises(StoreError, match="needs a directory"):
        pipeline.build(["none.txt"], formats=["turtle"])
    assert not list(tmp_path.iterdir())


def test_nothing_to_build(tmp_path: Path) -> None:
    """Where every input is bad the graph is empty, and the model is not even loaded."""
    errors: list[InputError] = []
    with pipeline.build([tmp_path / "none.txt"], on_error=errors.append) as graph:
        assert graph.store.size() == 0
    assert [str(error) for error in errors] == [f"{tmp_path / 'none.txt'}: No such file or directory"]


def test_workers_keep_the_order() -> None:
    """A pool gives what one process gives, in the same order."""
    batches = [[3, 1, 2], [9, 8], [], [5]]
    assert list(pipeline.in_order(sorted, batches, workers=2)) == list(pipeline.in_order(sorted, batches, workers=1))


def test_workers_read_ahead_a_little() -> None:
    """The pool reads only as many batches ahead as it can keep busy with."""
    read: list[int] = []

    def batches() -> Iterator[list[int]]:
        for number in range(50):
            read.append(number)
            yield [number]

    stream = pipeline.in_order(sorted, batches(), workers=2)
    assert next(stream) == [0]
    assert len(read) < 10
    stream.close()  # type: ignore[attr-defined]


_WEIGH = """
import psutil
from kg import pipeline
from kg.model import Document

documents = [Document(f"a{number}", "Ada Moor leads Acme Corp. in Paris.") for number in range(20)]
stream = pipeline.extract(documents, batch_size=1, workers=2)
found = [next(stream) for _ in range(10)]
children = psutil.Process().children(recursive=True)
large = [child.memory_full_info() for child in children if child.memory_info().rss > 100 * 2**20]
print(*(memory.uss / memory.rss for memory in large))
"""


@pytest.mark.skipif("forkserver" not in get_all_start_methods(), reason="processes are not forked here")
def test_workers_share_the_model() -> None:
    """Most of what a worker sees stands in memory once: no process has more than half of its memory to itself."""
    done = subprocess.run([sys.executable, "-c", _WEIGH], capture_output=True, text=True, check=True)
    shares = [float(share) for share in done.stdout.split()]
    assert len(shares) == 3, "two workers and the process that they come from"
    assert all(share < 0.5 for share in shares)


def test_a_dead_worker_is_named() -> None:
    """A worker that ends by itself is an error that says so, and not a hang."""
    with pytest.raises(KGError, match="a worker process ended by itself"):
        list(pipeline.in_order(os._exit, [3], workers=2))


def test_documents_are_taken_as_they_are(extractions: Extractions) -> None:
    """Documents in the place of file names are passed on without reading or checking."""
    documents = [Document("a", "x"), Document("a", "y")]
    assert list(pipeline._documents(documents)) == documents


def test_cycles_are_sought_as_before_once_articles_are_stored(tmp_path: Path) -> None:
    """While articles are stored Python looks for cycles seldom, and afterwards as it did, also where storing fails."""
    before, seen = gc.get_threshold(), list[tuple[int, ...]]()

    def extractions() -> Iterator[Extraction]:
        seen.append(gc.get_threshold())
        yield Extraction(Document("a", "Nothing happened."))
        raise InputError("broken")

    with open_store(tmp_path / "graph") as store, pytest.raises(InputError):
        pipeline.add(extractions(), store)
    assert seen == [pipeline.SELDOM]
    assert gc.get_threshold() == before
