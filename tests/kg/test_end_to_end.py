"""From articles to answers with the shipped model: the laws that hold for the whole path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kg
from kg import pipeline, validation
from kg.cli import app
from kg.corpus import read
from kg.model import Document, Extraction, Span

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def documents(examples: Path) -> list[Document]:
    """Return the example articles."""
    return list(read([examples]))


@pytest.fixture(scope="module")
def extractions(documents: list[Document]) -> list[Extraction]:
    """Return what is found in them, one article at a time."""
    return list(pipeline.extract(documents, batch_size=1))


@pytest.fixture(scope="module")
def nquads(extractions: list[Extraction]) -> bytes:
    """Return the bytes of their graph."""
    with kg.open_store() as store:
        pipeline.add(extractions, store)
        return store.to_nquads()


def test_spans_stand_in_the_text(extractions: list[Extraction]) -> None:
    """Every mention, trigger and piece of evidence lies inside the text, and no span is empty."""
    for extraction in extractions:
        spans = [Span(mention.start, mention.end) for entity in extraction.entities for mention in entity.mentions]
        spans += [event.trigger for event in extraction.events]
        spans += [span for relation in extraction.relations for span in relation.evidence]
        spans += [span for fact in extraction.facts for span in fact.evidence]
        size = len(extraction.document.text)
        assert all(0 <= span.start < span.end <= size for span in spans), extraction.document.id


def test_extraction_json_round_trip(extractions: list[Extraction]) -> None:
    """The extraction JSON holds all of an extraction."""
    for extraction in extractions:
        assert Extraction.from_dict(json.loads(json.dumps(extraction.to_dict()))) == extraction


def test_batches_change_nothing(documents: list[Document], extractions: list[Extraction]) -> None:
    """What is found in an article does not depend on the articles that are read beside it."""
    assert list(pipeline.extract(documents, batch_size=8)) == extractions


def test_workers_change_nothing(documents: list[Document], extractions: list[Extraction]) -> None:
    """Two processes give what one gives, in the same order."""
    assert list(pipeline.extract(documents, batch_size=3, workers=2)) == extractions


def test_order_and_repetition_change_nothing(documents: list[Document], nquads: bytes, tmp_path: Path) -> None:
    """The graph has the same bytes when it is built backwards, on disk, and twice."""
    for _ in range(2):
        with kg.build(list(reversed(documents)), tmp_path / "graph") as graph:
            assert graph.store.to_nquads() == nquads


def test_graph_validates(documents: list[Document]) -> None:
    """What the model finds satisfies the shapes."""
    with kg.build(documents) as graph:
        assert validation.validate(graph.store).violations == ()


def test_three_lines(examples: Path) -> None:
    """Build, query, to networkx: the Python interface in three lines."""
    graph = kg.build(examples)
    rows = graph.query("SELECT DISTINCT ?name WHERE { ?who news:ceoOf ?firm ; rdfs:label ?name }")
    network = graph.to_networkx()
    assert "Marcus Ellery" in {row["name"] for row in rows}
    assert {"Norvane", "Castellan Systems"} <= {label for _, label in network.nodes(data="label")}
    graph.close()


def test_demo(tmp_path: Path) -> None:
    """The demo counts what it found and asks three questions, each with an answer."""
    result = CliRunner().invoke(app, ["demo", "--no-serve", "--store", str(tmp_path / "demo")])
    assert result.exit_code == 0
    assert "10 articles of " in result.stdout
    for heading in ("Entities in the graph", "Events in the graph"):
        assert heading in result.stdout
    answers = result.stdout.split("(kg query --named ")[1:]
    assert [len(answer.splitlines()) > 3 for answer in answers] == [True, True, True]
    assert "10/10" in result.stderr
    assert "words/s" in result.stderr
    assert "left" in result.stderr


def test_build_goes_on(examples: Path, tmp_path: Path) -> None:
    """Bad inputs cost an exit code and a line each; the good ones are stored."""
    (tmp_path / "empty.txt").write_text("")
    good = str(examples / "2025-11-19-lumera-fire.md")
    inputs = [str(tmp_path / "empty.txt"), good, str(tmp_path / "none.txt")]
    result = CliRunner().invoke(app, ["build", *inputs, "--out", str(tmp_path / "graph"), "--format", "turtle"])
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
    assert "1 article of " in result.stdout
    assert "Lumera" in (tmp_path / "graph" / "graph.ttl").read_text("utf-8")


def test_extract(examples: Path, tmp_path: Path, extractions: list[Extraction]) -> None:
    """Extraction JSON is written to one file per article, or to standard output."""
    fire = next(item for item in extractions if item.document.id == "2025-11-19-lumera-fire")
    printed = CliRunner().invoke(app, ["extract", str(examples / "2025-11-19-lumera-fire.md")]).stdout
    assert json.loads(printed) == fire.to_dict()
    CliRunner().invoke(app, ["extract", str(examples), "--out", str(tmp_path)])
    written = {path.name: json.loads(path.read_text("utf-8")) for path in tmp_path.iterdir()}
    assert written == {f"{item.document.id}.json": item.to_dict() for item in extractions}
