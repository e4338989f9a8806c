"""Rules over the tree that are surer than the learned scorers, driven by vocabularies of the ontology.

``PRECISION`` is each rule's share of right decisions on the gold training articles with their
gold mentions, add-one smoothed, by ``python -m kg.training.rule_precision GOLD_DIR`` (23 of 41
triggers, 3 of 3 parts; the articles name no unit that ``called`` would decide on).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from kg.extract.features import Candidate, Reading
from kg.extract.frames import with_particle
from kg.ontology import Ontology

PRECISION = {"trigger": 0.56, "partOf": 0.8}
NAMING = ("compound", "appos", "flat", "nmod:desc", "nmod:unmarked")
ORGANISATIONS = ("Company", "Government", "Organization")


def lexical_triggers(reading: Reading, ontology: Ontology) -> dict[int, str]:
    """Return the tokens that name an event by the ontology's words alone, with the event type."""
    found = {}
    for token in reading.doc:
        lemma = with_particle(token)
        for name, plain in ontology.plain_triggers.items():
            objects = ontology.trigger_objects[name]
            if lemma in plain or (lemma in ontology.trigger_lemmas[name] and objects & set(_objects(token))):
                found[token.i] = name
    return found


def _objects(token: Token) -> Iterator[str]:
    """Yield the lemmas of what is cut, lost or shed: objects, passive subjects, "job cuts", "loss of jobs"."""
    wanted = {"VERB": ("obj", "nsubj:pass"), "NOUN": ("compound", "nmod")}.get(token.pos_, ())
    for child in token.children:
        if child.dep_ in wanted:
            yield child.lemma_.lower()


def class_nouns(reading: Reading, mention: Candidate) -> set[str]:
    """Return what the text calls a name: "division" for "its AWS division" and for "AWS, a division of"."""
    head = mention.head
    nouns = {reading.lemmas[child.i] for child in reading.doc[head].children if child.dep_ == "appos"}
    if reading.deps[head] in NAMING:
        nouns.add(reading.lemmas[int(reading.heads[head])])
    return nouns


def called(reading: Reading, mentions: Sequence[Candidate], ontology: Ontology) -> dict[int, int]:
    """Return units ("the division") with the nearest earlier name that the text calls so."""
    links = {}
    for i, mention in enumerate(mentions):
        if mention.kind == "nominal" and reading.lemmas[mention.head] in ontology.unit_nouns:
            named = [j for j in range(i) if mentions[j].kind == "name"
                     and reading.lemmas[mention.head] in class_nouns(reading, mentions[j])]
            if named:
                links[i] = named[-1]
    return links


def parts(reading: Reading, mentions: Sequence[Candidate], types: Sequence[str], ontology: Ontology
          ) -> list[tuple[int, int]]:
    """Return pairs of mentions where the first is called a unit of the second ("its AWS division")."""
    at_head = {mention.head: j for j, mention in enumerate(mentions) if types[j] in ORGANISATIONS}
    found = []
    for i, mention in enumerate(mentions):
        noun = int(reading.heads[mention.head]) if reading.deps[mention.head] in NAMING else mention.head
        appositions = [c.i for c in reading.doc[mention.head].children if c.dep_ == "appos"]
        if mention.kind == "name" and types[i] in ORGANISATIONS:
            for unit in (noun, *appositions):
                if reading.lemmas[unit] in ontology.unit_nouns:
                    found += [(i, at_head[o]) for o in _owners(reading, unit) if o in at_head and at_head[o] != i]
    return found


def _owners(reading: Reading, noun: int) -> Iterator[int]:
    """Yield the heads of the possessor of a noun and of its complement with "of"."""
    for child in reading.doc[noun].children:
        of = any(c.dep_ == "case" and reading.lemmas[c.i] == "of" for c in child.children)
        if child.dep_ == "nmod:poss" or (child.dep_ == "nmod" and of):
            yield child.i
