"""The words in and around spans, for adapters: a few dozen examples say "created by" more plainly than any vector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from spacy.tokens import Doc

from kg.extract.features import FloatArray, IntArray
from kg.extract.terms.scorers import Spans

BEFORE, AFTER = 3, 2
"""How many words before and after a span count, as lemmas; the second and third before it are alike."""

LONG = 3
"""Words from which a span is a long one."""


def wordings(doc: Doc, spans: Spans, kinds: IntArray) -> list[frozenset[str]]:
    """Return for each span its last word, tag, length and kind, and the words beside it."""
    return [frozenset(_wording(doc, *place)) for place in zip(spans.start.tolist(), spans.end.tolist(),
                                                              kinds.tolist(), strict=True)]


def _wording(doc: Doc, start: int, end: int, kind: int) -> Iterator[str]:
    last = doc[end]
    yield from (f"last {last.lemma_.lower()}", f"tag {last.pos_}", f"kind {kind}")
    if end - start + 1 >= LONG:
        yield "long"
    for step in range(1, BEFORE + 1):
        if start >= step:
            yield f"{-min(step, 2)} {doc[start - step].lemma_.lower()}"
    for step in range(1, AFTER + 1):
        if end + step < len(doc):
            yield f"+{step} {doc[end + step].lemma_.lower()}"


def marked(rows: Sequence[frozenset[str]], vocabulary: Sequence[str]) -> FloatArray:
    """Return 1 where a span has a wording of the vocabulary: (spans, vocabulary)."""
    numbers = {wording: number for number, wording in enumerate(vocabulary)}
    marks = np.zeros((len(rows), len(vocabulary)), np.float32)
    for row, found in enumerate(rows):
        marks[row, [numbers[wording] for wording in found if wording in numbers]] = 1
    return marks
