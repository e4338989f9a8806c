"""Tables in Parquet below one place, each written once: ``_SUCCESS`` says that it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from kg.errors import StoreError


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables below ``place``, a path or an address that Hadoop's file systems know."""

    spark: SparkSession
    place: str

    def path(self, name: str) -> str:
        """Return where a table is."""
        return f"{self.place.rstrip('/')}/{name}"

    def is_whole(self, name: str) -> bool:
        """Tell whether a table has been committed."""
        hadoop: Any = self.spark.sparkContext._jvm
        path = hadoop.org.apache.hadoop.fs.Path(f"{self.path(name)}/_SUCCESS")
        return bool(path.getFileSystem(self.spark._jsc.hadoopConfiguration()).exists(path))

    def read(self, name: str) -> DataFrame:
        """Return a committed table."""
        return self.spark.read.parquet(self.path(name))

    def make(self, name: str, table: Callable[[], DataFrame], *by: str) -> DataFrame:
        """Return a table, written first, in folders ``by`` columns, unless it is whole already."""
        if not self.is_whole(name):
            table().write.mode("overwrite").partitionBy(*by).parquet(self.path(name))
        return self.read(name)

    def make_lines(self, name: str, table: Callable[[], DataFrame]) -> DataFrame:
        """Return a table of one text column as lines, written as files of text unless it is whole already."""
        if not self.is_whole(name):
            table().write.mode("overwrite").text(self.path(name))
        return self.spark.read.text(self.path(name))

    def claim(self, recipe: str) -> None:
        """Note by what recipe the tables are made; ``StoreError`` where others stand here already."""
        note = self.spark.createDataFrame([(recipe,)], "value string").coalesce(1)
        [row] = self.make_lines("recipe", lambda: note).collect()
        if row.value != recipe:
            raise StoreError(f"{self.place} holds tables of other inputs, options or another version of this program; "
                             "give another place")


def each_row(table: DataFrame, rows_of: Callable[[Any], Iterator[tuple[Any, ...]]], schema: str) -> DataFrame:
    """Return the rows that the function gives for each row; ``schema`` names flat columns."""
    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            found = [new for row in frame.itertuples() for new in rows_of(row)]
            yield pd.DataFrame(found, columns=columns_of(schema))

    return table.mapInPandas(run, schema)


def columns_of(schema: str) -> list[str]:
    """Return the names in a schema of flat columns."""
    return [column.split()[0] for column in schema.split(", ")]
