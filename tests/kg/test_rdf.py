"""Extractions as quads: plain triples for what is so, receipts for everything, nothing outside the ontology."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph

from kg import ontology
from kg.errors import InputError, OntologyError
from kg.model import Argument, Claim, Document, Entity, Event, Extraction, Fact, Mention, Relation, Span, Value
from kg.rdf import Quad, extraction_to_quads
from kg.rdf.statements import TRUSTED
from kg.vocab import PREFIXES, article_iri, facts_graph, provenance_graph

TEXT = ("Acme Corp. boss Ann Lee said on Monday that “Acme cut about 300 jobs”.\n"
        "Its unit Bolt may be sold to Globex. Rivals slept.")
news = ontology.load()


def span(words: str) -> Span:
    """Return where these words first stand in the text."""
    start = TEXT.index(words)
    return Span(start, start + len(words))


def entity(id: str, type: str, name: str, *others: str) -> Entity:
    """Return an entity with a mention of its name and of each other word."""
    return Entity(id, type, name, tuple(Mention(span(word).start, span(word).end) for word in (name, *others)), 0.9)


def value(words: str) -> Value:
    """Return a value as the text writes it."""
    return Value(words, span(words).start, span(words).end)


ENTITIES = (entity("acme", "Company", "Acme Corp", "Acme", "Its"), entity("ann", "Person", "Ann Lee"),
            entity("bolt", "Company", "Bolt"), entity("globex", "Company", "Globex"))
POSITION = Relation("ann", "positionAt", "acme", (span("Acme Corp. boss Ann Lee"),),
                    {"title": "boss and CEO", "status": "current"}, confidence=0.87654321)
LAYOFF = Event("v1", "Layoff", span("cut"), (
    Argument("employer", "acme"), Argument("count", value("about 300")), Argument("date", value("Monday")),
    Argument("affected", value("jobs"))))
SALE = Event("v2", "Acquisition", span("sold"), (Argument("target", "bolt"), Argument("buyer", "globex")), "possible")
CLAIM = Claim("ann", span("said"), span("Acme cut about 300 jobs"), True)
EXTRACTION = Extraction(
    Document("d1", TEXT, "Jobs go", dt.date(2025, 7, 18), "Example Wire"), ENTITIES,
    (POSITION, Relation("bolt", "partOf", "acme", (span("Its unit Bolt"),))), (LAYOFF, SALE), (CLAIM,),
    (Fact("Acme", "cut", "about 300 jobs", (span("Acme cut about 300 jobs"),), "cut", "acme"),
     Fact("Rivals", "slept", "", (span("Rivals slept"),), "sleep"),
     Fact("Bolt", "may be sold to", "Globex", (span("Bolt may be sold to Globex"),), "sell_to", modality="possible")),
    (Span(0, TEXT.index("\n")), span("Its unit Bolt may be sold to Globex."), span("Rivals slept.")))


def graph(quads: Iterable[Quad], name: str | None = None) -> Graph:
    """Return all triples of the quads, or those of one named graph."""
    result = Graph()
    for quad in quads:
        if name is None or str(quad.graph) == str(name):
            result.add(quad[:3])
    return result


def facts(extraction: Extraction) -> Graph:
    """Return the facts graph of an extraction."""
    return graph(extraction_to_quads(extraction, news), facts_graph(article_iri(extraction.document.id)))


def ask(data: Graph, pattern: str) -> bool:
    """Tell whether a graph holds a pattern, all prefixes known."""
    return bool(data.query(f"ASK {{ {pattern} }}", initNs=PREFIXES).askAnswer)


def rows(data: Graph, query: str) -> set[tuple[str, ...]]:
    """Return the answers to a query as strings."""
    return {tuple(str(term) for term in row) for row in data.query(query, initNs=PREFIXES)}  # type: ignore[union-attr]


def changed(**layers: Any) -> Extraction:
    """Return the example with other layers."""
    return dataclasses.replace(EXTRACTION, **layers)


@pytest.mark.parametrize("pattern", [
    '?x a news:Person ; rdfs:label "Ann Lee" ; news:positionAt/rdfs:label "Acme Corp"',
    '?x rdfs:label "Ann Lee" ; news:ceoOf/rdfs:label "Acme Corp" ; news:headOf/rdfs:label "Acme Corp"',
    '?x a news:Company ; rdfs:label "Acme Corp" ; skos:altLabel "Acme"',
    '?x rdfs:label "Bolt" ; news:partOf/rdfs:label "Acme Corp"',
    '?x a news:Layoff ; rdfs:label "Layoff: Acme Corp" ; news:employer/rdfs:label "Acme Corp" ; news:affected "jobs"',
    '?x a news:Layoff ; news:count [ a news:Quantity ; news:number "300"^^xsd:decimal ; news:valueText "about 300" ]',
    '?x a news:Layoff ; news:date [ a news:TimeValue ; news:begins "2025-07-14"^^xsd:date ; news:valueText "Monday" ]',
    '?x a news:Claim ; news:speaker/rdfs:label "Ann Lee" ; news:cue "said" ; news:direct true ; '
    'news:content "Acme cut about 300 jobs"',
    '?x rdfs:label "Acme Corp" ; rel:cut "about 300 jobs"',
    '?x a news:Phrase ; rdfs:label "Rivals" ; rel:sleep ""'])
def test_what_is_asserted_is_a_plain_triple(pattern: str) -> None:
    """A reader who knows only SPARQL finds entities, relations, events, claims and open facts."""
    assert ask(facts(EXTRACTION), pattern)


@pytest.mark.parametrize(("confidence", "plain"), [(TRUSTED - 0.01, False), (TRUSTED, True)])
def test_a_relation_of_too_little_confidence_has_only_its_receipt(confidence: float, plain: bool) -> None:
    """Below the trusted confidence a relation is in the provenance graph, with its confidence, and nowhere else."""
    relation = Relation("bolt", "partOf", "acme", (span("Its unit Bolt"),), confidence=confidence)
    extraction = changed(relations=(relation,))
    assert ask(facts(extraction), "?x news:partOf ?y") is plain
    assert ask(graph(extraction_to_quads(extraction, news)), "?s rdf:predicate news:partOf ; news:confidence ?c")


@pytest.mark.parametrize("pattern", ['?x a news:Acquisition', '?x news:buyer ?y', '?x rel:sell_to ?y',
                                     '?x skos:altLabel "Its"', '?x a news:Statement', '?x news:managerAt ?y'])
def test_what_is_not_so_is_no_plain_triple(pattern: str) -> None:
    """Possible sales, pronouns, receipts and titles that nobody holds are not in the facts graph."""
    assert not ask(facts(EXTRACTION), pattern)


@pytest.mark.parametrize("change", [
    {"modality": "planned"}, {"modality": "possible"}, {"modality": "denied"}, {"polarity": "negative"}])
def test_only_the_receipt_tells_of_what_is_planned_or_denied(change: dict[str, Any]) -> None:
    """Without assertion no triple of an event, a relation or a fact stands by itself."""
    extraction = changed(relations=(dataclasses.replace(POSITION, **change),),
                         events=(dataclasses.replace(LAYOFF, **change),), claims=(),
                         facts=(dataclasses.replace(EXTRACTION.facts[1], **change),))
    assert {str(p) for p in facts(extraction).predicates()} == {
        PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "altLabel"}
    everything = graph(extraction_to_quads(extraction, news))
    for predicate in ("news:ceoOf", "news:employer", "rel:sleep"):
        assert ask(everything, f"?s rdf:predicate {predicate} ; oa:hasTarget ?evidence")


def test_reported_events_are_plain_and_marked() -> None:
    """A reported event stands as a plain triple, its receipt says that it is reported."""
    extraction = changed(events=(dataclasses.replace(LAYOFF, modality="reported"),))
    assert ask(facts(extraction), "?x a news:Layoff")
    assert ask(graph(extraction_to_quads(extraction, news)),
               "?s rdf:predicate news:employer ; news:modality news:Reported")


@pytest.mark.parametrize(("predicate", "status", "plain"), [
    ("positionAt", "current", {"positionAt", "ceoOf"}), ("positionAt", "former", {"positionAt"}),
    ("positionAt", "incoming", set()), ("positionAt", None, {"positionAt", "ceoOf"}),
    ("ownerOf", "current", {"ownerOf"}), ("ownerOf", "former", set())])
def test_the_status_decides_what_holds_now(predicate: str, status: str | None, plain: set[str]) -> None:
    """A former CEO held a position but is not the CEO; who is to come holds none; a former owner owns nothing."""
    qualifiers = ({"status": status} if status else {}) | ({"title": "CEO"} if predicate == "positionAt" else {})
    extraction = changed(relations=(Relation("ann", predicate, "acme", POSITION.evidence, qualifiers),),
                         events=(), claims=(), facts=())
    found = {str(p).removeprefix(PREFIXES["news"]) for p in facts(extraction).predicates()
             if str(p).startswith(PREFIXES["news"])}
    assert found == plain


def test_publication_event_and_validity_are_three_typed_times() -> None:
    """When it was told, when it happened and since when it holds are separate, each with its granularity."""
    qualifiers = {"title": "CEO", "status": "incoming", "since": "1 October", "until": "2027"}
    extraction = changed(relations=(Relation("ann", "positionAt", "acme", POSITION.evidence, qualifiers),))
    data = graph(extraction_to_quads(extraction, news))
    assert rows(data, "SELECT ?day WHERE { ?a schema:datePublished ?day }") == {(str(extraction.document.date),)}
    assert ask(data, "?s rdf:predicate news:date ; rdf:object [ a news:TimeValue ; news:granularity ?unit ]")
    assert rows(data, """SELECT ?begins ?ends ?unit WHERE { ?s rdf:predicate news:ceoOf ; news:since ?time .
        ?time a news:TimeValue ; news:begins ?begins ; news:ends ?ends ; news:granularity ?unit }""") == {
            ("2025-10-01", "2025-10-01", "day")}
    assert rows(data, "SELECT ?ends WHERE { ?s rdf:predicate news:positionAt ; news:until/news:ends ?ends }") == {
        ("2027-12-31",)}
    assert not ask(facts(extraction), '?time news:valueText "2027"')


def test_every_plain_triple_about_relations_events_claims_and_facts_has_a_receipt() -> None:
    """Only labels, names, phrases, Wikidata links and the parts of value nodes go without."""
    quads = list(extraction_to_quads(EXTRACTION, news))
    receipts = rows(graph(quads), "SELECT ?s ?p ?o WHERE { ?x rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }")
    free = rows(facts(EXTRACTION), """SELECT ?s ?p ?o WHERE { ?s ?p ?o
        OPTIONAL { ?s a ?type } FILTER (?type IN (news:Quantity, news:TimeValue) || ?o = news:Phrase
            || ?p IN (rdfs:label, skos:altLabel, schema:sameAs)) }""")
    everything = {tuple(map(str, triple)) for triple in facts(EXTRACTION)}
    assert everything - free <= receipts


def test_a_receipt_says_where_who_how_sure_and_from_which_component() -> None:
    """The statement node of Ann's position leads to the words, the sentence and the article."""
    found = rows(graph(extraction_to_quads(EXTRACTION, news)), """
        SELECT ?exact ?prefix ?suffix ?start ?end ?sentence ?title ?status ?confidence ?component ?headline WHERE {
            ?s rdf:predicate news:ceoOf ; news:title ?title ; news:positionStatus ?status ; oa:hasTarget ?t ;
               news:confidence ?confidence ; news:component ?component ; prov:wasDerivedFrom/dcterms:title ?headline .
            ?t news:sentence ?sentence ; oa:hasSelector [ oa:start ?start ; oa:end ?end ] ;
               oa:hasSelector [ oa:exact ?exact ; oa:prefix ?prefix ; oa:suffix ?suffix ] }""")
    assert found == {("Acme Corp. boss Ann Lee", "", " said on Monday that “Acme cut ab"[:32], "0", "23",
                      TEXT.split("\n")[0], "boss and CEO", PREFIXES["news"] + "Current", "0.8765", "relations",
                      "Jobs go")}


def test_what_stands_in_a_claim_names_its_speaker() -> None:
    """The layoff stands in Ann's words, the position does not."""
    data = graph(extraction_to_quads(EXTRACTION, news))
    speaking = rows(data, """SELECT DISTINCT ?p ?name WHERE {
        ?s rdf:predicate ?p ; news:speaker/rdfs:label ?name ; news:component "events" }""")
    assert {name for _, name in speaking} == {"Ann Lee"}
    assert not ask(data, "?s rdf:predicate news:ceoOf ; news:speaker ?x")


def test_a_statement_made_twice_is_one_with_both_receipts() -> None:
    """The better confidence counts, and the evidence adds up; said once by the article, it needs no speaker."""
    inside = Relation("bolt", "partOf", "acme", (span("Acme cut"),), confidence=0.5)
    extraction = changed(relations=(inside, *EXTRACTION.relations[1:]))
    data = graph(extraction_to_quads(extraction, news))
    assert rows(data, """SELECT ?c (COUNT(?t) AS ?n) WHERE {
        ?s rdf:predicate news:partOf ; news:confidence ?c ; oa:hasTarget ?t } GROUP BY ?s ?c""") == {("1", "2")}
    assert not ask(data, "?s rdf:predicate news:partOf ; news:speaker ?x")


def test_two_entities_of_one_name_become_one() -> None:
    """'Acme Corp' and 'Acme' left apart by coreference share an IRI with one label."""
    twice = changed(entities=(*ENTITIES, entity("again", "Company", "Acme")))
    assert rows(facts(twice), 'SELECT ?l WHERE { ?x rdfs:label ?l ; skos:altLabel "Acme" }') == {("Acme Corp",)}


def test_an_entity_of_several_classes_may_stand_where_one_of_them_may() -> None:
    """All its classes are stated, and its relations are allowed by any of them."""
    both = changed(entities=(dataclasses.replace(ENTITIES[0], type="Place", also=("Company",)), *ENTITIES[1:]))
    assert news.conform(both).relations == both.relations
    assert ask(facts(both), '?x a news:Place, news:Company ; rdfs:label "Acme Corp" ; ^news:positionAt ?ann')
    alone = changed(entities=(dataclasses.replace(ENTITIES[0], type="Work"), *ENTITIES[1:]))
    assert not news.conform(alone).relations


def test_wikidata_items_are_linked() -> None:
    """An entity with an item links to it as a page about it would; anything but an item is refused."""
    linked = changed(entities=(dataclasses.replace(ENTITIES[0], wikidata="Q42"), *ENTITIES[1:]))
    assert ask(facts(linked), '?x rdfs:label "Acme Corp" ; schema:sameAs wd:Q42')
    with pytest.raises(InputError, match="'42'"):
        facts(changed(entities=(dataclasses.replace(ENTITIES[0], wikidata="42"), *ENTITIES[1:])))


def test_without_sentences_the_line_is_quoted() -> None:
    """Gold files have no sentences; the paragraph around the evidence takes their place."""
    data = graph(extraction_to_quads(changed(sentences=()), news))
    assert ask(data, f'?s rdf:predicate news:partOf ; oa:hasTarget/news:sentence "{TEXT.splitlines()[1]}"')


@pytest.mark.parametrize(("change", "error", "message"), [
    ({"relations": (Relation("ann", "invented", "acme", ()),)}, OntologyError, "Person invented Company"),
    ({"relations": (Relation("acme", "bornIn", "ann", ()),)}, OntologyError, "Company bornIn Person"),
    ({"relations": (Relation("ann", "positionAt", "acme", (), {"mood": "good"}),)}, OntologyError, "'mood'"),
    ({"relations": (Relation("ann", "positionAt", "acme", (), {"status": "odd"}),)}, OntologyError, "'odd'"),
    ({"relations": (Relation("ghost", "positionAt", "acme", ()),)}, InputError, "'ghost'"),
    ({"events": (Event("v", "Party", Span(0, 4), ()),)}, OntologyError, "'Party'"),
    ({"events": (Event("v", "Layoff", Span(0, 4), (Argument("buyer", "acme"),)),)}, OntologyError, "buyer of Layoff"),
    ({"events": (Event("v", "Layoff", Span(0, 4), (), "imagined"),)}, OntologyError, "'imagined'"),
    ({"events": (Event("v", "Layoff", Span(0, 9999), ()),)}, InputError, "0-9999"),
    ({"claims": (Claim("ghost", Span(0, 4), Span(5, 9), False),)}, InputError, "'ghost'"),
    ({"facts": (Fact("a", "b", "c", (Span(0, 4),), subject_entity="ghost"),)}, InputError, "'ghost'")])
def test_what_the_ontology_or_the_text_lacks_is_refused(
        change: dict[str, Any], error: type[Exception], message: str) -> None:
    """Nothing outside the ontology is ever written; the error names the article's fault."""
    with pytest.raises(error, match=message):
        list(extraction_to_quads(changed(**change), news))


def test_each_quad_once_in_the_articles_two_graphs_without_blank_nodes() -> None:
    """Quads are distinct, of two graphs, and every node is an IRI or a literal."""
    quads = list(extraction_to_quads(EXTRACTION, news))
    article = article_iri("d1")
    assert len(set(quads)) == len(quads)
    assert {str(quad.graph) for quad in quads} == {str(facts_graph(article)), str(provenance_graph(article))}
    assert not [quad for quad in quads if quad.object.n3().startswith("_:")]


def test_rdflib_reads_back_what_it_writes() -> None:
    """The triples survive a round trip through N-Triples."""
    written = graph(extraction_to_quads(EXTRACTION, news))
    assert set(Graph().parse(data=written.serialize(format="nt"), format="nt")) == set(written)


def renamed(extraction: Extraction, rename: Callable[[str], str]) -> Extraction:
    """Return the same extraction with other ids for its entities and events."""
    def end(item: str | Value | None) -> Any:
        return rename(item) if isinstance(item, str) else item

    replace = dataclasses.replace
    return replace(
        extraction, entities=tuple(replace(e, id=rename(e.id)) for e in extraction.entities),
        relations=tuple(replace(r, subject=rename(r.subject), object=end(r.object)) for r in extraction.relations),
        events=tuple(replace(v, id=rename(v.id), arguments=tuple(replace(a, filler=end(a.filler))
                                                                 for a in v.arguments)) for v in extraction.events),
        claims=tuple(replace(c, speaker=rename(c.speaker)) for c in extraction.claims),
        facts=tuple(replace(f, subject_entity=end(f.subject_entity), object_entity=end(f.object_entity))
                    for f in extraction.facts))


@given(st.text(min_size=1), st.permutations(range(4)), st.booleans())
def test_ids_and_order_in_the_extraction_do_not_matter(prefix: str, order: list[int], flip: bool) -> None:
    """Other ids, and the layers in another order, give the same quads."""
    other = renamed(EXTRACTION, lambda id: prefix + id)
    step = -1 if flip else 1
    other = dataclasses.replace(
        other, entities=tuple(other.entities[i] for i in order), relations=other.relations[::step],
        events=tuple(dataclasses.replace(event, arguments=event.arguments[::step]) for event in other.events[::step]),
        facts=other.facts[::step])
    assert set(extraction_to_quads(other, news)) == set(extraction_to_quads(EXTRACTION, news))


@given(st.permutations(["a", "b", "c"]))
def test_articles_do_not_depend_on_each_other(order: list[str]) -> None:
    """Several articles give the same quads in any order, and no two share a named graph."""
    def quads(ids: Iterable[str]) -> list[Quad]:
        return [quad for id in ids for quad in extraction_to_quads(
            changed(document=dataclasses.replace(EXTRACTION.document, id=id)), news)]

    assert sorted(quads(order)) == sorted(quads("abc"))
    assert len({quad.graph for quad in quads(order)}) == 6


def test_the_gold_articles_become_quads_twice_alike(gold_dev: Path) -> None:
    """All annotated articles of train and dev can be written, and the second time gives the same quads."""
    paths = sorted(gold_dev.parent.glob("*/*.json"))
    assert len(paths) > 200
    for path in paths:
        extraction = news.conform(Extraction.from_dict(json.loads(path.read_text("utf-8"))))
        first = list(extraction_to_quads(extraction, news))
        if path.parent.name == "dev":
            assert first == list(extraction_to_quads(extraction, news))


def test_the_example_of_the_design_is_answered(gold_dev: Path) -> None:
    """From the annotated article on layoffs: who is CEO, what belongs to whom, who was cut, how many and when."""
    data = json.loads((gold_dev / "amazon-aws-layoffs.json").read_text("utf-8"))
    plain = facts(news.conform(Extraction.from_dict(data)))
    assert ask(plain, '?x rdfs:label "Andy Jassy" ; news:ceoOf/rdfs:label "Amazon"')
    assert ask(plain, '?x rdfs:label "Amazon Web Services" ; news:partOf/rdfs:label "Amazon"')
    assert ask(plain, '?x a news:Layoff ; news:employer/rdfs:label "Amazon" ; '
                      'news:unit/rdfs:label "Amazon Web Services" ; '
                      'news:count/news:lower "300"^^xsd:decimal ; news:date/news:begins "2025-07-17"^^xsd:date')
    assert ask(plain, '?x news:metric "sales" ; news:amount/news:currency "USD" ; '
                      'news:amount/news:number "29300000000"^^xsd:decimal ; '
                      'news:change/news:number "17"^^xsd:decimal ; news:period/news:ends "2025-03-31"^^xsd:date')
