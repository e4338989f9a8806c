"""Load a file of N-Quads into a new store, print what it took: ``python -m tests.benchmarks.loading FILE STORE``."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from pathlib import Path

import pyoxigraph as ox

from kg.store import open_store

if __name__ == "__main__":
    file, place = map(Path, sys.argv[1:])
    shutil.rmtree(place, ignore_errors=True)
    before = time.process_time()
    with open_store(place) as store:
        store.load(file)
        store.flush()
        cpu = time.process_time() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    quads = len(ox.Store.read_only(str(place)))
    print(json.dumps({"quads": quads, "cpu": cpu, "peak": peak}))
