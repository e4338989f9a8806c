"""Which names are held for one entity and why, and which ones people hold apart."""

from __future__ import annotations

from kg.identity import read_decisions
from kg.store import Store
from kg.views.terms import Data, describe, expand, rows
from kg.vocab import ENT, compact


def merges(store: Store, id: str) -> Data:
    """Return the merges into an entity with their reasons, and the names that people hold apart from one of its own."""
    iri = expand(id)
    found = list(rows(store, "merges", entity=[iri]))
    own = {iri, *(row[end] for row in found for end in ("first", "second"))}
    apart = sorted(pair for pair in read_decisions(store).apart if own & set(pair))
    nodes = describe(store, {iri for pair in apart for iri in pair} - own)
    return {"merges": [{"one": _name(row["first"]), "other": _name(row["second"]), "feature": row["feature"],
                        "score": float(row["score"])} for row in found],
            "apart": [{"one": _name(one), "other": _name(other),
                       "entities": [nodes[end] for end in (one, other) if end in nodes]} for one, other in apart]}


def _name(iri: str) -> Data:
    """Return a name's identifier and its words; a merged one has no label of its own any more."""
    return {"id": compact(iri), "label": iri.removeprefix(ENT).rpartition("-")[0].replace("_", " ")}
