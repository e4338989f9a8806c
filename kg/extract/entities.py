"""Entities of one article: mentions in coreference chains, with a type and a name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Span as DocSpan

from kg.extract.coreference import antecedent_pairs, chains
from kg.extract.features import Candidate, FloatArray, IntArray, Reading
from kg.extract.heads import NewsHeads
from kg.extract.rules import certain_links, other_countries, other_names
from kg.extract.trace import Trace, threshold_reason
from kg.linking.comparison import is_acronym
from kg.linking.countries import country_called
from kg.model import Entity, Mention, Span
from kg.nlp.component import is_name
from kg.ontology import Ontology

PLAIN = ("nominal", "pronoun")
ENDS = ("PROPN", "NOUN", "NUM", "X", "SYM", "PUNCT", "PART")
"""Parts of speech of the last word of a name, "'s" and marks among them."""


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
    certain = certain_links(reading, mentions, heads.mention_types, ontology)
    chain = chains(scores, pairs, len(mentions), heads.thresholds["coreference"], certain,
                   other_names(reading, mentions) | other_countries(reading, mentions))
    numbers = {first: i for i, first in enumerate(sorted(set(chain)))}
    entity = np.array([numbers[c] for c in chain], dtype=np.int64)
    shares = _shares(reading, mentions, len(heads.mention_types))
    types = _like_their_list(reading, mentions, entity, _types(mentions, entity, len(numbers), shares))
    return Cast(mentions, vectors, entity, types)


def record_mentions(reading: Reading, heads: NewsHeads, trace: Trace) -> None:
    """Record the spans that were weighed as mentions and left."""
    doc = reading.doc
    chosen = [(span.start, span.end - 1) for span in doc.spans["mentions"]]
    starts, ends = heads.mentions.spans([(sent.start, sent.end) for sent in doc.sents])
    probabilities = heads.mentions(reading.states, starts, ends)
    for row in np.flatnonzero(1 - probabilities[:, 0] >= trace.least).tolist():
        start, end, score = int(starts[row]), int(ends[row]), 1 - float(probabilities[row, 0])
        if (start, end) in chosen or doc[start].is_space or doc[end].is_space:
            continue
        crossed = any(a < start <= b < end or start < a <= end < b for a, b in chosen)
        words = doc[start : end + 1]
        threshold = heads.thresholds["names" if is_name(words) else "mentions"]
        reason = "crosses a likelier mention" if crossed else threshold_reason(score, threshold)
        trace.add("mentions", heads.mention_types[int(probabilities[row, 1:].argmax())], (words.text,),
                  Span(words.start_char, words.end_char), score, False, reason)


def _shares(reading: Reading, mentions: Sequence[Candidate], types: int) -> FloatArray:
    """Return the probabilities (mentions, types) that the model gave; certainty where others set the mentions."""
    given = reading.doc.spans["mentions"].attrs.get("types")
    return np.eye(types)[[m.label for m in mentions]] if given is None else np.array(given).reshape(-1, types)


def _types(mentions: Sequence[Candidate], entity: IntArray, count: int, shares: FloatArray) -> list[int]:
    """Return each entity's likeliest type, names counting before descriptions and pronouns.

    ``shares`` (mentions, types) are the probabilities of each mention's types.
    """
    votes = np.zeros((count, shares.shape[1]))
    for mention, number, share in zip(mentions, entity, shares, strict=True):
        votes[number] += share if mention.kind in PLAIN else 3 * share
    found: list[int] = votes.argmax(axis=1).tolist()
    return found


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
            kind = heads.mention_types[cast.types[entity]]
            built[entity] = Entity(f"e{entity + 1}", kind, name_of(reading, mentions, kind),
                                   tuple(_mention(reading, m) for m in mentions), confidence)
    return built


def _mention(reading: Reading, candidate: Candidate) -> Mention:
    span = reading.doc[candidate.start : candidate.end + 1]
    return Mention(span.start_char, span.end_char, candidate.kind)


def name_of(reading: Reading, mentions: Sequence[Candidate], type: str) -> str:
    """Return the fullest form of the usual name, or the first fullest description where there is no name.

    An adjective ("Iraqi") and a part ("northern Iraq") give no name where there is another. What is longer than the
    usual name of a place or country is mostly something else ("Multi-National Force Iraq"), and what shares no word
    with the usual name a mention that went astray.
    """
    spans: dict[str, list[DocSpan]] = defaultdict(list)
    for mention in mentions:
        spans[mention.kind].append(reading.doc[mention.start : mention.end + 1])
    if names := spans["name"]:
        return _fullest([_words(name) for name in names if _is_proper(name)] or list(map(_words, names)), type)
    return max(map(_words, spans["nominal"] or spans["pronoun"]), key=len, default="")


def _words(span: DocSpan) -> str:
    """Return the words of a span on one line."""
    return " ".join(span.text.split())


def _fullest(names: Sequence[str], type: str) -> str:
    uses = Counter(names)
    usual = max(names, key=lambda name: (uses[name], len(name)))
    if type == "Place" or country_called(usual):
        return usual
    if type == "Person":  # of whom one word tells little
        last = usual.split()[-1]
        return max((name for name in names if last in name.split()[1:]), key=len, default=max(names, key=len))
    # News spells a name out first: "Norvane Cloud Services" after "Norvane" is a part of it.
    first = names[: names.index(usual) + 1]
    fuller = [name for name in first if set(usual.split()) <= set(name.split())]
    return max([*fuller, *(name for name in names if is_acronym(usual, name))], key=len)


def _is_proper(name: DocSpan) -> bool:
    """Tell whether a name begins with a capital and ends in a noun."""
    return any(c.isupper() for c in name[0].text) and name[-1].pos_ in ENDS
