"""Classes and properties out of the statements of an ontology: what OWL, RDFS, SKOS and SHACL say of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.errors import OntologyError
from kg.schema.terms import DATE, NUMBER, TEXT, Class, Property, Schema, Shape, local_name, words_of
from kg.vocab import DCTERMS, OWL, RDF, RDFS, SCHEMA, SKOS, XSD

SH = "http://www.w3.org/ns/shacl#"
SCHEMA_HTTP = "http://schema.org/"
DATES = frozenset(str(XSD[name]) for name in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth", "time"))
NUMBERS = frozenset(str(XSD[name]) for name in (
    "decimal", "integer", "double", "float", "int", "long", "short", "nonNegativeInteger", "positiveInteger",
    "unsignedInt", "duration"))
TYPE, FIRST, REST = (str(RDF[name]) for name in ("type", "first", "rest"))
UNION, DATATYPE_PROPERTY, FUNCTIONAL = (str(OWL[name]) for name in (
    "unionOf", "DatatypeProperty", "FunctionalProperty"))
DISJOINT, ALL_DISJOINT, MEMBERS = (str(OWL[name]) for name in ("disjointWith", "AllDisjointClasses", "members"))
CLASS_TYPES = tuple(map(str, (OWL["Class"], RDFS["Class"], SKOS["Concept"])))
PROPERTY_TYPES = tuple(map(str, (
    OWL["ObjectProperty"], OWL["DatatypeProperty"], RDF["Property"], OWL["FunctionalProperty"],
    OWL["InverseFunctionalProperty"], OWL["SymmetricProperty"], OWL["TransitiveProperty"])))
DOMAINS = tuple(map(str, (RDFS["domain"], SCHEMA["domainIncludes"], SCHEMA_HTTP + "domainIncludes")))
RANGES = tuple(map(str, (RDFS["range"], SCHEMA["rangeIncludes"], SCHEMA_HTTP + "rangeIncludes")))
ABOVE = tuple(map(str, (RDFS["subClassOf"], SKOS["broader"], SKOS["broaderTransitive"])))
LABELS = tuple(map(str, (SKOS["prefLabel"], RDFS["label"], SH + "name", SCHEMA["name"], SCHEMA_HTTP + "name")))
OTHER_LABELS = (*LABELS, *map(str, (SKOS["altLabel"], SKOS["hiddenLabel"])))
COMMENTS = tuple(map(str, (SKOS["definition"], RDFS["comment"], SH + "description", DCTERMS["description"],
                           SKOS["scopeNote"])))
EXAMPLES = (str(SKOS["example"]), "http://purl.org/vocab/vann/example")
EVENT_NAMES = frozenset({"Event", "E5_Event", "Q1656682"})
EVERYTHING = frozenset(map(str, (OWL["Thing"], RDFS["Resource"], OWL["Nothing"])))


class SchemaGraph:
    """The statements of an ontology by subject and predicate, in the order of the file."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.objects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.subjects: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.languages: dict[tuple[str, str, str], str] = {}
        self.terms: dict[str, None] = {}
        for quad in quads:
            if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
                continue  # RDF 1.2 annotations say nothing that is read here
            subject, predicate, target = quad.subject.value, quad.predicate.value, quad.object.value
            self.objects[subject, predicate].append(target)
            self.subjects[predicate, target].append(subject)
            if isinstance(quad.object, ox.Literal) and quad.object.language:
                self.languages[subject, predicate, target] = quad.object.language
            if isinstance(quad.subject, ox.NamedNode):
                self.terms[subject] = None

    def schema(self, name: str) -> Schema:
        """Return the classes and properties."""
        classes, properties = self.class_iris(), self.property_iris()
        apart = self.disjoint()
        read = {iri: self.read_class(iri, self.all_above(iri), frozenset(apart[iri])) for iri in classes
                if iri not in properties}
        return Schema(name, read,
                      {iri: self.read_property(iri, classes) for iri in properties})

    def all(self, subject: str, *predicates: str) -> list[str]:
        """Return the objects of a subject under any of the predicates, without repetition."""
        return list(dict.fromkeys(value for predicate in predicates for value in self.objects[subject, predicate]))

    def property_iris(self) -> dict[str, None]:
        """Return what is typed, described or constrained as a property."""
        typed = {subject for kind in PROPERTY_TYPES for subject in self.subjects[TYPE, kind]}
        described = {subject for (subject, predicate), _ in self.objects.items() if predicate in (*DOMAINS, *RANGES)}
        paths = {path for (_, predicate), paths in self.objects.items() if predicate == SH + "path" for path in paths}
        found = typed | described | (paths & {*self.terms, *(p for p in paths if ":" in p)})
        return {iri: None for iri in (*self.terms, *sorted(paths)) if iri in found}

    def class_iris(self) -> dict[str, None]:
        """Return what is typed or used as a class."""
        typed = {subject for kind in CLASS_TYPES for subject in self.subjects[TYPE, kind]}
        typed |= {subject for (subject, predicate), found in self.objects.items() if predicate in ABOVE and found}
        used = {value for (_, predicate), values in self.objects.items() for value in values
                if predicate in (*ABOVE, SH + "targetClass", SH + "class")}
        used |= {kind for iri in self.property_iris() for end in (DOMAINS, RANGES) for kind in self.ends(iri, end)}
        named = {iri for iri in typed | used if ":" in iri and not self.is_datatype(iri)} - EVERYTHING
        return {iri: None for iri in (*self.terms, *sorted(named)) if iri in named}

    @staticmethod
    def is_datatype(iri: str) -> bool:
        """Tell whether an IRI is one of a datatype."""
        return iri.startswith(str(XSD)) or iri in (str(RDFS["Literal"]), str(RDF["langString"]))

    def all_above(self, iri: str) -> frozenset[str]:
        """Return all superclasses of a class."""
        found: set[str] = set()
        queue = [iri]
        while queue:
            new = set(self.all(queue.pop(), *ABOVE)) - found
            found |= new
            queue += new
        return frozenset(found - EVERYTHING)

    def ends(self, iri: str, predicates: tuple[str, ...]) -> Iterator[str]:
        """Yield the classes at one end of a property; a union is its members."""
        for node in self.all(iri, *predicates):
            members = list(self.members(node))
            yield from members or [node]

    def members(self, node: str) -> Iterator[str]:
        """Yield the members of an ``owl:unionOf``."""
        for start in self.all(node, UNION):
            yield from self.listed(start)

    def text(self, iri: str, predicates: tuple[str, ...]) -> list[str]:
        """Return literals of a term, English ones and those without a language before others."""
        found = [(self.languages.get((iri, predicate, value), "en").lower().partition("-")[0] != "en", value)
                 for predicate in predicates for value in self.objects[iri, predicate]]
        return list(dict.fromkeys(" ".join(value.split()) for _, value in sorted(found, key=lambda row: row[0])))

    def shapes(self, iri: str) -> list[str]:
        """Return the property shapes of a property."""
        return self.subjects[SH + "path", iri]

    def read_class(self, iri: str, above: frozenset[str], apart: frozenset[str]) -> Class:
        """Return a class with what is said of it."""
        label, also, comment, examples = self.words(iri)
        event = any(local_name(kind) in EVENT_NAMES for kind in (iri, *above))
        return Class(iri, label, also, comment, examples, above, event, apart)

    def disjoint(self) -> Mapping[str, set[str]]:
        """Return for each class those that are declared disjoint with it, from either side."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for (predicate, other), classes in self.subjects.items():
            if predicate == DISJOINT:
                found[other].update(classes)
                for iri in classes:
                    found[iri].add(other)
        for node in self.subjects[TYPE, ALL_DISJOINT]:
            members = [member for start in self.all(node, MEMBERS) for member in self.listed(start)]
            for iri in members:
                found[iri].update(member for member in members if member != iri)
        return found

    def words(self, iri: str, *more: str) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
        """Return label, other labels, comment and examples of a term, also from the shapes ``more``."""
        nodes = (iri, *more)
        labels = [label for node in nodes for label in self.text(node, OTHER_LABELS)] or [words_of(local_name(iri))]
        comments = [comment for node in nodes for comment in self.text(node, COMMENTS)]
        examples = tuple(example for node in nodes for example in self.text(node, EXAMPLES))
        return labels[0], tuple(dict.fromkeys(labels[1:])), next(iter(comments), ""), examples

    def read_property(self, iri: str, classes: Iterable[str]) -> Property:
        """Return a property with its ends, from its own axioms and from SHACL shapes."""
        shapes, known = self.shapes(iri), frozenset(classes)
        owners = [owner for shape in shapes for owner in self.subjects[SH + "property", shape]]
        domain = {*self.ends(iri, DOMAINS), *(kind for owner in owners for kind in self.all(owner, SH + "targetClass"))}
        ranges = {*self.ends(iri, RANGES),
                  *(kind for shape in shapes for kind in self.all(shape, SH + "class", SH + "datatype"))}
        return Property(iri, *self.words(iri, *shapes), frozenset(domain & known), frozenset(ranges & known),
                        self.value_kind(iri, ranges), self.read_shape(iri, shapes))

    def value_kind(self, iri: str, ranges: set[str]) -> str | None:
        """Return what literals a property takes; ``None`` where it takes entities, or anything."""
        datatypes = {kind for kind in ranges if self.is_datatype(kind)}
        if datatypes & DATES:
            return DATE
        if datatypes & NUMBERS:
            return NUMBER
        return TEXT if datatypes or DATATYPE_PROPERTY in self.objects[iri, TYPE] else None

    def read_shape(self, iri: str, shapes: list[str]) -> Shape:
        """Return the constraints on a property's values."""
        most = [int(value) for shape in shapes for value in self.all(shape, SH + "maxCount")]
        if FUNCTIONAL in self.objects[iri, TYPE]:
            most.append(1)
        patterns = [value for shape in shapes for value in self.all(shape, SH + "pattern")]
        among = [value for shape in shapes for start in self.all(shape, SH + "in") for value in self.listed(start)]
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise OntologyError(f"{iri}: the pattern {pattern!r} is no regular expression: {error}") from error
        return Shape(min(most, default=None), next(iter(patterns), None), tuple(among))

    def listed(self, rest: str) -> Iterator[str]:
        """Yield the items of an RDF list."""
        while found := self.objects[rest, FIRST]:
            yield from found
            rest = next(iter(self.objects[rest, REST]), "")
