"""Which names mean one thing: keys at which they meet, pairs that could be one, and a decision for each component.

``kg.linking.index`` decides; here it sees the names of some components at a time, which is all that it would look at
for them, and is told which keys too many names share.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from kg.linking.happenings import COMMON, Happenings, Report, report_keys
from kg.linking.index import LARGEST_BLOCK, Decisions, Index, Item, acronyms, is_alike, name_keys
from kg.linking.readings import Reading
from kg.spark.components import components
from kg.spark.tables import Tables, columns_of, each_row

Decide = Callable[[pd.DataFrame, set[str]], pd.DataFrame]

READINGS = "article string, base string, coarse string, key string, shared boolean, reading string"
MEANINGS = "article string, base string, entity string"
LINKS = "left string, right string, score double, feature string, into string, item string"
DECIDED = f"{MEANINGS}, {LINKS}"
HAPPENINGS = "reports array<string>, links array<struct<score: double, left: string, right: string, feature: string>>"


def decide_names(tables: Tables, extractions: DataFrame, buckets: int) -> DataFrame:
    """Return what each name means in each article (``MEANINGS``), and the links and items that say why (``LINKS``)."""
    readings = tables.make("identity/readings", lambda: each_row(extractions, _readings_of, READINGS))
    names = readings.groupBy("base").agg(*(F.min(column).alias(column) for column in ("coarse", "key", "shared")))
    blocks = tables.make("identity/blocks", lambda: each_row(
        names, _blocks_of, "base string, key string, block string"))
    common = blocks.groupBy("block").count().where(F.col("count") > LARGEST_BLOCK).select("block")
    edges = _pairs(blocks.join(common, "block", "left_anti")).union(
        each_row(readings, _acronyms_of, "left string, right string"))
    found = components(tables, "identity/components", edges)
    placed = names.join(found, names.base == found.node, "left").select("base", _bucket(
        F.coalesce("component", "base"), buckets))
    own = readings.join(placed, "base").select("bucket", "article", "reading", F.lit(True).alias("own"))
    around = own.select("bucket", "article").distinct().join(readings, "article").select(
        "bucket", "article", "reading", F.lit(False).alias("own"))
    rows = own.union(around).groupBy("bucket", "article", "reading").agg(F.max("own").alias("own"))
    known = blocks.join(common, "block").join(placed, "base").select("bucket", "block").distinct()
    return _decided(tables, "identity", rows, known, _decide_names, DECIDED)


def decide_happenings(tables: Tables, reports: DataFrame, buckets: int) -> DataFrame:
    """Return the happenings of reports with the entities in them (``article, iri, report``), as ``HAPPENINGS``."""
    keys = each_row(reports, _keys_of, "iri string, block string")
    keys = tables.make("happenings/keys", lambda: keys)
    common = keys.groupBy("block").count().where(F.col("count") > COMMON).select("block")
    least = keys.join(common, "block", "left_anti").groupBy("block").agg(
        F.min("iri").alias("left"), F.collect_list("iri").alias("members"))
    edges = least.where(F.size("members") > 1).select("left", F.explode("members").alias("right"))
    found = components(tables, "happenings/components", edges)
    placed = found.select(F.col("node").alias("iri"), _bucket(F.col("component"), buckets))
    known = keys.join(common, "block").join(placed, "iri").select("bucket", "block").distinct()
    rows = reports.join(placed, "iri").select("bucket", "article", "report")
    return _decided(tables, "happenings", rows, known, _decide_happenings, HAPPENINGS)


def resolve_reports(extractions: DataFrame, meanings: DataFrame) -> DataFrame:
    """Return ``article, iri, report`` with the entities that each article means in place of their names."""
    told = extractions.join(meanings, "article", "left").select("article", "reports", "meant")
    return each_row(told, _reports_of, "article string, iri string, report string")


def by_article(decided: DataFrame) -> DataFrame:
    """Return for each article what its names mean, as a map."""
    pairs = F.collect_list(F.struct("base", "entity"))
    return decided.where("article is not null").groupBy("article").agg(F.map_from_entries(pairs).alias("meant"))


def _readings_of(row: Any) -> Iterator[tuple[Any, ...]]:
    for data in json.loads(row.record):
        reading = Reading.from_row(data)
        yield row.article, reading.base, reading.coarse, reading.key, reading.shared, json.dumps(data)


def _blocks_of(row: Any) -> Iterator[tuple[Any, ...]]:
    for block in set(name_keys(row.coarse, row.key, row.shared)):
        yield row.base, row.key, block


def _pairs(blocks: DataFrame) -> DataFrame:
    """Return the pairs that meet in a block and are alike."""
    left, right = (blocks.select("block", F.col("base").alias(side), F.col("key").alias(f"{side}_key"))
                   for side in ("left", "right"))
    meeting = left.join(right, "block").where("left < right")
    return each_row(meeting, _alike, "left string, right string").distinct()


def _alike(row: Any) -> Iterator[tuple[Any, ...]]:
    if is_alike(row.block, row.left_key, row.right_key):
        yield row.left, row.right


def _acronyms_of(row: Any) -> Iterator[tuple[Any, ...]]:
    reading = Reading.from_row(json.loads(row.reading))
    for pair in acronyms(reading):
        yield from ((reading.base, end) for end in pair if end != reading.base)


def _keys_of(row: Any) -> Iterator[tuple[Any, ...]]:
    for key in set(report_keys(Report.from_row(json.loads(row.report)))):
        yield row.iri, key


def _reports_of(row: Any) -> Iterator[tuple[Any, ...]]:
    for data in json.loads(row.reports):
        report = Report.from_row(data)
        fillers = sorted({(role, row.meant[name]) for role, name in report.fillers})
        yield row.article, report.iri, json.dumps([*data[:2], fillers, *data[3:]])


def _bucket(component: Column, buckets: int) -> Column:
    return F.pmod(F.xxhash64(component), F.lit(buckets)).cast("int").alias("bucket")


def _decided(tables: Tables, name: str, rows: DataFrame, common: DataFrame, decide: Decide, schema: str) -> DataFrame:
    """Decide the rows of each bucket, with the keys of its names that are too common."""
    rows, common = tables.make(f"{name}/rows", lambda: rows), tables.make(f"{name}/common", lambda: common)

    def run(rows: pd.DataFrame, common: pd.DataFrame) -> pd.DataFrame:
        return decide(rows, set(common["block"]))

    return rows.groupBy("bucket").cogroup(common.groupBy("bucket")).applyInPandas(run, schema)


def _decide_names(rows: pd.DataFrame, common: set[str]) -> pd.DataFrame:
    records: defaultdict[str, list[Reading]] = defaultdict(list)
    own = set()
    for row in rows.itertuples():
        reading = Reading.from_row(json.loads(row.reading))
        records[row.article].append(reading)
        if row.own:
            own.add(reading.base)
    index = Index(Decisions(), common)
    index.load({article: tuple(sorted(found, key=lambda reading: reading.base)) for article, found in records.items()})
    outcome = index.decide(own)
    found: list[tuple[Any, ...]] = []
    for base, entity in outcome.entity.items():
        found += [(article, base, entity if isinstance(entity, str) else entity[article], *[None] * 6)
                  for article in sorted(index.articles_of(base))]
    for reason in (reason for reasons in outcome.reasons.values() for reason in reasons):
        if isinstance(reason, Item):
            found.append((*[None] * 5, reason.score, reason.feature, reason.entity, reason.item))
        else:
            link, entity = reason
            found.append((*[None] * 3, link.left, link.right, link.score, link.feature, entity, None))
    return pd.DataFrame(found, columns=columns_of(DECIDED))


def _decide_happenings(rows: pd.DataFrame, common: set[str]) -> pd.DataFrame:
    events = Happenings(Decisions(), common)
    for article, reports in rows.sort_values("article").groupby("article")["report"]:
        events.put(str(article), [Report.from_row(json.loads(report)) for report in reports])
    found = [(list(happening.reports),
              [{"score": link.score, "left": link.left, "right": link.right, "feature": link.feature}
               for link in happening.links]) for happening in events.decide(events.reports)]
    return pd.DataFrame(found, columns=["reports", "links"])
