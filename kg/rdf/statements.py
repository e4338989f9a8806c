"""What the layers of an extraction say, as assertions in the terms of the ontology."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.errors import InputError, OntologyError
from kg.linking import is_named, link
from kg.model import PLAIN_MODALITIES, Argument, Claim, Entity, Event, Extraction, Fact, Relation, Span, Value
from kg.ontology import VALUE, Ontology
from kg.rdf.terms import Assertion, Triple, value_node
from kg.vocab import NEWS, RDF, RDFS, SCHEMA, SKOS, WD, article_iri, node_iri, rel_iri, term_iri

NodeT = TypeVar("NodeT", bound=Node)
_Said = tuple[Assertion | Triple, URIRef, Node, tuple[object, ...]]

TRUSTED = 0.6
"""The confidence from which a relation of the ontology stands as a plain triple.

The least at which 0.70 of them are right on gold/dev, held out: ``python -m kg.training.calibration``.
"""


class Reading:
    """Turns the layers of an extraction into assertions and the triples that go with them.

    ``entity_of`` gives the entity that the IRI of a class and name means in this article. What is read has the IRIs
    that names have by themselves (``iris``), and so have the names of its statements, events and claims: they stay
    when others come to be the same thing. ``statements`` puts the entities in.
    """

    def __init__(self, extraction: Extraction, ontology: Ontology, entity_of: Callable[[str], str] = str) -> None:
        self.extraction = extraction
        self.ontology = ontology
        self.article = article_iri(extraction.document.id)
        self.iris = link(extraction, ontology)
        self.meant = {iri: URIRef(entity_of(str(iri))) for iri in self.iris.values()}
        self.entities = {entity.id: entity for entity in extraction.entities}
        self.by_name = self.unambiguous_names()

    def unambiguous_names(self) -> dict[str, str]:
        """Return the entity of each name and alias that only entities of one IRI have."""
        owners: dict[str, list[str]] = {}
        for entity in self.extraction.entities:
            for name in self.names(entity):
                owners.setdefault(name, []).append(entity.id)
        return {name: ids[0] for name, ids in owners.items() if len({self.meaning(item) for item in ids}) == 1}

    def meaning(self, entity_id: str) -> URIRef:
        """Return the IRI of the thing that an entity is."""
        return self.meant[self.iris[self.entity(entity_id).id]]

    def statements(self) -> Iterator[Assertion | Triple]:
        """Yield what all layers say of the things that names mean; the assertions of one triple share a statement."""
        said, nodes = list[_Said](), dict[tuple[object, ...], URIRef]()
        for item in self.read():
            subject, target = self.thing(item.subject), self.thing(item.object)
            statement: tuple[object, ...] = (subject, item.predicate, target)
            if isinstance(item, Assertion):
                statement += (item.modality, item.polarity, item.qualifiers)
                node = _statement_iri(self.article, item)
                nodes[statement] = min(node, nodes.get(statement, node))
            said.append((item, subject, target, statement))
        for item, subject, target, statement in said:
            if isinstance(item, Assertion):
                yield replace(item, subject=subject, object=target, statement=nodes[statement])
            else:
                yield item._replace(subject=subject, object=target)

    def thing(self, node: NodeT) -> NodeT | URIRef:
        """Return the IRI of the thing that a name means, any other node as it is."""
        return self.meant.get(node, node) if isinstance(node, URIRef) else node

    def read(self) -> Iterator[Assertion | Triple]:
        """Yield what all layers say, of names."""
        yield from self.entity_statements()
        for relation in self.extraction.relations:
            yield from self.relation_statements(relation)
        for event in self.extraction.events:
            yield from self.event_statements(event)
        for claim in self.extraction.claims:
            yield from self.claim_statements(claim)
        for fact in self.extraction.facts:
            yield from self.fact_statements(fact)

    def entity(self, entity_id: str) -> Entity:
        """Return an entity; ``InputError`` for an id that the extraction does not hold."""
        try:
            return self.entities[entity_id]
        except KeyError:
            raise InputError(f"{self.extraction.document.id}: no entity has the id {entity_id!r}") from None

    def entity_statements(self) -> Iterator[Assertion | Triple]:
        """Yield types, labels, other names and whether there is none; entities with one IRI share one label."""
        groups: dict[URIRef, list[Entity]] = {}
        for entity in self.extraction.entities:
            groups.setdefault(self.meaning(entity.id), []).append(entity)
        for group in groups.values():
            for entity in group:
                iri = self.iris[entity.id]
                spans = tuple(Span(mention.start, mention.end) for mention in entity.mentions)
                for kind in entity.types:
                    yield Assertion(iri, RDF["type"], term_iri(kind), spans, "entities", entity.confidence)
                if entity.wikidata:
                    yield Triple(iri, SCHEMA["sameAs"], WD[_checked_qid(entity.wikidata)])
            if not any(map(is_named, group)):
                yield Triple(iri, NEWS["unnamed"], Literal(True))
            label = max((entity.name for entity in group), key=lambda name: (len(name), name))
            yield Triple(iri, RDFS["label"], Literal(label))
            for alias in sorted({name for entity in group for name in self.names(entity)} - {label}):
                yield Triple(iri, SKOS["altLabel"], Literal(alias))

    def names(self, entity: Entity) -> Iterator[str]:
        """Yield the names under which the article mentions the entity, without pronouns."""
        yield entity.name
        if not is_named(entity):
            return
        pronouns = self.ontology.pronouns[entity.type]
        texts = (self.extraction.document.text[m.start:m.end] for m in entity.mentions if m.kind == "name")
        for text in texts:
            if text.casefold() not in pronouns and any(char.isupper() for char in text):
                yield " ".join(text.split())

    def relation_statements(self, relation: Relation) -> Iterator[Assertion | Triple]:
        """Yield a relation, and for a mapped job title the property of the title."""
        subject = self.entity(relation.subject)
        target = (VALUE,) if isinstance(relation.object, Value) else self.entity(relation.object).types
        if not self.ontology.admits(relation.predicate, subject.types, target):
            raise OntologyError(f"{self.extraction.document.id}: the ontology does not allow "
                                f"{', '.join(subject.types)} {relation.predicate} {', '.join(target)}")
        kind = self.ontology.relations[relation.predicate]
        status = relation.qualifiers.get("status")
        in_force = status in (None, "current") or (status == "former" and kind.covers_former)
        plain = _is_plain(relation) and relation.confidence >= TRUSTED and in_force
        node, parts = self.filler(relation.object, kind.value, plain)
        yield from parts
        yield from self.dates(relation.qualifiers)
        yield self.relation_assertion(relation, relation.predicate, node, plain)
        if relation.predicate == "positionAt":
            for name in self.ontology.title_properties(relation.qualifiers.get("title", "")):
                if name not in self.ontology.relations or self.ontology.admits(name, subject.types, target):
                    yield self.relation_assertion(relation, name, node, plain and status != "former")

    def relation_assertion(self, relation: Relation, predicate: str, node: Node, plain: bool) -> Assertion:
        """Return the assertion of a relation under this predicate."""
        evidence = relation.evidence or tuple(
            Span(m.start, m.end) for end in (relation.subject, relation.object) if isinstance(end, str)
            for m in self.entity(end).mentions[:1])
        return Assertion(self.iris[relation.subject], term_iri(predicate), node, evidence, relation.component,
                         relation.confidence, relation.modality, relation.polarity, plain,
                         tuple(self.qualifiers(relation.qualifiers)))

    def qualifiers(self, qualifiers: Mapping[str, str]) -> Iterator[tuple[URIRef, Node]]:
        """Yield what hangs on the statement of a relation."""
        for name, value in sorted(qualifiers.items()):
            match name:
                case "title" | "share":
                    yield NEWS[name], Literal(value)
                case "status":
                    yield NEWS["positionStatus"], NEWS[self.ontology.individual("PositionStatus", value)]
                case "kind":
                    yield NEWS["kinshipKind"], NEWS[self.ontology.individual("KinshipKind", value)]
                case "since" | "until":
                    yield NEWS[name], self.date(name, qualifiers)[0]
                case _:
                    raise OntologyError(f"The ontology has no qualifier {name!r}")

    def dates(self, qualifiers: Mapping[str, str]) -> Iterator[Triple]:
        """Yield what describes the times since when and until when a relation holds."""
        for name in sorted({"since", "until"} & qualifiers.keys()):
            yield from self.date(name, qualifiers)[1]

    def date(self, name: str, qualifiers: Mapping[str, str]) -> tuple[Node, list[Triple]]:
        """Return the time that ``since`` or ``until`` names, which lies ahead where the relation is not over."""
        ahead = qualifiers.get("status") == "incoming" or (name == "until" and qualifiers.get("status") != "former")
        return value_node(qualifiers[name], "TimeValue", self.extraction.document.date, False, ahead=ahead)

    def event_statements(self, event: Event) -> Iterator[Assertion | Triple]:
        """Yield an event's type, label and arguments; all share its modality and polarity."""
        if event.type not in self.ontology.event_types:
            raise OntologyError(f"{self.extraction.document.id}: the ontology has no event type {event.type!r}")
        plain = _is_plain(event)
        arguments = [(argument, *self.argument(event, argument, plain)) for argument in event.arguments]
        iri = self.event_iri(event)
        common = (event.component, event.confidence, event.modality, event.polarity, plain)
        yield Assertion(iri, RDF["type"], NEWS[event.type], (event.trigger,), *common)
        yield Triple(iri, RDFS["label"], Literal(self.event_label(event)), plain)
        for argument, node, parts in arguments:
            yield from parts
            yield Assertion(iri, NEWS[argument.role], node, self.argument_spans(event, argument), event.component,
                            argument.confidence, event.modality, event.polarity, plain)

    def event_iri(self, event: Event) -> URIRef:
        """Return the IRI of an event."""
        def words(argument: Argument) -> str:
            if isinstance(argument.filler, str):
                return f"{argument.role} {self.iris[self.entity(argument.filler).id].n3()}"
            kind = self.ontology.roles[argument.role].value if argument.role in self.ontology.roles else None
            return f"{argument.role} {self.filler(argument.filler, kind, True)[0].n3()}"
        return node_iri("event", self.article, event.type, event.trigger.start, event.trigger.end,
                        event.modality, event.polarity, *sorted(map(words, event.arguments)))

    def argument(self, event: Event, argument: Argument, plain: bool) -> tuple[Node, list[Triple]]:
        """Return what fills a role, checked against the ontology."""
        filler = (VALUE,) if isinstance(argument.filler, Value) else self.entity(argument.filler).types
        allowed = self.ontology.allows_role(event.type, argument.role)
        if not allowed or not any(self.ontology.role_accepts(argument.role, kind) for kind in filler):
            raise OntologyError(f"{self.extraction.document.id}: the ontology does not allow "
                                f"{', '.join(filler)} as {argument.role} of {event.type}")
        return self.filler(argument.filler, self.ontology.roles[argument.role].value, plain)

    def event_label(self, event: Event) -> str:
        """Return a label such as ``"Layoff: Amazon, Amazon Web Services"``."""
        roles = self.ontology.event_types[event.type].roles
        fillers = sorted((roles.index(argument.role), self.entity(argument.filler).name)
                         for argument in event.arguments if isinstance(argument.filler, str))
        names = list(dict.fromkeys(name for _, name in fillers))[:3]
        return ": ".join(filter(None, (self.ontology.labels[event.type].capitalize(), ", ".join(names))))

    def argument_spans(self, event: Event, argument: Argument) -> tuple[Span, ...]:
        """Return the trigger, and the span of the value or the entity's mention nearest to the trigger."""
        if isinstance(argument.filler, Value):
            return (event.trigger, Span(argument.filler.start, argument.filler.end))
        mentions = (Span(m.start, m.end) for m in self.entity(argument.filler).mentions)
        nearest = min(mentions, key=lambda span: (abs(span.start - event.trigger.start), span), default=event.trigger)
        return (event.trigger, nearest)

    def filler(self, filler: str | Value, kind: str | None, plain: bool) -> tuple[Node, list[Triple]]:
        """Return the node of an entity id or a value, with the triples that describe a value node."""
        if isinstance(filler, str):
            return self.iris[filler], []
        return value_node(filler.text, kind, self.extraction.document.date, plain)

    def claim_statements(self, claim: Claim) -> Iterator[Assertion]:
        """Yield a claim: its speaker, its content, and how they are joined."""
        self.entity(claim.speaker)
        text, speaker = self.extraction.document.text, self.iris[claim.speaker]
        content, cue = (text[span.start:span.end] for span in (claim.content, claim.cue))
        iri = node_iri("claim", self.article, speaker, claim.content.start, claim.content.end,
                       claim.cue.start, claim.cue.end)
        parts: list[tuple[URIRef, Node, Span]] = [
            (RDF["type"], NEWS["Claim"], claim.content), (NEWS["speaker"], speaker, claim.cue),
            (NEWS["content"], Literal(content), claim.content), (NEWS["cue"], Literal(cue), claim.cue),
            (NEWS["direct"], Literal(claim.direct), claim.content)]
        for predicate, node, span in parts:
            yield Assertion(iri, predicate, node, (span,), claim.component, claim.confidence)

    def fact_statements(self, fact: Fact) -> Iterator[Assertion | Triple]:
        """Yield an open triple; its ends are entities where they are mentions of one."""
        plain = _is_plain(fact)
        subject = self.named(fact.subject, fact.subject_entity)
        if subject is None:
            subject = node_iri("phrase", self.article, fact.subject)
            yield Triple(subject, RDF["type"], NEWS["Phrase"], plain)
            yield Triple(subject, RDFS["label"], Literal(fact.subject), plain)
        target = self.named(fact.object, fact.object_entity) or Literal(fact.object)
        yield Assertion(subject, rel_iri(fact.predicate_lemma or fact.predicate), target, fact.evidence,
                        fact.component, fact.confidence, fact.modality, fact.polarity, plain,
                        ((NEWS["predicateText"], Literal(fact.predicate)),))

    def named(self, text: str, entity_id: str | None) -> URIRef | None:
        """Return the entity at one end of a fact: the given one, else the one of this very name."""
        found = entity_id or self.by_name.get(text)
        return self.iris[self.entity(found).id] if found else None


def _statement_iri(article: URIRef, assertion: Assertion) -> URIRef:
    """Return the IRI of the statement node of an assertion."""
    qualifiers = (part.n3() for pair in assertion.qualifiers for part in pair)
    return node_iri("statement", article, assertion.subject, assertion.predicate, assertion.object.n3(),
                    assertion.modality, assertion.polarity, *qualifiers)


def _is_plain(item: Relation | Event | Fact) -> bool:
    return item.modality in PLAIN_MODALITIES and item.polarity == "positive"


def _checked_qid(wikidata: str) -> str:
    if not re.fullmatch(r"Q[1-9]\d*", wikidata):
        raise InputError(f"Not a Wikidata item: {wikidata!r}")
    return wikidata
