"""An article with all that was read out of it, each piece where it stands in the text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from kg.store import Store
from kg.views.articles import article
from kg.views.receipts import statement_data
from kg.views.statements import TYPE, Statement, layer, statements_of
from kg.views.terms import Data, expand
from kg.vocab import ENT, NEWS, SCHEMA, provenance_graph

LAYERS = ("entities", "events", "claims", "relations", "facts")

_Span = tuple[int, int]


def reading(store: Store, id: str) -> Data | None:
    """Return an article, what it says, and its text in segments: pieces with the same marks throughout.

    Each item has its ``layer`` and, as ``spans``, where it stands, in characters. A segment names the items that
    stand there by their numbers, their layers, and the type of the entity; it is ``silent`` where no sentence around
    it gave more than mentions.
    """
    iri = expand(id)
    found, text = article(store, id), _text(store, iri)
    if found is None or text is None:
        return None
    statements = statements_of(store, iri)
    items = sorted(_items(store, statements), key=lambda item: (LAYERS.index(item["layer"]), item["spans"]))
    covered = _merged(span for item in items if item["layer"] != "entities" for span in _sentences(text, item))
    segments = list(_segments(text, items, covered))
    return found | {"items": items, "segments": segments,
                    "silent": sum(len(part["text"].split()) for part in segments if part["silent"]),
                    "words": len(text.split())}


def _text(store: Store, iri: str) -> str | None:
    return next((str(body) for _, _, body, _ in store.quads(SCHEMA["articleBody"], provenance_graph(iri))), None)


def _items(store: Store, statements: Sequence[Statement]) -> Iterator[Data]:
    """Yield entities, events with their arguments, claims with their speakers, relations and open facts."""
    parts: dict[str, list[Data]] = {}
    heads: list[tuple[str, Statement, Data]] = []
    for statement, data in zip(statements, statement_data(store, statements), strict=True):
        kind = _kind(statement)
        if kind is None:
            parts.setdefault(statement.subject, []).append(data)
        elif data["receipts"]:
            heads.append((kind, statement, data))
    for kind, statement, data in heads:
        [receipt] = data["receipts"][:1]
        spans = sorted((place["start"], place["end"]) for one in data["receipts"] for place in one["evidence"])
        yield {"layer": kind, "subject": data["subject"], "predicate": data["predicate"], "object": data["object"],
               "spans": spans, "sentences": [one["sentence"] for one in data["receipts"]],
               **{name: receipt[name] for name in ("statement", "modality", "polarity", "confidence", "component",
                                                   "speaker", "qualifiers")},
               "parts": [{"role": part["predicate"], "filler": part["object"], "confidence": part["confidence"]}
                         for part in parts.get(statement.subject, ()) if kind in ("events", "claims")]}


def _kind(statement: Statement) -> str | None:
    """Return the layer of an item whose main statement this is; ``None`` for a part of another."""
    if statement.predicate == TYPE:
        if statement.subject.startswith(ENT):
            return "entities"
        return None if statement.object == str(NEWS["Claim"]) else "events"
    found = layer(statement)
    if found == "claims":
        return "claims" if statement.predicate == str(NEWS["content"]) else None
    return None if found == "events" else found


def _sentences(text: str, item: Data) -> Iterator[_Span]:
    """Yield where the sentences of an item stand; its evidence itself where a sentence is not found."""
    for start, end in item["spans"]:
        sizes = map(len, item["sentences"])
        found = [(text.find(words, max(0, end - size), start + size), size)
                 for words, size in zip(item["sentences"], sizes, strict=True)]
        yield from [(at, at + size) for at, size in found if at >= 0] or [(start, end)]


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged


def _segments(text: str, items: Sequence[Data], covered: Sequence[_Span]) -> Iterator[Data]:
    """Yield the text cut wherever a mark or a covered sentence begins or ends."""
    marks = [(start, end, number) for number, item in enumerate(items) for start, end in item["spans"]]
    cuts = {0, len(text), *(at for start, end, _ in marks for at in (start, end)),
            *(at for span in covered for at in span)}
    here: dict[int, list[int]] = {}
    order = sorted(cut for cut in cuts if cut <= len(text))
    for start, end, number in marks:
        for at in order[bisect_left(order, start):bisect_left(order, end)]:
            here.setdefault(at, []).append(number)
    for start, end in pairwise(order):
        piece = text[start:end]
        silent = bool(piece.strip()) and not any(a <= start < b for a, b in covered)
        numbers = sorted(set(here.get(start, ())))
        layers = {items[number]["layer"] for number in numbers}
        named = [items[number]["subject"]["type"] for number in numbers if items[number]["layer"] == "entities"]
        yield {"text": piece, "items": numbers, "layers": [name for name in LAYERS if name in layers],
               "type": named[-1] if named else None, "silent": silent}
