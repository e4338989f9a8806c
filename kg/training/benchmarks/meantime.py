"""MEANTIME (Minard et al. 2016): mentions, events, participants, times and values of the shipped model on it.

``python -m kg.training.benchmarks.meantime MODEL_FILE MEANTIME_FILE`` reads each article from raw
text, put together from its words. Only sentences 0 to 5 are annotated: what is found later does not
count. Spans of the two sides are paired one to one, types aside.

- ``mentions``: all mentions of entities, nested ones and pronouns too; ``exact`` where both ends
  agree, ``head`` where the head words in the model's tree do. MEANTIME's spans take in relative
  clauses, ours do not.
- ``triggers``: the trigger words of events, right where they share a word with a gold event mention.
  ``events`` are the typed events alone, each with one trigger though the text may name it again;
  ``events and claims`` adds the cues of claims, as MEANTIME's events include all acts of speech. Its
  events of no news type are missed.
- ``participants``: recall of the pairs of an event mention and an entity that takes part in it. A pair
  is found where a predicted event has its trigger there, and an argument of which some mention shares
  the head word of some mention of the entity; roles aside. ``where the event is found`` leaves out
  pairs whose event has no trigger of ours.
- ``times``: TIMEX3 with words against the dates of the value grammar; ``values``: VALUE against its
  amounts, percentages and counts. ``exact`` as above, ``overlap`` where they share a character.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from kg import nlp, ontology
from kg.evaluation.layers import Tally
from kg.evaluation.likeness import one_to_one, overlap
from kg.evaluation.report import Score
from kg.extract import extract
from kg.extract.features import Reading
from kg.extract.heads import load_heads
from kg.model import Document, Extraction, Span
from kg.nlp.component import MENTIONS, VALUES

LAST_SENTENCE = 5
ENTITY, EVENT, TIME, VALUE = "ENTITY_MENTION", "EVENT_MENTION", "TIMEX3", "VALUE"
WRITTEN = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}
LEFT = re.compile(r"[,.;:?!%)\]]|\.\.\.|''|n't|'\w*")
RIGHT = re.compile(r"[(\[]|``|\w*\$|[£€]")


@dataclass(frozen=True, slots=True)
class Article:
    """An article's text up to the last annotated sentence and beyond, its spans by tag, and who takes part.

    ``participants`` are pairs of an event mention and all mentions of an entity; spans that start at
    ``annotated`` or later are not annotated.
    """

    id: str
    text: str
    annotated: int
    spans: dict[str, list[Span]]
    participants: list[tuple[Span, frozenset[Span]]]


def read_meantime(path: Path) -> Iterator[Article]:
    """Read the articles of a MEANTIME file (JSON lines, gzip)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield to_article(json.loads(line))


def to_article(row: dict[str, Any]) -> Article:
    """Return a row of the file as an article; a markable with gaps covers them."""
    text, places = write_text([(token["s"], token["w"]) for token in row["tokens"]])
    place = {token["id"]: span for token, span in zip(row["tokens"], places, strict=True)}
    annotated = max(place[token["id"]].end for token in row["tokens"] if token["s"] <= LAST_SENTENCE)
    spans: dict[str, list[Span]] = defaultdict(list)
    by_id: dict[int, tuple[str, Span]] = {}
    for markable in row["markables"]:
        if markable["tokens"]:
            span = Span(place[min(markable["tokens"])].start, place[max(markable["tokens"])].end)
            by_id[int(markable["m_id"])] = markable["tag"], span
            spans[markable["tag"]].append(span)
    return Article(row["file"], text, annotated, dict(spans), _participants(row["relations"], by_id))


def _participants(relations: Iterable[dict[str, Any]], by_id: dict[int, tuple[str, Span]]
                  ) -> list[tuple[Span, frozenset[Span]]]:
    """Return the pairs once each; a mention that refers to no entity is one by itself."""
    groups = [frozenset(r["source"]) for r in relations if r["tag"] == "REFERS_TO"]
    group = {number: members for members in groups for number in members}
    pairs = dict[tuple[Span, frozenset[Span]], None]()
    for relation in relations:
        if relation["tag"] == "HAS_PARTICIPANT" and relation["source"] and relation["target"]:
            event, participant = by_id[relation["source"][0]], by_id[relation["target"][0]]
            if (event[0], participant[0]) == (EVENT, ENTITY):
                same = group.get(relation["target"][0], {relation["target"][0]})
                pairs[event[1], frozenset(by_id[number][1] for number in same)] = None
    return list(pairs)


def write_text(words: Sequence[tuple[int, str]]) -> tuple[str, list[Span]]:
    """Return words (sentence, word) as running text, and where each one is in it.

    Headline and dateline, the first two sentences, stand in lines of their own.
    """
    text, spans, last = "", list[Span](), (0, "")
    for sentence, word in words:
        if text:
            apart = not (LEFT.fullmatch(word) or RIGHT.fullmatch(last[1]))
            text += "\n\n" if last[0] < min(sentence, 2) else " " * apart
        written = WRITTEN.get(word, word)
        spans.append(Span(len(text), len(text) + len(written)))
        text, last = text + written, (sentence, word)
    return text, spans


def exact(gold: Iterable[Hashable], found: Iterable[Hashable]) -> Tally:
    """Count what is equal on both sides, as often as it is there."""
    theirs, ours = Counter(gold), Counter(found)
    shared = (ours & theirs).total()
    return Tally(shared, shared, ours.total(), theirs.total())


def overlapping(gold: Sequence[Span], found: Sequence[Span]) -> Tally:
    """Count pairs of spans that share a character, one to one, most alike first."""
    pairs = [(overlap(a, b), i, j) for i, a in enumerate(found) for j, b in enumerate(gold)]
    shared = len(list(one_to_one((i, j) for likeness, i, j in sorted(pairs, reverse=True) if likeness)))
    return Tally(shared, shared, len(found), len(gold))


def head(reading: Reading, span: Span) -> int:
    """Return the token that is the head of a span of characters."""
    tokens = reading.doc.char_span(span.start, span.end, alignment_mode="expand")
    assert tokens is not None, span
    return reading.head_of(tokens.start, tokens.end - 1)


def find_participants(article: Article, reading: Reading, extraction: Extraction) -> tuple[int, int, int]:
    """Return how many pairs are found, how many have their event found, and how many there are."""
    mentions = {entity.id: [Span(m.start, m.end) for m in entity.mentions] for entity in extraction.entities}
    right = reached = 0
    for trigger, participant in article.participants:
        events = [event for event in extraction.events if overlap(event.trigger, trigger)]
        fillers = [argument.filler for event in events for argument in event.arguments]
        spans = [span for f in fillers for span in (mentions[f] if isinstance(f, str) else [Span(f.start, f.end)])]
        reached += bool(events)
        right += not {head(reading, s) for s in spans}.isdisjoint(head(reading, s) for s in participant)
    return right, reached, len(article.participants)


def tallies(article: Article, doc: Doc, extraction: Extraction) -> dict[str, Tally]:
    """Return the counts of one article by measure."""
    reading = Reading(doc)

    def early(spans: Iterable[Span]) -> list[Span]:
        return sorted({span for span in spans if span.start < article.annotated})

    def of(group: str, labels: Collection[str] = ()) -> list[Span]:
        return early(Span(s.start_char, s.end_char) for s in doc.spans[group] if not labels or s.label_ in labels)

    gold = {tag: early(article.spans.get(tag, ())) for tag in (ENTITY, EVENT, TIME, VALUE)}
    mentions, times = of(MENTIONS), of(VALUES, {"DATE"})
    values = of(VALUES, {"MONEY", "PERCENT", "QUANTITY", "COUNT"})
    triggers = early(event.trigger for event in extraction.events)
    cues = early(claim.cue for claim in extraction.claims)
    return {"mentions, exact": exact(gold[ENTITY], mentions),
            "mentions, head": exact(*([head(reading, s) for s in side] for side in (gold[ENTITY], mentions))),
            "triggers, events": overlapping(gold[EVENT], triggers),
            "triggers, events and claims": overlapping(gold[EVENT], early([*triggers, *cues])),
            "times, exact": exact(gold[TIME], times), "times, overlap": overlapping(gold[TIME], times),
            "values, exact": exact(gold[VALUE], values), "values, overlap": overlapping(gold[VALUE], values)}


def evaluate(model_file: Path, articles: Sequence[Article]) -> dict[str, dict[str, float]]:
    """Read the articles from raw text and score what is found."""
    heads, known = load_heads(model_file), ontology.load()
    total: dict[str, Tally] = defaultdict(Tally)
    right = reached = pairs = 0
    for article, doc in zip(articles, nlp.load(model_file).pipe(a.text for a in articles), strict=True):
        extraction = known.conform(extract(doc, Document(article.id, article.text), heads, known))
        for name, one in tallies(article, doc, extraction).items():
            total[name].add(one)
        counts = find_participants(article, Reading(doc), extraction)
        right, reached, pairs = right + counts[0], reached + counts[1], pairs + counts[2]
    participants = {"recall": round(right / max(1, pairs), 4), "gold": pairs,
                    "recall where the event is found": round(right / max(1, reached), 4)}
    return {name: asdict(Score.from_tally(one)) for name, one in total.items()} | {"participants": participants}


if __name__ == "__main__":
    print(json.dumps(evaluate(Path(sys.argv[1]), list(read_meantime(Path(sys.argv[2])))), indent=1))
