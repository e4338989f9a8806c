"""Base noun phrases over Universal Dependencies trees, for ``Doc.noun_chunks``."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

HEADS = {"nsubj", "nsubj:pass", "nsubj:outer", "obj", "iobj", "obl", "obl:agent", "obl:npmod", "obl:tmod",
         "obl:unmarked", "nmod", "nmod:poss", "nmod:npmod", "nmod:tmod", "nmod:unmarked", "appos", "root", "ROOT",
         "vocative", "dislocated", "parataxis", "list", "xcomp", "ccomp", "advcl", "acl:relcl", "conj", "orphan"}
OUTSIDE = {"case", "cc", "punct", "mark", "cop", "advmod", "discourse", "nsubj", "aux", "preconj", "cc:preconj"}


def noun_chunks(doclike: Doc | Span) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, label) of each base noun phrase: a noun with its modifiers to the left."""
    label = doclike.vocab.strings.add("NP")
    last = -1
    for token in doclike:
        if token.pos_ not in ("NOUN", "PROPN", "PRON") or token.dep_ not in HEADS:
            continue
        start = _left_edge(token)
        if start > last:
            end = _right_edge(token)
            last = end - 1
            yield start, end, label


def _left_edge(token: Token) -> int:
    start = token.i
    for child in reversed(list(token.lefts)):
        if child.dep_ in OUTSIDE:
            break
        start = child.left_edge.i
    return int(start)


def _right_edge(token: Token) -> int:
    end = token.i + 1
    for child in token.rights:
        if child.dep_ not in ("flat", "fixed", "goeswith", "compound", "nummod") or child.i != end:
            break
        end = child.right_edge.i + 1
    return int(end)
