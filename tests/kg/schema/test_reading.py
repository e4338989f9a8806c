"""Schemas: the same classes and properties out of OWL, RDFS, SKOS, SHACL and the benchmark's JSON."""

import json
from pathlib import Path

import pytest

from kg.errors import OntologyError
from kg.schema import Schema, read_schema
from kg.schema.terms import DATE, NUMBER, TEXT, words_of

PREFIXES = """
@prefix : <https://example.org/ships#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHIPS = "https://example.org/ships#"


def read(folder: Path, text: str, name: str = "ships.ttl") -> Schema:
    """Write an ontology and read it as a schema."""
    path = folder / name
    path.write_text(PREFIXES + text if name.endswith(".ttl") else text, "utf-8")
    return read_schema(path)


def test_owl(tmp_path: Path) -> None:
    """Classes, superclasses, unions, datatypes and functional properties are read from OWL."""
    schema = read(tmp_path, """
:Ship a owl:Class ; rdfs:label "Schiff"@de, "ship"@en ; rdfs:comment "A large vessel." .
:Ferry a owl:Class ; rdfs:subClassOf :Ship ; skos:altLabel "ferry boat" .
:Port a owl:Class . :Yard a owl:Class .
:builtAt a owl:ObjectProperty ; rdfs:domain :Ship ; rdfs:range [ owl:unionOf ( :Port :Yard ) ] .
:launchedOn a owl:DatatypeProperty, owl:FunctionalProperty ; rdfs:domain :Ship ; rdfs:range xsd:date .
:tonnage a owl:DatatypeProperty ; rdfs:range xsd:decimal . :motto a owl:DatatypeProperty .""")
    assert schema.classes[SHIPS + "Ship"].label == "ship"
    assert schema.classes[SHIPS + "Ship"].comment == "A large vessel."
    assert schema.classes[SHIPS + "Ferry"].above == {SHIPS + "Ship"}
    assert schema.properties[SHIPS + "builtAt"].range == {SHIPS + "Port", SHIPS + "Yard"}
    assert schema.properties[SHIPS + "launchedOn"].shape.most == 1
    values = [schema.properties[SHIPS + name].value for name in ("builtAt", "launchedOn", "tonnage", "motto")]
    assert values == [None, DATE, NUMBER, TEXT]


def test_classes_apart(tmp_path: Path) -> None:
    """Classes are apart where OWL declares them disjoint, two or many, and so is what is below them."""
    schema = read(tmp_path, """
:Ship a owl:Class ; owl:disjointWith :Port . :Ferry rdfs:subClassOf :Ship .
:Port a owl:Class . :Pier rdfs:subClassOf :Port . :mooredAt rdfs:domain :Ship ; rdfs:range :Port .
:Crew a owl:Class . :Cargo a owl:Class . [] a owl:AllDisjointClasses ; owl:members ( :Ship :Crew :Cargo ) .""")

    def apart(one: str, other: str) -> bool:
        return schema.are_apart(SHIPS + one, SHIPS + other)

    assert all(apart(*pair) for pair in (("Ship", "Port"), ("Port", "Ship"), ("Ferry", "Pier"), ("Pier", "Ferry"),
                                         ("Crew", "Cargo"), ("Ferry", "Crew")))
    assert not any(apart(*pair) for pair in (("Ship", "Ferry"), ("Port", "Crew"), ("Pier", "Port"), ("Ship", "Ship")))


def test_rdfs_and_schema_org(tmp_path: Path) -> None:
    """Plain RDFS and schema.org's domainIncludes do without OWL; a name stands in for a label."""
    schema = read(tmp_path, ":homePort schema:domainIncludes :Ship, :Boat ; schema:rangeIncludes :Port .")
    assert list(schema.classes) == [SHIPS + "Boat", SHIPS + "Port", SHIPS + "Ship"]
    assert schema.properties[SHIPS + "homePort"].label == "home port"
    assert schema.properties[SHIPS + "homePort"].domain == {SHIPS + "Ship", SHIPS + "Boat"}


def test_skos(tmp_path: Path) -> None:
    """Concepts of a SKOS scheme are classes, broader ones above; examples and scope notes are read."""
    schema = read(tmp_path, """
:vessel a skos:Concept ; skos:prefLabel "vessel" ; skos:example "the Cutty Sark" .
:tug a skos:Concept ; skos:broader :vessel ; skos:scopeNote "Tows others." .
:tows a rdf:Property ; rdfs:domain :tug ; rdfs:range :vessel .""")
    assert schema.classes[SHIPS + "vessel"].examples == ("the Cutty Sark",)
    assert schema.classes[SHIPS + "tug"].above == {SHIPS + "vessel"}
    assert schema.classes[SHIPS + "tug"].comment == "Tows others."


def test_shacl(tmp_path: Path) -> None:
    """A shapes graph alone is an ontology: target classes are domains, and constraints are kept."""
    schema = read(tmp_path, """
:ShipShape a sh:NodeShape ; sh:targetClass :Ship ;
  sh:property [ sh:path :flag ; sh:name "flag state" ; sh:class :Country ; sh:maxCount 1 ] ,
              [ sh:path :imo ; sh:datatype xsd:string ; sh:pattern "^IMO [0-9]{7}$" ] ,
              [ sh:path :status ; sh:datatype xsd:string ; sh:in ( "afloat" "scrapped" ) ] .""")
    flag, imo, status = (schema.properties[SHIPS + name] for name in ("flag", "imo", "status"))
    assert flag.label == "flag state"
    assert (flag.domain, flag.range) == (frozenset({SHIPS + "Ship"}), frozenset({SHIPS + "Country"}))
    assert flag.shape.most == 1
    assert imo.shape.pattern == "^IMO [0-9]{7}$"
    assert status.shape.among == ("afloat", "scrapped")


def test_benchmark_json(tmp_path: Path) -> None:
    """The JSON of Text2KGBench is read with the labels that the benchmark compares."""
    data = {"id": "ont_ships", "concepts": [{"qid": "Q1", "label": "ship"}, {"qid": "Q2", "label": "port"}],
            "relations": [{"pid": "P1", "label": "home port", "domain": "Q1", "range": "Q2"},
                          {"pid": "P2", "label": "launchedOn", "domain": "Q1", "range": "Date"},
                          {"pid": "P3", "label": "beam", "domain": "Q1", "range": "number"},
                          {"pid": "P4", "label": "name", "domain": "Q1", "range": ""}]}
    schema = read(tmp_path, json.dumps(data), "ships.json")
    assert [known.label for known in schema.properties.values()] == ["home port", "launched on", "beam", "name"]
    home, launched, *others = schema.properties.values()
    assert schema.allows(home.iri, next(iter(home.domain)), next(iter(home.range)))
    assert not schema.allows(home.iri, next(iter(home.range)), next(iter(home.range)))
    assert not launched.range
    assert [known.value for known in (home, launched, *others)] == [None, "date", "number", None]


def test_events_are_classes_below_an_event(tmp_path: Path) -> None:
    """A class below schema.org's Event is one of events."""
    schema = read(tmp_path, ":Launch rdfs:subClassOf schema:Event . :of rdfs:domain :Launch ; rdfs:range :Ship .")
    assert schema.classes[SHIPS + "Launch"].event
    assert not schema.classes[SHIPS + "Ship"].event


def test_values_and_entities_are_told_apart(tmp_path: Path) -> None:
    """A property with a class as its range takes no values, one with a datatype no entities, one without either."""
    schema = read(tmp_path, """
:Ship a owl:Class . :Ferry rdfs:subClassOf :Ship .
:tows rdfs:domain :Ship ; rdfs:range :Ship . :launched rdfs:range xsd:date . :note a rdf:Property .""")
    ferry = SHIPS + "Ferry"
    allowed = {name: (schema.allows(SHIPS + name, ferry, ferry), schema.allows(SHIPS + name, ferry, None))
               for name in ("tows", "launched", "note")}
    assert allowed == {"tows": (True, False), "launched": (False, True), "note": (True, True)}


@pytest.mark.parametrize(("name", "text", "message"), [
    ("ships.ttl", ":a :b", "Cannot read"), ("ships.json", "{}", "Cannot read"), ("ships.doc", "", "unknown kind"),
    ("ships.ttl", ":Ship a owl:Class .", "no property")])
def test_bad_files(tmp_path: Path, name: str, text: str, message: str) -> None:
    """What cannot be read, or declares nothing to extract, is named."""
    with pytest.raises(OntologyError, match=message):
        read(tmp_path, text, name)


@pytest.mark.parametrize(("name", "words"), [
    ("birthPlace", "birth place"), ("birth_place", "birth place"), ("imdbId", "imdb id"),
    ("hasURL", "has URL"), ("languages spoken", "languages spoken")])
def test_words_of(name: str, words: str) -> None:
    """The words of a local name are told apart."""
    assert words_of(name) == words


def test_digest_is_of_the_content(tmp_path: Path) -> None:
    """Two files that say the same have one digest; another label makes another one."""
    one = read(tmp_path, ":tows rdfs:domain :Tug ; rdfs:label \"tows\" .").digest()
    same = read(tmp_path, ":tows rdfs:label \"tows\" ; rdfs:domain :Tug .").digest()
    other = read(tmp_path, ":tows rdfs:label \"pulls\" ; rdfs:domain :Tug .").digest()
    assert one == same != other
