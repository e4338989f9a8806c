"""The ontology as the extractor and the RDF writer need it, read from Turtle.

Terms are local names throughout: ``"positionAt"``, ``"Company"``, ``"employer"``. How the file
says these things is explained in ``ontology/README.md``.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import pyoxigraph as ox

from kg.errors import OntologyError
from kg.model import Argument, Event, Extraction, Fact, Relation
from kg.vocab import NEWS, OWL, RDF, RDFS, SCHEMA, SKOS, XSD

VALUE = "value"
"""What ``allows_relation`` and ``role_accepts`` call a filler that is no entity."""

_VALUE_KINDS = {str(NEWS["Quantity"]): "Quantity", str(NEWS["TimeValue"]): "TimeValue", str(XSD["string"]): "string"}
_TITLE_JOINTS = re.compile(r"\s*(?:[,;/&]|\band\b)\s*")
_TITLE_PREPOSITIONS = frozenset({"of", "for", "at", "in", "to", "on"})


@dataclass(frozen=True, slots=True)
class EventType:
    """A class of events with the roles that it takes, in the order of the file."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleType:
    """A role. ``value`` is ``Quantity``, ``TimeValue``, ``string`` or ``None``: what a value becomes."""

    name: str
    range: frozenset[str]
    value: str | None


@dataclass(frozen=True, slots=True)
class RelationType:
    """A relation of the closed list; ``domain`` and ``range`` hold entity types, ``value`` as in ``RoleType``."""

    name: str
    domain: frozenset[str]
    range: frozenset[str]
    value: str | None
    symmetric: bool = False
    covers_former: bool = False
    timeless: bool = False


@dataclass(frozen=True, slots=True)
class Titles:
    """Job titles: ``exact`` ones stand alone, ``heads`` also end a longer title unless a deputy word precedes."""

    exact: Mapping[str, str]
    heads: Mapping[str, str]
    deputy_words: frozenset[str]

    def property_of(self, title: str) -> str | None:
        """Return the property of one title without a joint, such as ``"ceoOf"``."""
        words = title.split()
        cuts = [i for i, word in enumerate(words) if word in _TITLE_PREPOSITIONS]
        for end in (len(words), *reversed(cuts)):
            if found := self._exact_or_head(words[:end]):
                return found
        return None

    def _exact_or_head(self, words: list[str]) -> str | None:
        if found := self.exact.get(" ".join(words)):
            return found
        for start in range(len(words)):
            if found := self.heads.get(" ".join(words[start:])):
                return None if start and words[start - 1] in self.deputy_words else found
        return None


@dataclass(frozen=True, slots=True)
class Identity:
    """How names identify entities: the coarse class of each type, and the words of a name that do not count."""

    classes: Mapping[str, str]
    prefixes: Mapping[str, frozenset[str]]
    suffixes: Mapping[str, frozenset[str]]
    titles: frozenset[str] = frozenset()
    """Job titles in small letters: "Prime Minister" names nobody."""


@dataclass(frozen=True, slots=True)
class Ontology:
    """Everything that an extraction may contain, and the words that announce it."""

    entity_types: tuple[str, ...]
    event_types: Mapping[str, EventType]
    relations: Mapping[str, RelationType]
    roles: Mapping[str, RoleType]
    titles: Titles
    identity: Identity
    trigger_lemmas: Mapping[str, frozenset[str]]
    plain_triggers: Mapping[str, frozenset[str]]
    trigger_objects: Mapping[str, frozenset[str]]
    unit_nouns: frozenset[str]
    cue_lemmas: frozenset[str]
    pronouns: Mapping[str, frozenset[str]]
    individuals: Mapping[str, Mapping[str, str]]
    status_words: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]

    def allows_relation(self, predicate: str, subject_type: str, object_type: str) -> bool:
        """Tell whether the relation may stand between these types; ``object_type`` may be ``"value"``."""
        relation = self.relations.get(predicate)
        if relation is None or subject_type not in relation.domain:
            return False
        return relation.value is not None if object_type == VALUE else object_type in relation.range

    def admits(self, predicate: str, subject_types: Iterable[str], object_types: Iterable[str]) -> bool:
        """Tell whether the relation may stand between some of these types."""
        targets = tuple(object_types)
        return any(self.allows_relation(predicate, one, other) for one in subject_types for other in targets)

    def allows_role(self, event_type: str, role: str) -> bool:
        """Tell whether events of this type have this role."""
        return event_type in self.event_types and role in self.event_types[event_type].roles

    def role_accepts(self, role: str, filler_type: str) -> bool:
        """Tell whether an entity of this type, or a ``"value"``, may fill the role."""
        kind = self.roles.get(role)
        if kind is None:
            return False
        return kind.value is not None if filler_type == VALUE else filler_type in kind.range

    def title_properties(self, title: str) -> tuple[str, ...]:
        """Map a job title to properties: ``"chairman and CEO"`` gives ``("chairOf", "ceoOf")``."""
        plain = re.sub(r"\s+", " ", title.casefold()).strip().removeprefix("ex-")
        parts = [plain] if plain in self.titles.exact else _TITLE_JOINTS.split(plain)
        found = (self.titles.property_of(part) for part in parts)
        return tuple(dict.fromkeys(name for name in found if name))

    def individual(self, kind: str, notation: str) -> str:
        """Return the term of a notation: ``individual("Modality", "planned")`` gives ``"Planned"``."""
        try:
            return self.individuals[kind][notation]
        except KeyError:
            raise OntologyError(f"The ontology has no {kind} {notation!r}") from None

    def conform(self, extraction: Extraction) -> Extraction:
        """Return the extraction without what the ontology does not allow."""
        known = frozenset(self.entity_types)
        types = {entity.id: entity.types for entity in extraction.entities if known.issuperset(entity.types)}
        return dataclasses.replace(
            extraction,
            entities=tuple(entity for entity in extraction.entities if entity.id in types),
            relations=tuple(item for item in extraction.relations if self._fits_relation(item, types)),
            events=tuple(self._fit_event(event, types) for event in extraction.events
                         if event.type in self.event_types),
            claims=tuple(claim for claim in extraction.claims if claim.speaker in types),
            facts=tuple(_without_unknown_ends(fact, types) for fact in extraction.facts))

    def _fits_relation(self, relation: Relation, types: Mapping[str, Sequence[str]]) -> bool:
        target = types.get(relation.object, ()) if isinstance(relation.object, str) else (VALUE,)
        return self.admits(relation.predicate, types.get(relation.subject, ()), target)

    def _fit_event(self, event: Event, types: Mapping[str, Sequence[str]]) -> Event:
        def fits(argument: Argument) -> bool:
            filler = types.get(argument.filler, ()) if isinstance(argument.filler, str) else (VALUE,)
            return self.allows_role(event.type, argument.role) and any(self.role_accepts(argument.role, kind)
                                                                       for kind in filler)

        return dataclasses.replace(event, arguments=tuple(filter(fits, event.arguments)))


def load(path: Path | None = None) -> Ontology:
    """Read an ontology, by default the one of the package; each file is read once."""
    return _load(path)


@cache
def _load(path: Path | None) -> Ontology:
    return _Reader(_parse(path)).ontology()


def _parse(path: Path | None) -> list[ox.Quad]:
    try:
        data = (path or resources.files("ontology").joinpath("news.ttl")).read_bytes()
        return list(ox.parse(data, format=ox.RdfFormat.TURTLE))
    except (OSError, SyntaxError) as error:
        raise OntologyError(f"Cannot read the ontology {path or 'news.ttl'}: {error}") from error


class _Reader:
    """The triples of an ontology file by subject and predicate, in the order of the file."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.objects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.subjects: dict[tuple[str, str], list[str]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
                continue  # RDF 1.2 annotations say nothing that is read here
            subject, predicate, target = quad.subject.value, quad.predicate.value, quad.object.value
            self.objects[subject, predicate].append(target)
            self.subjects[predicate, target].append(subject)

    def ontology(self) -> Ontology:
        """Assemble the ontology; ``OntologyError`` where it has no entity types."""
        entity_types = self.below("Entity", RDFS["subClassOf"])
        if not entity_types:
            raise OntologyError("The ontology has no subclass of news:Entity")
        events = self.below("Event", RDFS["subClassOf"])
        kinds = ("Modality", "Polarity", "PositionStatus", "KinshipKind")
        return Ontology(
            entity_types, self.event_types(events), self.relations(frozenset(entity_types)),
            self.roles(frozenset(entity_types)), self.titles(), self.identity(entity_types),
            {name: self.words(name, "triggerLemma") for name in events},
            {name: self.words(name, "plainTrigger") for name in events},
            {name: self.words(name, "triggerObject") for name in events}, self.words("partOf", "unitNoun"),
            self.words("Claim", "cueLemma"),
            {name: self.words(name, "pronoun") for name in entity_types},
            {kind: dict(self.individuals(kind)) for kind in kinds},
            {notation: self.words(name, "statusWord") for notation, name in self.individuals("PositionStatus")},
            self.labels())

    def below(self, name: str, predicate: str) -> tuple[str, ...]:
        """Return all terms below this one, in the order of the file."""
        found: dict[str, None] = {}
        queue = [str(NEWS[name])]
        while queue:
            new = [term for term in self.subjects[str(predicate), queue.pop(0)] if _local(term) not in found]
            found |= dict.fromkeys(map(_local, new))
            queue += new
        return tuple(found)

    def values(self, name: str, predicate: str) -> list[str]:
        """Return the objects of a term of the ontology."""
        return self.objects[str(NEWS[name]), str(predicate)]

    def words(self, name: str, annotation: str) -> frozenset[str]:
        """Return the literals that an annotation property gives a term."""
        return frozenset(self.values(name, NEWS[annotation]))

    def included(self, name: str, predicate: str) -> frozenset[str]:
        """Return the classes of a domain or range with all that is below them."""
        named = [_local(term) for term in self.values(name, predicate) if term.startswith(NEWS)]
        return frozenset(named).union(*(self.below(term, RDFS["subClassOf"]) for term in named))

    def event_types(self, names: tuple[str, ...]) -> dict[str, EventType]:
        """Return the event classes with their roles, the general ones last."""
        domains = {role: self.included(role, SCHEMA["domainIncludes"])
                   for role in self.below("role", RDFS["subPropertyOf"])}
        ordered = sorted(domains, key=lambda role: "Event" in domains[role])
        return {name: EventType(name, tuple(role for role in ordered if name in domains[role])) for name in names}

    def value_kind(self, name: str) -> str | None:
        """Return what a value in the range of this property becomes."""
        ranges = self.values(name, SCHEMA["rangeIncludes"])
        return next((kind for iri, kind in _VALUE_KINDS.items() if iri in ranges), None)

    def roles(self, entity_types: frozenset[str]) -> dict[str, RoleType]:
        """Return the roles of events with what may fill them."""
        return {name: RoleType(name, self.included(name, SCHEMA["rangeIncludes"]) & entity_types,
                               self.value_kind(name))
                for name in self.below("role", RDFS["subPropertyOf"])}

    def relations(self, entity_types: frozenset[str]) -> dict[str, RelationType]:
        """Return the relations of the closed list; those below another relation are job titles."""
        names = map(_local, self.subjects[str(RDFS["subPropertyOf"]), str(NEWS["relation"])])
        return {name: RelationType(
            name, self.included(name, SCHEMA["domainIncludes"]) & entity_types,
            self.included(name, SCHEMA["rangeIncludes"]) & entity_types, self.value_kind(name),
            str(OWL["SymmetricProperty"]) in self.values(name, RDF["type"]),
            "true" in self.words(name, "coversFormer"), "true" in self.words(name, "timeless")) for name in names}

    def titles(self) -> Titles:
        """Return the job titles of all properties that have some."""
        names = self.below("relation", RDFS["subPropertyOf"])
        heads = {word.casefold(): name for name in names for word in self.values(name, NEWS["titleHead"])}
        alone = {word.casefold(): name for name in names for word in self.values(name, SKOS["altLabel"])}
        return Titles(alone | heads, heads, self.words("positionAt", "deputyWord"))

    def identity(self, entity_types: tuple[str, ...]) -> Identity:
        """Return how names identify entities; a type without a class of its own inherits one."""
        classes = {sub: value for name in entity_types for value in self.values(name, NEWS["identityClass"])
                   for sub in (name, *self.below(name, RDFS["subClassOf"]))}
        return Identity(classes, {name: self.words(name, "namePrefix") for name in entity_types},
                        {name: self.words(name, "nameSuffix") for name in entity_types},
                        frozenset(self.titles().exact))

    def individuals(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yield the notation and the name of each individual of a class."""
        for term in map(_local, self.subjects[str(RDF["type"]), str(NEWS[kind])]):
            yield from ((notation, term) for notation in self.values(term, SKOS["notation"]))

    def labels(self) -> dict[str, str]:
        """Return the label of every term."""
        return {_local(subject): values[0] for (subject, predicate), values in self.objects.items()
                if predicate == str(RDFS["label"]) and values}


def _without_unknown_ends(fact: Fact, types: Container[str | None]) -> Fact:
    subject = fact.subject_entity if fact.subject_entity in types else None
    target = fact.object_entity if fact.object_entity in types else None
    return dataclasses.replace(fact, subject_entity=subject, object_entity=target)


def _local(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]
