"""Gold news articles as words: tokenized by spaCy, with spans moved from characters to words."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from kg.nlp.encoder import word_positions
from kg.training.syntax import NewsText


def word_span(doc: Doc, words: list[int], start: int, end: int) -> tuple[int, int] | None:
    """Return word positions (start, end exclusive) that cover characters ``start`` to ``end``."""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None:
        return None
    inside = [w for w, i in enumerate(words) if span.start <= i < span.end]
    return (inside[0], inside[-1] + 1) if inside else None


def mentions_and_triggers(article: dict[str, Any], nlp: Language, mention_types: list[str],
                          event_types: list[str]) -> NewsText:
    """Return an article's words with its mention spans and trigger labels, for stage 1."""
    doc = nlp.make_doc(article["document"]["text"])
    words, paragraphs = word_positions(doc)
    triggers = [0] * len(words)
    spans = []
    for entity in article["entities"]:
        for mention in entity["mentions"]:
            place = word_span(doc, words, mention["start"], mention["end"])
            if place:
                spans.append((*place, mention_types.index(entity["type"]) + 1))
    for event in article["events"]:
        place = word_span(doc, words, event["trigger"]["start"], event["trigger"]["end"])
        if place:
            triggers[place[0]] = event_types.index(event["type"]) + 1
    return NewsText([doc[i].text for i in words], paragraphs, spans, triggers)
