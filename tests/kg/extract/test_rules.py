"""Rules over hand-built trees."""

from importlib import resources

import numpy as np
import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.extract.features import Candidate, Reading
from kg.extract.rules import (
    called,
    certain_links,
    last_names,
    lexical_triggers,
    located,
    other_countries,
    other_names,
    parts,
)
from kg.linking.countries import countries
from kg.ontology import load


def reading(words: str, heads: list[int], deps: list[str], pos: list[str], lemmas: str | None = None) -> Reading:
    """Return a parsed document without states."""
    doc = Doc(Vocab(), words.split(), heads=heads, deps=deps, pos=pos, lemmas=(lemmas or words.lower()).split())
    doc.tensor = np.zeros((len(doc), 2), np.float32)
    return Reading(doc)


CUTS = ("Norvane cut jobs", [1, 1, 1], ["nsubj", "root", "obj"], ["PROPN", "VERB", "NOUN"], "Norvane cut job")
COSTS = ("Norvane cut costs", [1, 1, 1], ["nsubj", "root", "obj"], ["PROPN", "VERB", "NOUN"], "Norvane cut cost")
DISMISSED = ("Workers were dismissed", [2, 2, 2], ["nsubj:pass", "aux:pass", "root"], ["NOUN", "AUX", "VERB"],
             "worker be dismiss")
LAID_OFF = ("Norvane laid off", [1, 1, 1], ["nsubj", "root", "compound:prt"], ["PROPN", "VERB", "ADP"],
            "Norvane lay off")


@pytest.mark.parametrize(("sentence", "found"), [
    (CUTS, {1: "Layoff"}), (COSTS, {}), (DISMISSED, {2: "Layoff"}), (LAID_OFF, {1: "Layoff"}),
])
def test_triggers(sentence: tuple[str, list[int], list[str], list[str], str], found: dict[int, str]) -> None:
    """A trigger lemma is certain with its object, a plain one alone; cutting costs is no layoff."""
    assert lexical_triggers(reading(*sentence), load()) == found


ITS_DIVISION = reading("Norvane runs its NCS division", [1, 1, 4, 4, 1],
                       ["nsubj", "root", "nmod:poss", "compound", "obj"], ["PROPN", "VERB", "PRON", "PROPN", "NOUN"])
UNIT_OF = reading("NCS , a unit of Norvane", [0, 3, 3, 0, 5, 3], ["root", "punct", "det", "appos", "case", "nmod"],
                  ["PROPN", "PUNCT", "DET", "NOUN", "ADP", "PROPN"])


@pytest.mark.parametrize(("doc", "part", "whole"), [(ITS_DIVISION, 3, 2), (UNIT_OF, 0, 5)])
def test_parts(doc: Reading, part: int, whole: int) -> None:
    """ "its NCS division" and "NCS, a unit of Norvane" state a part and its whole."""
    mentions = [doc.candidate(i, i, 0) for i in sorted((part, whole))]
    types = ["Company"] * len(mentions)
    found = [(mentions[i].start, mentions[j].start) for i, j in parts(doc, mentions, types, load())]
    assert found == [(part, whole)]


@pytest.mark.parametrize(("words", "dep", "found"), [
    ("Dublin , Ireland", "appos", True), ("Toronto , Ontario", "nmod:unmarked", True), ("Groton , CT", "conj", True),
    ("Ontario , Canada", "appos", True), ("Tbilisi , Georgia", "appos", True), ("Oslo , Norway", "conj", False),
    ("Michigan , Georgia", "appos", False), ("Norway , Spain", "appos", False), ("Norway , Oslo", "appos", False),
    ("Oslo , Bergen", "appos", False), ("Oslo in Norway", "appos", False), ("Spain , CT", "appos", False),
])
def test_the_region_behind_a_place(words: str, dep: str, found: bool) -> None:
    """What is larger and stands behind a comma is where a place is, but for the members of a list."""
    doc = reading(words, [0, 2, 0], ["root", "punct", dep], ["PROPN", "PUNCT", "PROPN"])
    mentions = [doc.candidate(0, 0, 0), doc.candidate(2, 2, 0)]
    assert located(doc, mentions, ["Place", "Place"]) == ([(0, 1)] if found else [])
    assert located(doc, mentions, ["Company", "Place"]) == []


@pytest.mark.parametrize(("one", "other", "holds"), [
    ("Irish Stock Exchange", "Irish Enterprise Exchange", True),
    ("News Corporation", "News Corp", False),
    ("Norvane Cloud Services", "Norvane Services", False),
    ("Norvane Cloud Services", "Services", False),
    ("Lehman Brothers", "Lehman Bothers", False),
])
def test_other_names_are_apart(one: str, other: str, holds: bool) -> None:
    """Two full names are two entities unless one is a shorter form or a spelling of the other."""
    words = f"{one} and {other}".split()
    doc = reading(" ".join(words), [0] * len(words), ["dep"] * len(words),
                  ["CCONJ" if word == "and" else "PROPN" for word in words])
    first = len(one.split())
    mentions = [doc.candidate(0, first - 1, 0), doc.candidate(first + 1, len(words) - 1, 0)]
    assert other_names(doc, mentions) == ({(1, 0)} if holds else set())


def test_parts_join_organisations_only() -> None:
    """A person's unit is no part of the person."""
    mentions = [UNIT_OF.candidate(0, 0, 0), UNIT_OF.candidate(5, 5, 0)]
    assert parts(UNIT_OF, mentions, ["Company", "Person"], load()) == []


def test_a_unit_is_called_by_its_noun() -> None:
    """ "the division" is the name that the text calls a division."""
    doc = reading("its NCS division grew . The division earned", [2, 2, 3, 3, 3, 6, 7, 7],
                  ["nmod:poss", "compound", "nsubj", "root", "punct", "det", "nsubj", "root"],
                  ["PRON", "PROPN", "NOUN", "VERB", "PUNCT", "DET", "NOUN", "VERB"])
    mentions = [doc.candidate(i, i, 0) for i in (0, 1, 6)]
    assert called(doc, mentions, load()) == {2: 1}


def names(text: str, *places: tuple[int, int]) -> tuple[Reading, list[Candidate]]:
    """Return a flat reading of proper nouns, and the candidates over spans of it (end inclusive)."""
    count = len(text.split())
    doc = reading(text, [0] * count, ["root", *["dep"] * (count - 1)], ["PROPN"] * count)
    return doc, [doc.candidate(*place, 0) for place in places]


def test_names_of_the_same_letters_are_one() -> None:
    """A name is linked to the last one spelt alike, an adjective of a country to the country."""
    doc, mentions = names("Zeta Denmark Acme Danish Acme ACME", *((i, i) for i in range(6)))
    assert certain_links(doc, mentions, ["Company"], load()) == {4: 2, 3: 1}


def test_two_countries_are_two_entities() -> None:
    """Names and adjectives of two countries or states are apart, those of one and other names are not."""
    doc, mentions = names("American Australia U.S. Texas Acme Australian", *((i, i) for i in range(6)))
    america, australia = {0, 2}, {1, 5}
    assert other_countries(doc, mentions) == {
        (i, j) for i in range(6) for j in range(i) if 4 not in (i, j) and not {i, j} <= america
        and not {i, j} <= australia}


def test_a_last_name_needs_one_bearer_before_it() -> None:
    """ "Lee" is Ann Lee, where no other Lee is named and Ann Lee comes first; a company has no last name."""
    doc, mentions = names("Ann Lee Lee Bo Kim", (0, 1), (2, 2), (3, 4))
    assert last_names(doc, mentions, ["Person"]) == {1: 0}
    assert last_names(doc, mentions, ["Company"]) == {}
    doc, mentions = names("Ann Lee Bo Lee Lee", (0, 1), (2, 3), (4, 4))
    assert last_names(doc, mentions, ["Person"]) == {}
    doc, mentions = names("Lee Ann Lee", (0, 0), (1, 2))
    assert last_names(doc, mentions, ["Person"]) == {}


def test_no_word_names_two_countries() -> None:
    """The table of countries gives each name and adjective once."""
    words = [word for line in resources.files("kg.linking").joinpath("countries.tsv").read_text("utf-8").splitlines()
             for word in line.split("\t")]
    assert len(words) == len(set(words)) == len(countries())
