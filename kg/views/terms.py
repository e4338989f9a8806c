"""Nodes of the graph as data: identifiers, labels, types and kinds, and how the queries get them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any

import pyoxigraph as ox

from kg import ontology
from kg.errors import QueryError
from kg.search import EntityRow
from kg.store import Store
from kg.store.changes import batches
from kg.vocab import ENT, NEWS, PREFIXES, REL, compact

Data = dict[str, Any]
"""What becomes a JSON object."""

Row = dict[str, str]
"""A solution: variable to the IRI or the text of a literal; unbound ones are missing."""

AT_ONCE = 300
"""Nodes that one query asks about: with thousands pyoxigraph compares each with every statement of a type."""

_UNSAFE = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_KINDS = {"Claim": "claim", "Phrase": "phrase", "Quantity": "value", "TimeValue": "value"}


def rows(store: Store, name: str, **values: Iterable[str]) -> Iterator[Row]:
    """Yield the solutions of the query in ``NAME.rq``; IRIs given for a variable narrow its ``VALUES``."""
    results = store.query(query_text(name, **values))
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    for solution in results:
        yield {name: getattr(solution[name], "value", "") for name in names if solution[name] is not None}


def is_true(text: str | None) -> bool:
    """Tell whether a value of ``xsd:boolean`` is true, in either of its spellings: Virtuoso writes ``1``."""
    return text in ("true", "1")


def query_text(name: str, **values: Iterable[str]) -> str:
    """Return the query in ``NAME.rq`` with the IRIs given for a variable in its ``VALUES``."""
    text = _text(name)
    for variable, iris in values.items():
        opening = f"VALUES ?{variable} {{ "
        text = text.replace(f"{opening}UNDEF", opening + " ".join(map(_reference, iris)))
    return text


def expand(identifier: str) -> str:
    """Return the IRI that an identifier means: an IRI, a prefixed name, or an entity's local name."""
    if _UNSAFE.search(identifier) or not identifier:
        raise QueryError(f"{identifier!r} is no identifier of a node")
    if "://" in identifier:
        return identifier
    prefix, _, local = identifier.partition(":")
    return PREFIXES[prefix] + local if local and prefix in PREFIXES else str(ENT[identifier])


def describe(store: Store, iris: Iterable[str]) -> dict[str, Data]:
    """Return id, IRI, label, type and kind of each node, by IRI."""
    wanted = sorted(set(iris))
    entities = {iri: row for iri in wanted if (row := find_entity(store, iri))}
    found = _labels(store, [iri for iri in wanted if iri not in entities])
    return {iri: _node(iri, entities[iri].label, entities[iri].type) if iri in entities
            else _node(iri, **found.get(iri, {})) for iri in wanted}


def find_entity(store: Store, iri: str) -> EntityRow | None:
    """Return the store's row of an entity, or ``None`` for another node."""
    return store.entity_index().get(iri)


def label(iri: str) -> str:
    """Return the words for a property or class: its label in the ontology, or its own name."""
    if iri.startswith(REL):
        return iri.removeprefix(REL).replace("_", " ")
    name = iri.removeprefix(NEWS)
    return ontology.load().labels.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", compact(name).split(":")[-1])


def predicate(iri: str) -> Data:
    """Return a property as data."""
    return {"id": compact(iri), "iri": iri, "label": label(iri)}


def literal(text: str) -> Data:
    """Return a literal as data: a node without an identifier."""
    return {"id": None, "iri": None, "label": text, "type": "", "kind": "literal"}


def _labels(store: Store, iris: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in chain.from_iterable(rows(store, "labels", node=some) for some in batches(iris, AT_ONCE)):
        best = found.setdefault(row["node"], {})
        for key in ("label", "type"):
            # Of several, the first in the alphabet, so that the answer does not depend on the store's order.
            if key in row and (key not in best or row[key] < best[key]):
                best[key] = row[key]
    return found


def _node(iri: str, label: str = "", type: str = "") -> Data:
    name = type.removeprefix(NEWS)
    return {"id": compact(iri), "iri": iri, "label": label or _words(name) or compact(iri),
            "type": name, "kind": _kind(iri, name)}


def _words(name: str) -> str:
    return label(str(NEWS[name])).capitalize() if name else ""


def _kind(iri: str, type: str) -> str:
    if iri.startswith(ENT):
        return "entity"
    return "event" if type in ontology.load().event_types else _KINDS.get(type, "other")


def _reference(iri: str) -> str:
    if _UNSAFE.search(iri):
        raise QueryError(f"{iri!r} is no IRI")
    return f"<{iri}>"


@cache
def _text(name: str) -> str:
    return resources.files("kg.views").joinpath(f"{name}.rq").read_text(encoding="utf-8")

