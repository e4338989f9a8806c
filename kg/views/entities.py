"""Entities as data: found by name, counted, and each on a page of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.search import EntityRow
from kg.store import Store
from kg.views.receipts import receipts_of, statement_data
from kg.views.statements import layer, statements_about
from kg.views.terms import Data, describe, expand, find_entity, rows
from kg.vocab import WD, compact

_MENTIONED = 50
"""Articles of which a page shows the mentions."""


def search(store: Store, text: str = "", limit: int = 20, *, type: str | None = None, after: str | None = None) -> Data:
    """Return the entities that match by name, best first; without a name those that most is said of first.

    ``types`` counts all matches by type, the commonest first, whatever ``type`` narrows the list to. ``after`` is the
    field ``next`` of the page before.
    """
    index = store.entity_index()
    found = index.find(text, limit + 1, type=type, after=expand(after) if after else None)
    page = found[:limit]
    return {"entities": [_entity_data(row) for row in page],
            "next": compact(page[-1].iri) if page and len(found) > limit else None,
            "types": [{"type": name, "entities": n} for name, n in index.count_types(text).items()]}


def summary(store: Store) -> Data:
    """Return how much the graph holds, and the entities with most statements."""
    counts = {row["layer"]: int(row["n"]) for row in rows(store, "summary")}
    layers = {name: counts.get(name, 0) for name in ("relations", "events", "claims", "facts")}
    index = store.entity_index()
    return {"articles": len(store.articles()), "entities": len(index), **layers,
            "top": [_entity_data(row) for row in index.find(limit=10)]}


def entity(store: Store, id: str, limit: int = 200) -> Data | None:
    """Return an entity or event with its statements, mentions, neighbours and the events that it takes part in.

    There are at most ``limit`` statements, the surest first, and the mentions of as many articles, 50 at most, the
    newest first; ``articles`` counts those that mention it.
    """
    iri = expand(id)
    statements = statements_about(store, [iri])
    row = find_entity(store, iri)
    if not statements and row is None:
        return None
    told = [s for s in statements if layer(s) != "types"][:limit]
    data = [page | {"layer": layer(s)} for s, page in zip(told, statement_data(store, told), strict=True)]
    return describe(store, [iri])[iri] | {
        "aliases": list(row.aliases) if row else [], "wikidata": _wikidata(store, iri), "statements": data,
        **_mentions(store, iri, min(limit, _MENTIONED)), "neighbours": _neighbours(iri, data),
        "timeline": _timeline(store, iri)}


def _entity_data(row: EntityRow) -> Data:
    return {"id": compact(row.iri), "iri": row.iri, "label": row.label, "type": row.type, "kind": "entity",
            "aliases": list(row.aliases), "statements": row.statements, "articles": row.articles}


def _wikidata(store: Store, iri: str) -> str | None:
    values = (row["value"] for row in rows(store, "properties", node=[iri]))
    return min((value for value in values if value.startswith(WD)), default=None)


def _timeline(store: Store, iri: str) -> list[Data]:
    """Return the events in which an entity takes part, by day; those without a day first."""
    found = {row["event"]: row.get("date") for row in rows(store, "events-of-entity", entity=[iri])}
    nodes = describe(store, found)
    return sorted((nodes[event] | {"date": date} for event, date in found.items()),
                  key=lambda event: (event["date"] or "", event["id"]))


def _mentions(store: Store, iri: str, limit: int) -> Data:
    typing = [(row["statement"], row["article"]) for row in rows(store, "mentions", node=[iri])]
    newest = receipts_of(store, (statement for statement, _ in typing[:limit]))
    mentions = [receipt for receipts in newest.values() for receipt in receipts]
    mentions.sort(key=lambda mention: (mention["article"]["id"], mention["evidence"][0]["start"]))
    mentions.sort(key=lambda mention: mention["article"]["date"] or "", reverse=True)
    return {"articles": len({article for _, article in typing}), "mentions": mentions}


def _neighbours(iri: str, statements: Iterable[Data]) -> list[Data]:
    others = [end for s in statements for end in (s["subject"], s["object"])
              if end["kind"] in ("entity", "event") and end["iri"] != iri]
    counts = Counter(other["id"] for other in others)
    nodes = {other["id"]: other for other in others}
    return [nodes[id] | {"statements": n} for id, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
