"""Adapters: examples are checked, what they teach is learnt, and the file is small and says what it is for."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kg import nlp
from kg.errors import InputError, ModelError
from kg.extract.terms.adapter import PARTS, Adapter, adapter_path
from kg.extract.terms.adapting import (
    RATIOS,
    THRESHOLDS,
    Scores,
    TermExample,
    fit,
    read_examples,
    table,
    train_adapter,
)
from kg.schema import read_schema
from tests.kg.extract.terms.heads import BRIDGES, random_head, random_reader

TEXTS = ("The Dorn Viaduct was designed by Emil Haas.", "The Tern Bridge was designed by Jo Munk.",
         "The Ness Bridge was designed by Carl Strand.")


def examples(path: Path) -> list[TermExample]:
    """Read the worked example's file."""
    return read_examples(path, read_schema(BRIDGES))


def test_the_worked_example_is_read() -> None:
    """Predicates are local names there, and become IRIs."""
    found = examples(BRIDGES.with_suffix(".jsonl"))
    assert len(found) == 24
    assert found[2].triples == (("Dorn Viaduct", "https://example.org/bridges#designedBy", "Emil Haas"),)


@pytest.mark.parametrize(("row", "message"), [
    ({"text": "A b."}, "triples"), ({"text": "A b.", "triples": []}, "no example"),
    ({"text": "A b.", "triples": [{"subject": "A", "predicate": "eats", "object": "b"}]}, "eats"),
    ({"text": "A b.", "triples": [{"subject": "A", "predicate": "crosses", "object": "c"}]}, "does not have 'c'")])
def test_bad_examples_are_named(tmp_path: Path, row: dict[str, object], message: str) -> None:
    """The line and the value are in the message."""
    path = tmp_path / "ex.jsonl"
    path.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(InputError, match=message):
        examples(path)


def test_fitting_makes_the_examples_likely(tmp_path: Path) -> None:
    """After it the right pairs of the examples score above the others, even on a random head."""
    schema = read_schema(BRIDGES)
    reader = random_reader(schema, random_head(1))
    learnt = [e for e in examples(BRIDGES.with_suffix(".jsonl")) if e.text in TEXTS[:1]]
    learnt += [replace(learnt[0], text=text, triples=((text[4 : text.index(" was")], learnt[0].triples[0][1],
                                                       text[text.index("by ") + 3 : -1]),)) for text in TEXTS[1:]]
    docs = [nlp.load()(example.text) for example in learnt]
    tables = [table(reader, doc, example) for doc, example in zip(docs, learnt, strict=True)]
    adapter = replace(fit(reader, tables), about={"model": reader.model}, least=0.5, ratio=0.7)
    path = adapter_path(tmp_path / "bridges.ttl")
    adapter.write(path)
    assert path.stat().st_size < 100_000
    adapted = reader.with_adapter(Adapter.read(path))
    assert (adapted.least, adapted.ratio) == (0.5, 0.7)
    for doc, example in zip(docs, learnt, strict=True):
        made = table(adapted, doc, example)
        assert made.right.sum() >= 1
        assert made.logits[made.right > 0].min() > np.sort(made.logits[np.isfinite(made.logits)])[-8]


def test_statements_in_other_words_make_nothing_wrong() -> None:
    """Where an end of one is not in the text, other pairs of its property teach nothing; all else does as before."""
    reader = random_reader(read_schema(BRIDGES), random_head(1))
    designed, crosses = (f"https://example.org/bridges#{name}" for name in ("designedBy", "crosses"))
    text = "The Lune Bridge was designed by Ada Brun and Ivo Roth."
    said, other = ("Lune Bridge", designed, "Ada Brun"), ("Lune Bridge", designed, "Ivo Róth")
    columns = list(reader.schema.properties)
    whole, part = (table(reader, nlp.load()(text), TermExample(text, rows)) for rows in ((said,), (said, other)))
    assert (part.right == whole.right).all()
    counts = [np.isfinite(made.logits[:, columns.index(designed)]).sum() for made in (whole, part)]
    assert counts[0] > counts[1] == 1
    assert (part.logits[:, columns.index(crosses)] == whole.logits[:, columns.index(crosses)]).all()


def test_a_text_without_words_teaches_nothing() -> None:
    """It has no pairs, and its other examples are learnt from as if it were not there."""
    reader = random_reader(read_schema(BRIDGES), random_head(1))
    [learnt] = [e for e in examples(BRIDGES.with_suffix(".jsonl")) if e.text == TEXTS[0]]
    empty = table(reader, nlp.load()(" "), TermExample(" ", ()))
    assert empty.logits.shape == (0, len(reader.schema.properties))
    whole = table(reader, nlp.load()(learnt.text), learnt)
    one, both = fit(reader, [whole]), fit(reader, [whole, empty])
    assert all((one.changes[name] == both.changes[name]).all() for name in PARTS)


def test_thresholds_are_those_of_the_measure() -> None:
    """Both are chosen by what the caller measures, on examples that were not learnt from."""
    reader = random_reader(read_schema(BRIDGES), random_head(1))
    learnt = examples(BRIDGES.with_suffix(".jsonl"))[:4]
    seen: list[int] = []

    def measure(scores: Scores, least: float) -> float:
        seen.append(len(scores))
        return least
    adapter = train_adapter(reader, nlp.load(), learnt, measure)
    assert adapter.least == max(THRESHOLDS)
    assert adapter.ratio in RATIOS
    assert seen == [4] * len(RATIOS) * len(THRESHOLDS)


def test_an_adapter_belongs_to_its_model(tmp_path: Path) -> None:
    """One that was learnt on another model, or is no adapter, is refused."""
    reader = random_reader(read_schema(BRIDGES), random_head(1))
    with pytest.raises(ModelError, match="another model"):
        reader.with_adapter(Adapter(about={"model": "other"}))
    (tmp_path / "x.adapter.npz").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="not an adapter"):
        Adapter.read(tmp_path / "x.adapter.npz")


def test_an_adapter_of_an_earlier_format_says_what_to_do(tmp_path: Path) -> None:
    """It is learnt again from the examples."""
    about = np.frombuffer(json.dumps({"format": 1, "properties": [], "least": None}).encode(), np.uint8)
    with zipfile.ZipFile(tmp_path / "x.adapter.npz", "w") as file, file.open("about.json.npy", "w") as part:
        np.lib.format.write_array(part, about)
    with pytest.raises(ModelError, match="format 1, this code reads 3; run `kg train"):
        Adapter.read(tmp_path / "x.adapter.npz")


def test_changes_are_of_the_schema_they_meet() -> None:
    """A property that is no more in the schema is left out, one that is new changes by nothing."""
    schema = read_schema(BRIDGES)
    known = list(schema.properties)[1]
    learnt = {name: np.array([[1.0, 2.0], [5.0, 5.0]], np.float32) * (number + 1) for number, name in enumerate(PARTS)}
    adapter = Adapter([known, "https://example.org/gone"], learnt)
    changes = adapter.changes_for(schema)
    assert changes is not None
    for name, rows in changes.items():
        assert (rows[1] == learnt[name][0]).all()
        assert not np.delete(rows, 1, axis=0).any()
    assert replace(adapter, properties=["https://example.org/gone"]).changes_for(schema) is None
