"""Why, and why not: what the extraction weighed in a sentence, and how much of an article it covers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from spacy.tokens import Doc
from spacy.tokens import Span as Words

from kg import nlp, ontology
from kg.errors import KGError
from kg.extract import Trace, extract
from kg.extract.features import Reading
from kg.extract.speech import quotations
from kg.extract.trace import LEAST, Decision
from kg.model import Document, Extraction, Span, Value


@dataclass(frozen=True, slots=True)
class Noticed:
    """A mention or a value of a sentence: its label, score, and for a mention the name of its entity."""

    text: str
    label: str
    span: Span
    score: float | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that was weighed in one sentence; ``number`` counts from one."""

    number: int
    text: str
    span: Span
    mentions: tuple[Noticed, ...]
    values: tuple[Noticed, ...]
    decisions: tuple[Decision, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an article became statements.

    ``statements`` has their number by sentence; ``unattributed`` are quotations that nobody
    is said to have spoken, ``unattached`` are numbers in no statement.
    """

    article: str
    sentences: int
    covered: int
    statements: tuple[int, ...]
    quotations: int
    unattributed: tuple[Noticed, ...]
    numbers: int
    unattached: tuple[Noticed, ...]

    @property
    def share(self) -> float:
        """Return the share of sentences that gave at least one statement; 1 for an article without sentences."""
        return self.covered / self.sentences if self.sentences else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self) | {"share": round(self.share, 4)}


class Account:
    """An article that was read with its reasons kept; candidates that score below ``least`` are left out."""

    def __init__(self, document: Document, *, least: float = LEAST) -> None:
        self.document = document
        self._trace = Trace(least)
        self._doc: Doc = nlp.load()(document.text)
        read = extract(self._doc, document, trace=self._trace)
        self.extraction: Extraction = ontology.load().conform(read)
        self._sentences = _sentences(self._doc)

    def sentence(self, number: int) -> Explanation:
        """Explain a sentence, counted from one; ``KGError`` where the article has none of that number."""
        if not 1 <= number <= len(self._sentences):
            raise KGError(f"{self.document.id}: no sentence {number}; it has {len(self._sentences)}")
        words = self._sentences[number - 1]
        span = _span(words)
        return Explanation(number, words.text.strip(), span, tuple(self._mentions(span)), tuple(self._values(span)),
                           tuple(self._trace.within(span)))

    def _mentions(self, span: Span) -> Iterable[Noticed]:
        names = {(m.start, m.end): entity.name for entity in self.extraction.entities for m in entity.mentions}
        group = self._doc.spans["mentions"]
        scores = group.attrs.get("probabilities", [None] * len(group))
        for words, score in zip(group, scores, strict=True):
            if _span(words).overlaps(span):
                rounded = None if score is None else round(score, 4)
                yield Noticed(words.text, words.label_, _span(words), rounded,
                              names.get((words.start_char, words.end_char)))

    def _values(self, span: Span) -> Iterable[Noticed]:
        return (Noticed(words.text, words.label_, _span(words)) for words in self._doc.spans["values"]
                if _span(words).overlaps(span))

    def coverage(self) -> Coverage:
        """Report how much of the article became statements."""
        return coverage(self._doc, self.extraction)


def coverage(doc: Doc, found: Extraction) -> Coverage:
    """Report how much of a parsed article its extraction says."""
    places = [*(s for r in found.relations for s in r.evidence), *(e.trigger for e in found.events),
              *(c.cue for c in found.claims), *(s for f in found.facts for s in f.evidence)]
    counts = tuple(sum(place.overlaps(_span(words)) for place in places) for words in _sentences(doc))
    quotes = [doc[start : end + 1] for start, end in quotations(Reading(doc))]
    said = [claim.content for claim in found.claims]
    numbers = [words for words in doc.spans["values"] if words.label_ != "DATE"]
    return Coverage(found.document.id, len(counts), sum(count > 0 for count in counts), counts,
                    len(quotes), _outside(quotes, said), len(numbers), _outside(numbers, _used(found)))


def _sentences(doc: Doc) -> list[Words]:
    return [sent for sent in doc.sents if sent.text.strip()]


def _used(found: Extraction) -> list[Span]:
    """Return the stretches of text that are part of a statement as a value or in an open fact's own words."""
    values = [*(a.filler for e in found.events for a in e.arguments), *(r.object for r in found.relations)]
    spans = [Span(value.start, value.end) for value in values if isinstance(value, Value)]
    for fact in found.facts:
        for evidence in fact.evidence:
            text = found.document.text[evidence.start : evidence.end]
            starts = [(text.find(part), len(part)) for part in (fact.subject, fact.predicate, fact.object)]
            spans += [Span(evidence.start + at, evidence.start + at + size) for at, size in starts if at >= 0]
    return spans


def _span(words: Words) -> Span:
    return Span(words.start_char, words.end_char)


def _outside(words: Sequence[Words], spans: Sequence[Span]) -> tuple[Noticed, ...]:
    """Return the stretches of words that overlap none of the spans."""
    return tuple(Noticed(w.text, w.label_ or "QUOTATION", _span(w)) for w in words
                 if not any(span.overlaps(_span(w)) for span in spans))
