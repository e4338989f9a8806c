"""Assertions into the two graphs of an article: the one place that knows the reification."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.errors import InputError
from kg.model import Document, Extraction, Span
from kg.ontology import Ontology
from kg.rdf.terms import Assertion, Quad, Triple, date_literal, decimal_literal, integer_literal
from kg.vocab import (
    DCTERMS,
    NEWS,
    OA,
    PROV,
    RDF,
    SCHEMA,
    article_iri,
    facts_graph,
    node_iri,
    provenance_graph,
)

_CONTEXT = 32  # characters of prefix and suffix in a quote selector


@dataclass(slots=True)
class _Receipt:
    """All assertions of one statement."""

    first: Assertion
    confidence: float = 0.0
    components: set[str] = field(default_factory=set)
    leads: set[Span] = field(default_factory=set)
    spans: set[Span] = field(default_factory=set)

    def add(self, assertion: Assertion) -> None:
        """Take in one more assertion; the best confidence counts."""
        self.confidence = max(self.confidence, assertion.confidence)
        self.components.add(assertion.component)
        self.leads.update(assertion.spans[:1])
        self.spans.update(assertion.spans)


class Writing:
    """Puts assertions into the two graphs of the article, with statement nodes and evidence.

    ``meaning`` gives the IRI of the thing that an entity id stands for.
    """

    def __init__(self, extraction: Extraction, ontology: Ontology, meaning: Callable[[str], URIRef]) -> None:
        self.document = extraction.document
        self.ontology = ontology
        self.article = article_iri(extraction.document.id)
        self.facts, self.provenance = facts_graph(self.article), provenance_graph(self.article)
        self.sentences = sorted(extraction.sentences)
        self.claims = [(claim.content, meaning(claim.speaker)) for claim in extraction.claims]
        self._described: set[Span] = set()

    def quads(self, statements: Iterable[Assertion | Triple]) -> Iterator[Quad]:
        """Yield the facts, then the article, then one statement node for each receipt."""
        receipts: dict[URIRef | None, _Receipt] = {}
        for item in statements:
            graph = self.facts if item.plain else self.provenance
            if isinstance(item, Triple):
                yield Quad(item.subject, item.predicate, item.object, graph)
                continue
            if item.plain:
                yield Quad(item.subject, item.predicate, item.object, self.facts)
            receipts.setdefault(item.statement, _Receipt(item)).add(item)
        yield from self.article_quads()
        for iri, receipt in receipts.items():
            assert iri, "a statement has a name"
            yield from self.receipt_quads(iri, receipt)

    def described(self, subject: URIRef, parts: Iterable[tuple[URIRef, Node]]) -> Iterator[Quad]:
        """Yield what the provenance graph says of one node."""
        return (Quad(subject, predicate, node, self.provenance) for predicate, node in parts)

    def article_quads(self) -> Iterator[Quad]:
        """Yield the article itself and what its facts graph comes from."""
        yield from self.described(self.article, _article_parts(self.document))
        yield Quad(self.facts, PROV["wasDerivedFrom"], self.article, self.provenance)

    def receipt_quads(self, iri: URIRef, receipt: _Receipt) -> Iterator[Quad]:
        """Yield the statement node of a receipt and its evidence."""
        first = receipt.first
        yield from self.described(iri, [
            (RDF["type"], RDF["Statement"]), (RDF["type"], NEWS["Statement"]),
            (RDF["subject"], first.subject), (RDF["predicate"], first.predicate), (RDF["object"], first.object),
            (NEWS["modality"], NEWS[self.ontology.individual("Modality", first.modality)]),
            (NEWS["polarity"], NEWS[self.ontology.individual("Polarity", first.polarity)]),
            (NEWS["confidence"], decimal_literal(round(Decimal(receipt.confidence), 4))),
            *((NEWS["component"], Literal(name)) for name in sorted(receipt.components)),
            *first.qualifiers,
            *((NEWS["speaker"], speaker) for speaker in self.speakers(receipt)),
            (PROV["wasDerivedFrom"], self.article)])
        for span in sorted(span for span in receipt.spans if span.end > span.start):
            target = node_iri("evidence", self.article, span.start, span.end)
            yield Quad(iri, OA["hasTarget"], target, self.provenance)
            if span not in self._described:  # many statements rest on one sentence
                self._described.add(span)
                yield from self.evidence_quads(target, span)

    def speakers(self, receipt: _Receipt) -> list[URIRef]:
        """Return whose claims the statement stands in; none where the article also says it itself."""
        if receipt.components & {"claims", "entities"}:
            return []
        by_lead = [self.speakers_of(span) for span in receipt.leads]
        return sorted(set().union(*by_lead)) if all(by_lead) else []

    def speakers_of(self, span: Span) -> set[URIRef]:
        """Return the speakers of the innermost claim around a span."""
        around = [(content.end - content.start, speaker) for content, speaker in self.claims
                  if content.start <= span.start and span.end <= content.end]
        innermost = min((length for length, _ in around), default=0)
        return {speaker for length, speaker in around if length == innermost}

    def evidence_quads(self, target: URIRef, span: Span) -> Iterator[Quad]:
        """Yield a stretch of the article as a Web Annotation target with two selectors."""
        text = self.document.text
        if not 0 <= span.start < span.end <= len(text):
            raise InputError(f"{self.document.id}: the span {span.start}-{span.end} lies outside the text")
        position, quote = (node_iri(kind, self.article, span.start, span.end) for kind in ("position", "quote"))
        yield from self.described(target, [
            (RDF["type"], OA["SpecificResource"]), (OA["hasSource"], self.article),
            (OA["hasSelector"], position), (OA["hasSelector"], quote),
            (NEWS["sentence"], Literal(self.sentence(span)))])
        yield from self.described(position, [
            (RDF["type"], OA["TextPositionSelector"]), (OA["start"], integer_literal(span.start)),
            (OA["end"], integer_literal(span.end))])
        yield from self.described(quote, [
            (RDF["type"], OA["TextQuoteSelector"]), (OA["exact"], Literal(text[span.start:span.end])),
            (OA["prefix"], Literal(text[max(0, span.start - _CONTEXT):span.start])),
            (OA["suffix"], Literal(text[span.end:span.end + _CONTEXT]))])

    def sentence(self, span: Span) -> str:
        """Return the sentences that the span touches; without sentences, the lines."""
        text = self.document.text
        first = bisect_right(self.sentences, span.start, key=lambda sentence: sentence.start) - 1
        last = bisect_right(self.sentences, span.end - 1, key=lambda sentence: sentence.start) - 1
        if first >= 0 and self.sentences[last].end >= span.end and self.sentences[first].end > span.start:
            return text[self.sentences[first].start:self.sentences[last].end].strip()
        after = text.find("\n", span.end)
        return text[text.rfind("\n", 0, span.start) + 1:after if after >= 0 else len(text)].strip()


def _article_parts(document: Document) -> Iterator[tuple[URIRef, Node]]:
    yield RDF["type"], SCHEMA["NewsArticle"]
    yield DCTERMS["identifier"], Literal(document.id)
    yield SCHEMA["articleBody"], Literal(document.text)
    yield SCHEMA["inLanguage"], Literal(document.language)
    if document.title:
        yield DCTERMS["title"], Literal(document.title)
    if document.date:
        yield SCHEMA["datePublished"], date_literal(document.date)
    if document.source:
        yield DCTERMS["source"], Literal(document.source)
