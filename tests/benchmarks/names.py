"""What deciding a new name costs among very many: ``python -m tests.benchmarks.names [1000 1000000]``.

An index of made-up names is filled, each name of one article. At each of the sizes, the cost of a further article with
one new name is printed: the median of 200, in microseconds of CPU time, with the memory of the process.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from statistics import median

from kg.linking.index import Index
from kg.linking.names import iri_of
from kg.linking.readings import Reading

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TRIED = 200
_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]


def reading(chance: random.Random) -> Reading:
    """Return a reading of a name of two made-up words."""
    key = " ".join("".join(chance.choices(_SYLLABLES, k=4)) for _ in range(2))
    return Reading(str(iri_of(("Organisation", key))), "Organisation", key, True, key.title())


def add(index: Index, number: int, chance: random.Random) -> float:
    """Add an article with one name and return the microseconds that this took."""
    record = (reading(chance),)
    began = time.process_time()
    index.decide(index.put(f"article {number}", record))
    return 1e6 * (time.process_time() - began)


def main(*sizes: int) -> None:
    """Print a row for each size."""
    index, chance = Index(), random.Random(1)
    print("| names | microseconds for another | MiB of memory |\n| --- | --- | --- |", flush=True)
    number = 0
    for size in sizes:
        index.load({f"article {n}": (reading(chance),) for n in range(number, size)})
        costs = [add(index, size + n, chance) for n in range(TRIED)]
        number = size + TRIED
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"| {size:,} | {median(costs):.0f} | {memory:,.0f} |", flush=True)


if __name__ == "__main__":
    main(*(map(int, sys.argv[1:]) if sys.argv[1:] else SIZES))
