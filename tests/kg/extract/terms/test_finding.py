"""What is found in a schema's terms conforms to it, whatever the head's weights are."""

import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from kg import nlp, ontology
from kg.errors import ModelError
from kg.extract.terms import make_reader
from kg.extract.terms.assembly import triples
from kg.model import Document, Extraction, Value
from kg.nlp.weights import write_weights
from kg.rdf import extraction_to_quads
from kg.schema import Property, Schema, Shape, join, read_schema
from kg.vocab import OWL
from tests.kg.extract.terms.heads import BRIDGES, random_head, random_reader

TEXT = """The Marren Viaduct crosses the Ollen near Tarsk. It was designed by Ada Brun and opened on 4 May 1891.
The Lower Gate Bridge in Tarsk, 120 metres long, spans the Sill. Its engineer, Piet Holm, was born in Varn in 1840.
"""
DOCUMENT = Document("bridges", TEXT)


@pytest.fixture(scope="module")
def schema() -> Schema:
    """Return the ontology of the worked example."""
    return read_schema(BRIDGES)


def extract(schema: Schema, seed: int) -> Extraction:
    """Read the text with a random head."""
    return random_reader(schema, random_head(seed), seed).read(parsed(TEXT), DOCUMENT)


@cache
def parsed(text: str) -> Doc:
    """Return a parsed text."""
    return nlp.load()(text)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_output_conforms_by_construction(schema: Schema, seed: int) -> None:
    """Ends are spans of the text, predicates are in the schema, domain and range hold, and a date is one."""
    extraction = extract(schema, seed)
    types = {entity.id: entity.types for entity in extraction.entities}
    for entity in extraction.entities:
        names = {" ".join(TEXT[m.start : m.end].split()) for m in entity.mentions if m.kind == "name"}
        plain = {" ".join(TEXT[m.start : m.end].split()) for m in entity.mentions if m.kind != "name"}
        assert names == {entity.name} or (not names and entity.name in plain)
    for relation in extraction.relations:
        target = relation.object
        kinds = [None] if isinstance(target, Value) else types[target]
        assert any(schema.allows(relation.predicate, one, other) for one in types[relation.subject] for other in kinds)
        assert not isinstance(target, Value) or TEXT[target.start : target.end] == target.text
    dates = [r.subject for r in extraction.relations if r.predicate.endswith("#openedOn")]
    assert len(dates) == len(set(dates))
    joined = join(ontology.load(), [schema])
    assert joined.conform(extraction) == extraction
    assert list(extraction_to_quads(extraction, joined))


def test_random_heads_find_something(schema: Schema) -> None:
    """The law above is not about empty extractions."""
    assert sum(len(extract(schema, seed).relations) for seed in range(5)) > 10


def test_classes_that_are_declared_apart_are_never_those_of_one_name(schema: Schema) -> None:
    """A name has all classes that its statements ask for, but never two that the schema declares disjoint."""
    free = replace(schema, classes={iri: replace(kind, apart=frozenset()) for iri, kind in schema.classes.items()})
    several, one = ([entity.types for seed in range(5) for entity in extract(which, seed).entities]
                    for which in (free, schema))
    assert any(len(kinds) > 1 for kinds in several)
    assert one
    assert all(len(kinds) == 1 for kinds in one)


def test_shapes_are_kept(schema: Schema) -> None:
    """A pattern and a list of values leave out what they do not allow."""
    iri = next(iri for iri in schema.properties if iri.endswith("#locatedIn"))
    for shape in (Shape(pattern="^T"), Shape(among=("Tarsk",))):
        narrowed = replace(schema, properties={**schema.properties, iri: replace(schema.properties[iri], shape=shape)})
        found = [o for seed in range(5) for _, p, o in triples(extract(narrowed, seed)) if p == iri]
        assert all(target.startswith("T") for target in found)


def test_without_domain_and_range_anything_fits() -> None:
    """A property that says nothing of its ends takes entities of no class, and values."""
    schema = Schema("open", {}, {"https://example.org/x#note": Property("https://example.org/x#note", "note")})
    extraction = extract(schema, 3)
    assert extraction.relations
    assert {entity.type for entity in extraction.entities} == {str(OWL["Thing"])}


def test_cost_grows_with_the_text_and_not_with_the_ontology(schema: Schema) -> None:
    """2,500 terms slow extraction, the parse included, by at most a third against 25."""
    text = TEXT * 6
    weights, document = random_head(1, size=0.07, bias=-4), Document("long", text)
    readers = [random_reader(_large(schema, count), weights) for count in (25, 2500)]

    def seconds(index: int) -> float:
        start = time.process_time()
        readers[index].read(nlp.load()(text), document)
        return time.process_time() - start

    seconds(0), seconds(1)
    assert median(seconds(1) / seconds(0) for _ in range(3)) < 4 / 3


def _large(schema: Schema, terms: int) -> Schema:
    """Return a schema of so many terms, a fifth of them classes."""
    classes = list(schema.classes.values())
    kinds = {f"https://example.org/c#{n}": replace(classes[n % len(classes)], iri=f"https://example.org/c#{n}")
             for n in range(terms // 5)}
    names = list(kinds)
    properties = {f"https://example.org/p#{n}": Property(
        f"https://example.org/p#{n}", f"property {n}", domain=frozenset({names[n % len(names)]}),
        range=frozenset({names[n * 7 % len(names)]})) for n in range(terms - len(kinds))}
    return Schema(f"large-{terms}", kinds, properties)


@pytest.mark.parametrize("kept", ["scale", None])
def test_a_model_without_this_head_says_what_to_do(schema: Schema, tmp_path: Path, kept: str | None) -> None:
    """A file without a head for other ontologies, or with one of an earlier version, is refused in one line."""
    weights = random_head(1)
    arrays = {name: array for name, array in weights.arrays.items()
              if not name.startswith("terms.") or name == f"terms.{kept}"}
    path = tmp_path / "weights.npz"
    write_weights(replace(weights, arrays=arrays), path)
    with pytest.raises(ModelError, match=r"earlier version; `python -m kg\.training\.terms` adds it"):
        make_reader(schema, path)
