"""Builds by Spark, in processes of their own: the graph is that of a local build, whatever was killed meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path

import psutil
import pyoxigraph as ox
import pytest

from kg import pipeline
from kg.cli import submit
from kg.model import Extraction
from tests.benchmarks.articles import extractions
from tests.kg.stories import Story

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is missing: it is in the extra [spark]"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java: apt-get install default-jre-headless"),
]

ROOT = Path(__file__).parents[3]
EXECUTOR = "CoarseGrainedExecutorBackend"
SECONDS = 900
ARTICLES = int(os.environ.get("STRINGER_SPARK_ARTICLES", "20"))
"""How many articles the graphs are compared on: 20 tell what differs, 500 take minutes."""
_ENGLISH = "This is what the papers of the day have said about the firms and the people who are in them."
_BRIEF = {"spark.sql.shuffle.partitions": "2", "spark.sql.adaptive.enabled": "false",
          "spark.sql.codegen.wholeStage": "false", "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
          "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1"}
"""What makes short work of few rows: no plans that adapt, no code that is generated or optimised."""


def start(master: str, arguments: Sequence[object], log: Path) -> subprocess.Popen[bytes]:
    """Start ``kg build --engine spark`` by ``spark-submit``, with all that it starts as one group of processes."""
    options = {"spark.ui.enabled": "false", "spark.executor.memory": "512m", "spark.driver.host": "127.0.0.1",
               "spark.local.dir": str(log.parent / "local"), **_BRIEF}
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(ROOT),
                                "PYSPARK_PYTHON": sys.executable}
    command = [_spark_submit(), "--master", master,
               *chain.from_iterable(("--conf", f"{name}={value}") for name, value in options.items()),
               submit.__file__, *map(str, arguments)]
    with log.open("ab") as output:
        return subprocess.Popen(command, env=environment, cwd=log.parent, stdout=output, stderr=subprocess.STDOUT,
                                start_new_session=True)


def _spark_submit() -> str:
    """Return the script of the installed Spark."""
    spec = find_spec("pyspark")
    assert spec
    assert spec.origin
    return str(Path(spec.origin).with_name("bin") / "spark-submit")


def finish(process: subprocess.Popen[bytes], log: Path, code: int = 0) -> str:
    """Wait for a run and return what it wrote."""
    try:
        assert process.wait(SECONDS) == code, log.read_text("utf-8")[-5000:]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return log.read_text("utf-8")


def wait_for(process: subprocess.Popen[bytes], happened: Callable[[], object], log: Path) -> None:
    """Wait until something has happened to a run that goes on."""
    limit = time.monotonic() + SECONDS
    while not happened():
        assert process.poll() is None, log.read_text("utf-8")[-5000:]
        assert time.monotonic() < limit
        time.sleep(0.02)


def executors(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return the executors of a run on a local cluster."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if child.name() == "java" and EXECUTOR in " ".join(child.cmdline())]


def content(store: Path) -> list[str]:
    """Return all that a store holds, what it keeps for itself and its default graph too."""
    return sorted(map(str, ox.Store.read_only(str(store))))


def lines_of(out: Path) -> list[str]:
    """Return the sorted lines of the quads that a run wrote."""
    return sorted(line for part in (out / "nquads").glob("part-*") for line in part.read_text("utf-8").split("\n")[:-1])


def write_rows(path: Path, rows: Iterable[object]) -> None:
    """Write JSON, a line each."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def told() -> list[Extraction]:
    """Return articles that share names, of which several people bear one, and events that several of them report."""
    namesakes = [Story(f"namesake {number}") for number in range(2)]
    for story, title in zip(namesakes, ("director", "coach"), strict=True):
        story.job(story.who("Person", "Mary Reed"), story.who("Company", f"{story.id} Foods"), title)
    return [*islice(extractions(5), ARTICLES - 10), *(_story(number) for number in range(8)),
            *(story.extraction() for story in namesakes)]


def _story(number: int) -> Extraction:
    story = Story(f"story {number}")
    firm = story.who("Company", ("Harbour Lights Energy", "Harbor Lights Energy")[number % 2], "HLE")
    other = story.who("Company", "Quarry Works")
    story.job(story.who("Person", ("John Moor", "John F. Moor")[number % 2]), other, "director")
    story.job(story.who("Person", "Ada Nash"), (firm, other)[number % 2], "chair")
    story.event("Acquisition", buyer=firm, target=other, date="3 March 2021")
    return story.extraction()


def test_the_graph_is_that_of_a_local_build(tmp_path: Path) -> None:
    """Names, people and events of many articles are decided as one process decides them; bad input costs nothing."""
    (tmp_path / "in").mkdir()
    articles = [extraction.to_dict() for extraction in told()]
    write_rows(tmp_path / "in" / "a.jsonl", articles[:9])
    write_rows(tmp_path / "in" / "b.jsonl", [*articles[9:], articles[0], {"text": "no extraction"}])
    log, out = tmp_path / "log", tmp_path / "out"
    shard = ARTICLES * 2 // 5
    run = [tmp_path / "in", "--extracted", "--out", out, "--shard-size", shard, "--load", tmp_path / "loaded"]
    said = finish(start("local[2]", run, log), log, code=1)
    assert said.count("error: ") == 2
    assert "id 'article-0' is already taken by" in said
    assert f"{ARTICLES} articles" in said
    with pipeline.build([tmp_path / "in"], tmp_path / "store", extracted=True, on_error=lambda error: None) as graph:
        exported = graph.store.to_nquads().decode().split("\n")[:-1]
    assert any("news#Happening" in line for line in exported)
    assert any("equal but for middle initials" in line for line in exported)
    assert sorted(line for line in lines_of(out) if not line.endswith("/extraction> .")) == exported
    assert content(tmp_path / "loaded") == content(tmp_path / "store")


def test_killed_executors_and_a_killed_driver_change_nothing(tmp_path: Path) -> None:
    """A run whose driver is killed goes on after its last whole shard, and one whose executors are killed goes on."""
    documents = [extraction.document for extraction in islice(extractions(7), 24)]
    write_rows(tmp_path / "in.jsonl", ({"id": document.id, "text": f"{_ENGLISH} {document.text}"}
                                       for document in documents))
    log, out = tmp_path / "log", tmp_path / "out"
    run = ["--input", tmp_path / "in.jsonl", "--out", out, "--shard-size", "8"]
    shards = out / "extractions"

    first = start("local-cluster[2,1,1024]", run, log)
    wait_for(first, lambda: any(shards.glob("*/_SUCCESS")), log)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    whole = {path: path.stat().st_mtime_ns for path in shards.glob("*/_SUCCESS")}
    assert len(whole) < 3

    second = start("local-cluster[2,1,1024]", run, log)
    wait_for(second, lambda: any(shards.glob("*/_temporary/0/_temporary")) and len(executors(second)) == 2, log)
    killed = executors(second)
    for executor in killed:
        executor.kill()
    said = finish(second, log)
    assert "24 articles" in said
    assert {path: path.stat().st_mtime_ns for path in whole} == whole

    found = lines_of(out)
    assert len(found) == len(set(found))
    with pipeline.build([tmp_path / "in.jsonl"], tmp_path / "store") as graph:
        exported = graph.store.to_nquads().decode().split("\n")[:-1]
    assert [line for line in found if not line.endswith("/extraction> .")] == exported
