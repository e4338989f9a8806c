"""SHACL: what the writer writes conforms, and each kind of damage is found."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph

from kg import ontology
from kg.errors import OntologyError
from kg.model import Argument, Claim, Document, Entity, Event, Extraction, Mention, Relation, Span, Value
from kg.rdf import extraction_to_quads
from kg.validation import Report, validate
from kg.vocab import PREFIXES

TEXT = "Acme boss Ann Lee said “we cut 300 jobs on Monday”."
news = ontology.load()


@pytest.fixture
def graph() -> Graph:
    """Return the graph of a small article with an entity of each sort, a relation, an event and a claim."""
    entities = (Entity("a", "Company", "Acme", (Mention(0, 4),)), Entity("b", "Person", "Ann Lee", (Mention(10, 17),)))
    event = Event("v", "Layoff", Span(27, 30), (
        Argument("employer", "a"), Argument("count", Value("300", 31, 34)), Argument("date", Value("Monday", 43, 49))))
    extraction = Extraction(
        Document("d", TEXT), entities, (Relation("b", "positionAt", "a", (Span(0, 17),), {"title": "boss"}),),
        (event,), (Claim("b", Span(18, 22), Span(24, 49), True),))
    result = Graph()
    for quad in extraction_to_quads(extraction, news):
        result.add(quad[:3])
    return result


def test_what_is_written_conforms(graph: Graph) -> None:
    """The graph of an extraction has nothing to report, and validation leaves it as it was."""
    before = len(graph)
    assert validate(graph) == Report(())
    assert len(graph) == before


@pytest.mark.parametrize(("update", "message"), [
    ("DELETE { ?x rdfs:label ?y } WHERE { ?x a news:Company ; rdfs:label ?y }", "rdfs:label"),
    ("DELETE { ?x news:speaker ?y } WHERE { ?x a news:Claim ; news:speaker ?y }", "news:speaker"),
    ("INSERT { ?y news:positionAt ?x } WHERE { ?x news:positionAt ?y }", "news:positionAt"),
    ("INSERT { ?y news:ceoOf ?x } WHERE { ?x news:positionAt ?y }", "news:ceoOf|Person"),
    ("INSERT { ?x news:buyer ?y } WHERE { ?x a news:Layoff ; news:employer ?y }", "news:buyer"),
    ("INSERT { ?x news:employer ?y } WHERE { ?x a news:Layoff ; news:count ?y }", "news:employer"),
    ("INSERT { ?x news:count 300 } WHERE { ?x a news:Layoff }", "news:count"),
    ("INSERT { ?x news:confidence 2.5 } WHERE { ?x a news:Statement }", "news:confidence"),
    ("DELETE { ?x oa:hasTarget ?y } WHERE { ?x oa:hasTarget ?y }", "oa:hasTarget"),
    ("INSERT { ?x news:modality news:Imagined } WHERE { ?x a news:Statement }", "news:modality"),
    ("DELETE { ?x oa:start ?y } INSERT { ?x oa:start 50 } WHERE { ?x oa:start ?y ; oa:end 17 }", "oa:start"),
    ('DELETE { ?x oa:exact "Acme" } INSERT { ?x oa:exact "Acne" } WHERE { ?x oa:exact "Acme" }', "not what"),
    ('INSERT { ?x news:currency "dollars" } WHERE { ?x a news:Quantity }', "news:currency"),
    ("INSERT { ?x news:lower 9.0 ; news:upper 3.0 } WHERE { ?x a news:Quantity }", "news:lower"),
    ('INSERT { ?x news:begins "soon" } WHERE { ?x a news:TimeValue }', "news:begins")])
def test_damage_is_found(graph: Graph, update: str, message: str) -> None:
    """Each way to break a graph is reported with the property at fault."""
    graph.update(update, initNs=PREFIXES)
    report = validate(graph)
    assert not report.conforms
    assert any(part in str(violation) for violation in report.violations for part in message.split("|"))


def test_stores_and_datasets_are_validated_too(graph: Graph) -> None:
    """Whatever has N-Quads or named graphs gives the same report as the graph."""
    class Store:
        """A store of nothing but N-Quads."""

        def to_nquads(self) -> bytes:
            """Return the triples of the graph."""
            return graph.serialize(format="nt").encode()

    dataset = Dataset()
    for triple in graph:
        dataset.graph(PREFIXES["article"] + "d/facts").add(triple)
    assert validate(Store()).conforms
    assert validate(dataset).conforms


def test_shapes_of_ones_own(graph: Graph, tmp_path: Path) -> None:
    """Another file of shapes may ask for more; a missing one is named."""
    path = tmp_path / "own.ttl"
    path.write_text(f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix news: <{PREFIXES["news"]}> .
        <http://example.org/shape> sh:targetClass news:Layoff ;
            sh:property [ sh:path news:place ; sh:minCount 1 ; sh:message "A layoff needs a place" ] .""", "utf-8")
    assert [violation.message for violation in validate(graph, shapes=path).violations] == ["A layoff needs a place"]
    with pytest.raises(OntologyError, match=r"none\.ttl"):
        validate(graph, shapes=tmp_path / "none.ttl")


def test_shapes_and_ontology_are_valid_turtle(root: Path) -> None:
    """A strict parser reads both files."""
    for name in ("news.ttl", "shapes.ttl"):
        assert list(ox.parse(path=str(root / "ontology" / name), format=ox.RdfFormat.TURTLE))


def test_gold_articles_conform(gold_dev: Path) -> None:
    """The graphs of annotated articles conform, validated together."""
    data = Graph()
    for path in sorted(gold_dev.glob("*.json"))[:4]:
        extraction = news.conform(Extraction.from_dict(json.loads(path.read_text("utf-8"))))
        for quad in extraction_to_quads(extraction, news):
            data.add(quad[:3])
    assert validate(data) == Report(())
