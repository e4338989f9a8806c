"""Entities of an article to IRIs: which of them are the same thing, here and in other articles.

Named entities of different articles share an IRI when their coarse class and their normalised
name agree; of institutions that many countries have, the country too, of cities the region, where
the text names another than the usual one, and of events that come again the year. What has no name
of its own, and a person known by a single word, stays local to the article. An IRI depends on what
the article says and never on the ids in the extraction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial

from rdflib import URIRef

from kg import vocab
from kg.errors import OntologyError
from kg.linking.cities import REACH, region_of
from kg.linking.countries import country_called, is_of_country, main_country, state_called
from kg.linking.institutions import institution
from kg.model import Entity, Extraction
from kg.ontology import Identity, Ontology

Key = tuple[str | int | None, ...]
GOVERNMENT = "government"
"""The institution that a country's name stands for where it acts."""
_MANY = ("embassy", "consulate", "consulate general", "high commission", "district court", "circuit court",
         "circuit court of appeals")
"""What a country has many of: its name and one of these alone does not tell which."""
_RECURRING = frozenset({"summit", "summits", "meeting", "conference", "election", "elections", "referendum", "budget",
                        "olympics", "games", "cup", "bowl", "championship", "championships", "tournament", "festival",
                        "forum", "show", "convention", "awards"})
"""Last words of the names of events that come again: that of another year is another."""
_NATIONAL = frozenset({"election", "elections", "referendum", "budget"})
"""Those of them that a country has: that of another country is another."""
_EDITION = re.compile(r"\b\d{4}\b|\d(?:st|nd|rd|th)\b")
"""What in a name tells which of them it is."""


def normalise(name: str, entity_type: str, identity: Identity) -> str:
    """Return the part of a name that identifies: ``"Amazon.com, Inc."`` gives ``"amazon.com"``."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("’", "'")
    words = [re.sub(r"^[^\w&+#]+|[^\w&+#]+$", "", word) for word in folded.split()]
    words = [word.removesuffix("'s") for word in words if word]
    prefixes, suffixes = identity.prefixes.get(entity_type, ()), identity.suffixes.get(entity_type, ())
    while len(words) > 1 and (words[0] in prefixes or words[0] == "the"):
        words = words[1:]
    while len(words) > 1 and words[-1] in suffixes:
        words = words[:-1]
    return " ".join(words)


def is_named(entity: Entity) -> bool:
    """Tell whether the entity has a name of its own and not only a description.

    A description ends in a common noun, without a capital ("former U.S. soldier", "U.N. resolution"), and where it is
    of a person may begin with one. Governments, places and companies have names that end so ("Diyala province"), but
    not behind a country ("U.S. judge", "US firms"): such a name is an institution's or nobody's in particular. "U.S.
    Embassy" is one of many, whatever its capitals.
    """
    words, key = entity.name.split(), entity.name.casefold().removeprefix("the ")
    if is_of_country(key):
        described = entity.type in ("Government", "Place", "Company") and not any(c.isupper() for c in words[-1])
        if key.endswith(_MANY) or (described and not institution(key)):
            return False
    ends = {"Person": (words[:1], words[-1:]), "Group": (words[-1:],), "Organization": (words[-1:],),
            "Work": (words[-1:],)}.get(entity.type, (words,))
    return (any(mention.kind == "name" for mention in entity.mentions)
            and all(any(c.isupper() for word in part for c in word) for part in ends))


def entity_key(entity: Entity, article: str, identity: Identity, country: str | None, text: str = "",
               year: int | None = None) -> Key:
    """Return what identifies the entity: class and name, and the article where the name is not enough.

    ``country`` is what the article is about: "Parliament" is that of this country. ``text`` is what it says, and
    ``year`` when: "the G8 summit" is that of this year.
    """
    coarse = identity.classes.get(entity.type)
    if coarse is None:
        raise OntologyError(f"The ontology has no entity type {entity.type!r} ({entity.name!r} in {article})")
    name = normalise(entity.name, entity.type, identity)
    if not name or not is_named(entity) or (coarse == "Person" and name in identity.titles):
        first = min(((mention.start, mention.end) for mention in entity.mentions), default=(None, None))
        return (coarse, name, article, *first)
    if entity.type == "Government" and (whose := state_called(name)):
        return (coarse, f"{GOVERNMENT} ({whose.casefold()})")
    if coarse == "Organisation" and (found := institution(name)):
        whose = found[1] or country
        return (coarse, f"{found[0]} ({whose.casefold()})") if whose else (coarse, name, article)
    if entity.type == "NamedEvent" and _last_word(name) in _RECURRING and not _EDITION.search(name):
        edition = _edition(name, country, year)
        return (coarse, f"{name} ({edition})") if edition else (coarse, name, article)
    if coarse == "Place":
        name = _place(entity, name, text, identity)
    return (coarse, name, article) if coarse == "Person" and " " not in name else (coarse, name)


def _last_word(name: str) -> str:
    return re.split(r"[\s-]", name)[-1]


def _edition(name: str, country: str | None, year: int | None) -> str | None:
    """Return what tells which of the events that come again a name means; None where it is not known."""
    if not year or _last_word(name) not in _NATIONAL or is_of_country(name):
        return str(year) if year else None
    return f"{country.casefold()}, {year}" if country else None


def _place(entity: Entity, name: str, text: str, identity: Identity) -> str:
    """Return the usual name of a country, else the place's own, with its region where the text tells an unusual one."""
    if country := country_called(name):
        return normalise(country, entity.type, identity)
    city, comma, rest = entity.name.partition(",")
    if comma:
        plain, region = normalise(city, entity.type, identity), region_of(city.casefold(), [comma + rest])
    else:
        after = (text[mention.end : mention.end + REACH] for mention in entity.mentions)
        plain, region = name, region_of(name, after)
    return f"{plain} ({region.casefold()})" if region else name


def key_of(extraction: Extraction, ontology: Ontology) -> Callable[[Entity], Key]:
    """Return what gives the key of an entity of this article."""
    document = extraction.document
    return partial(entity_key, article=vocab.article_iri(document.id), identity=ontology.identity,
                   country=main_country(extraction), text=document.text,
                   year=document.date.year if document.date else None)


def iri_of(key: Key) -> URIRef:
    """Return the IRI of a key, class and name first, with the name as its readable part."""
    # Capitals come from the key and not from the name, which differs between articles.
    readable = "_".join(word[:1].upper() + word[1:] for word in str(key[1]).split())
    return vocab.entity_iri(readable, *key)


def link(extraction: Extraction, ontology: Ontology) -> Mapping[str, URIRef]:
    """Map entity ids to IRIs; entities of one key get one IRI."""
    key = key_of(extraction, ontology)
    return {entity.id: iri_of(key(entity)) for entity in extraction.entities}
