"""What the protocols add to SPARQL updates: a dataset from the request, or one graph to stay in.

pyoxigraph takes no dataset beside an update, so the clauses that say the same are written into its
text. Outside braces an update has only keywords, IRIs and prefixed names, so its operations are found
without parsing; what is not recognised is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import QueryError
from kg.sparql import bare

_TOKEN = re.compile(r"[{}]|[^\W\d][\w.-]*")
_PROLOGUE = {"PREFIX", "BASE", "VERSION"}
_CLAUSES = {"INSERT", "DELETE", "DATA", "WHERE"}
_DATASET = {"WITH", "USING", "NAMED"}
_MANAGEMENT = {"LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY",
               "SILENT", "INTO", "TO", "GRAPH", "DEFAULT", "ALL"}


@dataclass(frozen=True, slots=True)
class _Token:
    """A keyword outside braces, or a block in braces (as ``{``), with its place."""

    word: str
    start: int
    end: int


def with_dataset(update: str, using: Sequence[str], using_named: Sequence[str]) -> str:
    """Return the update with ``USING`` clauses for ``using-graph-uri`` and ``using-named-graph-uri``.

    Raises ``QueryError`` where the update names a dataset itself, which the protocol forbids.
    """
    if not using and not using_named:
        return update
    tokens = _checked(update, _PROLOGUE | _CLAUSES | _DATASET | _MANAGEMENT)
    if any(token.word in ("WITH", "USING") for token in tokens):
        raise QueryError("an update with using-graph-uri or using-named-graph-uri may have no WITH and no USING")
    clause = "".join([f"USING {_iri(name)} " for name in using]
                     + [f"USING NAMED {_iri(name)} " for name in using_named])
    edits = []
    for i, token in enumerate(tokens):
        if token.word == "WHERE":
            short = i > 0 and tokens[i - 1].word == "DELETE"  # DELETE WHERE: its pattern is its template
            edits.append((token.start, f"{_block(update, tokens, i)} {clause}" if short else clause))
    return _edited(update, edits)


def within_graph(update: str, graph: str | None) -> str:
    """Return the update confined to one graph, the default graph where ``None``.

    Raises ``QueryError`` where it names a graph or does what cannot be confined.
    """
    tokens = _checked(update, _PROLOGUE | _CLAUSES)
    if re.search("graph", bare(update), re.IGNORECASE):
        raise QueryError("an update of one graph may name no other: GRAPH is refused")
    if graph is None:
        return update
    name, edits = _iri(graph), []
    for i, token in enumerate(tokens):
        before = tokens[i - 1].word if i else ""
        if token.word == "{" and (before == "DATA" or (before == "WHERE" and tokens[i - 2].word == "DELETE")):
            edits += [(token.start + 1, f" GRAPH {name} {{"), (token.end - 1, "} ")]
        elif token.word in ("INSERT", "DELETE") and _starts_modify(tokens, i):
            edits.append((token.start, f"WITH {name} "))
    return _edited(update, edits)


def _starts_modify(tokens: Sequence[_Token], i: int) -> bool:
    """Tell whether the keyword begins ``DELETE {} INSERT {} WHERE {}`` or a part of it that may stand alone."""
    followed = i + 1 < len(tokens) and tokens[i + 1].word == "{"
    continues = i > 1 and tokens[i - 2].word == "DELETE" and tokens[i - 1].word == "{"
    return followed and not (continues and tokens[i].word == "INSERT")


def _checked(update: str, known: set[str]) -> list[_Token]:
    tokens = list(_tokens(update))
    for token in tokens:
        if token.word != "{" and token.word not in known:
            raise QueryError(f"{token.word} is not understood in an update with a dataset or graph of its own")
    return tokens


def _tokens(update: str) -> Iterator[_Token]:
    text, depth, start = bare(update), 0, 0
    for match in _TOKEN.finditer(text):
        if match[0] == "{":
            start, depth = (match.start() if depth == 0 else start), depth + 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                yield _Token("{", start, match.end())
        elif depth == 0 and update[match.end():match.end() + 1] != ":":
            yield _Token(match[0].upper(), match.start(), match.end())


def _block(update: str, tokens: Sequence[_Token], i: int) -> str:
    if i + 1 == len(tokens) or tokens[i + 1].word != "{":
        raise QueryError("DELETE WHERE needs a pattern in braces")
    return update[tokens[i + 1].start:tokens[i + 1].end]


def _edited(text: str, edits: Sequence[tuple[int, str]]) -> str:
    for place, insertion in sorted(edits, reverse=True):
        text = text[:place] + insertion + text[place:]
    return text


def _iri(name: str) -> str:
    try:
        return str(ox.NamedNode(name))
    except ValueError as error:
        raise QueryError(f"no IRI: {name!r}") from error
