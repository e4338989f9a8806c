"""Claims: who says what. A cue word, the entity that speaks, and the span of what is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.extract.candidates import pool_entities, score_words, word_candidates
from kg.extract.coreference import quote_depths
from kg.extract.entities import Cast
from kg.extract.features import FloatArray, Reading
from kg.extract.heads import NewsHeads
from kg.extract.scorers import linear, softmax_with_none
from kg.extract.speech import continues, is_attribution, quotations, settle_content, stated_speakers, within_reach
from kg.extract.trace import Trace, threshold_reason
from kg.model import Span
from kg.nlp.mentions import softmax

REACH = 90
OFFSETS = (1, 2, 3, 5, 8, 13, 21, 34, 55)
CONTENT_LIMIT = 80
SPEAKERS = ("Person", "Group", "Company", "Government", "Organization", "Place", "Work")


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before its speaker has an id; ``token`` is its cue's."""

    speaker: int
    cue: Span
    content: Span
    direct: bool
    probability: float
    token: int


def offset_id(offset: int) -> int:
    """Return the bucket of a token's distance from the cue, before it and after it apart."""
    return sum(abs(offset) >= step for step in OFFSETS) + (len(OFFSETS) + 1) * (offset > 0)


def offset_count() -> int:
    """Return the number of distance buckets."""
    return 2 * (len(OFFSETS) + 1)


def find_claims(reading: Reading, cast: Cast, heads: NewsHeads, trace: Trace | None = None) -> list[Draft]:
    """Return the claims of a document in the order of their cues."""
    probability = softmax(linear(reading.states, heads.tokens, "cues"))[:, 1]
    likely = np.flatnonzero(probability >= heads.thresholds["claims"]).tolist()
    cues = [i for i in likely if not reading.doc[i].is_space]
    if trace is not None:
        _record_cues(reading, probability, cues, heads.thresholds["claims"], trace)
    if not cues or not len(cast):
        return []
    words = word_candidates(cues, heads.word_label)
    rows, mentions, logits = score_words(reading, words, reading.states[cues], cast.mentions, cast.vectors,
                                         heads.speaker, heads.labels)
    scores = pool_entities(logits, rows, mentions, cast, len(cues))[:, :, 0]
    may_speak = np.array([heads.mention_types[t] in SPEAKERS for t in cast.types])
    drafts = []
    for number, cue in enumerate(cues):
        speakers = find_speakers(reading, cast, cue, np.where(may_speak, scores[number], -np.inf))
        for content in find_content(reading, heads, cue) if speakers else ():
            drafts += [_draft(reading, speaker, cue, content, float(probability[cue])) for speaker in speakers]
        if trace is not None and not speakers:
            _record(trace, reading, cue, "cue", (), float(probability[cue]), False, "who speaks is no mention")
    drafts += _continuing(reading, drafts)
    if trace is not None:
        _record_drafts(reading, cast, drafts, trace)
    return drafts


def _record(trace: Trace, reading: Reading, cue: int, label: str, more: tuple[str, ...], score: float, accepted: bool,
            reason: str) -> None:
    token = reading.doc[cue]
    trace.add("claims", label, (token.text, *more), Span(token.idx, token.idx + len(token)), score, accepted, reason)


def _record_cues(reading: Reading, probability: FloatArray, cues: Sequence[int], threshold: float, trace: Trace
                 ) -> None:
    for cue in sorted(set(range(len(reading.doc))) - set(cues)):
        score = float(probability[cue])
        _record(trace, reading, cue, "cue", (), score, False, threshold_reason(score, threshold))


def _record_drafts(reading: Reading, cast: Cast, drafts: Sequence[Draft], trace: Trace) -> None:
    text = reading.doc.text
    for draft in drafts:
        mentions = [m for m, entity in zip(cast.mentions, cast.entity, strict=True) if entity == draft.speaker]
        speaker = min(mentions, key=lambda m: (abs(m.head - draft.token), m.start))
        said = text[draft.content.start : draft.content.end]
        stated = stated_speakers(reading, cast, draft.token, np.zeros(len(cast)))
        by = "model, the speaker by the tree" if draft.speaker in stated else "model"
        words = reading.doc[speaker.start : speaker.end + 1].text
        _record(trace, reading, draft.token, "claim", (words, said), draft.probability, True, by)


def find_speakers(reading: Reading, cast: Cast, cue: int, scores: FloatArray) -> list[int]:
    """Return the entities that speak: those that the tree names, else the likeliest one.

    None where the source that "according to" names is no mention: the likeliest one is somebody else.
    """
    stated = stated_speakers(reading, cast, cue, scores)
    if stated or is_attribution(reading.doc[cue]) or not np.isfinite(scores).any():
        return stated
    return [int(softmax_with_none(scores[None])[0, 1:].argmax())]


def _draft(reading: Reading, speaker: int, cue: int, content: tuple[int, int], probability: float) -> Draft:
    token, span = reading.doc[cue], reading.doc[content[0] : content[1] + 1]
    return Draft(speaker, Span(token.idx, token.idx + len(token)), Span(span.start_char, span.end_char),
                 bool(quote_depths(reading)[content[0]]), probability, cue)


def _continuing(reading: Reading, drafts: Sequence[Draft]) -> list[Draft]:
    """Return claims for the quotations without a cue that go on an earlier claim ("...," he said. "...")."""
    added = []
    for start, end in quotations(reading):
        content = _trim(reading, start, end)
        span = reading.doc[content[0] : content[1] + 1]
        if all(d.content.end <= span.start_char or span.end_char <= d.content.start for d in drafts):
            before = [d for d in drafts if continues(reading, d.token, start)]
            last = max((d.token for d in before), default=-1)
            added += [_draft(reading, d.speaker, last, content, d.probability) for d in before if d.token == last]
    return list(dict.fromkeys(added))


def content_scores(reading: Reading, heads: NewsHeads, cue: int) -> tuple[int, FloatArray, FloatArray]:
    """Return the first token in reach, and start and end scores of the tokens in reach."""
    first, last = max(0, cue - REACH), min(len(reading.doc), cue + REACH)
    states = reading.states[first:last]
    buckets = [offset_id(t - cue) for t in range(first, last)]
    start, end = ((linear(reading.states[cue], heads.content, f"cue_{side}")
                   @ linear(states, heads.content, f"token_{side}").T) + heads.content_distance[row, buckets]
                  for row, side in enumerate(("start", "end")))
    return first, start, end


def find_content(reading: Reading, heads: NewsHeads, cue: int) -> list[tuple[int, int]]:
    """Return the token spans (end inclusive) of what a cue introduces: the best, and a split quote's other piece.

    It starts ``within_reach``.
    """
    first, start, end = content_scores(reading, heads, cue)
    ends = _paragraph_ends(reading)
    best, where = -np.inf, (cue, cue)
    possible = within_reach(reading, cue)
    for i in range(len(start)):
        if first + i not in possible:
            continue
        stop = min(len(end), i + CONTENT_LIMIT, max(i + 1, ends[first + i] - first))
        j = i + int(end[i:stop].argmax())
        if start[i] + end[j] > best and not first + i <= cue <= first + j:
            best, where = float(start[i] + end[j]), (first + i, first + j)
    main = _trim(reading, *settle_content(reading, cue, *where))
    return [main, *_other_piece(reading, cue, main)]


def _paragraph_ends(reading: Reading) -> list[int]:
    """Return for each token where its paragraph ends, exclusive."""
    ends, end = [], len(reading.doc)
    for token in reversed(reading.doc):
        if "\n" in token.text:
            end = token.i
        ends.append(end)
    return ends[::-1]


def _trim(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Leave out quotation marks, spaces and closing commas at the ends of a span."""
    doc = reading.doc
    while start < end and (doc[start].is_quote or doc[start].is_space or doc[start].text == ","):
        start += 1
    while end > start and (doc[end].is_quote or doc[end].is_space or doc[end].text == ","):
        end -= 1
    return start, end


def _other_piece(reading: Reading, cue: int, main: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the second quoted piece on the other side of the cue, in its sentence ("...", he said, "...")."""
    quotes, sentence = quote_depths(reading), reading.sentence
    if not quotes[main[0]]:
        return []
    beyond = range(cue + 1, len(quotes)) if main[1] < cue else range(cue - 1, -1, -1)
    inside = []
    for i in beyond:
        if quotes[i]:
            inside.append(i)
        elif inside or abs(i - cue) > 12 or sentence[i] != sentence[cue]:
            break
    return [_trim(reading, min(inside), max(inside))] if len(inside) > 3 else []
