"""Speech by the grammar: who says it, and how far what is said reaches.

The learned heads find the words of saying and point at speaker and content. Where the tree
names the speaker, the tree stands; what is said without quotation marks ends with its clause.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from spacy.tokens import Token

from kg.extract.coreference import quote_depths
from kg.extract.entities import Cast
from kg.extract.features import FloatArray, Reading
from kg.extract.frames import child, children

ATTRIBUTION = "according"
_CHAIN = {"xcomp", "conj"}
_FINAL = {".", "!", "?"}
_SHORTEST_QUOTATION = 6


def stated_speakers(reading: Reading, cast: Cast, cue: int, scores: FloatArray) -> list[int]:
    """Return the entities that the tree names as those who say it: "A and B said", "according to A".

    ``scores`` rank the entities where one noun phrase names several; minus infinity is no speaker.
    """
    found: list[int] = []
    for head in _speaker_heads(reading.doc[cue]):
        named = {int(entity) for mention, entity in zip(cast.mentions, cast.entity, strict=True)
                 if mention.head == head.i and np.isfinite(scores[entity])}
        found += sorted(named - set(found), key=lambda entity: (-scores[entity], entity))[:1]
    return found


def _speaker_heads(cue: Token) -> Iterator[Token]:
    """Yield the head of the noun phrase that speaks, and those coordinated with it."""
    first = cue.head if is_attribution(cue) else _subject(cue)
    if first is not None and first != cue:
        yield first
        yield from children(first, "conj")


def is_attribution(cue: Token) -> bool:
    """Whether the word is that of "according to"."""
    return bool(cue.lower_ == ATTRIBUTION)


def _subject(verb: Token) -> Token | None:
    """Return the subject of a verb, or of the verb that it goes on from; one before the verb where there are two."""
    while True:
        subjects = children(verb, "nsubj", "nsubj:outer")
        if subjects or verb.dep_ not in _CHAIN:
            return min(subjects, key=lambda subject: (subject.i > verb.i, abs(subject.i - verb.i)), default=None)
        verb = verb.head


def settle_content(reading: Reading, cue: int, start: int, end: int) -> tuple[int, int]:
    """Return where what is said without quotation marks is, end inclusive: in one sentence, and there in one clause."""
    if quote_depths(reading)[start]:
        return start, end
    stop = next((i for i in range(start + 1, end + 1) if _begins_sentence(reading, i)), None)
    end = end if stop is None else max(start, stop - 2)
    clause = _clause(reading, cue)
    return clause if clause is not None and start <= clause[1] and end >= clause[0] else (start, end)


def _begins_sentence(reading: Reading, i: int) -> bool:
    """Whether a sentence begins after a full stop; the model also sees beginnings at quotation marks."""
    quotes = quote_depths(reading)
    return bool(reading.sentence[i] != reading.sentence[i - 1] and reading.doc[i - 1].text in _FINAL
                and not quotes[i - 1] and not quotes[i])


def _clause(reading: Reading, cue: int) -> tuple[int, int] | None:
    """Return the clause that a word of saying has as its object; none where the tree breaks it at a quotation."""
    head = child(reading.doc[cue], "ccomp")
    if head is None or head.i < cue:
        return None
    marks = {c.i for c in children(head, "mark") if c.lower_ == "that"}
    inside = [t.i for t in head.subtree if t.i > cue and t.i not in marks and not t.is_space]
    if not inside:
        return None
    start, end = min(inside), max(inside)
    broken = any(quote_depths(reading)[end : end + 3]) or any(t.text == ":" for t in reading.doc[start:end])
    return None if broken else (start, end)


def quotations(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield the tokens (end inclusive) inside quotation marks that are long enough to be speech and hold a verb."""
    quotes, start = quote_depths(reading), None
    for i, inside in enumerate([*quotes, 0]):
        if inside and start is None:
            start = i
        elif not inside and start is not None:
            words = reading.doc[start:i]
            if len(words) >= _SHORTEST_QUOTATION and any(t.pos_ in ("VERB", "AUX") for t in words):
                yield start, i - 1
            start = None


def within_reach(reading: Reading, cue: int) -> set[int]:
    """Return the tokens that a cue may introduce: its sentence, and quotations.

    Where a quotation reaches into the sentence it is that one: ``"...," he said`` does not introduce the next.
    """
    sentence = set(np.flatnonzero(reading.sentence == reading.sentence[cue]).tolist())
    quoted = [set(range(start, end + 1)) for start, end in quotations(reading)]
    return sentence.union(*([places for places in quoted if places & sentence] or quoted))


def continues(reading: Reading, cue: int, start: int) -> bool:
    """Whether a quotation goes on what the cue introduced: in its paragraph, as a sentence of its own."""
    between = reading.doc[cue:start]
    opener = start - 1
    ended = opener > 0 and reading.doc[opener - 1].text in _FINAL
    return cue < start and ended and not any("\n" in token.text for token in between)
