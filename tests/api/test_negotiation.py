import pytest

from api.negotiation import SOLUTIONS, TRIPLES, choose

JSON, XML, CSV = "application/sparql-results+json", "application/sparql-results+xml", "text/csv"


@pytest.mark.parametrize(("accept", "expected"), [
    (None, JSON),
    ("*/*", JSON),
    ("", JSON),
    (XML, XML),
    (f"{JSON};q=0.4, {XML};q=0.9", XML),
    (f"{JSON};q=0, */*", "application/json"),
    ("text/*", CSV),
    ("text/html, application/xml;q=0.9, */*;q=0.8", "application/xml"),
    ("TEXT/CSV ; Q=1", CSV),
    ("text/csv;q=high", CSV),
    ("text/html", None),
    ("*/*;q=0", None),
])
def test_choose(accept: str | None, expected: str | None) -> None:
    """The most specific range gives each format its weight, and the heaviest format wins."""
    assert choose(accept, list(SOLUTIONS)) == expected


def test_triples_default_to_turtle() -> None:
    """A client without wishes gets Turtle for a graph."""
    assert choose("*/*", list(TRIPLES)) == "text/turtle"
