"""What a query may ask for: a scan over SPARQL text that finds SERVICE without parsing.

pyoxigraph evaluates ``SERVICE`` by opening a connection and cannot be told not to, so the
text is searched first. Its grammar sets no boundary around keywords (``1SERVICE<x>{}`` and
``SERVICEx:y{}`` are calls), so the word counts wherever it stands, except inside the tokens
that can only be something else.
"""

from __future__ import annotations

import re

from kg.errors import QueryError

_INERT = re.compile(
    r"""
      <(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>   # IRI
    | \"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*\"{3} | '{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}
    | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*'                     # strings
    | \#[^\r\n]*                                                        # comment
    | [?$]\w+                                                           # variable
    | (?<!_):(?:[\w:.%-]|\\[-_~.!$&'()*+,;=/?#@%])*                     # local part of a prefixed name
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def bare(sparql: str) -> str:
    """Return the query with comments, strings, IRIs, variables and local names blanked out."""
    return _INERT.sub(" ", sparql)


def refuse_service(sparql: str) -> None:
    """Raise ``QueryError`` for a query that would call another endpoint."""
    # The specification resolves \\u escapes before parsing, pyoxigraph inside tokens only: look both ways.
    for text in {sparql, _unescape(sparql)}:
        if re.search("service", bare(text), re.IGNORECASE):
            raise QueryError("SERVICE is refused: queries see this store only and open no connection")


def _unescape(sparql: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else " "

    return _ESCAPE.sub(character, sparql)
