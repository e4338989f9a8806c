"""What is said otherwise before pyoxigraph parses it."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest

from kg.sparql import sort_numbers_apart
from kg.store import open_store

A, N = "ASC(isNumeric(?a)) ASC(?a)", "DESC(isNumeric($n)) DESC($n)"


@pytest.mark.parametrize(("query", "expected"), [
    ("SELECT * { ?a ?b ?c }", "SELECT * { ?a ?b ?c }"),
    ("SELECT * { ?a ?b ?c } ORDER BY ?a", f"SELECT * {{ ?a ?b ?c }} ORDER BY {A}"),
    ("SELECT * {} order # by\nby asc( ?a )DESC($n) LIMIT 3",
     "SELECT * {} order # by\nby asc(isNumeric(?a)) asc(?a)DESC(isNumeric($n)) DESC($n) LIMIT 3"),
    ("SELECT * {} ORDER BY DESC(COUNT(?b)) (?c + 1) <a:f>(?d, \")\") ?a",
     f"SELECT * {{}} ORDER BY DESC(COUNT(?b)) (?c + 1) <a:f>(?d, \")\") {A}"),
    ("SELECT * { { SELECT ?a { ?a ?b ?c } ORDER BY ?a } ?a ?d ?e } ORDER BY DESC($n) OFFSET 2 VALUES ?x { 1 }",
     f"SELECT * {{ {{ SELECT ?a {{ ?a ?b ?c }} ORDER BY {A} }} ?a ?d ?e }} ORDER BY {N} OFFSET 2 VALUES ?x {{ 1 }}"),
    ("SELECT * { ?a order:x by:y , 'ORDER BY ?a' } # ORDER BY ?a", None),
    ("PREFIX order: <a:> SELECT * { ?a <a:b> by:y . ?order ?BY ?a }", None),
])
def test_numbers_are_sorted_apart(query: str, expected: str | None) -> None:
    """Each variable that is a condition of its own has numbers come last; all else stays as it is written."""
    assert sort_numbers_apart(query) == (query if expected is None else expected)


def test_mixed_terms_are_sorted() -> None:
    """Numbers and texts together are sorted by numbers and by texts, and the process lives on."""
    values = [*range(400), *map(str, range(400)), *(f"{i}x" for i in range(400))]
    random.Random(5).shuffle(values)
    store = open_store()
    store.update("INSERT DATA { " + " ".join(f"<a:s> <a:p> {value!r} ." for value in values) + " <a:s> <a:p> <a:o> }")
    results = store.query("SELECT ?o { ?s ?p ?o } ORDER BY ?o")
    assert isinstance(results, ox.QuerySolutions)
    found = [row["o"] for row in results]
    assert found[0] == ox.NamedNode("a:o")
    texts, numbers = found[1:801], found[801:]
    assert [term.value for term in texts] == sorted(str(value) for value in values if isinstance(value, str))
    assert [int(term.value) for term in numbers] == list(range(400))
