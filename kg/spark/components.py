"""Connected components of a graph in a table, by the least name that reaches a node."""

from __future__ import annotations

from functools import partial
from itertools import count

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from kg.spark.tables import Tables


def components(tables: Tables, name: str, edges: DataFrame) -> DataFrame:
    """Return ``node, component`` for each node of the edges ``left, right``; a component is named by its least node.

    Labels spread along edges and then jump to the label of their label, so that chains take few rounds (Shiloach and
    Vishkin 1982). Each round is a committed table, which no lost machine takes away and a later run goes on from.
    """
    both = edges.select("left", "right").union(edges.select("right", "left")).toDF("node", "other").distinct()
    both = tables.make(f"{name}/edges", lambda: both)
    labels = tables.make(f"{name}/0", lambda: both.groupBy("node").agg(
        F.least("node", F.min("other")).alias("component")))
    for number in count(1):
        before, labels = labels, tables.make(f"{name}/{number}", partial(_spread, both, labels))
        if before.exceptAll(labels).isEmpty():
            break
    return labels


def _spread(edges: DataFrame, labels: DataFrame) -> DataFrame:
    near = edges.join(labels.toDF("other", "near"), "other").groupBy("node").agg(F.min("near").alias("near"))
    least = labels.join(near, "node").select("node", F.least("component", "near").alias("component"))
    return least.join(least.toDF("component", "farther"), "component").select(
        "node", F.least("component", "farther").alias("component"))
