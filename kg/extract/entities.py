"""Entities of one article: mentions in coreference chains, with a type and a name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.extract.coreference import antecedent_pairs, chains
from kg.extract.features import Candidate, FloatArray, IntArray, Reading
from kg.extract.heads import NewsHeads
from kg.extract.rules import called
from kg.model import Entity, Mention
from kg.ontology import Ontology

PLAIN = ("nominal", "pronoun")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who the article speaks of: mentions, their vectors, and the number of each one's entity.

    ``types`` has the type number of each entity.
    """

    mentions: list[Candidate]
    vectors: FloatArray
    entity: IntArray
    types: list[int]

    def __len__(self) -> int:
        """Return the number of entities."""
        return len(self.types)


def find_cast(reading: Reading, heads: NewsHeads, ontology: Ontology) -> Cast:
    """Group the mentions of a document into entities."""
    type_number = {name: i for i, name in enumerate(heads.mention_types)}
    mentions = [reading.candidate(span.start, span.end - 1, type_number[span.label_])
                for span in reading.doc.spans["mentions"]]
    vectors = heads.spans(reading, mentions)
    pairs = antecedent_pairs(reading, mentions, heads.labels, len(heads.mention_types))
    scores = heads.coreference(vectors, vectors, pairs, reading.states)[:, 0]
    chain = chains(scores, pairs, len(mentions), heads.thresholds["coreference"], called(reading, mentions, ontology))
    numbers = {first: i for i, first in enumerate(sorted(set(chain)))}
    entity = np.array([numbers[c] for c in chain], dtype=np.int64)
    types = _like_their_list(reading, mentions, entity, _types(mentions, entity, len(numbers)))
    return Cast(mentions, vectors, entity, types)


def _types(mentions: Sequence[Candidate], entity: IntArray, count: int) -> list[int]:
    """Return each entity's commonest type, names counting before descriptions and pronouns."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for mention, number in zip(mentions, entity, strict=True):
        votes[int(number)][mention.label] += 1 if mention.kind in PLAIN else 3
    return [votes[number].most_common(1)[0][0] for number in range(count)]


def _like_their_list(reading: Reading, mentions: Sequence[Candidate], entity: IntArray, types: list[int]) -> list[int]:
    """Give an entity named once, in a list of names, the type that most others of the list have."""
    lists: dict[int, list[int]] = defaultdict(list)
    for mention, number in zip(mentions, entity.tolist(), strict=True):
        if mention.kind == "name":
            lists[reading.first_conjunct(mention.head)].append(number)
    once = {number for number, count in Counter(entity.tolist()).items() if count == 1}
    settled = list(types)
    for members in lists.values():
        common, count = Counter(types[number] for number in members).most_common(1)[0]
        if len(members) > 2 and count > len(members) / 2:
            settled = [common if n in members and n in once else kind for n, kind in enumerate(settled)]
    return settled


def build_entities(reading: Reading, cast: Cast, heads: NewsHeads, taking_part: set[int],
                   probabilities: Sequence[float]) -> dict[int, Entity]:
    """Return the entities by number: those with a named mention, and others that take part in something."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, entity in enumerate(cast.entity):
        members[int(entity)].append(number)
    built = {}
    for entity, numbers in members.items():
        mentions = [cast.mentions[n] for n in numbers]
        if entity in taking_part or any(m.kind == "name" for m in mentions):
            confidence = round(float(max(probabilities[n] for n in numbers)), 4)
            built[entity] = Entity(f"e{entity + 1}", heads.mention_types[cast.types[entity]], _name(reading, mentions),
                                   tuple(_mention(reading, m) for m in mentions), confidence)
    return built


def _mention(reading: Reading, candidate: Candidate) -> Mention:
    span = reading.doc[candidate.start : candidate.end + 1]
    return Mention(span.start_char, span.end_char, candidate.kind)


def _name(reading: Reading, mentions: Sequence[Candidate]) -> str:
    """Return the fullest name, or the first fullest description where there is no name."""
    for kind in ("name", "nominal", "pronoun"):
        texts = [reading.doc[m.start : m.end + 1].text for m in mentions if m.kind == kind]
        if texts:
            return " ".join(max(texts, key=len).split())
    return ""


