"""Relation drafts made consistent."""

from kg import nlp
from kg.extract import extract
from kg.extract.relations import Draft, one_place_per_title
from kg.model import Document, Span


def position(subject: int, place: int, probability: float, title: str = "chief executive") -> Draft:
    """Return a position of a person."""
    return Draft(subject, "positionAt", place, (Span(0, 9),), probability, {"title": title})


def test_a_title_is_held_at_one_place() -> None:
    """Of two organisations for one title of one person the likelier stays."""
    sure, unsure = position(0, 1, 0.9), position(0, 2, 0.3)
    assert one_place_per_title([unsure, sure]) == [sure]


def test_other_titles_and_people_stay() -> None:
    """Another title, another person and another relation are not touched."""
    drafts = [position(0, 1, 0.9), position(0, 2, 0.3, "chairman"), position(3, 2, 0.4),
              Draft(0, "citizenOf", 2, (Span(0, 9),), 0.3, {})]
    assert one_place_per_title(drafts) == drafts


def test_a_region_tells_where_a_place_is_and_no_more() -> None:
    """ "Based in Austin, Texas" is said of Austin; where Texas stands by itself too, it is a place like others."""
    text = "Halden Foods, a company based in Austin, Texas, cut 400 jobs on Monday."
    assert stated(text) >= {("Halden Foods", "basedIn", "Austin"), ("Austin", "locatedIn", "Texas")}
    assert {end for _, predicate, end in stated(text) if predicate != "locatedIn"} & {"Texas"} == set()
    assert ("Norvane Corp", "basedIn", "Texas") in stated(f"{text} Its rival Norvane Corp is based in Texas.")


def stated(text: str) -> set[tuple[str, str, str]]:
    """Return the relations between entities of a text, by their names."""
    found = extract(nlp.load()(text), Document("a", text))
    names = {entity.id: entity.name for entity in found.entities}
    return {(names[relation.subject], relation.predicate, names[relation.object]) for relation in found.relations
            if isinstance(relation.object, str)}
