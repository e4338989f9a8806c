"""Rules over the tree that are surer than the learned scorers, driven by vocabularies of the ontology.

``PRECISION`` is each rule's share of right decisions on the gold training articles with their
gold mentions, add-one smoothed, by ``python -m kg.training.rule_precision GOLD_DIR`` (26 of 45
triggers, 3 of 3 parts, 35 of 36 places; 1181 of 1187 names of the same letters, 146 of 146 last names, 413 of 415
countries, 1729 of 1729 pairs of two countries, 4952 of 5021 pairs of other names; the articles name
no unit that ``called`` would decide on).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from spacy.tokens import Token

from kg.extract.features import Candidate, Reading
from kg.extract.frames import children, with_particle
from kg.linking.cities import regions
from kg.linking.countries import countries
from kg.ontology import Ontology

PRECISION = {"trigger": 0.57, "partOf": 0.8, "locatedIn": 0.95}
NAMING = ("compound", "appos", "flat", "nmod:desc", "nmod:unmarked")
ORGANISATIONS = ("Company", "Government", "Organization")
NAME_TAGS = ("PROPN", "ADP", "CCONJ", "PUNCT", "DET", "PART")
SPELLED_ALIKE = 70
"""Of 100, by Levenshtein distance."""


def lexical_triggers(reading: Reading, ontology: Ontology) -> dict[int, str]:
    """Return the tokens that name an event by the ontology's words alone, with the event type."""
    found, names = {}, dict[str, list[str]]()
    for name, plain in ontology.plain_triggers.items():
        for lemma in plain | ontology.trigger_lemmas[name]:
            names.setdefault(lemma, []).append(name)
    for token in reading.doc:
        lemma = with_particle(token)
        for name in names.get(lemma, ()):
            if lemma in ontology.plain_triggers[name] or ontology.trigger_objects[name] & set(_objects(token)):
                found[token.i] = name
    return found


def _objects(token: Token) -> Iterator[str]:
    """Yield the lemmas of what is cut, lost or shed: objects, passive subjects, "job cuts", "loss of jobs"."""
    wanted = {"VERB": ("obj", "nsubj:pass"), "NOUN": ("compound", "nmod")}.get(token.pos_, ())
    yield from (child.lemma_.lower() for child in children(token, *wanted))


def class_nouns(reading: Reading, mention: Candidate) -> set[str]:
    """Return what the text calls a name: "division" for "its AWS division" and for "AWS, a division of"."""
    head = mention.head
    nouns = {reading.lemmas[child.i] for child in reading.doc[head].children if child.dep_ == "appos"}
    if reading.deps[head] in NAMING:
        nouns.add(reading.lemmas[int(reading.heads[head])])
    return nouns


def certain_links(reading: Reading, mentions: Sequence[Candidate], types: Sequence[str], ontology: Ontology
                  ) -> dict[int, int]:
    """Return mentions with an earlier one of the same entity, by rules surer than the learned scorer."""
    return (same_countries(reading, mentions) | last_names(reading, mentions, types) | same_names(reading, mentions)
            | called(reading, mentions, ontology))


def same_names(reading: Reading, mentions: Sequence[Candidate]) -> dict[int, int]:
    """Return names with the last earlier one of the same letters."""
    links, last = {}, dict[str, int]()
    for i, mention in enumerate(mentions):
        if mention.kind == "name":
            name = words_of(reading, mention)
            if name in last:
                links[i] = last[name]
            last[name] = i
    return links


def last_names(reading: Reading, mentions: Sequence[Candidate], types: Sequence[str]) -> dict[int, int]:
    """Return people's single names with the last earlier full name that they end, where only one name does."""
    people = [i for i, m in enumerate(mentions) if types[m.label] == "Person"
              and all(reading.doc[t].pos_ == "PROPN" for t in range(m.start, m.end + 1))]
    longer: dict[str, list[int]] = defaultdict(list)
    for i in people:
        if mentions[i].end > mentions[i].start:
            longer[words_of(reading, mentions[i]).rsplit(" ", 1)[-1]].append(i)
    links = {}
    for i in people:
        bearers = longer.get(words_of(reading, mentions[i]), [])
        if len({words_of(reading, mentions[j]) for j in bearers}) == 1 and bearers[0] < i:
            links[i] = max(j for j in bearers if j < i)
    return links


def other_names(reading: Reading, mentions: Sequence[Candidate]) -> set[tuple[int, int]]:
    """Return pairs of a full name and an earlier one that it neither shortens, lengthens nor spells otherwise."""
    full = {i: words for i, m in enumerate(mentions) if m.kind == "name" and len(words := _major_words(reading, m)) > 1}
    return {(i, j) for i, words in full.items() for j, others in full.items()
            if j < i and not _alike(*sorted((words, others), key=len))}


def other_countries(reading: Reading, mentions: Sequence[Candidate]) -> set[tuple[int, int]]:
    """Return pairs of a name or adjective of a country, or of an American state, and an earlier one of another."""
    named = _named_countries(reading, mentions)
    return {(i, j) for i, country in named.items() for j, other in named.items() if j < i and country != other}


def _major_words(reading: Reading, mention: Candidate) -> list[str]:
    """Return the words of a name in lower case without articles and prepositions; none of a description."""
    tokens = [token for token in reading.doc[mention.start : mention.end + 1] if not token.is_space]
    if not all(token.pos_ in NAME_TAGS or token.is_title for token in tokens):
        return []
    return [token.text.lower().strip(".") for token in tokens if token.pos_ in ("PROPN", "NOUN", "ADJ", "VERB", "NUM")]


def _alike(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether each word of a name is one of the other's, or spelled like one ("News Corp", "News Corporation")."""
    return all(any(word[:3] == other[:3] or fuzz.ratio(word, other) > SPELLED_ALIKE for other in long)
               for word in short)


def same_countries(reading: Reading, mentions: Sequence[Candidate]) -> dict[int, int]:
    """Return names and adjectives of countries with the last earlier one of the same country."""
    links, last = {}, dict[str, int]()
    for i, country in _named_countries(reading, mentions).items():
        if country in last:
            links[i] = last[country]
        last[country] = i
    return links


def _named_countries(reading: Reading, mentions: Sequence[Candidate]) -> dict[int, str]:
    """Return the country of each mention that is the name or adjective of one."""
    return {i: country for i, mention in enumerate(mentions) if mention.kind == "name"
            and (country := countries().get(words_of(reading, mention))) is not None}


def words_of(reading: Reading, mention: Candidate) -> str:
    """Return the words of a mention with single spaces."""
    return " ".join(token.text for token in reading.doc[mention.start : mention.end + 1] if not token.is_space)


def called(reading: Reading, mentions: Sequence[Candidate], ontology: Ontology) -> dict[int, int]:
    """Return units ("the division") with the nearest earlier name that the text calls so."""
    links = {}
    for i, mention in enumerate(mentions):
        if mention.kind == "nominal" and reading.lemmas[mention.head] in ontology.unit_nouns:
            named = [j for j in range(i) if mentions[j].kind == "name"
                     and reading.lemmas[mention.head] in class_nouns(reading, mentions[j])]
            if named:
                links[i] = named[-1]
    return links


def parts(reading: Reading, mentions: Sequence[Candidate], types: Sequence[str], ontology: Ontology
          ) -> list[tuple[int, int]]:
    """Return pairs of mentions where the first is called a unit of the second ("its AWS division")."""
    at_head = {mention.head: j for j, mention in enumerate(mentions) if types[j] in ORGANISATIONS}
    found = []
    for i, mention in enumerate(mentions):
        noun = int(reading.heads[mention.head]) if reading.deps[mention.head] in NAMING else mention.head
        appositions = [c.i for c in reading.doc[mention.head].children if c.dep_ == "appos"]
        if mention.kind == "name" and types[i] in ORGANISATIONS:
            for unit in (noun, *appositions):
                if reading.lemmas[unit] in ontology.unit_nouns:
                    found += [(i, at_head[o]) for o in _owners(reading, unit) if o in at_head and at_head[o] != i]
    return found


def located(reading: Reading, mentions: Sequence[Candidate], types: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs of places where the second is the region or country of the first ("Dublin, Ireland").

    The second of a list is none, unless it is two capitals ("such as Groton, CT, and Sandwich").
    """
    places = {mention.start: i for i, mention in enumerate(mentions) if types[i] == "Place" and mention.kind == "name"}
    found = []
    for i in places.values():
        comma = mentions[i].end + 1
        j = places.get(comma + 1)
        if j is not None and reading.doc[comma].text == ",":
            listed = reading.deps[mentions[j].head] == "conj" and not _is_code(words_of(reading, mentions[j]))
            if not listed and _extent(reading, mentions[j]) > _extent(reading, mentions[i]):
                found.append((i, j))
    return found


def _extent(reading: Reading, place: Candidate) -> int:
    """Return 2 for a country, 1 for a part of one, also in two capitals, and 0 for any other place."""
    name = words_of(reading, place)
    if name.casefold() in regions():
        return 1
    return 2 if name in countries() else int(_is_code(name))


def _is_code(name: str) -> bool:
    return len(name) == 2 and name.isupper()


def _owners(reading: Reading, noun: int) -> Iterator[int]:
    """Yield the heads of the possessor of a noun and of its complement with "of"."""
    for child in reading.doc[noun].children:
        of = any(c.dep_ == "case" and reading.lemmas[c.i] == "of" for c in child.children)
        if child.dep_ == "nmod:poss" or (child.dep_ == "nmod" and of):
            yield child.i
