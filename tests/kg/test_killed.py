"""Processes that are killed for real: the graph is as before or after an article, never between."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from functools import cache, partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import pipeline
from kg.cli import app
from kg.identity import Identity, from_lines, read_decisions, to_lines
from kg.model import Extraction
from kg.store import EmbeddedStore, open_store
from kg.store.begun import finish, is_begun
from tests.kg.stories import Story

KILLS = 21
NAMES = [f"{first} {last}" for first in ("Ada", "Bo", "Cy") for last in ("Moor", "Nash", "Orr")]


def article(number: int, version: int) -> Extraction:
    """Return a version of an article that shares most of its people with the others."""
    story = Story(f"a{number}")
    firm = story.who("Company", f"Firm {version}")
    for name in NAMES[number:]:
        story.job(story.who("Person", name), firm, f"director {version}")
    return story.extraction()


ARTICLES = range(6)
VERSIONS = {version: {f"a{n}": article(n, version) for n in ARTICLES} for version in (1, 2)}


def state(store: EmbeddedStore) -> tuple[bytes, set[str]]:
    """Return all that the store holds: its named graphs, and the default graph."""
    results = store.query("SELECT ?s ?p ?o { ?s ?p ?o }")
    assert isinstance(results, ox.QuerySolutions)
    return store.to_nquads(), {str(ox.Triple(*row)) for row in results}


@cache
def fresh(versions: frozenset[tuple[str, int]], lines: tuple[str, ...]) -> tuple[bytes, set[str]]:
    """Return the state of a new store with these versions of articles and these decisions of people."""
    with open_store() as store:
        Identity(store).decide(from_lines(lines, "here"))
        pipeline.add((VERSIONS[version][id] for id, version in sorted(versions)), store)
        return state(store)


def whole(store: EmbeddedStore) -> bool:
    """Tell whether the store equals a fresh one with the articles and decisions that are in it."""
    return state(store) == fresh(frozenset(found(store).items()), tuple(to_lines(read_decisions(store))))


def found(store: EmbeddedStore) -> dict[str, int]:
    """Return which version of which article is there."""
    results = store.query("""SELECT ?id ?title { GRAPH ?p { ?a dcterms:identifier ?id }
        OPTIONAL { ?s prov:wasDerivedFrom ?a ; news:title ?title } }""")
    assert isinstance(results, ox.QuerySolutions)
    return {row["id"].value: int(row["title"].value.split()[-1]) for row in results}


def command(arguments: list[str], halves: int = 0) -> None:
    """Run ``kg`` in this process: two articles at a time, and all changes in two steps if there are ``halves``.

    Then the process is killed between those of that number, counted from 1.
    """
    EmbeddedStore.together = 2
    if halves:
        patch = pytest.MonkeyPatch()
        patch.setattr("kg.store.embedded.MANY", 1)
        patch.setattr("kg.store.embedded.finish", partial(finish_or_die, iter(range(1, halves))))
    app(arguments)


def finish_or_die(left: Iterator[int], store: ox.Store, place: Path | None = None) -> bool:
    """Finish a change that was begun, and when none are ``left`` to be finished, kill the process instead."""
    if is_begun(store) and next(left, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return finish(store, place)


def start(arguments: list[str], halves: int = 0) -> BaseProcess:
    """Run ``kg`` in a process of its own, which starts with everything imported; see ``command``."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kg.cli", "kg.pipeline", "tests.kg.stories"])
    process = context.Process(target=command, args=(arguments, halves))
    process.start()
    return process


def builds_of(folder: Path, store: Path) -> dict[int, list[str]]:
    """Write the articles of each version below a folder; return what adds them to the store."""
    for version, articles in VERSIONS.items():
        (folder / str(version)).mkdir()
        for id, extraction in articles.items():
            (folder / str(version) / f"{id}.json").write_text(json.dumps(extraction.to_dict()))
    return {version: ["build", str(folder / str(version)), "--extracted", "--out", str(store)] for version in VERSIONS}


def timed(arguments: list[str]) -> float:
    """Run ``kg`` to its end and return the seconds it took."""
    begin = time.perf_counter()
    process = start(arguments)
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - begin


def killed(arguments: list[str], seconds: float, store: Path | None) -> bool:
    """Run ``kg``, kill it so many seconds after its start, or after it opened the store; tell whether it still ran."""
    opened = log_of(store)
    process = start(arguments)
    while store and process.is_alive() and log_of(store) == opened:
        time.sleep(0.001)
    process.join(seconds)
    process.kill()
    process.join()
    return process.exitcode is not None and process.exitcode < 0


def log_of(store: Path | None) -> int:
    """Return which log file the database has: it starts a new one when it is opened."""
    try:
        return (store / "LOG").stat().st_ino if store else 0
    except FileNotFoundError:  # it is being renamed
        return 0


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("halves", [1, 2, 3])
def test_whoever_opens_next_finishes_what_was_begun(tmp_path: Path, halves: int, read_only: bool,
                                                    caplog: pytest.LogCaptureFixture) -> None:
    """A process killed after what it added and before what it removed: the next one sees all of the change."""
    store = tmp_path / "store"
    builds = builds_of(tmp_path, store)
    timed(builds[1])
    process = start(builds[2], halves)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with open_store(store, read_only) as opened:
        assert "the change is finished" in caplog.text
        assert sorted(found(opened).values()) == [1] * (6 - 2 * halves) + [2] * 2 * halves
        assert whole(opened)
    timed(builds[2])
    with open_store(store) as opened:
        assert whole(opened)
        assert found(opened) == dict.fromkeys(VERSIONS[2], 2)


@pytest.mark.slow
def test_a_killed_process_leaves_whole_articles(tmp_path: Path) -> None:
    """After 21 kills of build, remove, merge and split at random points the store equals a fresh one."""
    store = tmp_path / "store"
    builds = builds_of(tmp_path, store)
    removal = ["remove", *VERSIONS[1], "--store", str(store)]
    merge, split = ([name, "Cy Moor", "Cy Nash", "--store", str(store)] for name in ("merge", "split"))
    longest = min(timed(builds[1]), timed(builds[2]))
    chance = random.Random(4)
    kills = between = 0
    for number in range(6 * KILLS):
        if kills == KILLS:
            break
        arguments = (builds[1], merge, removal, builds[2], split, removal)[number % 6]
        with open_store(store) as opened:
            missing = len(found(opened)) < len(ARTICLES)
        if missing and arguments not in builds.values():
            timed(builds[2])  # an id or a name that is not there would be an error
        kills += killed(arguments, chance.uniform(0, longest / 2), store if number % 4 else None)
        with open_store(store) as opened:
            assert whole(opened)
            between += len({found(opened).get(id) for id in VERSIONS[1]}) > 1
    assert kills == KILLS
    assert between > 0, "no kill came between two articles"
    timed(builds[2])
    with open_store(store) as opened:
        assert whole(opened)
        assert found(opened) == dict.fromkeys(VERSIONS[2], 2)
