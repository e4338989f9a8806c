"""Receipts: the sentences that a statement was read from, with the evidence marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.store import Store
from kg.views.statements import Statement, statements_about
from kg.views.terms import Data, Row, describe, expand, literal, predicate, rows
from kg.vocab import DCTERMS, NEWS, OA, PROV, RDF, SCHEMA, compact

_OWN = frozenset({RDF["type"], RDF["subject"], RDF["predicate"], RDF["object"], PROV["wasDerivedFrom"], OA["hasTarget"],
                  *(NEWS[name] for name in ("modality", "polarity", "confidence", "component", "speaker"))})
_Properties = dict[str, dict[str, list[str]]]


def receipts(store: Store, subject: str, predicate: str, object: str, limit: int = 50) -> Data | None:
    """Return the edge between two nodes, or from a node to a literal, with its receipts."""
    iri, property_, ends = expand(subject), expand(predicate), {object, _maybe_iri(object)}
    matching = [s for s in statements_about(store, [iri])
                if s.subject == iri and s.predicate == property_ and s.object in ends]
    return statement_data(store, matching[:1], limit)[0] if matching else None


def statement_data(store: Store, statements: Iterable[Statement], limit: int = 50) -> list[Data]:
    """Return statements as data, each with at most ``limit`` receipts."""
    statements = list(statements)
    nodes = describe(store, (iri for s in statements for iri in ((s.subject, s.object) if s.linked else (s.subject,))))
    found = receipts_of(store, [node for s in statements for node in s.nodes[:limit]])
    return [{"subject": nodes[s.subject], "predicate": predicate(s.predicate),
             "object": nodes[s.object] if s.linked else literal(s.object),
             "modality": s.modality, "polarity": s.polarity, "confidence": s.confidence,
             "receipts": [receipt for node in s.nodes[:limit] for receipt in found.get(node, ())]}
            for s in statements]


def receipts_of(store: Store, statements: Iterable[str]) -> dict[str, list[Data]]:
    """Return the receipts of statement nodes, by the node's IRI."""
    statements = sorted(set(statements))
    if not statements:
        return {}
    properties = _properties(store, statements)
    places = _places(store, statements)
    articles = _properties(store, {article for node in places.values() for article, _ in node})
    speakers = describe(store, (iri for said in properties.values() for iri in said.get(NEWS["speaker"], ())))
    return {node: [_receipt(node, properties[node], speakers, articles, place) for place in places[node].items()]
            for node in statements if node in places}


def mark(sentence: str, evidence: Iterable[Row]) -> list[Data]:
    """Return where in the sentence the pieces of evidence stand: sorted, not overlapping."""
    spans = sorted({(start, start + len(row["exact"])) for row in evidence
                    for start in [_find(sentence, row["exact"], row["prefix"])] if start is not None})
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return [{"start": start, "end": end} for start, end in merged]


def _find(sentence: str, exact: str, prefix: str) -> int | None:
    """Return where the quotation stands; of several places, the one that the text before it fits best."""
    starts = [i for i in range(len(sentence)) if exact and sentence.startswith(exact, i)]
    return max(starts, key=lambda i: (_shared_end(sentence[:i], prefix), -i), default=None)


def _shared_end(left: str, right: str) -> int:
    shared = 0
    for a, b in zip(reversed(left), reversed(right), strict=False):
        if a != b:
            break
        shared += 1
    return shared


def _properties(store: Store, nodes: Iterable[str]) -> _Properties:
    found: _Properties = {}
    for row in rows(store, "properties", node=nodes):
        found.setdefault(row["node"], {}).setdefault(row["property"], []).append(row["value"])
    return found


def _places(store: Store, statements: Iterable[str]) -> dict[str, dict[tuple[str, str], list[Row]]]:
    """Return the evidence of each statement by article and sentence, in the order of the text."""
    found: dict[str, dict[tuple[str, str], list[Row]]] = {}
    targets = rows(store, "targets", statement=statements)
    for row in sorted(targets, key=lambda row: (row["article"], int(row["start"]))):
        place = (row["article"], row["sentence"])
        found.setdefault(row["statement"], {}).setdefault(place, []).append(row)
    return found


def _receipt(node: str, said: dict[str, list[str]], speakers: dict[str, Data], articles: _Properties,
             place: tuple[tuple[str, str], list[Row]]) -> Data:
    (article, sentence), evidence = place
    speaker = min(said.get(NEWS["speaker"], ()), default=None)
    return {"statement": compact(node), "sentence": sentence,
            "marks": mark(sentence, evidence),
            "evidence": [{"start": int(row["start"]), "end": int(row["end"])} for row in evidence],
            "article": _article(article, articles.get(article, {})),
            "speaker": speakers[speaker] if speaker else None,
            "modality": _local(said, "modality", "Asserted"), "polarity": _local(said, "polarity", "Positive"),
            "confidence": float(_first(said, NEWS["confidence"]) or 1),
            "component": _first(said, NEWS["component"]) or "", "qualifiers": dict(_qualifiers(said))}


def articles_of(store: Store, articles: Iterable[str]) -> dict[str, Data]:
    """Return id, IRI, title, date and source of articles, by IRI."""
    wanted = set(articles)
    said = _properties(store, wanted) if wanted else {}
    return {iri: _article(iri, said.get(iri, {})) for iri in wanted}


def _article(iri: str, said: dict[str, list[str]]) -> Data:
    return {"id": compact(iri), "iri": iri, "title": _first(said, DCTERMS["title"]),
            "date": _first(said, SCHEMA["datePublished"]), "source": _first(said, DCTERMS["source"])}


def _qualifiers(said: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for property_, values in sorted(said.items()):
        if property_.startswith(NEWS) and property_ not in {str(own) for own in _OWN}:
            yield property_.removeprefix(NEWS), ", ".join(sorted(value.removeprefix(NEWS) for value in values))


def _first(said: dict[str, list[str]], property_: str) -> str | None:
    return min(said.get(str(property_), ()), default=None)


def _local(said: dict[str, list[str]], name: str, default: str) -> str:
    return (_first(said, NEWS[name]) or default).removeprefix(NEWS)


def _maybe_iri(text: str) -> str:
    # A literal may hold what no IRI can; then it can only be meant as it stands.
    return text if any(c.isspace() or c in '<>"{}|^`\\' for c in text) or not text else expand(text)
