"""Articles as data: the list page by page, and one of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from kg.store import Store
from kg.views.terms import Data, Row, expand, rows
from kg.vocab import compact


def articles(store: Store, after: str | None = None, limit: int = 50) -> Data:
    """Return articles sorted by IRI, those after one of them; ``next`` is the last of a page that is not the last."""
    narrowed = {"after": [expand(after)]} if after else {}
    found = list(islice(rows(store, "articles", **narrowed), limit + 1))
    page = [_article(row) for row in found[:limit]]
    return {"articles": page, "next": page[-1]["id"] if len(found) > limit and page else None}


def newest(found: Iterable[Row], limit: int) -> list[Data]:
    """Return those of all articles that were published last; those without a date are left out."""
    dated = sorted((row for row in found if "date" in row), key=lambda row: row["article"])
    return [_article(row) for row in sorted(dated, key=lambda row: row["date"], reverse=True)[:limit]]


def article(store: Store, id: str) -> Data | None:
    """Return one article, or ``None`` where it is not in the graph."""
    return next(map(_article, rows(store, "articles", article=[expand(id)])), None)


def _article(row: Row) -> Data:
    return {"id": compact(row["article"]), "iri": row["article"], "title": row.get("title"), "date": row.get("date"),
            "source": row.get("source")}
