"""One reader of a store, for one query: ``python -m tests.benchmarks.reading choose|ask ...``, JSON on its output.

``choose QUERY SMALL LARGE`` finds something to ask a named query for of which two stores hold as much, so that the
answers are alike; ``ask STORE ROUNDS`` measures the query on standard input.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

import pyoxigraph as ox
from rdflib import Literal, URIRef

from kg import queries
from kg.store import EmbeddedStore, open_store

_ROWS, _TRIES = 2000, 12


def choose(name: str, small: Path, large: Path) -> dict[str, str | None]:
    """Return the text of a named query bound to such an entity, or no text where it takes none or nothing is found."""
    query = queries.load(name)
    parameter = next((key for key, kind in query.kinds.items() if kind in ("entity", "entities")), None)
    if parameter is None:
        return {"text": None}
    with open_store(small, read_only=True) as one, open_store(large, read_only=True) as other:
        alike = (value for value in _entities(one, query.text) if _said(one, value) == _said(other, value))
        for value in islice(alike, _TRIES):
            text = query.bind(**{parameter: value})
            found = len(_rows(one, text))
            if found and found == len(_rows(other, text)):
                return {"text": text}
    return {"text": None}


def ask(store: Path, query: str, rounds: int) -> dict[str, float]:
    """Return the CPU time in milliseconds, the median, the rows, and the reader's memory at most in MB."""
    times = []
    with open_store(store, read_only=True) as opened:
        for _ in range(rounds):
            before = time.process_time()
            rows = sum(1 for _ in _solutions(opened, query))
            times.append((time.process_time() - before) * 1000)
    return {"cpu": median(times), "rows": rows, "memory": _peak()}


def _peak() -> float:
    """Return the memory in MB that this process has had at most: ``ru_maxrss`` would count the one that started it."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+)", status.read_text("ascii"))):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _entities(store: EmbeddedStore, query: str) -> Iterator[URIRef]:
    """Yield entities whose names stand in the answer to the open query, from the rarest on."""
    counts: dict[str, int] = {}
    for row in islice(_rows(store, query), _ROWS):
        for value in row:
            if isinstance(value, ox.Literal) and value.value[:1].isupper() and len(value.value) > 3:
                counts[value.value] = counts.get(value.value, 0) + 1
    for name in sorted(counts, key=lambda value: (counts[value], value)):
        called = f"SELECT ?it {{ ?it rdfs:label {Literal(name).n3()} FILTER(STRSTARTS(STR(?it), STR(ent:))) }}"
        yield from (URIRef(row["it"].value) for row in _rows(store, called))


def _said(store: EmbeddedStore, entity: URIRef) -> int:
    """Return how many statements are about an entity."""
    return len(_rows(store, f"SELECT ?statement {{ ?statement rdf:subject|rdf:object <{entity}> }}"))


def _rows(store: EmbeddedStore, query: str) -> list[ox.QuerySolution]:
    return list(_solutions(store, query))


def _solutions(store: EmbeddedStore, query: str) -> ox.QuerySolutions:
    results = store.query(query)
    assert isinstance(results, ox.QuerySolutions)
    return results


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    if verb == "choose":
        print(json.dumps(choose(arguments[0], Path(arguments[1]), Path(arguments[2]))))
    else:
        print(json.dumps(ask(Path(arguments[0]), sys.stdin.read(), int(arguments[1]))))
