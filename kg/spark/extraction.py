"""Articles to extractions, with what of each bears on identity."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame

from kg import ontology, pipeline
from kg.identity import Bearing
from kg.model import Document, Extraction
from kg.ontology import Ontology
from kg.origin import Recipe
from kg.schema import join, read_schema
from kg.spark.tables import columns_of
from kg.vocab import article_iri

AT_ONCE = 8
"""Articles that go through the language model together, as in ``kg.pipeline.extract``."""

EXTRACTIONS = "id string, article string, words long, origin string, extraction string, record string, reports string"


@dataclass(frozen=True, slots=True)
class Reader:
    """How articles are read, as ``kg.pipeline.build`` is told it; sent to the workers, which load the model once."""

    recipe: Recipe
    ontology: str | None = None

    def read(self, frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Yield the extractions of rows of articles, or of extractions where the recipe says that they are such."""
        for frame in frames:
            for start in range(0, len(frame), AT_ONCE):
                items = [json.loads(item) for item in frame["item"][start:start + AT_ONCE]]
                found = map(self.row, self.extractions(items))
                yield pd.DataFrame(found, columns=columns_of(EXTRACTIONS))

    def extractions(self, items: Sequence[dict[str, Any]]) -> list[Extraction]:
        """Return the extractions of a batch."""
        if self.recipe.extracted:
            return [ontology.load().conform(Extraction.from_dict(item)) for item in items]
        documents = [Document.from_dict(item) for item in items]
        if self.ontology:
            return pipeline.extract_terms(documents, ontology=Path(self.ontology))
        return pipeline.extract_batch(documents)

    def row(self, read: Extraction) -> tuple[Any, ...]:
        """Return the row of an extraction."""
        extraction = pipeline.confident(read, self.recipe.min_confidence)
        document, bearing = extraction.document, Bearing.of(extraction, known_ontology(self.ontology))
        return (document.id, str(article_iri(document.id)), len(document.text.split()), self.recipe.mark(read),
                json.dumps(extraction.to_dict(), ensure_ascii=False),
                json.dumps([reading.to_row() for reading in bearing.record], ensure_ascii=False),
                json.dumps([report.to_row() for report in bearing.reports], ensure_ascii=False))


@cache
def known_ontology(own: str | None) -> Ontology:
    """Return the news ontology, joined with one of the user's own."""
    return join(ontology.load(), [read_schema(Path(own))] if own else [])


def read_shard(articles: DataFrame, tasks: int, reader: Reader) -> DataFrame:
    """Return the extractions of a shard of articles, read by so many tasks."""
    return articles.select("id", "item").repartition(tasks, "id").mapInPandas(reader.read, EXTRACTIONS)
