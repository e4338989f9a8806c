"""A graph of more articles than one machine reads, built by Apache Spark: tables in Parquet, then N-Quads from them.

The stages are those of ``kg.pipeline``, and so are the functions: ``extract_batch`` on batches of articles, the
decisions of ``kg.linking`` on names that could be one, ``kg.identity.article_quads`` on each article. What Spark adds
is how they meet: by joins over tables of names and keys in place of one index in memory. The quads are those of a
local build.

Each table is committed by its ``_SUCCESS``, and a run that was cut short goes on after the last one. This package needs
the extra ``[spark]`` and Java.
"""

from kg.spark.building import Built, build

__all__ = ["Built", "build"]
