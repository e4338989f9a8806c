"""Events and claims as lists: what happened, and who said what."""

from __future__ import annotations

from itertools import islice

from kg.store import Store
from kg.views.receipts import receipts_of, statement_data
from kg.views.statements import TYPE, Statement, statements_about
from kg.views.terms import Data, Row, describe, expand, rows
from kg.vocab import NEWS, compact


def events(store: Store, type: str | None = None, entity: str | None = None, limit: int = 50) -> Data:
    """Return events, the latest first, with participants, values and the sentences that name them.

    ``type`` is the name of an event class and ``entity`` identifies somebody or something that takes part.
    """
    narrowed: dict[str, list[str]] = {"type": [NEWS[type]]} if type else {}
    if entity:
        narrowed["entity"] = [expand(entity)]
    found = list(islice(rows(store, "events", **narrowed), limit))
    about: dict[str, list[Statement]] = {row["event"]: [] for row in found}
    for statement in statements_about(store, about) if about else ():
        about.get(statement.subject, []).append(statement)
    nodes = describe(store, about)
    return {"events": [nodes[row["event"]] | _event(store, row, about[row["event"]]) for row in found]}


def claims(store: Store, speaker: str | None = None, text: str | None = None, limit: int = 50) -> Data:
    """Return claims, those of the latest articles first; ``text`` must occur in the content."""
    narrowed = {"speaker": [expand(speaker)]} if speaker else {}
    needle = (text or "").casefold()
    matching = (row for row in rows(store, "claims", **narrowed) if needle in row["content"].casefold())
    found = list(islice(matching, limit))
    speakers = describe(store, (row["speaker"] for row in found))
    receipts = receipts_of(store, (row["statement"] for row in found))
    return {"claims": [{"id": compact(row["claim"]), "iri": row["claim"], "speaker": speakers[row["speaker"]],
                        "content": row["content"], "cue": row.get("cue", ""), "direct": row.get("direct") == "true",
                        "receipts": receipts.get(row["statement"], [])} for row in found]}


def _event(store: Store, row: Row, statements: list[Statement]) -> Data:
    typing = [s for s in statements if s.predicate == TYPE]
    roles = statement_data(store, [s for s in statements if s.predicate != TYPE])
    told = statement_data(store, typing)[0]
    return {"date": row.get("date"), "modality": told["modality"], "polarity": told["polarity"],
            "confidence": told["confidence"], "receipts": told["receipts"],
            "arguments": [{"role": role["predicate"], "filler": role["object"], "confidence": role["confidence"]}
                          for role in roles]}
