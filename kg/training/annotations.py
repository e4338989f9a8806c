"""Annotations of unlabelled Wikinews articles, in lines of text, and what they say in the format of the gold articles.

The files of ``kg/training/annotated`` hold a block for each article::

    @ ID123
    e amazon Company Amazon | the [retailer] said | which | [it] would also
    r jassy positionAt amazon | title=CEO | status=current
    r amazon employeeCount =1.5 million
    v Layoff will [cut] | employer=amazon | count="8,600" | planned | negative
    c amazon | said | The decision was ... for our teams | direct

An entity has an id, a type, a name and further mentions; a relation two ends and qualifiers; an event a type, a
trigger, roles, a modality and a polarity; a claim a speaker, a cue and a content. Words are exact words of the text.
Of an entity they stand for all their occurrences but those inside a longer name; in brackets they stand for one place
alone, told by the words around it. ``python -m kg.training.annotations ARTICLES FILE ...`` says what is wrong in files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

from kg import ontology
from kg.errors import InputError
from kg.ontology import VALUE, Ontology
from kg.training.corpora import read_unlabelled

Place = tuple[int, int]
LEARNT, HELD_OUT = "annotated", "annotated/held_out"
"""Folders: what training reads, and what thresholds are judged on instead."""

QUALIFIERS = ("title", "status", "share", "kind")


def read_annotated(articles: Path, folder: str = LEARNT) -> list[dict[str, Any]]:
    """Return the annotated articles in the format of the gold ones, without facts; ``articles`` has their texts.

    Raises ``InputError`` for the first line that is wrong.
    """
    files = sorted(resources.files("kg.training").joinpath(folder).iterdir(), key=lambda file: file.name)
    found, wrong = read_files({file.name: file.read_text("utf-8") for file in files if file.name.endswith(".txt")},
                              articles)
    if wrong:
        raise InputError(wrong[0])
    return found


def read_files(files: Mapping[str, str], articles: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what files say, and what is wrong in them: file, article, line and reason."""
    known, rows = ontology.load(), {row["id"]: row for row in read_unlabelled(articles)}
    found, wrong = list[dict[str, Any]](), list[str]()
    for name, text in files.items():
        for article, lines in _blocks(text):
            if article not in rows:
                wrong.append(f"{name}: {article}: there is no such article")
                continue
            annotation = Annotation(f"{rows[article]['title'].strip()}\n\n{rows[article]['text'].strip()}\n", known)
            wrong += [f"{name}: {article}: {line}: {reason}" for line, reason in annotation.read(lines)]
            document = {"id": article, "date": rows[article]["date"], "text": annotation.text}
            found.append({"document": document, **annotation.to_dict()})
    return found, wrong


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    for block in re.split(r"^@ ", text, flags=re.MULTILINE)[1:]:
        article, *lines = block.splitlines()
        yield article.strip(), [line for line in lines if line.strip() and not line.startswith("#")]


class Annotation:
    """What lines say of one text; a line that is wrong says nothing."""

    def __init__(self, text: str, known: Ontology) -> None:
        self.text, self.known = text, known
        self.entities: dict[str, dict[str, Any]] = {}
        self.relations: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.claims: list[dict[str, Any]] = []
        self._places: dict[str, dict[Place, bool]] = {}

    def read(self, lines: list[str]) -> Iterator[tuple[str, str]]:
        """Take the lines in; yield those that are wrong, with the reason."""
        yield from self._take(line for line in lines if line.startswith("e "))
        yield from self._settle()
        yield from self._take(line for line in lines if not line.startswith("e "))

    def _take(self, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
        readers = {"e": self._entity, "r": self._relation, "v": self._event, "c": self._claim}
        for line in lines:
            try:
                if line[:1] not in readers or line[1:2] != " ":
                    raise InputError("a line begins with e, r, v or c")
                readers[line[0]]([part.strip() for part in line[2:].split(" | ")])
            except InputError as error:
                yield line, str(error)

    def to_dict(self) -> dict[str, Any]:
        """Return the layers of the gold format."""
        return {"entities": list(self.entities.values()), "relations": self.relations, "events": self.events,
                "claims": self.claims, "facts": []}

    def _entity(self, parts: list[str]) -> None:
        words = parts[0].split(None, 2)
        if len(words) < 3:
            raise InputError("an entity is: e ID TYPE NAME | MENTION | ...")
        id, kind, name = words
        if kind not in self.known.entity_types or id in self.entities:
            raise InputError(f"there is no type {kind}, or {id} is there twice")
        named = [name] if re.search(_pattern(name), self.text) else []
        self._places[id] = {place: self._is_single(mention)
                            for mention in dict.fromkeys([*named, *parts[1:]]) for place in self._find(mention)}
        self.entities[id] = {"id": id, "type": kind, "name": name, "mentions": []}

    def _settle(self) -> Iterator[tuple[str, str]]:
        """Leave out of the mentions what stands inside longer names; yield places that two entities claim."""
        every, owners = {place for places in self._places.values() for place in places}, dict[Place, str]()
        names = [place for place in every if self.text[slice(*place)].split()[-1][:1].isupper()]
        for id, places in self._places.items():
            kept = [place for place, alone in places.items() if alone or not any(_within(place, one) for one in names)]
            kept = sorted(place for place in kept if not any(_within(place, one) for one in kept))
            self.entities[id]["mentions"] = [{"start": start, "end": end} for start, end in kept]
            if not kept:
                yield f"e {id}", "no mention is left"
            for place in kept:
                if owners.setdefault(place, id) != id:
                    yield f"e {id}", f"{self.text[slice(*place)]!r} is a mention of {owners[place]} too"

    def _relation(self, parts: list[str]) -> None:
        words = parts[0].split(None, 2)
        if len(words) < 3:
            raise InputError("a relation is: r SUBJECT PREDICATE OBJECT | title=...")
        subject, predicate, target = words
        kind = (VALUE,) if target.startswith("=") else (self._type(target),)
        if not self.known.admits(predicate, (self._type(subject),), kind):
            raise InputError(f"the ontology does not allow {self._type(subject)} {predicate} {kind[0]}")
        qualifiers = dict(part.split("=", 1) for part in parts[1:] if part.partition("=")[0] in QUALIFIERS)
        if len(qualifiers) < len(parts) - 1:
            raise InputError(f"a qualifier is one of {', '.join(QUALIFIERS)}")
        self.relations.append({
            "subject": subject, "predicate": predicate, "qualifiers": qualifiers,
            "object": self._value(self._find(target[1:])[0]) if target.startswith("=") else target,
            "evidence": self._title(subject, qualifiers.get("title", ""))})

    def _title(self, subject: str, title: str) -> list[dict[str, int]]:
        """Return the place of a title nearest to a mention of who has it."""
        places = (match.span() for match in re.finditer(re.escape(title), self.text, re.IGNORECASE) if title)
        near = [(abs(start - mention["start"]), start, end)
                for (start, end), mention in product(places, self.entities[subject]["mentions"])]
        return [{"start": start, "end": end} for _, start, end in sorted(near)[:1]]

    def _event(self, parts: list[str]) -> None:
        kind, _, words = parts[0].partition(" ")
        places = self._find(words)
        if kind not in self.known.event_types or len(places) > 1:
            raise InputError(f"there is no event type {kind}, or {words!r} is there {len(places)} times")
        [(start, end)] = places
        event: dict[str, Any] = {
            "id": f"v{len(self.events) + 1}", "type": kind, "trigger": {"start": start, "end": end}, "arguments": [],
            "modality": "asserted", "polarity": "positive"}
        for part in parts[1:]:
            role, is_role, filler = part.partition("=")
            if part in self.known.individuals["Modality"]:
                event["modality"] = part
            elif part in self.known.individuals["Polarity"]:
                event["polarity"] = part
            elif not is_role or not self.known.allows_role(kind, role):
                raise InputError(f"{kind} has no role {role}")
            elif filler.startswith('"'):
                near = min(self._find(filler.strip('"')), key=lambda place: abs(place[0] - start))
                event["arguments"].append({"role": role} | self._value(near))
            elif self.known.role_accepts(role, self._type(filler)):
                event["arguments"].append({"role": role, "entity": filler})
            else:
                raise InputError(f"{role} takes no {self._type(filler)}")
        self.events.append(event)

    def _claim(self, parts: list[str]) -> None:
        if len(parts) not in (3, 4):
            raise InputError("a claim is: c SPEAKER | CUE | CONTENT | direct")
        self._type(parts[0])
        _, cue, (start, end) = min((_distance(cue, content), cue, content) for cue, content in
                                   product(self._find(parts[1]), self._stretches(parts[2])))
        self.claims.append({"speaker": parts[0], "cue": {"start": cue[0], "end": cue[1]},
                            "content": {"start": start, "end": end}, "direct": parts[3:] == ["direct"]})

    def _type(self, id: str) -> str:
        if id not in self.entities:
            raise InputError(f"there is no entity {id}")
        return str(self.entities[id]["type"])

    def _value(self, place: Place) -> dict[str, Any]:
        return {"value": self.text[slice(*place)], "start": place[0], "end": place[1]}

    def _stretches(self, words: str) -> list[Place]:
        """Return the places of words, or from first words to the next last words: ``first ... last``."""
        first, dots, last = words.partition(" ... ")
        if not dots:
            return self._find(words)
        ends = self._find(last)
        found = [(start, min(end for begin, end in ends if begin >= start))
                 for start, _ in self._find(first) if start <= ends[-1][0]]
        if not found:
            raise InputError(f"no end behind the start of {words!r}")
        return found

    def _is_single(self, words: str) -> bool:
        """Tell whether brackets mark a part of words, and are none of the text's own."""
        return "[" in words and words not in self.text

    def _find(self, words: str) -> list[Place]:
        """Return the places of words, or of the part in brackets at the one place where the words around it stand."""
        if not self._is_single(words):
            found = [match.span() for match in re.finditer(_pattern(words), self.text)]
        else:
            left, _, rest = words.partition("[")
            inner, _, right = rest.partition("]")
            around = "".join(map(_loose, (left, "\0", inner, "\0", right))).replace("\0", "()")
            found = [(match.start(1), match.end(2)) for match in re.finditer(around, self.text)]
            if len(found) > 1:
                raise InputError(f"{words!r} is there {len(found)} times")
        if not words or not found:
            raise InputError(f"{words!r} is not in the text")
        return found


def _loose(words: str) -> str:
    """Return a pattern of words in which any white space stands for a space."""
    return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(words))


def _pattern(words: str) -> str:
    return (r"(?<!\w)" if words[:1].isalnum() else "") + _loose(words) + (r"(?!\w)" if words[-1:].isalnum() else "")


def _within(inner: Place, outer: Place) -> bool:
    return inner != outer and outer[0] <= inner[0] and inner[1] <= outer[1]


def _distance(cue: Place, content: Place) -> int:
    return max(content[0] - cue[1], cue[0] - content[1], 0)


if __name__ == "__main__":
    paths = [Path(name) for name in sys.argv[2:]]
    read, mistakes = read_files({path.name: path.read_text("utf-8") for path in paths}, Path(sys.argv[1]))
    print(*mistakes, f"{len(read)} articles, {len(mistakes)} mistakes", sep="\n")
