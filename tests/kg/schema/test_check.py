"""`kg ontology check`: each gap of a schema is named with what it means."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.schema.check import check
from tests.kg.schema.test_reading import PREFIXES, read

COMPLETE = """
:Ship a owl:Class ; owl:disjointWith :Port . :Port a owl:Class .
:homePort rdfs:label "home port" ; skos:altLabel "registered in" ; rdfs:domain :Ship ; rdfs:range :Port ."""


def test_a_complete_ontology_has_no_findings(tmp_path: Path) -> None:
    """Where every term is described and used there is nothing to say."""
    assert check(read(tmp_path, COMPLETE)) == []


@pytest.mark.parametrize(("more", "term", "what"), [
    (":P57 rdfs:domain :Ship ; rdfs:range :Port .", "P57", "no label"),
    (":tows rdfs:domain :Ship ; rdfs:range :Ship .", "tows", "no description but its name"),
    (":tows rdfs:comment \"Pulls.\" ; rdfs:range :Ship .", "tows", "no domain"),
    (":tows rdfs:comment \"Pulls.\" ; rdfs:domain :Ship .", "tows", "no range"),
    (":Lake a owl:Class .", "Lake", "neither domain nor range"),
    (":Port rdfs:subClassOf :Haven . :Haven rdfs:subClassOf :Port .", "Port", "its own superclass"),
    (":type rdfs:comment \"A kind.\" ; rdfs:domain :Ship ; rdfs:range :Port .", "type", "says too little"),
    (":base rdfs:label \"Registered in\" ; rdfs:comment \"x\" ; rdfs:domain :Ship ; rdfs:range :Port .",
     "homePort", "as is base"),
    (":tows rdfs:comment \"x\" ; rdfs:domain :Ship, :Port ; rdfs:range :Ship .", "tows", "several classes")])
def test_each_gap_is_found(tmp_path: Path, more: str, term: str, what: str) -> None:
    """One flaw gives the finding about it."""
    assert any(finding.term == term and what in finding.what for finding in check(read(tmp_path, COMPLETE + more)))


def test_classes_that_may_all_be_of_one_name_are_a_finding(tmp_path: Path) -> None:
    """Where no classes are declared disjoint, nothing keeps a ship from being a port."""
    found = check(read(tmp_path, COMPLETE.replace("; owl:disjointWith :Port", "")))
    assert [finding.what for finding in found] == ["no classes are declared disjoint"]


def test_the_command_fails_on_a_term_that_says_nothing(tmp_path: Path) -> None:
    """A label without words makes the exit code 1, an ontology without flaws 0."""
    path = tmp_path / "ships.ttl"
    codes = []
    for more in ("", ":P57 rdfs:domain :Ship ; rdfs:range :Port ."):
        path.write_text(PREFIXES + COMPLETE + more, "utf-8")
        result = CliRunner().invoke(app, ["ontology", "check", str(path)])
        codes.append(result.exit_code)
    assert codes == [0, 1]
    assert "P57" in result.output
