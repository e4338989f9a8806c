"""What a person reads to judge who is who in a graph of many articles.

``python -m kg.training.benchmarks.review merges EXTRACTIONS`` draws merges, pairs of names that are not the same but
held for one thing, and prints a table of them, as those in ``docs/evaluation`` are. What such a table has judged,
``--verdicts``, keeps its verdict; of the rest the last column has titles of articles that use either name.

``python -m kg.training.benchmarks.review names EXTRACTIONS`` prints the hundred names with most mentions, as they are
written and last names left out: how many mentions there are, how many are of the one entity that most of them mean,
and how many where each kind, a country as a place and as its government, is counted by itself.

EXTRACTIONS is a file of extraction JSON, a line for each article, as ``kg extract`` writes it.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from kg import ontology
from kg.corpus import read_extractions
from kg.linking.comparison import Link
from kg.linking.index import Index, Outcome
from kg.model import Extraction
from kg.training.benchmarks.identity import decide
from kg.vocab import article_iri

MOST = 100
TITLES = 4

app = typer.Typer(help=__doc__, pretty_exceptions_enable=False)
Extractions = Annotated[Path, typer.Argument(help="Extraction JSON, a line for each article.", show_default=False)]


class Merge(NamedTuple):
    """Two names for one thing, why, and the IRIs that the names have by themselves."""

    one: str
    other: str
    evidence: str
    bases: tuple[str, str]


def find_merges(index: Index, outcome: Outcome) -> list[Merge]:
    """Return the merges of a graph, sorted by name."""
    links = {reason[0] for reasons in outcome.reasons.values() for reason in reasons if isinstance(reason, tuple)}
    return sorted((_merge(index, item) for item in links), key=lambda row: (row.one.casefold(), row))


def _merge(index: Index, item: Link) -> Merge:
    named = sorted(((_name(index, base), base) for base in map(index.home, (item.left, item.right))),
                   key=lambda pair: (pair[0].casefold(), pair))
    return Merge(named[0][0], named[1][0], item.feature, (named[0][1], named[1][1]))


def _name(index: Index, base: str) -> str:
    """Return what most articles call the bearer of a name."""
    called = Counter(r.name for article in index.articles_of(base) for r in index.records[article] if r.base == base)
    return min(called, key=lambda name: (-called[name], name))


def judged(rows: Sequence[Merge], verdicts: Mapping[frozenset[str], tuple[str, str]], index: Index,
           titles: Mapping[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield rows of a table: verdict, names, evidence, and a note."""
    for row in rows:
        if known := verdicts.get(frozenset((row.one, row.other))):
            yield known[0], row.one, row.other, row.evidence, known[1]
        else:
            heads = (" | ".join(titles[article] for article in sorted(index.articles_of(base))[:TITLES])
                     for base in row.bases)
            yield "?", row.one, row.other, row.evidence, " || ".join(heads)


def read_verdicts(path: Path) -> dict[frozenset[str], tuple[str, str]]:
    """Read a table of merges that were judged: verdict and note by names."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return {frozenset((row["one"], row["other"])): (row["verdict"], row["note"] or "") for row in rows}


class Name(NamedTuple):
    """A name with its mentions: all, of one entity, of one entity of each kind; and how many are of each kind."""

    name: str
    mentions: int
    of_one: int
    of_one_each: int
    kinds: str


def count_names(extractions: Sequence[Extraction], clusters: Mapping[tuple[str, str], str]) -> Iterator[Name]:
    """Yield the names with most mentions."""
    uses: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    kinds = ontology.load().identity.classes
    for extraction in extractions:
        for entity in extraction.entities:
            kind = kinds[entity.type]
            for mention in entity.mentions:
                words = " ".join(extraction.document.text[mention.start : mention.end].split())
                if mention.kind == "name" and (" " in words or kind != "Person"):
                    uses[words][kind][clusters[extraction.document.id, entity.id]] += 1
    totals = {name: sum(found.total() for found in by_kind.values()) for name, by_kind in uses.items()}
    for name in sorted(uses, key=lambda name: (-totals[name], name))[:MOST]:
        most = {kind: max(found.values()) for kind, found in uses[name].items()}
        yield Name(name, totals[name], max(most.values()), sum(most.values()),
                   ", ".join(f"{kind} {uses[name][kind].total()}" for kind in sorted(most)))


@app.command()
def names(path: Extractions) -> None:
    """Print the names with most mentions, and how many of these one entity has."""
    extractions = list(read_extractions([path]))
    clusters, _, _ = decide(extractions)
    rows = list(count_names(extractions, clusters))
    _table(("name", "mentions", "of one entity", "of one of each kind", "kinds"), rows)
    for title, counts in (("one entity", [row.of_one for row in rows]),
                          ("one of each kind", [row.of_one_each for row in rows])):
        shares = [count / row.mentions for count, row in zip(counts, rows, strict=True)]
        typer.echo(f"{title}: {sum(counts) / sum(row.mentions for row in rows):.3f} of all mentions, "
                   f"{sum(share >= 0.9 for share in shares)} names with 0.90 or more of theirs", err=True)


@app.command()
def merges(path: Extractions,
           verdicts: Annotated[Path | None, typer.Option(help="Table of merges that were judged.")] = None,
           sample: Annotated[int, typer.Option(help="How many merges.")] = 200,
           seed: Annotated[int, typer.Option(help="Of the drawing.")] = 7) -> None:
    """Print a table of merges to be judged."""
    extractions = list(read_extractions([path]))
    _, index, outcome = decide(extractions)
    found = find_merges(index, outcome)
    drawn = [found[n] for n in sorted(random.Random(seed).sample(range(len(found)), min(sample, len(found))))]
    titles = {str(article_iri(e.document.id)): e.document.title or e.document.id for e in extractions}
    _table(("verdict", "one", "other", "evidence", "note"),
           judged(drawn, read_verdicts(verdicts) if verdicts else {}, index, titles))
    typer.echo(f"{len(found)} merges, {len(drawn)} drawn", err=True)


def _table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    write = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    write.writerow(columns)
    write.writerows(rows)


if __name__ == "__main__":
    app()
