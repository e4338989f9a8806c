"""SPARQL text before it is parsed: scans that find what is refused, and what has to be said otherwise.

pyoxigraph evaluates SERVICE and LOAD by opening a connection and cannot be told not to, so the text is
searched first. Its grammar sets no boundary around keywords (``1SERVICE<x>{}`` and
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
_PROLOGUE = r"(?:\s|\#[^\r\n]*|PREFIX\s+[^\s:]*:\s*<[^<>]*>|BASE\s*<[^<>]*>)*"
_FORM = re.compile(_PROLOGUE + r"(SELECT|ASK|CONSTRUCT|DESCRIBE)", re.IGNORECASE)
_MARK = re.compile(_INERT.pattern + r"| (?P<mark> [(\[{]+ | [)\]}]+ | ![\s!]* )", re.VERBOSE | re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

_SORTING = re.compile(r"(?<![\w:.-])ORDER(?:\s|\#[^\r\n]*[\r\n])+BY(?![\w:.-])", re.IGNORECASE)
_CONDITION = re.compile(
    r"(?P<by>(?:(?P<way>\bASC|\bDESC)\s*\(\s*)?(?P<name>[?$]\w+)(?(way)\s*\)))"
    r"| (?P<opens>\() | (?P<closes>\)) | (?P<ends>\}|\b(?:LIMIT|OFFSET|VALUES)\b) |" + _INERT.pattern,
    re.VERBOSE | re.DOTALL | re.IGNORECASE)

NESTING = 128
"""Brackets within each other, of any kind: pyoxigraph 0.5.13 bears 700 on a stack of 8 MiB, and not always 1,000."""


def bare(sparql: str) -> str:
    """Return the text with comments, strings, IRIs, variables and local names blanked out, at its length."""
    return _INERT.sub(lambda match: " " * len(match[0]), sparql)


def form_of(query: str) -> str:
    """Return ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``; ``QueryError`` for what is no query."""
    found = _FORM.match(query)
    if found is None:
        raise QueryError("query refused: it begins with none of SELECT, ASK, CONSTRUCT and DESCRIBE")
    return found[1].upper()


def refuse_nesting(sparql: str) -> None:
    """Raise ``QueryError`` for text whose brackets, or signs of negation, are nested deeper than ``NESTING``.

    pyoxigraph reads them by recursion, and a process that runs out of stack is lost.
    """
    if len(sparql) <= NESTING or sum(map(sparql.count, "([{!")) <= NESTING:  # as in nearly all
        return
    depth = 0
    for match in _MARK.finditer(sparql):
        if match.lastgroup != "mark":
            continue
        mark = match["mark"]
        negations = mark.count("!")
        if depth + max(negations, 0 if mark[0] in ")]}" else len(mark)) > NESTING:
            raise QueryError(f"more than {NESTING} brackets, or signs of negation, within each other are refused")
        depth += 0 if negations else -len(mark) if mark[0] in ")]}" else len(mark)


def sort_numbers_apart(query: str) -> str:
    """Return the query with numbers after all other terms in its ``ORDER BY``, as SPARQL leaves open.

    pyoxigraph 0.5.13 orders numbers by value, and numbers and texts by their characters: 9 < 10 < "5" < 9 is no order,
    and Rust's sort ends the process when it notices. Terms are compared by reading them again, so that this costs time:
    where a process may be lost, the query is first asked as it is.
    """
    if "order" not in query.casefold():
        return query
    pieces: list[str] = []
    shown, done = bare(query), 0
    for clause in _SORTING.finditer(query):
        if clause.start() < done or shown[clause.start()] == " ":  # within a comment or a string
            continue
        depth = 0
        for match in _CONDITION.finditer(query, clause.end()):
            depth += (match["opens"] is not None) - (match["closes"] is not None)
            if depth < 0 or match["ends"]:
                break
            if match["by"] and depth == 0:
                way, name = match["way"] or "ASC", match["name"]
                pieces += query[done:match.start()], f"{way}(isNumeric({name})) {way}({name})"
                done = match.end()
    return "".join((*pieces, query[done:]))


def refuse_service(sparql: str) -> None:
    """Raise ``QueryError`` for a query that would call another endpoint."""
    if _says(sparql, "service"):
        raise QueryError("SERVICE is refused: queries see this store only and open no connection")


def refuse_load(sparql: str) -> None:
    """Raise ``QueryError`` for an update that would fetch a document."""
    if _says(sparql, "load"):
        raise QueryError("LOAD is refused: send the triples themselves with INSERT DATA or the Graph Store Protocol")


def _says(sparql: str, word: str) -> bool:
    # The specification resolves \\u escapes before parsing, pyoxigraph inside tokens only: look both ways.
    return any(word in text.casefold() and re.search(word, bare(text), re.IGNORECASE)
               for text in {sparql, _unescape(sparql)})


def _unescape(sparql: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else " "

    return _ESCAPE.sub(character, sparql)
