"""Annotated texts as what the head learns from: states of the frozen encoder, candidate spans and triples by place."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor

from kg.extract.features import FloatArray, Reading
from kg.extract.terms.describing import STATE, class_labels, embed, more
from kg.extract.terms.paths import Tree
from kg.extract.terms.spans import FEWEST, VALUE_LABELS, WORDS_PER_SPAN, proposed
from kg.schema import Property, Schema
from kg.schema.terms import DATE, NUMBER, TEXT
from kg.training.terms.network import Batch, Described, Spans
from kg.training.terms.texts import LONGEST, Place, Text, Triple, parse, triples_of

PLACES = 3
"""How many places of an end count: a name that stands in a text more often is no better known by them."""

SPANS = 14
LABEL, MORE, ENDS, WRONG = 0.5, 0.4, 0.25, 0.15
"""How often a property shows another of its labels, hides what else describes it or an end's classes, or has others.

Domains and ranges of real ontologies are often too narrow.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A text: states in half precision (words, width), sentence numbers, tree, spans by kind and by form, triples."""

    states: FloatArray
    sentence: list[int]
    tree: Tree
    kinds: dict[Place, int]
    proposed: frozenset[Place]
    triples: list[Triple]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """An inventory with its examples, and the vectors of all its descriptions."""

    schema: Schema
    examples: list[Example]
    vectors: dict[str, FloatArray]


def make_source(schema: Schema, texts: Sequence[Text], nlp: Language, longest: int) -> Source:
    """Return texts of up to ``longest`` words as examples, without those that state triples of which none is found."""
    types: list[str] = nlp.get_pipe("news_reader").weights.settings["mention_types"]  # type: ignore[attr-defined]
    made = ((text, _example(text, doc, types)) for text, doc in zip(texts, parse(texts, nlp), strict=True))
    examples = [example for text, example in made
                if len(example.states) <= longest and (example.triples or not text.triples)]
    words = sorted({text for term in schema.terms() for text in (term.label, *more(term)) if text})
    return Source(schema, examples, dict(zip(words, embed(words, nlp), strict=True)))


def _example(text: Text, doc: Doc, types: Sequence[str]) -> Example:
    kinds = {(span.start, span.end - 1): len(VALUE_LABELS) + types.index(span.label_) for span in doc.spans["mentions"]}
    kinds |= {(span.start, span.end - 1): VALUE_LABELS.index(span.label_) for span in doc.spans["values"]}
    sentence = [number for number, sent in enumerate(doc.sents) for _ in sent]
    return Example(np.asarray(doc.tensor).astype(np.float16), sentence, Tree.of(Reading(doc)), kinds,
                   frozenset(proposed(doc, LONGEST)), triples_of(text, doc), text.asked)


def batches(sources: Sequence[Source], size: int, shuffled: random.Random) -> Iterator[tuple[Source, list[Example]]]:
    """Yield batches of one inventory each and of texts of like length, in random order."""
    made: list[tuple[Source, list[Example]]] = []
    for source in sources:
        rows = sorted(source.examples, key=lambda example: len(example.states) + 12 * shuffled.random())
        made += [(source, rows[start : start + size]) for start in range(0, len(rows), size)]
    shuffled.shuffle(made)
    return iter(made)


def collate(rows: Sequence[Example]) -> Batch:
    """Pad texts into a batch."""
    width = max(len(row.states) for row in rows)
    states = torch.zeros(len(rows), width, STATE)
    sentence = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.bool)
    above, relation = torch.zeros(len(rows), width, width), torch.zeros(len(rows), width, dtype=torch.long)
    for number, row in enumerate(rows):
        size = len(row.states)
        states[number, :size] = torch.from_numpy(row.states.astype(np.float32))
        sentence[number, :size], mask[number, :size] = torch.tensor(row.sentence), True
        above[number, :size, :size] = torch.from_numpy(row.tree.above)
        relation[number, :size] = torch.from_numpy(row.tree.relations)
    return Batch(states, mask, sentence, above, relation)


def ends_of(row: Example) -> list[Place]:
    """Return the places of all ends of triples."""
    return list(dict.fromkeys(place for t in row.triples for end in (t.subject, t.object) for place in end[:PLACES]))


def candidates(rows: Sequence[Example], scores: Tensor, other: int) -> tuple[Spans, list[dict[Place, int]]]:
    """Return right ends, values, proposed spans and the best of the span scorer, with the number of each place.

    ``other`` is the kind of a span that is none; proposed ones have the one before.
    """
    longest = scores.shape[2]
    numbers: list[dict[Place, int]] = []
    for row, part in zip(rows, scores, strict=True):
        values = [place for place, kind in row.kinds.items() if kind < len(VALUE_LABELS)]
        count = min(SPANS, FEWEST + len(row.states) // WORDS_PER_SPAN)
        best = part[: len(row.states)].flatten().topk(min(count, part[: len(row.states)].numel())).indices.tolist()
        places = [(n // longest, n // longest + n % longest) for n in best]
        places = [place for place in places if place[1] < len(row.states)]
        found = dict.fromkeys([*ends_of(row), *values, *sorted(row.proposed), *places])
        numbers.append({place: n for n, place in enumerate(found)})
    width = max(map(len, numbers))
    start, end = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(2))
    kind, real = torch.full((len(rows), width), other), torch.zeros(len(rows), width, dtype=torch.bool)
    for n, (row, number) in enumerate(zip(rows, numbers, strict=True)):
        size = len(number)
        start[n, :size], end[n, :size] = torch.tensor(list(number)).T
        kinds = [row.kinds.get(place, other - (place in row.proposed)) for place in number]
        kind[n, :size], real[n, :size] = torch.tensor(kinds), True
    return Spans(start, end, kind, real), numbers


def described(source: Source, names: Sequence[str], varied: random.Random | None) -> Described:
    """Return the descriptions of these properties and all classes; ``varied`` hides and changes some of them."""
    def mean(texts: Sequence[str], hidden: float = 0.0) -> FloatArray:
        rows = [source.vectors[text] for text in texts]
        gone = not rows or (varied is not None and varied.random() < hidden)
        return np.zeros(STATE, np.float32) if gone else np.mean(rows, axis=0)

    def label(known: Property) -> str:
        return varied.choice([known.label, *known.also]) if varied and varied.random() < LABEL else known.label

    def ends(kinds: frozenset[str]) -> FloatArray:
        if varied and schema.classes and varied.random() < WRONG:
            kinds = frozenset({varied.choice(list(schema.classes))})
        return mean(class_labels(schema, kinds), ENDS)

    schema = source.schema
    properties = [schema.properties[name] for name in names]
    columns = [[mean([label(known)]) for known in properties], [mean(more(known), MORE) for known in properties],
               [ends(known.domain) for known in properties], [ends(known.range) for known in properties],
               [[float(known.value == value) for value in (DATE, NUMBER, TEXT, None)] for known in properties],
               [mean([kind.label]) for kind in schema.classes.values()],
               [mean(more(kind)) for kind in schema.classes.values()]]
    return Described(*(torch.from_numpy(np.array(column, np.float32)) for column in columns))
