"""The spaCy component: one encoder pass writes tags, lemmas, trees, sentences and mentions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from spacy.attrs import DEP, HEAD, LEMMA, MORPH, POS, TAG
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from kg.nlp.encoder import WIDTH, Encoder, word_positions
from kg.nlp.mentions import IntArray, SpanScorer, repeated, select, span_rows
from kg.nlp.noun_chunks import noun_chunks
from kg.nlp.syntax import Analysis, SyntaxHeads
from kg.nlp.threads import one_thread
from kg.nlp.values import find_values
from kg.nlp.weights import SHIPPED, FloatArray, Weights, parse_weights, read_weights, write_weights

ATTRIBUTES = (TAG, POS, MORPH, LEMMA, DEP, HEAD)
MENTIONS, VALUES = "mentions", "values"
RELATIVES = ("WDT", "WP")  # "which de Graaf" of "which de Graaf founded" is no mention


class NewsReader:
    """Reads documents: ``doc.tensor`` holds their states, those of syntax and of news side by side.

    ``doc.spans["mentions"]`` are all mentions, nested ones too, with their type as label;
    ``doc.spans["values"]`` are dates and amounts; ``doc.ents`` the outermost named mentions and the values.
    """

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self._vocab = nlp.vocab

    def use(self, weights: Weights) -> None:
        """Take these weights; a component has none until this or ``from_disk`` is called."""
        self.weights = weights
        self.encode = Encoder(weights)
        self.syntax = SyntaxHeads(weights)
        self._mentions = SpanScorer(weights.part("mentions")) if weights.part("mentions") else None
        self._vocab.get_noun_chunks = noun_chunks  # type: ignore[assignment]  # spaCy takes triples, its stub says Span

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document in place."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 8) -> Iterator[Doc]:
        """Annotate a stream of documents; up to ``batch_size`` of them are read and in work at a time."""
        for doc, syntax, news in self.encode(stream, batch_size):
            with one_thread():
                self._annotate(doc, syntax, news)
            yield doc

    def _annotate(self, doc: Doc, syntax: FloatArray, news: FloatArray) -> None:
        write_analysis(doc, self.syntax(doc, syntax))
        doc.spans[VALUES] = find_values(doc)
        doc.tensor = np.concatenate([syntax, news], axis=1)
        if self._mentions is not None:
            settings = self.weights.settings
            write_mentions(doc, self._mentions, settings["mention_types"], settings["thresholds"])

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Return the weights as the bytes of a model file."""
        buffer = BytesIO()
        write_weights(self.weights, buffer)
        return buffer.getvalue()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> NewsReader:
        """Take the weights that ``to_bytes`` returned."""
        self.use(parse_weights(BytesIO(data), self.name))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the weights below ``path``."""
        Path(path).mkdir(parents=True, exist_ok=True)
        write_weights(self.weights, Path(path) / SHIPPED.name)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> NewsReader:
        """Read the weights below ``path``."""
        self.use(read_weights(Path(path) / SHIPPED.name))
        return self


@Language.factory("news_reader",
                  assigns=["token.tag", "token.pos", "token.morph", "token.lemma", "token.dep", "token.head",
                           "doc.sents", "doc.ents", "doc.tensor", "doc.spans"])
def make_news_reader(nlp: Language, name: str) -> NewsReader:
    """Make the component without weights; ``use`` or ``from_disk`` brings them."""
    return NewsReader(nlp, name)


def news_states(doc: Doc) -> FloatArray:
    """Return what the extraction layers score, (tokens, width)."""
    return np.asarray(doc.tensor, np.float32)[..., -WIDTH:]


def write_mentions(doc: Doc, scorer: SpanScorer, types: Sequence[str], thresholds: Mapping[str, float]) -> None:
    """Score the spans of a parsed document by its states and write the mentions and entities."""
    starts, ends = scorer.spans([(sent.start, sent.end) for sent in doc.sents])
    probabilities = scorer(news_states(doc), starts, ends)
    row_of = span_rows(starts, ends)
    chosen = find_mentions(doc, probabilities, starts, ends, row_of, thresholds)
    spans = [Span(doc, start, end + 1, label=types[label - 1]) for start, end, label, _ in chosen]
    some = probabilities[[row for start, end, *_ in chosen if (row := row_of(start, end)) is not None], 1:]
    doc.spans[MENTIONS] = spans
    doc.spans[MENTIONS].attrs["probabilities"] = [probability for *_, probability in chosen]
    doc.spans[MENTIONS].attrs["types"] = (some / some.sum(axis=1, keepdims=True)).round(4).tolist()
    named = [span for span in spans if is_name(span)]
    doc.set_ents(filter_spans([*named, *doc.spans.get(VALUES, [])]))


def find_mentions(doc: Doc, probabilities: FloatArray, starts: IntArray, ends: IntArray,
                  row_of: Callable[[int, int], int | None], thresholds: Mapping[str, float],
                  ) -> list[tuple[int, int, int, float]]:
    """Return (start, end inclusive, label, probability) of the mentions; a name found once is one wherever it stands.

    ``starts`` and ``ends`` (inclusive) are the spans that ``probabilities`` has rows for, and ``row_of`` their rows.
    """
    least = {True: thresholds["names"], False: thresholds["mentions"]}
    chosen = [(start, end, label, probability)
              for start, end, label, probability in select(probabilities, starts, ends, min(least.values()))
              if probability >= least[is_name(doc[start : end + 1])] and not (doc[start].is_space or doc[end].is_space)
              and not (start < end and doc[start].tag_ in RELATIVES)]
    names = {(start, end): (label, probability) for start, end, label, probability in chosen
             if is_name(doc[start : end + 1])}

    def score(start: int, end: int) -> float:
        row = row_of(start, end)
        return 0.0 if row is None else 1 - float(probabilities[row, 0])

    more = repeated([token.text for token in doc], names, [(start, end) for start, end, *_ in chosen], score,
                    thresholds["repeated"])
    return sorted([*chosen, *more])


def is_name(span: Span) -> bool:
    """Tell whether a span has a proper noun in it."""
    return any(token.pos_ == "PROPN" for token in span)


def write_analysis(doc: Doc, analysis: Analysis) -> None:
    """Write an analysis of the words of ``doc`` into it; whitespace tokens hang on their neighbour."""
    positions, _ = word_positions(doc)
    strings = doc.vocab.strings
    index = np.array(positions, dtype=np.int64)
    columns = ((analysis.xpos, strings.add), (analysis.upos, strings.add), (analysis.feats, doc.vocab.morphology.add),
               (analysis.lemmas, strings.add), (analysis.deps, strings.add))
    values: Any = np.zeros((len(doc), len(ATTRIBUTES)), dtype=np.uint64)
    for column, (labels, add) in enumerate(columns):
        keys = {label: add(label) for label in dict.fromkeys(labels)}
        values[index, column] = [keys[label] for label in labels]
    values[index, ATTRIBUTES.index(HEAD)] = (index[analysis.heads] - index).astype(np.uint64)
    _hang_spaces(doc, positions, values)
    doc.from_array(list(ATTRIBUTES), values)


def _hang_spaces(doc: Doc, positions: list[int], values: Any) -> None:
    strings = doc.vocab.strings
    for i in sorted(set(range(len(doc))).difference(positions)):
        host = i - 1 if i else next(iter(positions), 0)
        values[i] = [strings.add("_SP"), strings.add("SPACE"), doc.vocab.morphology.add(""),
                     strings.add(doc[i].text), strings.add("dep"), np.int64(host - i).astype(np.uint64)]
