"""Namespaces, prefixes and the minting of IRIs: every IRI is a function of what it denotes.

Namespaces are subscripted (``NEWS["count"]``) because they are strings, whose attributes
include ``count`` and ``title``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from json.encoder import encode_basestring

from rdflib import Namespace, URIRef


class Vocabulary(Namespace):
    """A namespace of few terms, each of which is made and checked once."""

    def __getitem__(self, name: str) -> URIRef:  # type: ignore[override]
        """Return the IRI of a term."""
        return _term(self, name)


@cache
def _term(namespace: str, name: str) -> URIRef:
    return URIRef(namespace + name)


NEWS = Vocabulary("https://w3id.org/stringer/news#")
REL = Namespace("https://w3id.org/stringer/rel/")
ENT = Namespace("https://w3id.org/stringer/entity/")
ID = Namespace("https://w3id.org/stringer/id/")
ARTICLE = Namespace("https://w3id.org/stringer/article/")

RDF = Vocabulary("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Vocabulary("http://www.w3.org/2000/01/rdf-schema#")
OWL = Vocabulary("http://www.w3.org/2002/07/owl#")
XSD = Vocabulary("http://www.w3.org/2001/XMLSchema#")
SKOS = Vocabulary("http://www.w3.org/2004/02/skos/core#")
PROV = Vocabulary("http://www.w3.org/ns/prov#")
OA = Vocabulary("http://www.w3.org/ns/oa#")
SCHEMA = Vocabulary("https://schema.org/")
DCTERMS = Vocabulary("http://purl.org/dc/terms/")
TIME = Vocabulary("http://www.w3.org/2006/time#")
SEM = Vocabulary("http://semanticweb.cs.vu.nl/2009/11/sem/")
WD = Namespace("http://www.wikidata.org/entity/")
WDT = Namespace("http://www.wikidata.org/prop/direct/")

PREFIXES: dict[str, str] = {
    "news": str(NEWS), "rel": str(REL), "ent": str(ENT), "id": str(ID), "article": str(ARTICLE),
    "rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL), "xsd": str(XSD), "skos": str(SKOS),
    "prov": str(PROV), "oa": str(OA), "schema": str(SCHEMA), "dcterms": str(DCTERMS),
    "time": str(TIME), "sem": str(SEM), "wd": str(WD), "wdt": str(WDT),
}
"""Every prefix that queries may use without declaring it."""

EXTRACTION = "/extraction"
"""How the names of graphs end that keep extractions."""

IDENTITY = URIRef("https://w3id.org/stringer/identity")
"""The named graph that says which entities of different articles are one, and why."""

DECISIONS = URIRef("https://w3id.org/stringer/decisions")
"""The named graph of what people decided about identity."""

SCHEMAS = URIRef("https://w3id.org/stringer/schemas")
"""The named graph that keeps the ontologies of one's own in whose terms articles were read."""

_SLUG_LENGTH = 60


def _to_json(part: int | None) -> str:
    return "null" if part is None else str(part)


def digest(*parts: str | int | None, length: int = 10) -> str:
    """Return ``length`` hex digits of a SHA-256 over the parts; their boundaries count."""
    # As JSON writes the list of them, in a third of the time.
    data = f"[{','.join([encode_basestring(part) if isinstance(part, str) else _to_json(part) for part in parts])}]"
    # Text from damaged input may hold lone surrogates, which strict UTF-8 refuses.
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def slug(text: str) -> str:
    """Return the readable ASCII part of an IRI: ``"Andy Jassy"`` gives ``"Andy_Jassy"``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^A-Za-z0-9]+", "_", plain)
    return words[:_SLUG_LENGTH].strip("_") or "x"


def article_iri(document_id: str) -> URIRef:
    """Return the IRI of the article with this document id."""
    return ARTICLE[f"{slug(document_id)}-{digest('article', document_id)}"]


def facts_graph(article: str) -> URIRef:
    """Return the named graph that holds what the article says as plain triples."""
    return URIRef(f"{article}/facts")


def provenance_graph(article: str) -> URIRef:
    """Return the named graph that holds the article's statements and their evidence."""
    return URIRef(f"{article}/provenance")


def extraction_graph(article: str) -> URIRef:
    """Return the named graph that keeps the extraction from which the other two were written."""
    return URIRef(f"{article}{EXTRACTION}")


def entity_iri(name: str, *key: str | int | None) -> URIRef:
    """Return the IRI of the entity that ``key`` identifies; ``name`` only makes it readable."""
    return ENT[f"{slug(name)}-{digest('entity', *key)}"]


def node_iri(kind: str, *key: str | int | None) -> URIRef:
    """Return the IRI of an event, claim, statement, value or evidence node with this content."""
    return ID[f"{kind}-{digest(kind, *key, length=20)}"]


def term_iri(name: str) -> URIRef:
    """Return the IRI of a term of an ontology: its own, or that of a local name of the news ontology."""
    return URIRef(name) if ":" in name else NEWS[name]


def rel_iri(lemma: str) -> URIRef:
    """Return the open predicate of a verb lemma: ``"cut off"`` gives ``rel:cut_off``."""
    return REL[slug(lemma.casefold())]


def expand(name: str) -> str | None:
    """Return the IRI that ``prefix:name`` stands for, an IRI as it is, and ``None`` for anything else."""
    prefix, sign, local = name.partition(":")
    if sign and prefix in PREFIXES and re.fullmatch(r"[\w-]+", local):
        return PREFIXES[prefix] + local
    return name if re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+", name) else None


def compact(iri: str) -> str:
    """Return ``prefix:name`` where a known prefix covers the IRI, else the IRI itself."""
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and re.fullmatch(r"[\w-]*", local):
            return f"{prefix}:{local}"
    return iri
