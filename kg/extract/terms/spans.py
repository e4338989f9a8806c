"""Candidate spans of a parsed text: the likeliest ends of anything, its values, and what its form says are names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from spacy.tokens import Doc, Span, Token

from kg.extract.features import FloatArray, IntArray
from kg.extract.terms.scorers import Spans, TermScorer

VALUE_LABELS = ("DATE", "MONEY", "PERCENT", "QUANTITY", "COUNT")
MOST, FEWEST, WORDS_PER_SPAN = 24, 4, 3
"""A sentence of n words has ``FEWEST + n / WORDS_PER_SPAN`` spans of its own, at most ``MOST``."""


QUOTED = re.compile(r'"([^"\n]+)"|“([^”\n]+)”')
ENDS_OPENING = frozenset((*",;(-–—", "'s", "’s"))
JOINS = frozenset((*"&:-–", "'s", "of", "the", "de", "la", "le", "du", "del", "di", "da", "van", "von", "der"))
"""What stands between the words of one name."""


def proposed(doc: Doc, longest: int) -> Iterator[tuple[int, int]]:
    """Yield spans of at most ``longest`` words by their form, as first and last word.

    They are what opens a sentence before its verb ("1911 Schubart was"), what stands in quotation marks, a place with
    the region behind it ("Regina, Saskatchewan"), and runs of names and numbers ("103 Colmore Row").
    """
    found = [*_quoted(doc), *_places(doc), *_runs(doc), *filter(None, map(_opening, doc.sents))]
    yield from dict.fromkeys((span.start, span.end - 1) for span in found if 0 < len(span) <= longest)


def _quoted(doc: Doc) -> Iterator[Span]:
    for match in QUOTED.finditer(doc.text):
        span = doc.char_span(*match.span(match.lastindex or 0))
        if span is not None:
            yield span


def _places(doc: Doc) -> Iterator[Span]:
    places = {span.start: span for span in doc.spans["mentions"] if span.label_ == "Place"}
    for span in places.values():
        if span.end + 1 < len(doc) and doc[span.end].text == "," and span.end + 1 in places:
            yield doc[span.start : places[span.end + 1].end]


def _runs(doc: Doc) -> Iterator[Span]:
    """Yield the longest runs of names and numbers, alone and with what joins them."""
    named = [token.pos_ in ("PROPN", "NUM") or (token.text[:1].isupper() and not token.is_sent_start) for token in doc]
    for joins in (frozenset[str](), JOINS):
        start: int | None = None
        for token in doc:
            if named[token.i]:
                start, stop = token.i if start is None else start, token.i + 1
            if start is not None and (token.i + 1 == len(doc) or not (named[token.i] or token.lower_ in joins)):
                if stop - start > 1:
                    yield doc[start:stop]
                start = None


def _opening(sent: Span) -> Span | None:
    """Return the words before the first verb, comma or bracket of a sentence, without its article."""
    def ends(token: Token) -> bool:
        return token.pos_ in ("VERB", "AUX") or (token.text in ENDS_OPENING and token.i > first)

    first = sent.start + (sent[0].pos_ == "DET")
    last = next((token.i for token in sent if ends(token)), None)
    return sent.doc[first:last] if last is not None else None


def find_spans(doc: Doc, words: FloatArray, scorer: TermScorer, mention_types: Sequence[str],
               more: Collection[tuple[int, int]] = ()) -> tuple[Spans, IntArray]:
    """Return the candidates in text order, the places ``more`` among them, with their kinds."""
    scores = scorer.span_scores(words)
    values = {(span.start, span.end - 1): VALUE_LABELS.index(span.label_) for span in doc.spans["values"]}
    mentions = {(span.start, span.end - 1): len(VALUE_LABELS) + mention_types.index(span.label_)
                for span in doc.spans["mentions"]}
    found: dict[tuple[int, int], int] = {}
    by_form = set(proposed(doc, scores.shape[1]))
    for number, sent in enumerate(doc.sents):
        within = [(span.start, span.end - 1) for span in doc.spans["values"]
                  if sent.start <= span.start < sent.end and len(span) <= scores.shape[1]]
        within += [place for place in {*more, *by_form} if sent.start <= place[0] < sent.end]
        found |= dict.fromkeys([*within, *likeliest(scores, sent.start, sent.end)], number)
    places = sorted(place for place in found if not (doc[place[0]].is_space or doc[place[1]].is_space))
    start, end = np.array(places, dtype=np.int64).reshape(-1, 2).T
    named = len(VALUE_LABELS) + len(mention_types)
    kinds = np.array([values.get(place, mentions.get(place, named + (place not in by_form))) for place in places],
                     dtype=np.int64)
    sentence = np.array([found[place] for place in places], dtype=np.int64)
    return Spans(start, end, sentence, scorer.vectors(words, start, end, kinds)), kinds


def likeliest(scores: FloatArray, first: int, stop: int) -> list[tuple[int, int]]:
    """Return the best spans within the words ``first`` to ``stop`` (exclusive)."""
    part = scores[first:stop].copy()
    rows, lengths = np.indices(part.shape)
    part[rows + lengths >= stop - first] = -np.inf
    count = min(MOST, FEWEST + (stop - first) // WORDS_PER_SPAN)
    best = np.argsort(-part, axis=None, kind="stable")[:count]
    places = [(first + int(place) // part.shape[1], int(place) % part.shape[1]) for place in best
              if np.isfinite(part.flat[place])]
    return [(start, start + length) for start, length in places]
