"""Readers of the training corpora: CoNLL-U treebanks, gold news articles, and rows of relation corpora."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UNDEFINED = "undefined"
"""What CORE calls a pair without a relation."""

WIKINEWS = Path("wikinews_unlabelled", "articles.jsonl.gz")
"""Unlabelled news in the folder of the corpora."""


@dataclass(slots=True)
class Treebank:
    """One document of a treebank; the lists run over its words.

    ``heads`` are word positions in the document (the root heads itself), ``sentences``
    and ``paragraphs`` the positions where one starts, ``spans`` nested entity mentions as
    (start, end, type) with ``end`` exclusive, None where the corpus has no such layer.
    """

    id: str
    corpus: str
    words: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    upos: list[str] = field(default_factory=list)
    xpos: list[str] = field(default_factory=list)
    feats: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)
    spans: list[tuple[int, int, str]] | None = None


def read_conllu(path: Path, corpus: str) -> Iterator[Treebank]:
    """Yield the documents of a gzipped CoNLL-U file; multiword ranges and empty nodes are left out."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        document: Treebank | None = None
        rows: list[list[str]] = []
        opened: dict[str, tuple[int, str]] = {}
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("# newdoc id"):
                if document is not None:
                    yield document
                document, opened = Treebank(line.partition("= ")[2], corpus), {}
            elif line.startswith("# newpar") and document is not None:
                document.paragraphs.append(len(document.words))
            elif line and line[0] != "#":
                rows.append(line.split("\t"))
            elif not line and rows and document is not None:
                _add_sentence(document, rows, opened)
                rows = []
        if document is not None:
            yield document


def _add_sentence(document: Treebank, rows: list[list[str]], opened: dict[str, tuple[int, str]]) -> None:
    base = len(document.words)
    document.sentences.append(base)
    glued = {int(end): "SpaceAfter=No" in row[9] for row in rows if "-" in row[0] for end in [row[0].split("-")[1]]}
    inside = {i for row in rows if "-" in row[0] for i in range(*map(int, row[0].split("-")))}
    for row in (row for row in rows if row[0].isdigit()):
        number, head = int(row[0]), int(row[6])
        document.words.append(row[1])
        document.lemmas.append(row[2])
        document.upos.append(row[3])
        document.xpos.append(row[4])
        document.feats.append(row[5])
        document.heads.append(base + (head - 1 if head else number - 1))
        document.deps.append(row[7])
        no_space = number in inside or glued.get(number, "SpaceAfter=No" in row[9].split("|"))
        document.spaces.append(not no_space)
        _read_entities(document, row[9], base + number - 1, opened)


def _read_entities(document: Treebank, misc: str, position: int, opened: dict[str, tuple[int, str]]) -> None:
    """Follow the bracket notation of GUM's ``Entity=``: ``(12-person-...`` opens, ``12)`` closes."""
    value = next((part[7:] for part in misc.split("|") if part.startswith("Entity=")), "")
    if value and document.spans is None:
        document.spans = []
    for token in re.findall(r"\([^()]*\)?|[^()]+\)", value):
        parts = token.strip("()").split("-")
        if token.startswith("("):
            opened[parts[0]] = (position, parts[1])
        if token.endswith(")") and parts[0] in opened and document.spans is not None:
            start, kind = opened.pop(parts[0])
            document.spans.append((start, position + 1, kind))


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read CORE's sentences or Re-DocRED's documents: a gzipped JSON list."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = json.load(file)
    return rows


def read_unlabelled(path: Path) -> list[dict[str, Any]]:
    """Return the unlabelled articles that overlap no evaluation set."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [row for row in map(json.loads, file) if not row["overlaps_eval"]]


def sample_unlabelled(path: Path, count: int, seed: int) -> list[str]:
    """Return the texts of ``count`` unlabelled articles, drawn by ``seed``."""
    return random.Random(seed).sample([row["text"] for row in read_unlabelled(path)], count)


def shuffled_unlabelled(path: Path, words: range, seed: int) -> list[dict[str, Any]]:
    """Return the unlabelled articles of as many words, in an order drawn by ``seed``."""
    rows = [row for row in read_unlabelled(path) if len(row["text"].split()) in words]
    random.Random(seed).shuffle(rows)
    return rows


def read_gold(folder: Path) -> list[dict[str, Any]]:
    """Return the gold articles of a folder in the order of their file names."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
