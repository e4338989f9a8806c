"""The gold news articles as texts of one more inventory: relations of entities, and roles of events by their trigger.

What an event is told by is an end like others, so that a user's own classes of events find their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from kg.schema import Schema, read_schema
from kg.schema.terms import local_name
from kg.training.corpora import read_gold
from kg.training.terms.texts import Text

NAME = "news"
WORDS = 90
"""A window is paragraphs of about so many words."""

Span = tuple[int, int]


def read_news(folder: Path) -> tuple[Schema, list[Text]]:
    """Return the part of the news ontology that is annotated, and windows of the gold articles."""
    schema = read_schema(Path(str(files("ontology").joinpath("news.ttl"))))
    iris = {local_name(iri): iri for iri in schema.properties}
    articles = read_gold(folder)
    stated = [(article, list(_triples(article, iris))) for article in articles]
    used = sorted({iri for _, triples in stated for _, iri, _ in triples})
    known = {iri: schema.properties[iri] for iri in used}
    kinds = {kind for item in known.values() for kind in item.domain | item.range}
    part = replace(schema, name=NAME, properties=known,
                   classes={iri: kind for iri, kind in schema.classes.items() if iri in kinds})
    return part, [text for article, triples in stated for text in _windows(article["document"]["text"], triples, used)]


def _triples(article: Mapping[str, Any], iris: Mapping[str, str]) -> Iterator[tuple[list[Span], str, list[Span]]]:
    """Yield what is annotated, its ends as all places of the article."""
    places = {entity["id"]: [_span(mention) for mention in entity["mentions"]] for entity in article["entities"]}
    for relation in article["relations"]:
        target = relation["object"]
        ends = places[target] if isinstance(target, str) else [_span(target)]
        yield places[relation["subject"]], iris[relation["predicate"]], ends
    for event in article["events"]:
        for argument in event["arguments"]:
            if argument["role"] in iris:
                ends = places[argument["entity"]] if "entity" in argument else [_span(argument)]
                yield [_span(event["trigger"])], iris[argument["role"]], ends


def _span(item: Mapping[str, Any]) -> Span:
    return item["start"], item["end"]


def _windows(text: str, triples: list[tuple[list[Span], str, list[Span]]], asked: list[str]) -> Iterator[Text]:
    """Yield runs of paragraphs; a statement counts where both of its ends stand in one."""
    start = 0
    for end in [*(match.end() for match in re.finditer(r"\n+", text)), len(text)]:
        if len(text[start:end].split()) < WORDS and end < len(text):
            continue
        found = [([(a - start, b - start) for a, b in one if start <= a and b <= end], iri,
                  [(a - start, b - start) for a, b in other if start <= a and b <= end]) for one, iri, other in triples]
        yield Text(NAME, text[start:end], tuple((tuple(one), iri, tuple(other)) for one, iri, other in found
                                                if one and other), tuple(asked))
        start = end
