"""What a person reads to judge who is who in a graph of many articles.

``python -m kg.training.benchmarks.review merges EXTRACTIONS VERDICTS [SAMPLE SEED]`` draws merges, pairs of names that
are not the same but held for one thing, and prints a table of them, as those in ``docs/evaluation`` are. What a table
of ``VERDICTS`` has judged keeps its verdict; of the rest the last column has titles of articles that use either name.

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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kg import ontology
from kg.corpus import read_extractions
from kg.linking.comparison import Link
from kg.linking.index import Index, Outcome
from kg.linking.names import link
from kg.model import Extraction
from kg.training.benchmarks.identity import decide
from kg.vocab import article_iri

MOST = 100
TITLES = 4


class Merge(NamedTuple):
    """Two names for one thing, why, and the IRIs that the names have by themselves."""

    one: str
    other: str
    evidence: str
    bases: tuple[str, str]


def merges(index: Index, outcome: Outcome) -> list[Merge]:
    """Return the merges of a graph, sorted by name."""
    links = {reason[0] for reasons in outcome.reasons.values() for reason in reasons if isinstance(reason, tuple)}
    return sorted(_merge(index, item) for item in links)


def _merge(index: Index, item: Link) -> Merge:
    named = sorted((_name(index, base), base) for base in map(index.home, (item.left, item.right)))
    return Merge(named[0][0], named[1][0], item.feature, (named[0][1], named[1][1]))


def _name(index: Index, base: str) -> str:
    """Return what most articles call the bearer of a name."""
    called = Counter(r.name for article in index.articles_of(base) for r in index.records[article] if r.base == base)
    return min(called, key=lambda name: (-called[name], name))


def judged(rows: Sequence[Merge], verdicts: Mapping[tuple[str, str], tuple[str, str]], index: Index,
           titles: Mapping[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield rows of a table: verdict, names, evidence, and a note."""
    for row in rows:
        if known := verdicts.get((row.one, row.other)):
            yield known[0], row.one, row.other, row.evidence, known[1]
        else:
            heads = (" | ".join(titles[article] for article in sorted(index.articles_of(base))[:TITLES])
                     for base in row.bases)
            yield "?", row.one, row.other, row.evidence, " || ".join(heads)


def read_verdicts(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Read a table of merges that were judged: verdict and note by names."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return {(row["one"], row["other"]): (row["verdict"], row["note"] or "") for row in rows}


def names(extractions: Sequence[Extraction], clusters: Mapping[tuple[str, str], str], index: Index
          ) -> Iterator[tuple[str, int, int, int, str]]:
    """Yield the names with most mentions: all of them, of one entity, of one entity of each kind, and the kinds."""
    uses: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    known = ontology.load()
    for extraction in extractions:
        kinds = {reading.base: reading.coarse for reading in index.records[str(article_iri(extraction.document.id))]}
        bases = link(extraction, known)
        for entity in extraction.entities:
            kind = kinds[str(bases[entity.id])]
            for mention in entity.mentions:
                words = " ".join(extraction.document.text[mention.start : mention.end].split())
                if mention.kind == "name" and (" " in words or kind != "Person"):
                    uses[words][kind][clusters[extraction.document.id, entity.id]] += 1
    totals = {name: sum(found.total() for found in by_kind.values()) for name, by_kind in uses.items()}
    for name in sorted(uses, key=lambda name: (-totals[name], name))[:MOST]:
        by_kind = uses[name]
        yield (name, totals[name], max(max(found.values()) for found in by_kind.values()),
               sum(max(found.values()) for found in by_kind.values()),
               ", ".join(f"{kind} {by_kind[kind].total()}" for kind in sorted(by_kind)))


def main(what: str, path: Path, verdicts: Path | None = None, sample: int = 200, seed: int = 7) -> None:
    """Print a table."""
    extractions = list(read_extractions([path]))
    clusters, index, outcome = decide(extractions)
    write = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    if what == "names":
        rows = list(names(extractions, clusters, index))
        write.writerows([("name", "mentions", "of one entity", "of one of each kind", "kinds"), *rows])
        for title, column in ("one entity", 2), ("one entity of each kind", 3):
            shares = [row[column] / row[1] for row in rows]
            print(f"{title}: {sum(row[column] for row in rows) / sum(row[1] for row in rows):.3f} of all mentions, "
                  f"{sum(shares) / len(shares):.3f} of the mentions of a name on average, "
                  f"{sum(share >= 0.9 for share in shares)} names with 0.90 or more", file=sys.stderr)
        return
    found = merges(index, outcome)
    drawn = sorted(random.Random(seed).sample(found, min(sample, len(found))))
    titles = {str(article_iri(e.document.id)): e.document.title or e.document.id for e in extractions}
    write.writerow(("verdict", "one", "other", "evidence", "note"))
    write.writerows(judged(drawn, read_verdicts(verdicts) if verdicts else {}, index, titles))
    print(f"{len(found)} merges, {len(drawn)} drawn", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(Path, sys.argv[3:4]), *map(int, sys.argv[4:]))
