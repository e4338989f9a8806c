"""Files to a table of articles, or of extractions, each id once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from kg import corpus
from kg.corpus.extractions import ENDINGS
from kg.corpus.formats import READERS
from kg.errors import InputError
from kg.model import Document
from kg.spark.tables import each_row

FOUND = "source int, path string, row int, place string, id string, words long, item string, error string"


def list_files(spark: SparkSession, inputs: Sequence[str]) -> DataFrame:
    """Return the files of the inputs, folders with all below them; ``InputError`` for one that is not there."""
    tables = [_files(spark, number, place) for number, place in enumerate(inputs)]
    return reduce(DataFrame.unionByName, tables)


def _files(spark: SparkSession, number: int, place: str) -> DataFrame:
    try:
        files = spark.read.format("binaryFile").option("recursiveFileLookup", True).load(place)
    except AnalysisException as error:
        raise InputError(f"{place}: {error.getCondition() or error}") from None
    return files.withColumns({"source": F.lit(number), "given": F.lit(place)})


def read_articles(files: DataFrame, extracted: bool, options: Mapping[str, str | None]) -> DataFrame:
    """Return the articles of files as JSON, or extractions where ``extracted``; what is none has an ``error``.

    Of several with one id the first counts, in the order of the inputs, of the paths and of the rows.
    """
    order = [F.col("source"), F.split("path", "/"), F.col("row")]
    same = Window.partitionBy("id").orderBy(*order)
    found = each_row(files, partial(_rows, extracted=extracted, options=options), FOUND)
    repeated = F.col("error").isNull() & (F.row_number().over(same) > 1)
    message = F.format_string("%s: id '%s' is already taken by %s", "place", "id", F.first("place").over(same))
    good = found.where("error is null").withColumn("error", F.when(repeated, message))
    return good.unionByName(found.where("error is not null"))


def _rows(file: Any, extracted: bool, options: Mapping[str, str | None]) -> Iterator[tuple[Any, ...]]:
    place = local_name(file.path)
    if not _is_read(place, file.given, extracted):
        return
    data = bytes(file.content)
    found = corpus.parse_extractions(data, place) if extracted else corpus.read_bytes(data, place, **options)
    for number, (where, item) in enumerate(found):
        key = (file.source, file.path, number, where)
        if isinstance(item, InputError):
            yield (*key, None, 0, None, str(item))
        else:
            document = item if isinstance(item, Document) else item.document
            text = json.dumps(item.to_dict(), ensure_ascii=False)
            yield (*key, document.id, len(document.text.split()), text, None)


def _is_read(place: str, given: str, extracted: bool) -> bool:
    """Tell whether a file is an input itself, or one of a folder with an ending that is read."""
    endings = ENDINGS if extracted else tuple(READERS)
    return place.lower().endswith(endings) or Path(place).name == Path(given).name


def local_name(path: str) -> str:
    """Return the path of a local file without ``file:``, and any other address as it is."""
    parts = urlsplit(path)
    return unquote(parts.path) if parts.scheme == "file" else path
