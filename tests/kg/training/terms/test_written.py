"""Small ontologies with texts are read from lines, and what is wrong in them is told by its line."""

from pathlib import Path

import pytest

from kg.training.terms.written import Reader, check, read_written

LINES = """@ inland-shipping
c vessel | ship; barge
c company
p built by | vessel | company | builder; shipyard
p launch date | vessel | date | launched on
t The barge Anneke, launched in 1931, was built by De Groot & Zoon.
r Anneke | launch date | 1931
r Anneke | built by | De Groot & Zoon
t The Anneke lies in Dordrecht.
"""


def read(text: str) -> Reader:
    """Return a reader that has read these lines."""
    reader = Reader("shipping.txt")
    reader.read(text)
    return reader


def test_an_inventory_has_its_terms_and_texts() -> None:
    """Ends are words, all properties are asked of every text, and a literal range is the kind of value."""
    schema, (first, second) = read(LINES).inventory()
    assert (schema.name, [*schema.classes]) == ("inland-shipping", ["vessel", "company"])
    assert schema.classes["vessel"].also == ("ship", "barge")
    built, launched = schema.properties.values()
    assert (built.also, built.domain, built.range, built.value) == (
        ("builder", "shipyard"), frozenset({"vessel"}), frozenset({"company"}), None)
    assert (launched.range, launched.value) == (frozenset(), "date")
    assert first.triples == (("Anneke", "launch date", "1931"), ("Anneke", "built by", "De Groot & Zoon"))
    assert (second.triples, second.asked) == ((), ("built by", "launch date"))


@pytest.mark.parametrize(("line", "reason"), [
    ("r Anneke | launch date | 1932", "no words of the text: 1932"),
    ("r Anneke | captain | Dordrecht", "a triple has a subject, a property of the file and an object"),
    ("r Anneke | built by", "a triple has a subject, a property of the file and an object"),
    ("r Anneke | built by | Anneke", "both ends are the same, or the triple was there before"),
    ("t The Anneke lies in Dordrecht.", "the text was there before"),
    ("p built by | vessel | company | ", "the property was there before"),
    ("p skipper | vessel | person | ", "no class of the file: person"),
    ("p skipper | vessel", "a property has a label, domains, ranges and other names"),
    ("skipper", "no line begins so"),
])
def test_a_wrong_line_is_told(line: str, reason: str) -> None:
    """It is named by file and number."""
    assert read(LINES + line + "\n").wrong == [f"shipping.txt:10: {reason}"]


def test_files_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each says what it has and which properties no text states."""
    (tmp_path / "a.txt").write_text(LINES + "p skipper | vessel | text |\n", "utf-8")
    assert check([tmp_path / "a.txt"]) == []
    assert capsys.readouterr().out == "a.txt: 2 texts, 2 triples, never stated: skipper\n"


def test_a_file_without_a_name_or_texts_is_wrong() -> None:
    """Nothing can be learnt from it."""
    assert read("@ empty\n").wrong == ["shipping.txt:1: a name or texts are missing"]


def test_the_files_of_the_package_have_no_mistakes() -> None:
    """No two inventories have one name."""
    schemas = [schema for folder in ("written", "held_out") for schema, _ in read_written(folder)]
    assert len({schema.name for schema in schemas}) == len(schemas) > 50
