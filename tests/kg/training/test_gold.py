"""Gold annotation as targets over tokens."""

from typing import Any

import pytest
from spacy.language import Language

from kg import nlp as language
from kg.ontology import load
from kg.training.gold import Inventory, Target, inventory, prepare, target

TEXT = "Dana Whitlock, chief executive of Castellan, said on Friday that the firm had bought Quellwerk for $40 million."


def at(part: str, text: str = TEXT) -> dict[str, int]:
    """Return the characters of a part of the text."""
    return {"start": text.index(part), "end": text.index(part) + len(part)}


ARTICLE: dict[str, Any] = {
    "document": {"id": "small", "text": TEXT},
    "entities": [{"id": "a", "type": "Person", "name": "Dana Whitlock", "mentions": [at("Dana Whitlock")]},
                 {"id": "b", "type": "Company", "name": "Castellan", "mentions": [at("Castellan"), at("firm")]},
                 {"id": "c", "type": "Company", "name": "Quellwerk", "mentions": [at("Quellwerk")]}],
    "relations": [{"subject": "a", "predicate": "positionAt", "object": "b", "evidence": [at(TEXT[:44])],
                   "qualifiers": {"title": "chief executive"}}],
    "events": [{"id": "v", "type": "Acquisition", "trigger": at("bought"), "modality": "reported",
                "polarity": "positive",
                "arguments": [{"role": "buyer", "entity": "b"}, {"role": "target", "entity": "c"},
                              {"role": "price", "value": "$40 million", **at("$40 million")}]}],
    "claims": [{"speaker": "a", "cue": at("said"), "content": at(TEXT[65:-1]), "direct": False}],
}


@pytest.fixture(scope="module")
def nlp() -> Language:
    """The shipped pipeline."""
    return language.load()


@pytest.fixture(scope="module")
def labels() -> Inventory:
    """The labels of the one article."""
    return inventory([ARTICLE], load().entity_types)


@pytest.fixture(scope="module")
def made(nlp: Language, labels: Inventory) -> Target:
    """The article's targets."""
    return target(ARTICLE, nlp(TEXT), labels)


def test_mentions_are_tokens_in_text_order(made: Target) -> None:
    """Mentions keep their entity numbers."""
    texts = [made.doc[m.start : m.end + 1].text for m in made.mentions]
    assert texts == ["Dana Whitlock", "Castellan", "firm", "Quellwerk"]
    assert made.entity == [0, 1, 1, 2]


def test_title_becomes_a_value_linked_to_the_person(made: Target, labels: Inventory) -> None:
    """The title stands in the evidence and is linked by the pseudo-relation."""
    titles = [made.values[v] for (s, kind, v) in made.links if kind == "v" and s == 0]
    assert [made.doc[t.start : t.end + 1].text for t in titles] == ["chief executive"]
    assert labels.relations[-1] == "title"


def test_fillers_name_entities_and_values(made: Target, labels: Inventory) -> None:
    """Each role of the event is a target."""
    roles = sorted(labels.roles[role] for role in made.fillers.values())
    assert roles == ["buyer", "price", "target"]


def test_values_of_the_grammar_are_negatives_unless_gold(made: Target) -> None:
    """Friday fills no role here, so it is a negative; the price is not."""
    assert [made.doc[v.start : v.end + 1].text for v in made.false_values] == ["Friday"]


def test_prepared_pairs_fit_their_candidates(made: Target, labels: Inventory) -> None:
    """Pairs point at candidates; no relation pair joins an entity with itself."""
    ready = prepare(made, labels)
    right = [*ready.entity, *([None] * len(ready.values))]
    assert all(ready.entity[i] != right[j] for i, j in zip(ready.relations.left, ready.relations.right, strict=True))
    assert ready.speakers.left.max() == 0
    assert ready.arguments.features.shape[1] == labels.sizes()["features"]
