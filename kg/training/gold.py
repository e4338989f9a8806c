"""Gold news articles as targets over the tokens of a parsed Doc, for the heads of the news branch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from spacy.tokens import Doc

from kg.extract.candidates import RULE_LABELS, near, word_candidates
from kg.extract.claims import offset_count
from kg.extract.coreference import antecedent_pairs, match_count
from kg.extract.features import Candidate, Pairs, Reading, feature_count, pair_features
from kg.extract.heads import CandidateLabels
from kg.extract.relations import TITLE

RARE = 5
OTHER = "other"
RELATION_REACH, ROLE_REACH = 2, 3
OVERDONE = {"livesIn": None, "basedIn": "Government"}
"""Relations, some with the subject's type, that annotated articles have far more of than gold, and do not teach."""
VALUE_RELATIONS = {"age": "age", "employeeCount": "count", "foundedOn": "date", "birthDate": "date",
                   "deathDate": "date"}


@dataclass(frozen=True, slots=True)
class Inventory(CandidateLabels):
    """The label lists of the news heads; positions are label numbers."""

    mention_types: list[str]
    value_labels: list[str]
    event_types: list[str]
    roles: list[str]
    relations: list[str]
    modalities: list[str]
    properties: list[str]  # relation labels of other corpora, scored beside the relations

    def sizes(self) -> dict[str, int]:
        """Return what `kg.training.heads.NewsHeads` is built from."""
        return {"mentions": len(self.mention_types), "values": len(self.value_labels), "events": len(self.event_types),
                "roles": len(self.roles), "relations": len(self.relations) + len(self.properties),
                "modalities": len(self.modalities), "features": feature_count(self.labels),
                "match": match_count(len(self.mention_types)),
                "offsets": offset_count()}


def inventory(articles: Sequence[dict[str, Any]], mention_types: Sequence[str],
              properties: Mapping[str, Mapping[str, Any]] | None = None) -> Inventory:
    """Collect the labels of gold articles, and of other corpora with the relations that they teach.

    Value roles seen fewer than ``RARE`` times share one label.
    """
    properties = properties or {}
    value_roles = Counter(a["role"] for d in articles for e in d["events"] for a in e["arguments"] if "value" in a)
    values = {role for role, count in value_roles.items() if count >= RARE}
    values |= {TITLE, OTHER, "age", *RULE_LABELS.values()}
    return Inventory(
        list(mention_types), sorted(values), sorted({e["type"] for d in articles for e in d["events"]}),
        sorted({a["role"] for d in articles for e in d["events"] for a in e["arguments"]}),
        [*sorted({r["predicate"] for d in articles for r in d["relations"]} |
                 {row["relation"] for row in properties.values() if "relation" in row}), TITLE],
        sorted({e["modality"] for d in articles for e in d["events"]}), sorted(properties))


LABEL_LISTS = tuple(item.name for item in fields(Inventory))
"""The names of the label lists, in a model file's settings too."""


@dataclass(slots=True)
class Target:
    """One article: gold candidates with their entity numbers, and what the heads should say about them.

    ``fillers`` maps (event number, "m" or "v", entity or value number) to a role number;
    ``links`` maps (entity, "m" or "v", entity or value) to relation numbers; those ``unasked`` count neither way.
    """

    doc: Doc
    reading: Reading
    mentions: list[Candidate]
    entity: list[int]
    values: list[Candidate]
    triggers: list[tuple[int, int, int, int]]
    fillers: dict[tuple[int, str, int], int]
    links: dict[tuple[int, str, int], list[int]]
    cues: dict[int, list[tuple[int, int, int]]]
    false_mentions: list[Candidate] = field(default_factory=list)
    rule_values: list[Candidate] = field(default_factory=list)
    false_values: list[Candidate] = field(default_factory=list)
    unasked: set[tuple[int, str, int]] = field(default_factory=set)


def target(article: dict[str, Any], doc: Doc, labels: Inventory) -> Target:
    """Move an article's annotation from characters to the tokens of its parsed Doc."""
    reading = Reading(doc)
    mentions, entity = [], []
    numbers = {e["id"]: n for n, e in enumerate(article["entities"])}
    for e in article["entities"]:
        for m in e["mentions"]:
            span = token_span(doc, m["start"], m["end"])
            if span:
                mentions.append(reading.candidate(*span, labels.mention_types.index(e["type"])))
                entity.append(numbers[e["id"]])
    order = sorted(range(len(mentions)), key=lambda i: (mentions[i].start, mentions[i].end))
    made = Target(doc, reading, [mentions[i] for i in order], [entity[i] for i in order], [], [], {}, {}, {})
    _add_events(made, article, labels, numbers)
    _add_relations(made, article, labels, numbers)
    _add_claims(made, article, numbers)
    gold = {(v.start, v.end) for v in made.values}
    for found in doc.spans["values"]:
        if all(found.end - 1 < s or found.start > e for s, e in gold):
            label = RULE_LABELS[found.label_]
            made.rule_values.append(value_candidate(made, found.start, found.end - 1, label, labels))
    made.false_values = list(made.rule_values)
    return made


def token_span(doc: Doc, start: int, end: int) -> tuple[int, int] | None:
    """Return the tokens (end inclusive) that cover characters, without spaces at the ends."""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None:
        return None
    tokens = [t.i for t in span if not t.is_space]
    return (tokens[0], tokens[-1]) if tokens else None


def value_candidate(made: Target, start: int, end: int, label: str, labels: Inventory) -> Candidate:
    """Return a value candidate with the number of its label."""
    name = label if label in labels.value_labels else OTHER
    return made.reading.candidate(start, end, len(labels.mention_types) + labels.value_labels.index(name), "value")


def _value(made: Target, place: tuple[int, int] | None, label: str, labels: Inventory) -> int | None:
    """Return the number of the value over tokens ``place``, adding it where it is new."""
    if place is None:
        return None
    for number, value in enumerate(made.values):
        if (value.start, value.end) == place:
            return number
    made.values.append(value_candidate(made, *place, label, labels))
    return len(made.values) - 1


def _add_events(made: Target, article: dict[str, Any], labels: Inventory, numbers: dict[str, int]) -> None:
    for event in article["events"]:
        place = token_span(made.doc, event["trigger"]["start"], event["trigger"]["end"])
        if place is None:
            continue
        token = place[0]
        number = len(made.triggers)
        made.triggers.append((token, labels.event_types.index(event["type"]),
                              labels.modalities.index(event["modality"]), int(event["polarity"] == "negative")))
        for argument in event["arguments"]:
            if argument["role"] not in labels.roles:  # a model file's roles are those that its training had
                continue
            role = labels.roles.index(argument["role"])
            if "entity" in argument:
                made.fillers[number, "m", numbers[argument["entity"]]] = role
            else:
                value = _value(made, token_span(made.doc, argument["start"], argument["end"]), argument["role"], labels)
                if value is not None:
                    made.fillers[number, "v", value] = role


def _add_relations(made: Target, article: dict[str, Any], labels: Inventory, numbers: dict[str, int]) -> None:
    text = article["document"]["text"]
    types = [entity["type"] for entity in article["entities"]]
    for relation in article["relations"]:
        subject, predicate = numbers[relation["subject"]], labels.relations.index(relation["predicate"])
        if article.get("facts") == [] and OVERDONE.get(relation["predicate"], "") in (None, types[subject]):
            made.unasked.add((subject, "m", numbers[relation["object"]]))
        if isinstance(relation["object"], dict):
            place = token_span(made.doc, relation["object"].get("start", 0), relation["object"].get("end", 0))
            value = _value(made, place, VALUE_RELATIONS[relation["predicate"]], labels)
            if value is not None:
                made.links.setdefault((subject, "v", value), []).append(predicate)
            continue
        made.links.setdefault((subject, "m", numbers[relation["object"]]), []).append(predicate)
        title = relation.get("qualifiers", {}).get("title")
        evidence = (relation.get("evidence") or [{"start": 0, "end": 0}])[0]
        at = text.lower().find(title.lower(), evidence["start"], evidence["end"]) if title else -1
        if at >= 0:
            value = _value(made, token_span(made.doc, at, at + len(title)), TITLE, labels)
            if value is not None:
                made.links.setdefault((subject, "v", value), []).append(labels.relations.index(TITLE))


def _add_claims(made: Target, article: dict[str, Any], numbers: dict[str, int]) -> None:
    for claim in article["claims"]:
        cue = token_span(made.doc, claim["cue"]["start"], claim["cue"]["end"])
        content = token_span(made.doc, claim["content"]["start"], claim["content"]["end"])
        if cue and content:
            made.cues.setdefault(cue[0], []).append((numbers[claim["speaker"]], *content))


@dataclass(frozen=True, slots=True)
class Prepared:
    """Pairs with features for all heads over one article's gold and false candidates."""

    mentions: list[Candidate]
    entity: list[int]
    values: list[Candidate]
    coreference: Pairs
    relations: Pairs
    arguments: Pairs
    value_arguments: Pairs
    speakers: Pairs


def prepare(made: Target, labels: Inventory) -> Prepared:
    """Compute the pairs of an article; false candidates come after the gold ones, each its own entity."""
    reading = made.reading
    base = max(made.entity, default=-1) + 1
    joined = sorted(zip([*made.mentions, *made.false_mentions],
                        [*made.entity, *range(base, base + len(made.false_mentions))], strict=True),
                    key=lambda row: (row[0].start, row[0].end))
    mentions, entity = [row[0] for row in joined], [row[1] for row in joined]
    values = [*made.values, *made.false_values]
    right = [*mentions, *values]
    index = [(i, j) for i, j in near(reading, mentions, right, RELATION_REACH)
             if j >= len(mentions) or entity[i] != entity[j]]
    triggers = word_candidates([token for token, *_ in made.triggers], labels.word_label)
    cues = word_candidates(sorted(made.cues), labels.word_label)
    return Prepared(
        mentions, entity, values, antecedent_pairs(reading, mentions, labels.labels, len(labels.mention_types)),
        pair_features(reading, mentions, right, index, labels.labels),
        pair_features(reading, triggers, mentions, near(reading, triggers, mentions, ROLE_REACH), labels.labels),
        pair_features(reading, triggers, values, near(reading, triggers, values, ROLE_REACH), labels.labels),
        pair_features(reading, cues, mentions, near(reading, cues, mentions, ROLE_REACH), labels.labels))


def spans_of(candidates: Sequence[Candidate], base: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return (candidates, 3): start, inclusive end and label from 1, for the span scorers."""
    rows = [(c.start, c.end, c.label - base + 1) for c in candidates]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
