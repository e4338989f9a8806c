"""The shipped model keeps its scores on the gold articles, and reads what must be read of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import evaluation, ontology, pipeline
from kg.evaluation import Report
from kg.graph import Graph
from kg.model import Extraction
from kg.store import open_store

pytestmark = pytest.mark.slow

FLOORS = evaluation.read_floors(Path(__file__).with_name("floors.json"))
ARTICLE = "amazon-aws-layoffs"


@pytest.fixture(scope="module")
def golds(gold_dev: Path) -> list[Extraction]:
    """Return the gold extractions of the development articles."""
    return list(evaluation.read_gold(gold_dev).values())


@pytest.fixture(scope="module")
def extractions(golds: list[Extraction]) -> list[Extraction]:
    """Return what the shipped model reads out of the same articles."""
    return list(pipeline.extract(gold.document for gold in golds))


@pytest.fixture(scope="module")
def report(golds: list[Extraction], extractions: list[Extraction]) -> Report:
    """Return the scores."""
    return evaluation.evaluate(zip(golds, extractions, strict=True))


@pytest.fixture(scope="module")
def graph(extractions: list[Extraction]) -> Iterator[Graph]:
    """Return the graph of the article on Amazon's layoffs."""
    with open_store() as store:
        pipeline.add((item for item in extractions if item.document.id == ARTICLE), store)
        yield Graph(store)


@pytest.fixture(scope="module")
def gold_graph(golds: list[Extraction]) -> Iterator[Graph]:
    """Return the graph of the gold annotation of that article."""
    with open_store() as store:
        pipeline.add((ontology.load().conform(gold) for gold in golds if gold.document.id == ARTICLE), store)
        yield Graph(store)


def test_every_layer_has_a_floor() -> None:
    """No layer can get worse unseen."""
    assert set(FLOORS) == {*evaluation.LAYERS, "KG score"}


@pytest.mark.parametrize("layer", FLOORS)
def test_floor(report: Report, layer: str) -> None:
    """The F1 of the layer is not below its floor."""
    assert evaluation.below_floors(report.f1, {layer: FLOORS[layer]}) == []


FACTS = {
    "Andy Jassy is the chief executive of Amazon":
        "?jassy rdfs:label 'Andy Jassy' ; news:ceoOf ?amazon . ?amazon rdfs:label 'Amazon'",
    "AWS is part of Amazon":
        "?aws rdfs:label|skos:altLabel 'AWS' ; news:partOf ?amazon . ?amazon rdfs:label 'Amazon'",
    "Amazon eliminated roles, in the text's own verb":
        "?amazon rdfs:label 'Amazon' ; rel:eliminate ?what FILTER(REGEX(STR(?what), 'roles|positions'))",
    "Amazon laid off people at AWS, with a count and a day":
        "?layoff a news:Layoff ; news:employer/rdfs:label 'Amazon' ; news:unit/(rdfs:label|skos:altLabel) 'AWS' ; "
        "news:count ?count ; news:date/news:begins '2025-07-17'^^xsd:date",
    "the sales of AWS, with amount, currency, period and change":
        "?sales a news:FinancialResult ; news:organization/(rdfs:label|skos:altLabel) 'AWS' ; news:amount ?amount ; "
        "news:period/news:begins '2025-01-01'^^xsd:date ; news:change ?change . "
        "?amount news:number ?number ; news:currency 'USD' FILTER(?number > 29000000000)",
    "the operating income of AWS, with amount and currency":
        "?income a news:FinancialResult ; news:organization/(rdfs:label|skos:altLabel) 'AWS' ; news:amount ?amount . "
        "?amount news:number ?number ; news:currency 'USD' FILTER(?number > 11000000000 && ?number < 12000000000)",
    "a spokesperson's words, quoted":
        "?claim a news:Claim ; news:speaker/rdfs:label ?who ; news:content ?content ; news:direct true . "
        "FILTER(CONTAINS(LCASE(?who), 'spokesperson') && CONTAINS(?content, 'eliminate some roles'))",
} | {
    f"{company} cut jobs": f"?layoff a news:Layoff ; news:employer/rdfs:label '{company}'"
    for company in ("Microsoft", "Meta", "Salesforce", "Intel")
}


@pytest.mark.parametrize("fact", FACTS)
def test_fact_of_the_article(graph: Graph, fact: str) -> None:
    """SPARQL finds the fact in the graph of the article on Amazon's layoffs."""
    assert graph.ask(f"ASK {{ {FACTS[fact]} }}")


def test_the_statement_was_made_to_reuters(graph: Graph) -> None:
    """An open fact says to whom the spokesperson spoke; the gold annotation has no place for it."""
    assert graph.ask("ASK { ?claim news:speaker ?who . ?who rdfs:label 'spokesperson' ; ?verb ?reuters . "
                     "?reuters rdfs:label 'Reuters' FILTER(STRENDS(STR(?verb), '_to')) }")


@pytest.mark.parametrize("fact", FACTS)
def test_fact_of_the_gold_article(gold_graph: Graph, fact: str) -> None:
    """The question is right: SPARQL finds the fact in the graph of the gold annotation."""
    assert gold_graph.ask(f"ASK {{ {FACTS[fact]} }}")
