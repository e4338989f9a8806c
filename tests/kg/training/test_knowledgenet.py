"""KnowledgeNet's matching rule, its reader and its table of properties."""

import gzip
import json
from pathlib import Path

from kg import ontology
from kg.training.knowledgenet import DATE, Fact, Passage, mapping, read_knowledgenet, text_f1

CEO = Fact("CEO", (0, 6), (10, 14), "", "")


def test_overlapping_ends_match() -> None:
    """A fact counts where both ends touch the gold ones, and not with another property."""
    passage = Passage("p", "", ["CEO", "SPOUSE"], [CEO])
    near = Fact("CEO", (3, 8), (10, 11), "", "")
    other = Fact("SPOUSE", (0, 6), (10, 14), "", "")
    assert text_f1([(passage, [near])])[""] == (1.0, 1.0, 1.0)
    assert text_f1([(passage, [near, other])])[""] == (0.5, 1.0, 0.667)
    assert text_f1([(passage, [Fact("CEO", (6, 8), (10, 11), "", "")])])[""] == (0.0, 0.0, 0.0)


def test_offsets_are_those_of_the_passage(tmp_path: Path) -> None:
    """The file counts characters of the document, of which the passage is a part."""
    fact = {"propertyName": "CEO", "subjectStart": 100, "subjectEnd": 106, "objectStart": 110, "objectEnd": 114,
            "subjectUri": "", "objectUri": ""}
    row = {"passageId": "1", "passageStart": 100, "passageText": "x" * 20, "facts": [fact],
           "exhaustivelyAnnotatedProperties": [{"propertyName": "CEO"}]}
    with gzip.open(tmp_path / "k.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"passages": [row]}) + "\n")
    assert list(read_knowledgenet(tmp_path / "k.gz")) == [Passage("1", "x" * 20, ["CEO"], [CEO])]


def test_each_property_teaches_a_relation_of_the_ontology() -> None:
    """The types of the table's ends are ones that domain and range of its relation admit."""
    known = ontology.load()
    for name, row in mapping().items():
        ends = row["subject"], "value" if row["object"] == DATE else row["object"]
        assert known.allows_relation(row["relation"], *(ends[::-1] if row.get("inverse") else ends)), name
