"""A network as one file that a browser opens: with its drawing, and without a server or another request."""

from __future__ import annotations

import html
import json
import re
from importlib.resources import files
from pathlib import Path
from string import Template

import networkx as nx

from kg.graph import Graph
from kg.views.network import network, network_of
from kg.views.terms import Data

_LIBRARIES = ("graphology.umd.min.js", "sigma.min.js")
_MODULES = ("network.js", "drawing.js", "standalone.js")


def to_html(graph: Graph | nx.MultiDiGraph, path: Path | str, *, title: str = "Stringer") -> Path:
    """Write a graph, or a network of ``Graph.to_networkx`` and ``kg.analysis``, to an HTML file; return the path.

    The same graph gives the same bytes. More than 5,000 nodes open as communities that one can enter.
    """
    data = network(graph.store) if isinstance(graph, Graph) else network_of(graph)
    path = Path(path)
    path.write_text(page_of(data, title), encoding="utf-8")
    return path


def page_of(data: Data, title: str) -> str:
    """Return the page that shows a network in columns, as ``kg.views.network`` returns it."""
    # "</script>" inside a label would end the element that holds the data.
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Template(_text("standalone.html")).substitute(
        title=html.escape(title), data=told, libraries="\n".join(map(_text, _LIBRARIES)),
        script="\n".join(_without_imports(_text(name)) for name in _MODULES))


def _text(name: str) -> str:
    return (files("kg.views") / "drawing" / name).read_text(encoding="utf-8")


def _without_imports(script: str) -> str:
    """Return a module as a part of one script: the parts share their names."""
    return re.sub(r"^import .*\n|^export (?=const |class |function )", "", script, flags=re.MULTILINE)
