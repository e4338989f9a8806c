"""Relations of other corpora as further tasks of the relation head.

A text is annotated for some labels only, so the loss looks at those alone. Each label has a
column of its own, and by `relations.toml` may also teach one of our relations.
KnowledgeNet: Mesquita et al. 2019; CORE: Borchert et al. 2023; Re-DocRED: Tan et al. 2022.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from spacy.tokens import Doc
from torch import Tensor

from kg.extract.candidates import near
from kg.extract.features import Candidate, Pairs, Reading, pair_features
from kg.training.corpora import UNDEFINED
from kg.training.gold import RELATION_REACH, Inventory, token_span
from kg.training.heads import NewsHeads
from kg.training.knowledgenet import DATE, Passage, tables
from kg.training.news import pooled_loss, vectors

DOCRED_TYPES = {"PER": "Person", "ORG": "Organization", "LOC": "Place", "MISC": "Work"}
Place = tuple[int, int]
Spans = Sequence[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Example:
    """A text as pairs of candidates in groups, with the columns that count and each group's right ones.

    There are two sets of columns: the corpus's own, and those of our relations.
    """

    mentions: list[Candidate]
    values: list[Candidate]
    pairs: Pairs
    groups: Tensor
    columns: tuple[list[int], list[int]]
    targets: tuple[list[list[int]], ...]


class Annotated:
    """A parsed text with mentions, their entities, and facts between tokens; makes an ``Example``."""

    def __init__(self, doc: Doc, found: Spans, labels: Inventory) -> None:
        self.reading, self._labels = Reading(doc), labels
        self._spans = {(start, end): label for start, end, label in found}
        self._names: dict[Place, str] = {}
        self._dates = {(span.start, span.end - 1) for span in doc.spans["values"] if span.label_ == "DATE"}
        self._facts: list[tuple[str, Place, Place]] = []

    def mention(self, span: Place, name: str, kind: str) -> None:
        """Put an annotated mention in the place of those found over the same head, whose type it takes over.

        Mentions of one ``name`` are one entity; an empty one leaves that to their text.
        """
        head = self.reading.head_of(*span)
        same = [other for other in self._spans if other == span or self.reading.head_of(*other) == head]
        label = self._spans[same[0]] if same else self._labels.mention_types.index(kind)
        for other in same:
            del self._spans[other]
        self._spans[span] = label
        if name:
            self._names[span] = name

    def date(self, span: Place) -> None:
        """Put an annotated date in the place of those that it crosses."""
        self._dates = {d for d in self._dates if d[1] < span[0] or d[0] > span[1]} | {span}

    def fact(self, label: str, subject: Place, target: Place) -> None:
        """Add a fact between a mention and a mention or date."""
        self._facts.append((label, subject, target))

    def _entities(self, spans: Sequence[Place]) -> list[int]:
        doc = self.reading.doc
        names = [self._names.get(span) or doc[span[0] : span[1] + 1].text.casefold() for span in spans]
        numbers = {name: n for n, name in enumerate(dict.fromkeys(names))}
        return [numbers[name] for name in names]

    def example(self, annotated: Iterable[str], table: Mapping[str, Mapping[str, Any]],
                only: Place | None = None) -> Example | None:
        """Return the example for the labels ``annotated``, over all pairs or that of two starts; None without pairs."""
        labels, reading = self._labels, self.reading
        spans, base = sorted(self._spans), len(labels.mention_types) + labels.value_labels.index(DATE)
        mentions = [reading.candidate(*span, self._spans[span]) for span in spans]
        values = [reading.candidate(*span, base, "value") for span in sorted(self._dates)]
        right = [*mentions, *values]
        ends = [*self._entities(spans), *range(len(spans), len(spans) + len(values))]
        index = [(i, j) for i, j in near(reading, mentions, right, RELATION_REACH) if ends[i] != ends[j]
                 and (only is None or {right[i].start, right[j].start} == set(only))]
        if not index:
            return None
        numbers = {key: n for n, key in enumerate(dict.fromkeys((ends[i], ends[j]) for i, j in index))}
        place = {(c.start, c.end): end for c, end in zip(right, ends, strict=True)}
        columns = _columns(annotated, table, labels)
        targets: tuple[list[list[int]], ...] = ([[] for _ in numbers], [[] for _ in numbers])
        for name, subject, target in self._facts:
            key = place.get(subject, -1), place.get(target, -1)
            _mark(targets[0], numbers.get(key), columns[0].index(len(labels.relations) + labels.properties.index(name)))
            if relation := table[name].get("relation"):
                _mark(targets[1], numbers.get(key[::-1] if table[name].get("inverse") else key),
                      columns[1].index(labels.relations.index(relation)))
        return Example(mentions, values, pair_features(reading, mentions, right, index, labels.labels),
                       torch.tensor([numbers[ends[i], ends[j]] for i, j in index]), columns, targets)


def _columns(annotated: Iterable[str], table: Mapping[str, Mapping[str, Any]], labels: Inventory
             ) -> tuple[list[int], list[int]]:
    names = sorted(annotated)
    relations = {labels.relations.index(table[name]["relation"]) for name in names if "relation" in table[name]}
    return [len(labels.relations) + labels.properties.index(name) for name in names], sorted(relations)


def _mark(targets: list[list[int]], number: int | None, column: int) -> None:
    if number is not None and column not in targets[number]:
        targets[number].append(column)


def knowledgenet_example(passage: Passage, doc: Doc, found: Spans, labels: Inventory) -> Example | None:
    """Return a passage with the mentions that a model found beside the annotated ones."""
    table, made = tables()["knowledgenet"], Annotated(doc, found, labels)
    for fact in passage.facts:
        subject, target = token_span(doc, *fact.subject), token_span(doc, *fact.object)
        if subject is None or target is None:
            continue
        kinds = table[fact.property]
        made.mention(subject, fact.subject_uri, kinds["subject"])
        if kinds["object"] == DATE:
            made.date(target)
        else:
            made.mention(target, fact.object_uri, kinds["object"])
        made.fact(fact.property, subject, target)
    return made.example(passage.properties, table)


def core_example(row: Mapping[str, Any], doc: Doc, found: Spans, labels: Inventory) -> Example | None:
    """Return the annotated pair of a CORE sentence; without a relation it is an example of none."""
    table, made = tables()["core"], Annotated(doc, found, labels)
    ends = [(row["e1_start"], row["e1_end"]), (row["e2_start"], row["e2_end"])]
    for number, span in enumerate(ends):
        made.mention(span, f"end {number}", "Company")
    subject, target = ends[::-1] if row["invert_relation"] else ends
    made.fact(row["relation"], subject, target)
    ours = row["relation"] == UNDEFINED or "relation" in table[row["relation"]]
    example = made.example(table, table, (ends[0][0], ends[1][0]))
    return example if example is None or ours else _without_ours(example)


def _without_ours(example: Example) -> Example:
    return Example(example.mentions, example.values, example.pairs, example.groups, (example.columns[0], []),
                   example.targets)


def redocred_example(row: Mapping[str, Any], doc: Doc, found: Spans, labels: Inventory) -> Example | None:
    """Return a Re-DocRED document, annotated whole; labels that `relations.toml` does not list are left out."""
    table, made = tables()["redocred"], Annotated(doc, found, labels)
    starts = [0]
    for sentence in row["sents"]:
        starts.append(starts[-1] + len(sentence))
    places: list[Place | None] = []
    for number, entity in enumerate(row["vertexSet"]):
        spans = [(starts[m["sent_id"]] + m["pos"][0], starts[m["sent_id"]] + m["pos"][1] - 1) for m in entity]
        kind = entity[0]["type"]
        for span in spans:
            if kind in DOCRED_TYPES:
                made.mention(span, f"entity {number}", DOCRED_TYPES[kind])
            elif kind == "TIME":
                made.date(span)
        places.append(spans[0] if kind in DOCRED_TYPES or kind == "TIME" else None)
    for fact in row["labels"]:
        subject, target = places[fact["h"]], places[fact["t"]]
        if fact["r"] in table and subject is not None and target is not None:
            made.fact(fact["r"], subject, target)
    return made.example(table, table)


def passage_loss(heads: NewsHeads, states: Tensor, made: Example) -> Tensor:
    """Return the loss of a text's own labels and of the relations that they teach."""
    mentions, values = vectors(heads, states, made.mentions), vectors(heads, states, made.values)
    logits = heads.relations(mentions, torch.cat([mentions, values]), made.pairs, states)
    total = torch.zeros(())
    for columns, targets in zip(made.columns, made.targets, strict=True):
        if columns:
            facts = sum(map(len, targets))
            total = total + pooled_loss(logits[:, columns], made.groups, targets) / max(facts, 2)
    return total
