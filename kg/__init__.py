"""Stringer: news articles in, a knowledge graph with receipts out.

    >>> graph = kg.build(["articles/"], "graph")
    >>> graph.query("SELECT DISTINCT ?firm WHERE { ?event a news:Layoff ; news:employer/rdfs:label ?firm }")
    >>> graph.to_networkx()
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.errors import KGError
    from kg.graph import Graph
    from kg.model import Document, Extraction
    from kg.pipeline import build
    from kg.store import open_store
    from kg.views import to_html

__all__ = ["Document", "Extraction", "Graph", "KGError", "build", "open_store", "to_html"]

_HOMES = {"Document": "model", "Extraction": "model", "Graph": "graph", "KGError": "errors", "build": "pipeline",
          "open_store": "store", "to_html": "views"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``import kg.vocab`` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(import_module(f"kg.{_HOMES[name]}"), name)
