"""Named queries: SPARQL files that say in their first lines what they are for and what they take.

A file starts with comment lines ``# title: ...``, ``# description: ...`` and one ``# parameter NAME: ...``
for each parameter; further lines of an entry are indented. A parameter is one or more
``VALUES ?name { UNDEF }``, so that every file runs as it is, and ``bind`` narrows it. ``# entity NAME: ...`` and
``# entities NAME: ...`` are parameters that are entities: their IRIs, which stores find at once, or their names.

So that one entity costs the same in a store of any size, what it narrows stands in one pattern with its ``VALUES``, in
a branch of its own (``FILTER(BOUND(...))``) where the open query begins elsewhere: pyoxigraph begins a pattern with the
triples that have two constants, and reads a later pattern whole where it joins it to a group before it. It guesses rows
from constants alone, and where many patterns before make the guess overflow it reads all that an ``OPTIONAL`` could
mean; a sub-select with a ``LIMIT`` that no store reaches keeps the guess small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rdflib import Literal, URIRef

from kg.errors import QueryError

_HEADER = re.compile(r"# (title|description|(?:parameter|entity|entities) \w+): (?P<text>.*)")

_MEANT = {"entity": "an IRI or a whole name", "entities": "an IRI or part of a name"}
"""What is given for an entity, or for several whose names are alike."""

_CALLED = {"entity": "LCASE(?{name}Called) = LCASE({text})",
           "entities": "CONTAINS(LCASE(?{name}Called), LCASE({text}))"}
"""Which entities a name means."""


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query of the library; ``parameters`` maps each name to what it means, ``kinds`` to the word before it."""

    name: str
    title: str
    description: str
    text: str
    parameters: Mapping[str, str]
    kinds: Mapping[str, str]

    def bind(self, **values: str | int | Literal | URIRef) -> str:
        """Return the query text with these parameters set; the others stay open.

        A plain string is a text, an ``URIRef`` an IRI; the text for an entity is searched in its names. Raises
        ``QueryError`` for an unknown parameter and for what is no IRI.
        """
        text = self.text
        for name, value in values.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise QueryError(f"query {self.name} has no parameter {name!r}; it takes: {known}")
            text = text.replace(_open(name), _bound(self.kinds[name], name, value))
        return text


def names() -> list[str]:
    """Return the names of all queries, sorted."""
    files = (file.name for file in resources.files(__name__).iterdir())
    return sorted(file.removesuffix(".rq") for file in files if file.endswith(".rq"))


@cache
def load(name: str) -> NamedQuery:
    """Return the named query; ``QueryError`` for an unknown name."""
    if name not in names():
        raise QueryError(f"there is no query {name!r}; there are: {', '.join(names())}")
    text = (resources.files(__name__) / f"{name}.rq").read_text("utf-8")
    header = dict(_header(text))
    given = [(*key.split(), value) for key, value in header.items() if " " in key]
    parameters = {name: f"{meaning}: {_MEANT[kind]}" if kind in _MEANT else meaning for kind, name, meaning in given}
    return NamedQuery(name, header["title"], header["description"], text, parameters,
                      {name: kind for kind, name, _ in given})


def _header(text: str) -> Iterator[tuple[str, str]]:
    """Yield the entries of the leading comment block."""
    block = re.match(r"(?:#.*\n)*", text)
    for entry in re.split(r"\n(?=# \S)", (block[0] if block else "").rstrip("\n")):
        if match := _HEADER.match(" ".join(part.strip() for part in entry.split("\n#"))):
            yield match[1], match["text"]


def _bound(kind: str, name: str, value: str | int | Literal | URIRef) -> str:
    """Return what stands in the place of an open parameter."""
    term = _term(value)
    if kind not in _CALLED or isinstance(value, URIRef):
        return f"VALUES ?{name} {{ {term} }}"
    test = _CALLED[kind].format(name=name, text=term)
    return (f"{{ SELECT DISTINCT ?{name} WHERE {{ ?{name} rdfs:label|skos:altLabel ?{name}Called FILTER({test}) "
            f"FILTER(STRSTARTS(STR(?{name}), STR(ent:))) }} }}")


def _term(value: str | int | Literal | URIRef) -> str:
    """Return the value as SPARQL writes it."""
    if isinstance(value, URIRef):
        if re.search(r'[\x00-\x20<>"{}|^`\\]', value):
            raise QueryError(f"{str(value)!r} is no IRI")
        return f"<{value}>"
    return (value if isinstance(value, Literal) else Literal(value)).n3()


def _open(name: str) -> str:
    return f"VALUES ?{name} {{ UNDEF }}"
