"""What the systems are asked: every text declares its prefixes, so that all of them understand it."""

from __future__ import annotations

from collections.abc import Sequence

from kg import queries
from kg.vocab import PREFIXES

FIXED = ("acquisitions", "articles", "ceo-on-date", "claims-about", "events", "events-by-month", "financial-results",
         "funding-rounds", "layoffs", "open-facts", "penalties", "people-of-organisation", "planned-or-possible",
         "subsidiaries", "who-leads-what", "who-said-what")
"""Named queries, with all their parameters open."""

RUNAWAYS = {"a cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
            "a path over everything": "SELECT (COUNT(*) AS ?n) { ?a (!<a:x>|^!<a:x>)* ?b . ?b (!<a:y>|^!<a:y>)* ?c }"}
"""What does not end by itself."""

_PROLOGUE = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())


def lookups(subjects: Sequence[str]) -> list[str]:
    """Return a query for each subject that gives eight rows."""
    return [f"SELECT ?property ?value {{ {subject} ?property ?value }} LIMIT 8" for subject in subjects]


def thousand_rows() -> list[str]:
    """Return queries that give a thousand rows of five columns each."""
    return [f"""PREFIX news: <{PREFIXES['news']}> PREFIX rdf: <{PREFIXES['rdf']}> PREFIX oa: <{PREFIXES['oa']}>
SELECT ?statement ?subject ?object ?confidence ?sentence {{
  ?statement rdf:predicate ?predicate ; rdf:subject ?subject ; rdf:object ?object ;
             news:confidence ?confidence ; oa:hasTarget/news:sentence ?sentence
}} LIMIT 1000 OFFSET {offset}""" for offset in range(0, 500, 100)]


def fixed() -> dict[str, str]:
    """Return the texts of the named queries."""
    return {name: _PROLOGUE + queries.load(name).text for name in FIXED}
