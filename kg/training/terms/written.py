"""Small ontologies of many fields with texts that a large language model wrote for them, in lines of text.

A file of ``kg/training/terms/written``, or of ``held_out`` beside it, from which nothing is learnt, is one inventory::

    @ inland-shipping
    c vessel | ship; barge
    p built by | vessel | company | builder; shipyard
    p launch date | vessel | date | launched on
    t The barge Anneke, launched in 1931, was built by De Groot & Zoon.
    r Anneke | launch date | 1931
    r Anneke | built by | De Groot & Zoon

A class has a label and other names; a property a label, domains, ranges (classes, or one of date, number and text) and
other names; a text is followed by all triples that it states, in its own words.
``python -m kg.training.terms.written FILE ...`` says what is wrong in files.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

from kg.errors import InputError
from kg.schema import Class, Property, Schema
from kg.schema.terms import DATE, NUMBER, TEXT
from kg.training.terms.texts import LONGEST, Text

VALUES = {DATE, NUMBER, TEXT}
Ends = tuple[str, str, str]


def read_written(folder: str = "written") -> Iterator[tuple[Schema, list[Text]]]:
    """Yield the inventories of a folder with their texts; raises ``InputError`` for the first line that is wrong."""
    for file in sorted(files("kg.training.terms").joinpath(folder).iterdir(), key=lambda file: file.name):
        reader = Reader(file.name)
        reader.read(file.read_text("utf-8"))
        if reader.wrong:
            raise InputError(reader.wrong[0])
        yield reader.inventory()


class Reader:
    """Reads one file; ``wrong`` are file, line number, reason."""

    def __init__(self, name: str) -> None:
        self.wrong: list[str] = []
        self.texts: dict[str, list[Ends]] = {}
        self._name, self._line, self._inventory = name, 0, ""
        self._classes: dict[str, Class] = {}
        self._properties: dict[str, Property] = {}
        self._read: dict[str, Callable[..., None]] = {
            "@": self._head, "c": self._class, "p": self._property, "t": self._text, "r": self._triple}

    def read(self, text: str) -> None:
        """Read the lines of a file."""
        for number, line in enumerate(text.splitlines(), start=1):
            self._line = number
            kind, _, rest = line.partition(" ")
            if kind in self._read:
                self._read[kind](*(part.strip() for part in rest.split(" |" if kind != "t" else "\n")))
            elif line.strip():
                self._is_wrong("no line begins so")
        if not self._inventory or not self.texts:
            self._is_wrong("a name or texts are missing")

    def inventory(self) -> tuple[Schema, list[Text]]:
        """Return what was read."""
        asked = tuple(sorted(self._properties))
        return (Schema(self._inventory, self._classes, self._properties),
                [Text(self._inventory, text, tuple(triples), asked) for text, triples in self.texts.items()])

    def unused(self) -> list[str]:
        """Return the properties that no text states."""
        used = Counter(label for triples in self.texts.values() for _, label, _ in triples)
        return [label for label in self._properties if not used[label]]

    def _is_wrong(self, reason: str) -> None:
        self.wrong.append(f"{self._name}:{self._line}: {reason}")

    def _head(self, *name: str) -> None:
        self._inventory = "".join(name)

    def _class(self, label: str, *also: str) -> None:
        self._classes[label] = Class(label, label, names("".join(also)))

    def _property(self, *parts: str) -> None:
        if len(parts) not in (3, 4):
            self._is_wrong("a property has a label, domains, ranges and other names")
            return
        label, (domain, target), also = parts[0], map(names, parts[1:3]), names("".join(parts[3:]))
        kinds = frozenset() if VALUES & {*target} else frozenset(target)  # classes and values together are anything
        known = Property(label, label, also, domain=frozenset(domain), range=kinds,
                         value=target[0] if len(target) == 1 and target[0] in VALUES else None)
        if unknown := (known.domain | known.range) - self._classes.keys():
            self._is_wrong(f"no class of the file: {', '.join(sorted(unknown))}")
        if label in self._properties:
            self._is_wrong("the property was there before")
        self._properties[label] = known

    def _text(self, text: str) -> None:
        if text in self.texts:
            self._is_wrong("the text was there before")
        self.texts[text] = []

    def _triple(self, *parts: str) -> None:
        text = next(reversed(self.texts), "")
        if len(parts) != 3 or parts[1] not in self._properties:
            self._is_wrong("a triple has a subject, a property of the file and an object")
            return
        subject, label, target = parts
        for end in (subject, target):
            if not end or end not in text or len(end.split()) > LONGEST:
                self._is_wrong(f"no words of the text: {end}")
        if subject == target or (subject, label, target) in self.texts.get(text, ()):
            self._is_wrong("both ends are the same, or the triple was there before")
        if text:
            self.texts[text].append((subject, label, target))


def names(part: str) -> tuple[str, ...]:
    """Return the names between semicolons."""
    return tuple(name.strip() for name in part.split(";") if name.strip())


def check(paths: list[Path]) -> list[str]:
    """Print a line for each file and return what is wrong in them."""
    wrong = list[str]()
    for path in paths:
        reader = Reader(path.name)
        reader.read(path.read_text("utf-8"))
        print(f"{path.name}: {len(reader.texts)} texts, {sum(map(len, reader.texts.values()))} triples, "
              f"never stated: {', '.join(reader.unused()) or 'none'}")
        wrong += reader.wrong
    return wrong


if __name__ == "__main__":
    mistakes = check([Path(name) for name in sys.argv[1:]])
    print(*mistakes, f"{len(mistakes)} mistakes", sep="\n")
    sys.exit(bool(mistakes))
