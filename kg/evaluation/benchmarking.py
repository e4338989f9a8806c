"""Text2KGBench read by the extractor: what it finds in the sentences, and the figures of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from kg import nlp
from kg.evaluation.profile import write_name, write_value
from kg.evaluation.text2kgbench import Benchmark, Figures, Sentence, Triple, mean, score
from kg.extract.terms import TermReader, adapting, make_reader
from kg.extract.terms.adapting import Scores, TermExample, train_adapter
from kg.extract.terms.assembly import triples
from kg.model import Document, Extraction
from kg.schema import Schema, read_schema


class SentenceReader:
    """Reads the sentences of one ontology of the benchmark; each is parsed once."""

    def __init__(self, benchmark: Benchmark, reader: TermReader, model: Path) -> None:
        self.reader, self._model, self._profile = reader, model, benchmark.profile
        self._docs = dict(zip((s.id for s in benchmark.sentences),
                              nlp.load(model).pipe(s.text for s in benchmark.sentences), strict=True))

    def set(self, settings: Mapping[str, Any]) -> None:
        """Take other thresholds, and the curve of confidences if they have one."""
        self.reader.settings = dict(settings)

    def adapt(self, learnt: Sequence[Sentence]) -> None:
        """Take an adapter that these sentences teach, whose triples are all that they say."""
        base = next(iter(self.reader.schema.properties)).rpartition("#")[0]
        examples = [TermExample(s.text, tuple((t.subject, f"{base}#{t.relation.replace(' ', '_')}", t.object)
                                              for t in s.triples)) for s in learnt]
        self.reader = self.reader.with_adapter(train_adapter(self.reader, nlp.load(self._model), examples, _f1))

    def read(self, sentence: Sentence) -> list[Triple]:
        """Return the triples of a sentence in the benchmark's form."""
        return benchmark_triples(self.reader.read(self._docs[sentence.id], Document(sentence.id, sentence.text)),
                                 self.reader.schema, self._profile)


def _f1(scores: Scores, least: float) -> float:
    """Return the mean F1 of texts, of relations that each one's gold has: the benchmark's own rule."""
    def f1(gold: set[adapting.Key], found: list[tuple[adapting.Key, float]]) -> float:
        asked = {relation for _, relation, _ in gold}
        return adapting.figures([(gold, [row for row in found if row[0][1] in asked])], least).f1

    return fmean(f1(*text) for text in scores)


def benchmark_triples(extraction: Extraction, schema: Schema, profile: str) -> list[Triple]:
    """Return the statements of an extraction as the benchmark writes them, names and values by the profile."""
    written = {entity.name: write_name(entity, extraction.document.text, profile) for entity in extraction.entities}
    return [Triple(written[subject], iri.rpartition("#")[2],
                   write_value(written.get(target, target), schema.properties[iri].value, profile))
            for subject, iri, target in triples(extraction)]


def make_readers(benchmarks: Iterable[Benchmark], model: Path) -> dict[str, SentenceReader]:
    """Return a reader for each ontology, by name."""
    return {item.name: SentenceReader(item, make_reader(read_schema(item.path), model), model) for item in benchmarks}


def figures(benchmark: Benchmark, reader: SentenceReader) -> Figures:
    """Return the figures of an ontology's sentences."""
    return mean(score(sentence, reader.read(sentence), benchmark) for sentence in benchmark.sentences)
