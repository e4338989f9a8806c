"""What sentences say by their own words."""


import pytest
from spacy.tokens import Doc

from kg import nlp
from kg.training.terms.phrases import inventory, phrases

Found = set[tuple[str, str, str]]


def said(text: str) -> Found:
    """Return what the shipped pipeline's parse of a text says."""
    doc = nlp.load()(text)
    return {(words(doc, item.subject), item.label, words(doc, item.object)) for item in phrases(doc)}


def words(doc: Doc, place: tuple[int, int]) -> str:
    """Return the words of a place."""
    return doc[place[0] : place[1] + 1].text


@pytest.mark.parametrize(("text", "found"), [
    ("The Dorn Viaduct was designed by Emil Haas.",
     {("Dorn Viaduct", "designed by", "Emil Haas"), ("Emil Haas", "design", "Dorn Viaduct")}),
    ("Peter Stoger is manager of FC Koln.",
     {("FC Koln", "manager", "Peter Stoger"), ("Peter Stoger", "manager of", "FC Koln")}),
    ("Mary Jones was born in Paris on 3 May 1962.",
     {("Mary Jones", "born in", "Paris"), ("Mary Jones", "born on", "3 May 1962")}),
    ("Norvane did not buy Brightwell.", set()),
    ("The capital of France is Paris.", {("France", "capital", "Paris"), ("Paris", "capital of", "France")}),
    ("The runway of Abilene Airport is 1,121 metres.", {("Abilene Airport", "runway", "1,121 metres")}),
    ("Abilene Airport has a runway length of 1,121 metres.",
     {("Abilene Airport", "runway length", "1,121 metres"), ("Abilene Airport", "have", "runway length")}),
])
def test_labels_are_the_words_between(text: str, found: Found) -> None:
    """A noun or a verb that holds two noun phrases together is the label between them; a negated one is none."""
    assert said(text) == found


def test_the_inventory_has_frequent_labels_with_their_kinds() -> None:
    """A label that stands too seldom is left out; "designed by" is also a designer where texts have the word."""
    doc = nlp.load()("The Dorn Viaduct was designed by Emil Haas. The Lune Bridge was designed by Ada Brun.")
    schema = inventory(phrases(doc), {"designer"}, least=2)
    assert schema.properties["designed by"].also == ("designer",)
    assert {kind for known in schema.properties.values() for kind in known.range} <= set(schema.classes)
    assert not inventory(phrases(doc), set(), least=3).properties
