"""rdflib-endpoint over a store of pyoxigraph's: ``python -m tests.benchmarks.endpoint STORE PORT``."""

from __future__ import annotations

import sys

import pyoxigraph as ox
import uvicorn
from oxrdflib import OxigraphStore
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint

if __name__ == "__main__":
    store = OxigraphStore(store=ox.Store.read_only(sys.argv[1]))
    app = SparqlEndpoint(graph=Dataset(store=store), path="/sparql")
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
