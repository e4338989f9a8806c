"""Statements of the graph as data: who is linked to whom, by what, how surely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from kg import ontology
from kg.store import Store
from kg.store.changes import batches
from kg.views.terms import AT_ONCE, Row, is_true, rows
from kg.vocab import NEWS, RDF, REL

Key = tuple[str, str, str]
"""Subject, predicate and object; the object is an IRI or the text of a literal."""

TYPE = str(RDF["type"])
_SAID = frozenset({"Asserted", "Reported"})
_CLAIM_TERMS = frozenset({"speaker", "content", "cue", "direct"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple with the statement nodes that make it, which may differ in modality and polarity."""

    subject: str
    predicate: str
    object: str
    linked: bool
    nodes: tuple[str, ...]
    modality: str
    polarity: str
    confidence: float

    @property
    def key(self) -> Key:
        """Return the triple."""
        return self.subject, self.predicate, self.object

    @property
    def asserted(self) -> bool:
        """Tell whether some article holds it for true: not only planned, possible or denied."""
        return is_asserted(self.modality, self.polarity)


def statements_about(store: Store, iris: Iterable[str]) -> list[Statement]:
    """Return the statements about the nodes, the surest first, without those that a closer one implies."""
    nodes = sorted(iris)
    return _grouped(rows(store, "statements", node=nodes) if nodes else ())


def statements_among(store: Store, iris: Iterable[str]) -> list[Statement]:
    """Return the statements both of whose ends are among the nodes, as ``statements_about`` does."""
    nodes = set(iris)
    ends = rows(store, "ends", node=sorted(nodes)) if nodes else ()
    inside = sorted({row["statement"] for row in ends if row["object"] in nodes})
    return _grouped(chain.from_iterable(rows(store, "told", statement=some) for some in batches(inside, AT_ONCE)))


def _grouped(told: Iterable[Row]) -> list[Statement]:
    grouped: dict[Key, dict[str, Row]] = {}
    for row in told:
        grouped.setdefault((row["subject"], row["predicate"], row["object"]), {})[row["statement"]] = row
    found = [_statement(key, group) for key, group in grouped.items()]
    hidden = implied(s.key for s in found)
    return sorted((s for s in found if s.key not in hidden),
                  key=lambda s: (not s.asserted, -len(s.nodes), -s.confidence, s.key))


def is_asserted(modality: str, polarity: str) -> bool:
    """Tell whether a statement of this modality and polarity holds its triple for true."""
    return modality in _SAID and polarity == "Positive"


def implied(keys: Iterable[Key]) -> set[Key]:
    """Return the triples that a closer one of them implies: "CEO of" says all that "position at" does."""
    keys = set(keys)
    titles = {str(NEWS[name]) for name in ontology.load().titles.exact.values()}
    closer = {(key[0], key[2]) for key in keys if key[1] in titles}
    general = str(NEWS["positionAt"])
    return {key for key in keys if key[1] == general and (key[0], key[2]) in closer}


def statements_of(store: Store, article: str) -> list[Statement]:
    """Return the statements of an article by their nodes, without those that a closer one implies."""
    found = {row["statement"]: row for row in rows(store, "statements-of-article", article=[article])}
    told = [_statement((row["subject"], row["predicate"], row["object"]), {node: row})
            for node, row in sorted(found.items())]
    hidden = implied(s.key for s in told)
    return [s for s in told if s.key not in hidden]


def layer(statement: Statement) -> str:
    """Return the layer of the extraction that the statement belongs to, or ``types``."""
    if statement.predicate == TYPE:
        return "types"
    if statement.predicate.startswith(REL):
        return "facts"
    name = statement.predicate.removeprefix(NEWS)
    if name in _CLAIM_TERMS:
        return "claims"
    return "events" if name in ontology.load().roles else "relations"


def _statement(key: Key, group: Mapping[str, Row]) -> Statement:
    # Of statements that disagree, the one that holds the triple for true speaks for all.
    best = min(group.values(), key=_rank)
    confidence = max(float(row["confidence"]) for row in group.values())
    return Statement(*key, is_true(best["linked"]), tuple(sorted(group)),
                     _name(best, "modality"), _name(best, "polarity"), confidence)


def _rank(row: Row) -> tuple[bool, bool, str]:
    modality, polarity = _name(row, "modality"), _name(row, "polarity")
    return polarity != "Positive", modality not in _SAID, modality


def _name(row: Row, key: str) -> str:
    return row[key].removeprefix(NEWS)
