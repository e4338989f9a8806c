"""Identity across documents: MEANTIME's cross-document entities, and GUM's links to Wikipedia.

``python -m kg.training.benchmarks.identity DATA`` clusters the annotated entities of the dev splits, so that only
identity is measured and not the finding of mentions. An item is an entity of one document that has a name; items are
clustered by ``kg.linking.index`` as those of a graph are.

- ``meantime``: 30 articles on one topic, whose entities are one across articles where the annotators describe
  them by the same words, case and marks aside; MEANTIME gives no other cross-document chains here.
- ``gum``: documents on all kinds of things, whose entities are one where they have the same Wikipedia page.
- ``links``: of GUM's entities with a page, which ones get a Wikidata item. Right is the item of a country, or of a
  member of Congress, of which the page's title is a name; ``recall`` is over the entities with such pages, ``nil`` the
  share of all others that get none.

B-cubed is Bagga and Baldwin's (1998), pairwise over pairs of items.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kg import ontology
from kg.linking import gazetteers, link
from kg.linking.comparison import squash
from kg.linking.index import Index, Item, Outcome
from kg.linking.readings import read_record
from kg.model import Document, Entity, Extraction, Mention, Span
from kg.training.benchmarks.meantime import to_article, write_text
from kg.vocab import article_iri

Key = tuple[str, str]
"""A document and an entity in it."""
TYPES = {"PER": "Person", "ORG": "Organization", "LOC": "Place", "PRO": "Product", "person": "Person",
         "organization": "Organization", "place": "Place", "object": "Product", "event": "NamedEvent"}
"""MEANTIME's and GUM's types that have names; ORG of a country's government is ours by name only."""
_WORD = r"(?:[\w&]+[.'-])*\w*[^\W_a-z]\w*(?:[.'&-]\w+)*\.?"
_NAME = re.compile(rf"\b{_WORD}(?: (?:(?:of|the|for|and|de|du|da|al) )*{_WORD})*")
"""Words with capitals, with small ones between them: "University of the Arts"."""
_OPENING = re.compile(r"\((\d+)-([a-z]+)-([^()]*)|(\d+)\)|\)")


@dataclass(frozen=True, slots=True)
class Set:
    """Annotated documents: their entities as extractions, and what each entity is across documents."""

    extractions: list[Extraction]
    gold: dict[Key, Hashable]


def read_meantime(path: Path) -> Set:
    """Read a MEANTIME file; entities without a mention that is a name are left out."""
    extractions, gold = [], dict[Key, Hashable]()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            entities = list(_meantime_entities(row))
            gold |= {(row["file"], entity.id): (kind, squash(what)) for entity, kind, what in entities}
            extractions.append(Extraction(Document(row["file"], to_article(row).text),
                                          tuple(entity for entity, _, _ in entities)))
    return Set(extractions, gold)


def _meantime_entities(row: Mapping[str, Any]) -> Iterator[tuple[Entity, str, str]]:
    """Yield the named entities of an article with the annotators' type and description."""
    text, places = write_text([(token["s"], token["w"]) for token in row["tokens"]])
    place = {token["id"]: span for token, span in zip(row["tokens"], places, strict=True)}
    marks = {int(mark["m_id"]): mark for mark in row["markables"]}
    members: defaultdict[int, list[int]] = defaultdict(list)
    for relation in row["relations"]:
        if relation["tag"] == "REFERS_TO":
            for target in relation["target"]:
                members[target] += relation["source"]
    for number, sources in members.items():
        entity = marks[number]
        found = [marks[source] for source in sources if marks[source]["tag"] == "ENTITY_MENTION"]
        mentions = [_meantime_mention(Span(place[min(m["tokens"])].start, place[max(m["tokens"])].end),
                                      m["syntactic_type"], text) for m in found if m["tokens"]]
        if (made := _entity(str(number), TYPES.get(entity.get("ent_type", "")), mentions, text)) is not None:
            yield made, entity["ent_type"], entity["TAG_DESCRIPTOR"]


def _meantime_mention(span: Span, type: str, text: str) -> tuple[Mention, int]:
    """Return a mention and where its name ends: before what follows a comma or a bracket."""
    kind = {"NAM": "name", "PRO": "pronoun"}.get(type, "nominal")
    names = _NAME.findall(re.split(r"[,(]", text[span.start:span.end])[0])
    end = text.rindex(names[-1], span.start, span.end) + len(names[-1]) if names else span.end
    return Mention(span.start, span.end, kind), end


def _entity(id: str, type: str | None, mentions: Sequence[tuple[Mention, int]], text: str) -> Entity | None:
    """Return an entity by the longest of its names, which end at the given places or include them.

    Annotated spans also hold the words that describe a name; those of our mentions do not.
    """
    names = [name for m, place in mentions if m.kind == "name"
             for name in _NAME.finditer(text, m.start, m.end) if name.start() < place <= name.end()]
    if type is None or not names:
        return None
    spans = [Mention(name.start(), name.end(), "name") for name in names]
    return Entity(id, type, max((name[0] for name in names), key=len),
                  (*spans, *(m for m, _ in mentions if m.kind != "name")))


def read_gum(path: Path) -> Set:
    """Read a CoNLL-U file of GUM; entities are those whose mentions have a Wikipedia page."""
    extractions, gold = [], dict[Key, Hashable]()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for name, words in _gum_documents(lines):
            text, chains = _gum_chains(words)
            made = [(entity, page) for (number, type, page), mentions in chains.items()
                    if (entity := _entity(number, TYPES.get(type), mentions, text)) is not None]
            extractions.append(Extraction(Document(name, text), tuple(entity for entity, _ in made)))
            gold |= {(name, entity.id): page for entity, page in made}
    return Set(extractions, gold)


def _gum_documents(lines: Iterable[str]) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the name and the rows of words of each document."""
    name, words = "", list[list[str]]()
    for line in lines:
        if line.startswith("# newdoc id = "):
            if words:
                yield name, words
            name, words = line.removeprefix("# newdoc id = ").strip(), []
        elif line[:1].isdigit() and (row := line.rstrip("\n").split("\t"))[0].isdigit():
            words.append(row)
    yield name, words


def _gum_chains(words: Sequence[Sequence[str]]) -> tuple[str, dict[tuple[str, str, str], list[tuple[Mention, int]]]]:
    """Return the text, and the mentions of each entity with a page and where their heads end, by number, type, page."""
    text = ""
    opened: defaultdict[str, list[tuple[int, int, str, list[str]]]] = defaultdict(list)
    chains: defaultdict[tuple[str, str, str], list[tuple[Mention, int]]] = defaultdict(list)
    ends = list[int]()
    for position, row in enumerate(words):
        start = len(text)
        text += row[1]
        ends.append(len(text))
        order = list[str]()
        for match in _OPENING.finditer(_field(row[9], "Entity")):
            if match[1]:
                opened[match[1]].append((start, position, match[2], match[3].split("-", 5)))
                order.append(match[1])
                continue
            number = match[4] or (order.pop() if order else "")
            if opened[number]:
                first, at, type, parts = opened[number].pop()
                if len(parts) > 5:
                    head = at + int(parts[3].split(",")[0]) - 1
                    mention = Mention(first, len(text), _kind(words[at:position + 1]))
                    chains[number, type, unquote(parts[5])].append((mention, ends[head]))
        text += "" if "SpaceAfter=No" in row[9] else " "
    return text, dict(chains)


def _field(column: str, name: str) -> str:
    return next((part.partition("=")[2] for part in column.split("|") if part.startswith(f"{name}=")), "")


def _kind(words: Sequence[Sequence[str]]) -> str:
    tags = [word[3] for word in words]
    return "pronoun" if tags == ["PRON"] else "name" if "PROPN" in tags else "nominal"


def resolve(found: Set) -> tuple[dict[Key, str], dict[Key, str]]:
    """Return the entity of each item across documents, and the Wikidata item of those that have one."""
    clusters, _, outcome = decide(found.extractions)
    items = {reason.entity: reason.item for reasons in outcome.reasons.values() for reason in reasons
             if isinstance(reason, Item)}
    return clusters, {key: items[entity] for key, entity in clusters.items() if entity in items}


def decide(extractions: Sequence[Extraction]) -> tuple[dict[Key, str], Index, Outcome]:
    """Return the entity of each item across documents, the index that knows their names, and what it decided."""
    known, index = ontology.load(), Index()
    records = {str(article_iri(e.document.id)): read_record(e, known) for e in extractions}
    outcome = index.decide(index.load(records))
    clusters = dict[Key, str]()
    for extraction in extractions:
        article = str(article_iri(extraction.document.id))
        for id, base in link(extraction, known).items():
            entity = outcome.entity[str(base)]
            clusters[extraction.document.id, id] = entity if isinstance(entity, str) else entity[article]
    return clusters, index, outcome


def score(gold: Mapping[Key, Hashable], found: Mapping[Key, Hashable]) -> dict[str, dict[str, float]]:
    """Return B-cubed and pairwise precision, recall and F1 of clusters over the items of ``gold``."""
    sides = [_groups({key: side[key] for key in gold}) for side in (gold, found)]
    right = [len(sides[0][gold[key]] & sides[1][found[key]]) for key in gold]
    cubed = [sum(n / len(side[of[key]]) for n, key in zip(right, gold, strict=True)) / max(1, len(gold))
             for side, of in ((sides[1], found), (sides[0], gold))]
    pairs = [{pair for members in side.values() for pair in combinations(sorted(members), 2)} for side in sides]
    shared = len(pairs[0] & pairs[1])
    return {"b_cubed": _figures(*cubed),
            "pairwise": _figures(shared / max(1, len(pairs[1])), shared / max(1, len(pairs[0])))}


def _groups(of: Mapping[Key, Hashable]) -> dict[Hashable, set[Key]]:
    groups: defaultdict[Hashable, set[Key]] = defaultdict(set)
    for key, cluster in of.items():
        groups[cluster].add(key)
    return groups


def _figures(precision: float, recall: float) -> dict[str, float]:
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def score_links(pages: Mapping[Key, Hashable], items: Mapping[Key, str]) -> dict[str, float]:
    """Return how many Wikidata items are right, how many of those that could be there are, and NIL's share."""
    known = gazetteers.load().items_by_name()
    gold = {key: known.get(squash(str(page)), frozenset()) for key, page in pages.items()}
    right = sum(items[key] in gold[key] for key in items)
    rest = [key for key in gold if not gold[key]]
    figures = _figures(right / max(1, len(items)), right / max(1, len(gold) - len(rest)))
    return figures | {"nil": round(sum(key not in items for key in rest) / max(1, len(rest)), 4), "items": len(gold)}


def measure(data: Path, split: str = "dev") -> dict[str, dict[str, Any]]:
    """Return the figures on a split of MEANTIME and GUM below ``data``."""
    meantime = read_meantime(data / "meantime" / f"{split}.jsonl.gz")
    gum = read_gum(data / "gum" / f"{split}.conllu.gz")
    news, pages = resolve(meantime), resolve(gum)
    return {"meantime": {"items": len(meantime.gold), **score(meantime.gold, news[0])},
            "gum": {"items": len(gum.gold), **score(gum.gold, pages[0])}, "links": score_links(gum.gold, pages[1])}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), *sys.argv[2:]), indent=1))
