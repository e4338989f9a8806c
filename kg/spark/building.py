"""The run: articles, their extractions shard by shard, identity, tables, N-Quads, and a store where one is wanted."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial, reduce
from math import ceil
from pathlib import Path

from pyspark.errors import PySparkRuntimeError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from kg.corpus import raise_error
from kg.corpus.reading import OnError
from kg.errors import InputError, KGError
from kg.origin import Recipe
from kg.schema import read_schema
from kg.schema.keeping import to_quads
from kg.spark.describing import TABLES, describe, happening_lines, identity_lines, table_of, to_lines
from kg.spark.extraction import Reader, read_shard
from kg.spark.identity import by_article, decide_happenings, decide_names, resolve_reports
from kg.spark.inputs import list_files, read_articles
from kg.spark.tables import Tables
from kg.store import open_store
from kg.vocab import digest

SHARD = 10_000
"""Articles whose extractions are committed together, about: an hour of sixteen cores at 3,000 words a second on two."""

TASK, BUCKET = 64, 250
"""Articles of one task; articles whose names are decided together, on average."""

OnShard = Callable[[int, int], object]

_SETTINGS = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",  # a row may be a whole file
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Built:
    """What a run made: its counts, and where its tables and quads are."""

    articles: int
    words: int
    shards: int
    statements: int
    nquads: str


def build(
    inputs: Sequence[str],
    out: str,
    *,
    title: str | None = None,
    date: str | None = None,
    source: str | None = None,
    language: str | None = None,
    min_confidence: float = 0.0,
    extracted: bool = False,
    ontology: str | None = None,
    shard_size: int = SHARD,
    load: str | None = None,
    on_error: OnError = raise_error,
    on_shard: OnShard = lambda done, shards: None,
) -> Built:
    """Build tables and N-Quads below ``out`` from files, folders and addresses that Hadoop's file systems know.

    The quads are those of ``kg.pipeline.build`` with the same options. Articles are read in shards of about
    ``shard_size``; ``on_shard`` gets how many of how many are whole. A run that was cut short goes on after those.
    ``StoreError`` where ``out`` holds a run of other inputs, options or another program. ``load`` names a directory or
    the address of an endpoint, empty yet, that the quads are loaded into. ``ontology`` is the path of a file that each
    machine has there. Where it runs is Spark's to say: ``spark-submit``, ``spark-defaults.conf``.
    """
    options = {"title": title, "date": date, "source": source, "language": language}
    recipe = Recipe.of(Path(ontology) if ontology else None, min_confidence, extracted=extracted)
    spark = _session()
    tables = Tables(spark, out)
    files = list_files(spark, inputs)
    listed = files.select("path", "length", F.unix_micros("modificationTime")).collect()
    tables.claim(json.dumps([asdict(recipe), options, shard_size, digest(*sorted(map(str, listed)))]))
    articles = _articles(tables, read_articles(files, extracted, options), shard_size)
    for [message] in tables.read("articles").where("error is not null").select("error").sort("error").collect():
        on_error(InputError(message))
    extractions, shards = _extractions(tables, articles, Reader(recipe, ontology), shard_size, on_shard)
    lines = _quads(tables, extractions, ontology)
    if load:
        _load(lines, load)
    words = int(extractions.agg(F.sum("words")).first()[0] or 0)
    return Built(extractions.count(), words, shards, tables.read("statements").count(), tables.path("nquads"))


def _session() -> SparkSession:
    try:
        spark = SparkSession.builder.appName("kg build").getOrCreate()
    except PySparkRuntimeError as error:
        raise KGError(f"Spark does not start; it needs Java 17 or newer: {error}") from error
    for name, value in _SETTINGS.items():
        if spark.conf.isModifiable(name):
            spark.conf.set(name, value)
    return spark


def _articles(tables: Tables, found: DataFrame, shard_size: int) -> DataFrame:
    """Return the articles that can be read, in folders by shard."""
    def sharded() -> DataFrame:
        kept = found.persist()
        shards = max(1, ceil(kept.where("error is null").count() / shard_size))
        shard = F.when(F.col("error").isNull(), F.pmod(F.xxhash64("id"), F.lit(shards))).otherwise(-1)
        return kept.withColumn("shard", shard.cast("int")).repartition("shard")

    return tables.make("articles", sharded, "shard").where("error is null")


def _extractions(tables: Tables, articles: DataFrame, reader: Reader, shard_size: int, on_shard: OnShard
                 ) -> tuple[DataFrame, int]:
    numbers = [row.shard for row in articles.select("shard").distinct().sort("shard").collect()]
    if not numbers:
        raise InputError("no article in the inputs")
    tasks = max(ceil(shard_size / TASK), tables.spark.sparkContext.defaultParallelism)
    done = []
    for number in numbers:
        shard = partial(read_shard, articles.where(F.col("shard") == number), min(tasks, shard_size), reader)
        done.append(tables.make(f"extractions/shard={number:05}", shard))
        on_shard(len(done), len(numbers))
    return reduce(DataFrame.unionByName, done), len(numbers)


def _quads(tables: Tables, extractions: DataFrame, ontology: str | None) -> DataFrame:
    """Return the lines of N-Quads, with identity decided and the other tables written before."""
    buckets = 2 + extractions.count() // BUCKET
    decided = tables.make("identity/decided", lambda: decide_names(tables, extractions, buckets))
    meanings = by_article(decided)
    reports = tables.make("happenings/reports", lambda: resolve_reports(extractions, meanings))
    happenings = tables.make("happenings/decided", lambda: decide_happenings(tables, reports, buckets))
    described = tables.make("described", lambda: describe(extractions, meanings, ontology))
    for name in TABLES:
        tables.make(name, partial(table_of, described, name))
    kept = to_lines(to_quads(read_schema(Path(ontology)))) if ontology else []
    schema = tables.spark.createDataFrame([(line,) for line in kept], "value string")
    lines = described.select(F.explode("lines").alias("value")).unionByName(identity_lines(decided)).unionByName(
        happening_lines(happenings)).unionByName(schema)
    return tables.make_lines("nquads", lambda: lines)


def _load(lines: DataFrame, place: str) -> None:
    """Load the lines into a new store; a file on the way makes that one stream for every kind of file system."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".nq", newline="\n") as file:
        for row in lines.toLocalIterator(prefetchPartitions=True):
            file.write(row.value + "\n")
        file.flush()
        with open_store(place) as store:
            store.load(Path(file.name))
            store.flush()


__all__ = ["SHARD", "Built", "build"]
