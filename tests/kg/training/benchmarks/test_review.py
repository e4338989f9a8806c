"""Tables of merges and names that a person judges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.model import Document, Entity, Extraction, Mention
from kg.training.benchmarks.review import merges, names


@pytest.fixture
def extractions(tmp_path: Path) -> Path:
    """Return a file of two articles that spell a company in two ways, and mean a country and its government."""
    path = tmp_path / "extractions.jsonl"
    articles = [("a", "Agência Tern left Chile.", "Agência Tern", "Place"),
                ("b", "Agencia Tern sued Chile.", "Agencia Tern", "Government")]
    lines = [json.dumps(Extraction(Document(id, text, title=f"Title {id}"), tuple(
        Entity(f"e{n}", kind, name, (Mention(text.index(name), text.index(name) + len(name), "name"),))
        for n, (kind, name) in enumerate((("Company", company), (country, "Chile"))))).to_dict())
        for id, text, company, country in articles]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_merges_are_drawn_and_judged_ones_keep_their_verdict(extractions: Path, tmp_path: Path,
                                                              capsys: pytest.CaptureFixture[str]) -> None:
    """What no table knows has a question mark and the articles to look at."""
    merges(extractions)
    assert capsys.readouterr().out.splitlines() == [
        "verdict\tone\tother\tevidence\tnote",
        "?\tAgencia Tern\tAgência Tern\tequal but for accents, spaces and marks\tTitle b || Title a"]
    verdicts = tmp_path / "read.tsv"
    verdicts.write_text("verdict\tone\tother\tevidence\tnote\nright\tAgencia Tern\tAgência Tern\tspelling\t\n",
                        encoding="utf-8")
    merges(extractions, verdicts)
    assert capsys.readouterr().out.splitlines()[1].startswith("right\tAgencia Tern\tAgência Tern")


def test_names_are_counted_by_entity_and_kind(extractions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A country and its government are two entities of one name."""
    names(extractions)
    told = capsys.readouterr()
    assert "Chile\t2\t1\t2\tOrganisation 1, Place 1" in told.out.splitlines()
    assert told.err.splitlines()[0].startswith("one entity: 0.750 of all mentions")
