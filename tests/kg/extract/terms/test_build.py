"""From an ontology of one's own to a graph: the worked example of docs/ontology.md."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg import pipeline
from kg.cli import app
from kg.cli.queries import answer
from kg.evaluation.benchmarking import benchmark_triples
from kg.evaluation.text2kgbench import FOLDER, read_benchmark, score
from kg.model import Document
from kg.schema import read_schema
from kg.schema.keeping import from_json, to_json
from kg.store import open_store
from tests.kg.extract.terms.heads import BRIDGES

FLOOR = 0.3
ARTICLES = BRIDGES.parent / "articles"
ASK = """
SELECT ?bridge ?engineer WHERE {
  ?s rdf:predicate <https://example.org/bridges#designedBy> ; rdf:subject ?b ; rdf:object ?e .
  ?b rdfs:label ?bridge . ?e rdfs:label ?engineer }"""
RECEIPTS = "SELECT ?s WHERE { ?s news:component 'terms' ; oa:hasTarget ?t ; news:confidence ?c }"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep embedded descriptions in the test's own folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_schema_survives_its_store() -> None:
    """What a store keeps of an ontology is all of it."""
    schema = read_schema(BRIDGES)
    assert from_json(to_json(schema)) == schema


def test_build_in_own_terms(tmp_path: Path) -> None:
    """The graph speaks the ontology's terms, with receipts, and goes on to when articles leave."""
    pipeline.build([ARTICLES], tmp_path / "graph", ontology=BRIDGES).close()
    with open_store(tmp_path / "graph") as store:
        assert ["Lower Gate Bridge", "Piet Holm"] in answer(store.query(ASK))[1]
        assert len(answer(store.query(RECEIPTS))[1]) > 3
        assert pipeline.remove(["lower-gate"], store) == 1
        assert ["Lower Gate Bridge", "Piet Holm"] not in answer(store.query(ASK))[1]


def test_adapting_by_command(tmp_path: Path) -> None:
    """`kg train` writes an adapter beside the ontology, which the next reading takes."""
    for suffix in (".ttl", ".jsonl"):
        shutil.copy(BRIDGES.with_suffix(suffix), tmp_path / f"bridges{suffix}")
    ontology = tmp_path / "bridges.ttl"
    command = ["train", "--ontology", str(ontology), "--examples", str(ontology.with_suffix(".jsonl"))]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "24 examples" in result.output
    assert (tmp_path / "bridges.adapter.npz").stat().st_size < 200_000
    [extraction] = pipeline.extract([Document("x", "The Ham Bridge was designed by Lena Brod.")], ontology=ontology)
    assert extraction.relations


def test_text2kgbench_floor() -> None:
    """On validation sentences of the films the output conforms, invents nothing, and keeps its F1."""
    folder = Path(__file__).parents[5] / "shared" / "data" / FOLDER / "wikidata_tekgen"
    if not folder.is_dir():
        pytest.skip("the benchmark is not on this machine: ../shared/data/text2kgbench is missing")
    films = next(item for item in read_benchmark(folder, "validation") if item.name == "ont_1_movie")
    sentences = films.sentences[:40]
    extractions = pipeline.extract((Document(s.id, s.text) for s in sentences), ontology=films.path)
    figures = [score(s, benchmark_triples(e, read_schema(films.path), films.profile), films)
               for s, e in zip(sentences, extractions, strict=True)]
    assert {(f.conformance, f.subject_hallucination, f.object_hallucination) for f in figures} == {(1, 0, 0)}
    assert sum(f.f1 for f in figures) / len(figures) > FLOOR
