"""Commands about who is who: merges, merge, split."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rdflib import Literal

from kg import queries as library
from kg.cli.options import STORE, StorePlace, check_store
from kg.cli.queries import answer
from kg.cli.terminal import out, table
from kg.errors import StoreError
from kg.identity import Decisions, Identity, from_lines, read_decisions, to_lines
from kg.store import open_store
from kg.vocab import article_iri, compact

One = Annotated[str, typer.Argument(help="A name, or its IRI.", show_default=False)]


def merges(
    entity: Annotated[str | None, typer.Option("--entity", help="Only entities with this in a name.")] = None,
    save: Annotated[Path | None, typer.Option(
        "--save", help="Write the decisions of people to this file instead, a line each.")] = None,
    load: Annotated[Path | None, typer.Option(
        "--load", help="Take the decisions of such a file into the graph, which may still be empty.")] = None,
    store: StorePlace = STORE,
) -> None:
    """List which names are held for one entity, with the reason and its score.

    Decisions of people are in the graph and stay there when articles are built again. To start another
    graph with them, save and load them: the lines "same" are an always-merge list, "apart" a never-merge list.
    """
    if load is not None:
        with load.open(encoding="utf-8") as lines:
            given = from_lines(lines, str(load))
        with open_store(store) as opened:
            identity = Identity(opened)
            identity.decide(_joined(identity.decisions, given))
            opened.flush()
        return
    with open_store(store, read_only=True) as opened:
        if save is not None:
            save.write_text("".join(line + "\n" for line in to_lines(read_decisions(opened))), encoding="utf-8")
            return
        query = library.load("merges")
        names, rows = answer(opened.query(query.bind(entity=Literal(entity)) if entity else query.text))
    out().print(table(names, rows))
    typer.echo(f"({len(rows)} {'merge' if len(rows) == 1 else 'merges'})", err=True)


def merge(one: One, other: One, store: StorePlace = STORE) -> None:
    """Hold two names for one entity, in all articles that are there or will come.

    kg split with the same two takes it back, byte for byte.
    """
    with _identity(store) as identity:
        left, right = _only(identity, one), _only(identity, other)
        changed = identity.merge(left, right)
        _report(identity, changed, left, right)


def split(
    one: One,
    other: Annotated[str | None, typer.Argument(help="The other name, or its IRI.", show_default=False)] = None,
    article: Annotated[str | None, typer.Option(
        "--article", metavar="ID", help="What this article means by the name is nobody else.")] = None,
    store: StorePlace = STORE,
) -> None:
    """Hold two names for two entities, in all articles that are there or will come.

    kg merge with the same two takes it back, byte for byte. With --article instead of a second name, what
    that article means by the name becomes an entity of its own.
    """
    if (other is None) == (article is None):
        raise typer.BadParameter("give either a second name or --article")
    with _identity(store) as identity:
        left = _only(identity, one)
        if other is not None:
            right = _only(identity, other)
            changed = identity.split(left, right)
            _report(identity, changed, left, right)
            return
        place = str(article_iri(article or ""))
        base = identity.index.home(left)
        if place not in identity.index.articles_of(base):
            raise StoreError(f"the article {article!r} does not speak of {one!r}")
        identity.set_apart(base, place)
        out().print(f"{one} of {article}: {compact(identity.entity_of(base, place))}", markup=False)


@contextmanager
def _identity(store: str) -> Iterator[Identity]:
    check_store(store)
    with open_store(store) as opened:
        yield Identity(opened)
        opened.flush()


def _joined(old: Decisions, new: Decisions) -> Decisions:
    """Return both, the new ones where they contradict."""
    return Decisions(old.same - new.apart | new.same, old.apart - new.same | new.apart, old.own | new.own)


def _only(identity: Identity, name: str) -> str:
    found = identity.find(name)
    if not found:
        raise StoreError(f"no article speaks of {name!r}")
    if len(found) > 1:
        raise StoreError(f"{name!r} names several; give one of {', '.join(map(compact, found))}")
    return found[0]


def _report(identity: Identity, changed: bool, left: str, right: str) -> None:
    ends = [compact(identity.bearer(left)), compact(identity.bearer(right))]
    what = f"one entity: {ends[0]}" if ends[0] == ends[1] else f"two entities: {ends[0]} and {ends[1]}"
    out().print(what if changed else f"unchanged, {what}", markup=False)
