"""Events and claims as lists: what happened, and who said what."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal

from kg.search import fold
from kg.store import Store
from kg.store.changes import batches
from kg.views.pages import page_of
from kg.views.receipts import articles_of, receipts_of, statement_data
from kg.views.statements import TYPE, Statement, statements_about
from kg.views.terms import Data, Row, describe, expand, find_entity, is_true, rows
from kg.vocab import NEWS, compact

_AT_ONCE = 25
"""Articles whose claims one query asks for: a page needs about ten."""


def events(store: Store, type: str | None = None, entity: str | None = None, limit: int = 50, *,
           since: str | None = None, until: str | None = None, least: float | None = None, currency: str | None = None,
           reports: int = 1, after: str | None = None) -> Data:
    """Return events, the latest first, with participants, values and the sentences that name them.

    ``type`` is the name of an event class and ``entity`` identifies somebody or something that takes part. ``since``
    and ``until`` are the first and last day; events without a day are then left out. ``least`` is a number that one of
    the event's quantities reaches, in ``currency`` where that is given. Of events that are one, each row names the
    others under ``reports``; from two ``reports`` on, one row stands for all events of at least so many articles.
    ``after`` is the ``next`` of the page before.
    """
    narrowed: dict[str, list[str]] = {"type": [NEWS[type]]} if type else {}
    if entity:
        narrowed["entity"] = [expand(entity)]
    listed = rows(store, "events-of-entity" if entity else "events", **narrowed)
    dated = (row for row in listed if _within(row, since, until))
    large = _large(store, least, currency)
    told = _told(store, reports)
    return list_events(store, (row for row in dated if large(row["event"]) and told(row["event"])), limit, after)


def list_events(store: Store, listed: Iterable[Row], limit: int, after: str | None = None) -> Data:
    """Return a page of the rows of the query ``events`` with participants, values and sentences, as ``events`` does."""
    found, cursor = page_of(listed, lambda row: row["event"], after, limit)
    about: dict[str, list[Statement]] = {row["event"]: [] for row in found}
    for statement in statements_about(store, about):
        about.get(statement.subject, []).append(statement)
    nodes, others = describe(store, about), _reports(store, about)
    return {"events": [nodes[row["event"]] | _event(store, row, about[row["event"]])
                       | {"reports": others.get(row["event"], [])} for row in found], "next": cursor}


def claims(store: Store, speaker: str | None = None, text: str | None = None, limit: int = 50, *,
           about: str | None = None, after: str | None = None) -> Data:
    """Return claims, those of the latest articles first; ``text`` must occur in the content.

    ``about`` identifies an entity one of whose names must stand in the content. A claim that several articles
    report is one row. ``after`` is the field ``next`` of the page before.
    """
    needle = (text or "").casefold()
    named = _named(store, about)
    narrow = {"speaker": [expand(speaker)]} if speaker else {}
    listed = rows(store, "claims", **narrow) if speaker or needle or about else _newest_claims(store)
    matching = (row for row in listed if needle in row["content"].casefold() and named(row["content"]))
    found, cursor = page_of(_once(matching), lambda row: row["claim"], after, limit)
    speakers = describe(store, (row["speaker"] for row in found))
    receipts = receipts_of(store, (row["statement"] for row in found))
    return {"claims": [{"id": compact(row["claim"]), "iri": row["claim"], "speaker": speakers[row["speaker"]],
                        "content": row["content"], "cue": row.get("cue", ""), "direct": is_true(row.get("direct")),
                        "receipts": receipts.get(row["statement"], [])} for row in found],
            "next": cursor}


def _newest_claims(store: Store) -> Iterator[Row]:
    """Yield all claims, those of the latest articles first, from as few articles as are needed."""
    articles = [row["article"] for row in rows(store, "newest")]
    for some in batches(articles, _AT_ONCE):
        yield from rows(store, "claims-of-articles", article=some)


def _event(store: Store, row: Row, statements: list[Statement]) -> Data:
    typing = [s for s in statements if s.predicate == TYPE]
    roles = statement_data(store, [s for s in statements if s.predicate != TYPE])
    told = statement_data(store, typing)[0]
    return {"date": row.get("date"), "modality": told["modality"], "polarity": told["polarity"],
            "confidence": told["confidence"], "receipts": told["receipts"],
            "arguments": [{"role": role["predicate"], "filler": role["object"], "confidence": role["confidence"]}
                          for role in roles]}


def _reports(store: Store, events: Collection[str]) -> dict[str, list[Data]]:
    """Return for each of these events that several articles report the other reports, each with its article."""
    found = list(rows(store, "reports", event=events)) if events else []
    nodes = describe(store, (row["report"] for row in found))
    articles = articles_of(store, {row["article"] for row in found})
    others: dict[str, list[Data]] = {}
    for row in found:
        if row["report"] != row["event"]:
            report = {"event": nodes[row["report"]], "article": articles[row["article"]]}
            others.setdefault(row["event"], []).append(report)
    return others


def _told(store: Store, least: int) -> Callable[[str], bool]:
    """Return whether an event is to stand for its happening, which at least so many articles report."""
    if least < 2:
        return lambda _: True
    articles: dict[str, set[str]] = {}
    first: dict[str, str] = {}
    for row in rows(store, "reports"):
        articles.setdefault(row["happening"], set()).add(row["article"])
        first[row["happening"]] = min(row["event"], first.get(row["happening"], row["event"]))
    return {first[happening] for happening, told in articles.items() if len(told) >= least}.__contains__


def _within(row: Row, since: str | None, until: str | None) -> bool:
    if since is None and until is None:
        return True
    day = row.get("date", "")[:10]
    return bool(day) and (since is None or day >= since) and (until is None or day <= until)


def _large(store: Store, least: float | None, currency: str | None) -> Callable[[str], bool]:
    """Return whether an event has a quantity of this size, in this currency where that is given."""
    if least is None and currency is None:
        return lambda _: True
    kept = {row["event"] for row in rows(store, "amounts") if currency in (None, row.get("currency"))
            and (least is None or Decimal(row["number"]) >= Decimal(str(least)))}
    return kept.__contains__


def _named(store: Store, about: str | None) -> Callable[[str], bool]:
    """Return whether a text holds one of the entity's names as whole words."""
    if about is None:
        return lambda _: True
    row = find_entity(store, expand(about))
    names = [re.escape(fold(name)) for name in (row.label, *row.aliases)] if row else []
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)" if names else r"(?!)")
    return lambda text: pattern.search(fold(text)) is not None


def _once(found: Iterator[Row]) -> Iterator[Row]:
    """Yield the first row of each claim."""
    seen = set[str]()
    for row in found:
        if row["claim"] not in seen:
            seen.add(row["claim"])
            yield row
