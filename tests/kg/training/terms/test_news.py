"""Gold articles as texts of an inventory."""

import json
from pathlib import Path

from kg.schema.terms import local_name
from kg.training.terms.news import read_news

TEXT = "Norvane cut 40 jobs on Monday.\n\nIts chief, Ann Lee, lives in Varn."


def place(words: str) -> dict[str, int]:
    """Return the place of words in the text."""
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def test_relations_and_roles_are_statements(tmp_path: Path) -> None:
    """A relation joins two entities, a role joins the trigger of an event with its filler; all within one window."""
    article = {
        "document": {"id": "a", "text": TEXT},
        "entities": [{"id": "n", "mentions": [place("Norvane"), place("Its")]},
                     {"id": "l", "mentions": [place("Ann Lee")]}, {"id": "v", "mentions": [place("Varn")]}],
        "relations": [{"subject": "l", "predicate": "livesIn", "object": "v"}],
        "events": [{"trigger": place("cut"), "arguments": [
            {"role": "employer", "entity": "n"}, {"role": "count", "value": "40 jobs", **place("40 jobs")}]}],
    }
    (tmp_path / "a.json").write_text(json.dumps(article))
    schema, texts = read_news(tmp_path)
    stated = {(text.text[slice(*one[0])], local_name(iri), text.text[slice(*other[0])])
              for text in texts for one, iri, other in text.triples}
    assert stated == {("Ann Lee", "livesIn", "Varn"), ("cut", "employer", "Norvane"), ("cut", "count", "40 jobs")}
    assert {local_name(iri) for iri in schema.properties} == {"livesIn", "employer", "count"}
    assert "layoff" in {kind.label for kind in schema.classes.values()}
