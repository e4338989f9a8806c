"""Texts annotated with triples under many inventories of relations, each with the words that describe it.

A triple's ends are all places of the text that may stand for them. A text is annotated for some
properties only: ``asked`` are those for which what is not a triple is wrong.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from kg.schema import Class, Property, Schema, read_schema
from kg.schema.terms import DATE
from kg.training.corpora import UNDEFINED, read_rows
from kg.training.knowledgenet import read_knowledgenet
from kg.values import resolve_time

Place = tuple[int, int]
"""The first and last token of a span."""

LONGEST = 14
DOCRED_WINDOW = 4
DOCRED_KINDS = {"PER": "person", "ORG": "organization", "LOC": "place"}
WITHOUT_LABEL = frozenset({"P807", "P1336"})


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple by the places of its ends, and its property's IRI."""

    subject: tuple[Place, ...]
    property: str
    object: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text of one inventory; ``kinds`` are classes of spans that its annotators gave beside triples."""

    inventory: str
    text: str | Sequence[str]
    triples: tuple[tuple[Any, str, Any], ...]
    asked: tuple[str, ...]


def read_corpora(data: Path) -> Iterator[tuple[Schema, list[Text]]]:
    """Yield the inventories with their training texts; ends are character spans, token spans or labels."""
    tables = tomllib.loads(files("kg.training.terms").joinpath("corpora.toml").read_text("utf-8"))
    also = tables.pop("tekgen")
    schemas = {name: corpus_schema(name, table) for name, table in tables.items()}
    yield schemas["knowledgenet"], list(_knowledgenet(data / "knowledgenet" / "train.jsonl.gz"))
    yield schemas["core"], list(_core(data / "core_company" / "train.json.gz", schemas["core"]))
    yield schemas["redocred"], list(_redocred(data / "redocred" / "train.json.gz", schemas["redocred"]))
    for path in sorted((data / "text2kgbench" / "wikidata_tekgen" / "ontologies").glob("*.json")):
        schema = with_names(read_schema(path), also)
        yield schema, list(read_tekgen(path.parents[1] / "train" / f"{schema.name}_train.jsonl", schema))


def corpus_schema(name: str, table: Mapping[str, Mapping[str, Any]]) -> Schema:
    """Return the inventory of a corpus; a class is its name."""
    kinds = {row[end] for row in table.values() for end in ("domain", "range")} - {DATE, "thing"}
    properties = {}
    for label, row in table.items():
        ends = [frozenset({row[end]} & kinds) for end in ("domain", "range")]
        value = DATE if row["range"] == DATE else None
        properties[label] = Property(label, row["label"], tuple(row.get("also", ())), domain=ends[0], range=ends[1],
                                     value=value)
    return Schema(name, {kind: Class(kind, kind) for kind in sorted(kinds)}, properties)


def with_names(schema: Schema, also: Mapping[str, Sequence[str]]) -> Schema:
    """Return the schema with other names of its properties, by label."""
    named = {iri: replace(known, also=tuple(also[known.label])) for iri, known in schema.properties.items()}
    return replace(schema, properties=named)


def _knowledgenet(path: Path) -> Iterator[Text]:
    for passage in read_knowledgenet(path):
        triples = tuple(((f.subject,), f.property, (f.object,)) for f in passage.facts)
        yield Text("knowledgenet", passage.text, triples, tuple(passage.properties))


def _core(path: Path, schema: Schema) -> Iterator[Text]:
    for row in read_rows(path):
        ends: list[Place] = [(row["e1_start"], row["e1_end"]), (row["e2_start"], row["e2_end"])]
        subject, target = ends[::-1] if row["invert_relation"] else ends
        known = row["relation"] != UNDEFINED
        yield Text("core", row["context"], (((subject,), row["relation"], (target,)),) if known else (),
                   (row["relation"],) if known else ())


def _redocred(path: Path, schema: Schema) -> Iterator[Text]:
    """Yield windows of a few sentences; a fact counts where both of its ends are named in the window."""
    for row in read_rows(path):
        for first in range(0, len(row["sents"]), DOCRED_WINDOW):
            sents = row["sents"][first : first + DOCRED_WINDOW]
            starts = [0]
            for sentence in sents:
                starts.append(starts[-1] + len(sentence))
            places = [tuple((starts[m["sent_id"] - first] + m["pos"][0], starts[m["sent_id"] - first] + m["pos"][1] - 1)
                            for m in entity if first <= m["sent_id"] < first + len(sents))
                      for entity in row["vertexSet"]]
            triples = tuple((places[f["h"]], f["r"], places[f["t"]]) for f in row["labels"]
                            if f["r"] in schema.properties and places[f["h"]] and places[f["t"]])
            yield Text("redocred", [word for sentence in sents for word in sentence], triples,
                       tuple(schema.properties))


def read_tekgen(path: Path, schema: Schema) -> Iterator[Text]:
    """Yield the sentences of an ontology of Text2KGBench with all triples that the file has for each."""
    by_sentence: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    base = next(iter(schema.properties)).rpartition("#")[0]
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        rows = row.get("triples") or [{"sub": row["sub_label"], "rel": row["rel_label"], "obj": row["obj_label"]}]
        by_sentence[row["sent"]] += [(t["sub"], f"{base}#{t['rel'].replace(' ', '_')}", t["obj"]) for t in rows]
    for sentence, triples in by_sentence.items():
        yield Text(schema.name, sentence, tuple(triples), tuple(sorted({p for _, p, _ in triples})))


def normal(text: str) -> str:
    """Return a label as the benchmark compares it."""
    return re.sub(r"[_\s]+", "", text).lower()


def triples_of(text: Text, doc: Doc) -> list[Triple]:
    """Return the triples whose ends stand in the parsed text."""
    finder = _Finder(doc)
    found = [Triple(finder(subject), name, finder(target)) for subject, name, target in text.triples]
    return [triple for triple in found if triple.subject and triple.object]


class _Finder:
    """Finds the places of labels, character spans and token spans."""

    def __init__(self, doc: Doc) -> None:
        self._doc = doc
        self._by_label: dict[str, list[Place]] = defaultdict(list)
        parts = [normal(token.text) for token in doc]
        for start in range(len(doc)):
            label = ""
            for end in range(start, min(len(doc), start + LONGEST)):
                label += parts[end]
                if parts[end]:
                    self._by_label[label].append((start, end))
        for span in doc.spans["values"]:
            time = resolve_time(span.text, None) if span.label_ == "DATE" else None
            if time is not None and time.begins is not None:
                place = (span.start, span.end - 1)
                self._by_label[normal(time.begins.strftime("%d %B %Y"))].append(place)
                self._by_label[time.begins.isoformat()].append(place)

    def __call__(self, end: str | Iterable[Place]) -> tuple[Place, ...]:
        """Return the places of an end."""
        if isinstance(end, str):
            return tuple(dict.fromkeys(self._by_label.get(normal(end.strip('"')), ())))
        if self._doc.user_data.get("tokens"):
            return tuple((a, b) for a, b in end if b - a < LONGEST)
        spans = (self._doc.char_span(a, b, alignment_mode="expand") for a, b in end)
        return tuple((span.start, span.end - 1) for span in spans if span is not None and len(span) <= LONGEST)


def parse(texts: Sequence[Text], nlp: Language) -> Iterator[Doc]:
    """Yield the parsed texts; those that come as tokens keep them."""
    def docs() -> Iterator[Doc]:
        for text in texts:
            if isinstance(text.text, str):
                yield nlp.make_doc(text.text)
            else:
                doc = Doc(nlp.vocab, list(text.text))
                doc.user_data["tokens"] = True
                yield doc
    yield from nlp.pipe(docs())
