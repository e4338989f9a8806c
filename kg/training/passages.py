"""KnowledgeNet passages (Mesquita et al. 2019): facts of 15 properties, as a second task of the relation head.

A passage is annotated for some properties only, so the loss looks at those alone. Each
property has a column of its own, and by `knowledgenet.toml` also teaches a relation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from spacy.tokens import Doc
from torch import Tensor

from kg.extract.candidates import near
from kg.extract.features import Candidate, Pairs, Reading, pair_features
from kg.training.gold import RELATION_REACH, Inventory, token_span
from kg.training.heads import NewsHeads
from kg.training.knowledgenet import DATE, Passage, mapping
from kg.training.news import pooled_loss, vectors


@dataclass(frozen=True, slots=True)
class Example:
    """A passage as pairs of candidates in groups, with the columns that count and each group's right ones."""

    mentions: list[Candidate]
    values: list[Candidate]
    pairs: Pairs
    groups: Tensor
    columns: tuple[list[int], list[int]]
    targets: tuple[list[list[int]], ...]


class _Cast:
    """The mentions of a passage by span, each with a number for its entity."""

    def __init__(self, reading: Reading, found: Sequence[tuple[int, int, int]]) -> None:
        self.reading = reading
        self.spans = {(start, end): label for start, end, label in found}
        self.uri: dict[tuple[int, int], str] = {}

    def add(self, span: tuple[int, int], uri: str, label: int) -> None:
        """Put a gold mention in the place of those found over the same head."""
        head = self.reading.head_of(*span)
        same = [other for other in self.spans if other == span or self.reading.head_of(*other) == head]
        label = self.spans[same[0]] if same else label
        for other in same:
            del self.spans[other]
        self.spans[span] = label
        if uri:
            self.uri[span] = uri

    def entities(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Number spans by URI, else by text."""
        names = [self.uri.get(span) or self.reading.doc[span[0] : span[1] + 1].text.casefold() for span in spans]
        numbers = {name: n for n, name in enumerate(dict.fromkeys(names))}
        return [numbers[name] for name in names]


def example(passage: Passage, doc: Doc, found: Sequence[tuple[int, int, int]], labels: Inventory) -> Example | None:
    """Return a passage as an example, with the mentions that a model found beside the gold ones; None without pairs."""
    table, reading = mapping(), Reading(doc)
    cast = _Cast(reading, found)
    dates = {(span.start, span.end - 1) for span in doc.spans["values"] if span.label_ == "DATE"}
    facts = []
    for fact in passage.facts:
        subject, target = token_span(doc, *fact.subject), token_span(doc, *fact.object)
        if subject is None or target is None:
            continue
        kinds = table[fact.property]
        cast.add(subject, fact.subject_uri, labels.mention_types.index(kinds["subject"]))
        if kinds["object"] == DATE:
            dates = {d for d in dates if d[1] < target[0] or d[0] > target[1]} | {target}
        else:
            cast.add(target, fact.object_uri, labels.mention_types.index(kinds["object"]))
        facts.append((fact.property, subject, target))
    spans, base = sorted(cast.spans), len(labels.mention_types) + labels.value_labels.index(DATE)
    mentions = [reading.candidate(*span, cast.spans[span]) for span in spans]
    values = [reading.candidate(*span, base, "value") for span in sorted(dates)]
    entity, right = cast.entities(spans), [*mentions, *values]
    ends = [*entity, *range(len(spans), len(spans) + len(values))]
    index = [(i, j) for i, j in near(reading, mentions, right, RELATION_REACH) if ends[i] != ends[j]]
    if not index:
        return None
    numbers = {key: n for n, key in enumerate(dict.fromkeys((ends[i], ends[j]) for i, j in index))}
    place = {(c.start, c.end): end for c, end in zip(right, ends, strict=True)}
    columns = _columns(passage, labels, table)
    targets: tuple[list[list[int]], ...] = ([[] for _ in numbers], [[] for _ in numbers])
    for name, subject, target in facts:
        key = place.get(subject, -1), place.get(target, -1)
        relation = labels.relations.index(table[name]["relation"])
        _mark(targets[0], numbers.get(key), columns[0].index(len(labels.relations) + labels.properties.index(name)))
        _mark(targets[1], numbers.get(key[::-1] if table[name].get("inverse") else key), columns[1].index(relation))
    return Example(mentions, values, pair_features(reading, mentions, right, index, labels.labels),
                   torch.tensor([numbers[ends[i], ends[j]] for i, j in index]), columns, targets)


def _columns(passage: Passage, labels: Inventory, table: dict[str, dict[str, Any]]) -> tuple[list[int], list[int]]:
    """Return the columns of the relation head that a passage speaks of: properties, and the relations they teach."""
    relations = {labels.relations.index(table[name]["relation"]) for name in passage.properties}
    return [len(labels.relations) + labels.properties.index(name) for name in passage.properties], sorted(relations)


def _mark(targets: list[list[int]], number: int | None, column: int) -> None:
    if number is not None and column not in targets[number]:
        targets[number].append(column)


def passage_loss(heads: NewsHeads, states: Tensor, made: Example) -> Tensor:
    """Return the loss of a passage's properties and of the relations that they teach."""
    mentions, values = vectors(heads, states, made.mentions), vectors(heads, states, made.values)
    logits = heads.relations(mentions, torch.cat([mentions, values]), made.pairs, states)
    total = torch.zeros(())
    for columns, targets in zip(made.columns, made.targets, strict=True):
        if columns:
            facts = sum(map(len, targets))
            total = total + pooled_loss(logits[:, columns], made.groups, targets) / max(facts, 2)
    return total
