"""Relation drafts made consistent."""

from kg.extract.relations import Draft, one_place_per_title
from kg.model import Span


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
