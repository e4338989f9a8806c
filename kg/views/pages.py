"""Lists page by page: the cursor of a page is the last row of the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import dropwhile, islice
from typing import TypeVar

from kg.errors import QueryError
from kg.views.terms import expand
from kg.vocab import compact

T = TypeVar("T")


def page_of(rows: Iterable[T], iri: Callable[[T], str], after: str | None, limit: int) -> tuple[list[T], str | None]:
    """Return the rows behind the one that ``after`` names, and the cursor of the next page, if there is one.

    Rows that come or go meanwhile shift no other. Raises ``QueryError`` where the row of the cursor has gone.
    """
    rest = iter(rows)
    if after is not None:
        last = expand(after)
        rest = dropwhile(lambda row: iri(row) != last, rest)
        if next(rest, None) is None:
            raise QueryError(f"the list has no row {after!r} any more; read it again from its beginning")
    found = list(islice(rest, limit + 1))
    page = found[:limit]
    return page, compact(iri(page[-1])) if page and len(found) > limit else None
