"""What of an article bears on identity: its entities by IRI, with the names and the people's jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from kg import ontology as ontologies
from kg import vocab
from kg.linking.names import Key, iri_of, key_of, link
from kg.model import Entity, Extraction
from kg.ontology import Ontology

_RULES = ("names.py", "readings.py", "cities.py", "gazetteers/cities.tsv", "countries.py", "countries.tsv",
          "institutions.py", "institutions.txt")
"""What decides, beside the ontology, which names an article has."""


@cache
def rules() -> str:
    """Return a hash of what decides the readings of an article: a store that was written by others reads them anew."""
    folder, identity = resources.files(__package__), ontologies.load().identity
    words = [sorted((name, sorted(words)) for name, words in table.items())
             for table in (identity.prefixes, identity.suffixes)]
    return vocab.digest(*(folder.joinpath(name).read_text("utf-8") for name in _RULES),
                        str([sorted(identity.classes.items()), *words, sorted(identity.titles)]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What one article calls one thing.

    ``base`` is the IRI by class and name; it is ``shared`` with other articles unless the name is too
    weak for that. ``spoken`` are other names in the text as pairs of the IRI that they would have and
    their words; ``employers`` the IRIs of organisations where a person has a position; ``topic`` is what the article is
    about, of people alone.
    """

    base: str
    coarse: str
    key: str
    shared: bool
    name: str
    spoken: tuple[tuple[str, str], ...] = ()
    employers: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    topic: str = ""

    def to_row(self) -> list[Any]:
        """Return the reading as JSON data."""
        return [self.base, self.coarse, self.key, self.shared, self.name, [list(pair) for pair in self.spoken],
                list(self.employers), list(self.titles), self.topic]

    @classmethod
    def from_row(cls, row: list[Any]) -> Reading:
        """Read what ``to_row`` wrote."""
        base, coarse, key, shared, name, spoken, employers, titles, *topic = row  # stores of old have no topic
        return cls(base, coarse, key, shared, name, tuple((iri, words) for iri, words in spoken),
                   tuple(employers), tuple(titles), *topic)


Record = tuple[Reading, ...]
"""The readings of one article, sorted by IRI."""


def read_record(extraction: Extraction, ontology: Ontology) -> Record:
    """Return the readings of an article; they do not depend on ids or the order of entities."""
    iris = link(extraction, ontology)
    groups: dict[str, list[Entity]] = {}
    for entity in sorted(extraction.entities, key=lambda entity: (entity.name, entity.type, entity.mentions)):
        groups.setdefault(str(iris[entity.id]), []).append(entity)
    jobs = _jobs(extraction, {entity_id: str(iri) for entity_id, iri in iris.items()})
    text, keys = extraction.document.text, key_of(extraction, ontology)
    return tuple(_reading(base, groups[base], text, keys, jobs.get(base, set()), extraction.topic)
                 for base in sorted(groups))


def _reading(base: str, entities: list[Entity], text: str, keys: Callable[[Entity], Key], jobs: set[tuple[str, str]],
             topic: str) -> Reading:
    key = keys(entities[0])
    shared = len(key) == 2
    spoken = {pair for entity in entities for pair in _spoken(entity, text, keys)} if shared else set()
    return Reading(base, str(key[0]), str(key[1]), shared, max(entity.name for entity in entities),
                   tuple(sorted(pair for pair in spoken if pair[0] != base)),
                   tuple(sorted({where for where, _ in jobs})), tuple(sorted({title for _, title in jobs})),
                   topic if shared and key[0] == "Person" else "")


def _spoken(entity: Entity, text: str, keys: Callable[[Entity], Key]) -> set[tuple[str, str]]:
    """Return the other names of an entity with the IRIs that entities of these names have."""
    found = set()
    for mention in entity.mentions:
        words = " ".join(text[mention.start:mention.end].split())
        if mention.kind != "name" or not any(c.isupper() for c in words):
            continue
        other = Entity(entity.id, entity.type, words, (mention,))
        key = keys(other)
        if len(key) == 2:
            found.add((str(iri_of(key)), words))
    return found


def _jobs(extraction: Extraction, iris: Mapping[str, str]) -> dict[str, set[tuple[str, str]]]:
    """Return the positions of each person, by IRI: where, and under which title."""
    jobs: dict[str, set[tuple[str, str]]] = {}
    for relation in extraction.relations:
        if relation.predicate == "positionAt" and isinstance(relation.object, str) and relation.polarity == "positive":
            title = relation.qualifiers.get("title", "").casefold()
            jobs.setdefault(iris[relation.subject], set()).add((iris[relation.object], title))
    return jobs
