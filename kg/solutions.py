"""Solutions of a ``SELECT`` query as rows of Python values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from rdflib import Literal, URIRef

Row = dict[str, Any]
"""A solution: variable to ``URIRef``, ``str``, ``int``, ``Decimal``, ``date``, ``bool`` or, unbound, ``None``."""


def rows(solutions: ox.QuerySolutions) -> Iterator[Row]:
    """Yield each solution with a value for each variable of the query."""
    names = [variable.value for variable in solutions.variables]
    return ({name: value(solution[name]) for name in names} for solution in solutions)


def value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Any:
    """Return a term as the Python value that it denotes; a literal without one as its text."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if not isinstance(term, ox.Literal):
        return None if term is None else str(term)
    denoted = Literal(term.value, datatype=None if term.language else term.datatype.value).toPython()
    return term.value if isinstance(denoted, Literal) else denoted
