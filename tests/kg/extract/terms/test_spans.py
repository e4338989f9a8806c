"""Candidate spans by their form: openings of sentences, quotations, and places with their region."""

import pytest

from kg import nlp
from kg.extract.terms.spans import proposed


@pytest.mark.parametrize(("text", "expected"), [
    ("1911 Schubart was discovered on 25 October 1973 by Paul Wild.", {"1911 Schubart"}),
    ("The 1634: The Bavarian Crisis was written by Eric Flint.", {"1634: The Bavarian Crisis"}),
    ("(15788) 1993 SB, discovered by Iwan P Williams, has a moon.", {"(15788) 1993 SB"}),
    ("Aaron Boogaard was born in Regina, Saskatchewan.", {"Aaron Boogaard", "Regina, Saskatchewan"}),
    ('Ajoblanco, which some call "Ajo blanco", is a soup.', {"Ajoblanco", "Ajo blanco"}),
    ("Was it sold?", set()),
])
def test_names_by_form(text: str, expected: set[str]) -> None:
    """The words before the verb, between the marks, and on both sides of a comma between places."""
    doc = nlp.load()(text)
    assert {doc[start : end + 1].text for start, end in proposed(doc, 14)} == expected


def test_longer_ones_are_left_out() -> None:
    """A span has as many words as the scorer knows at most."""
    doc = nlp.load()('She said "we shall go on with all of this as long as we are here" and left.')
    assert {end - start + 1 for start, end in proposed(doc, 14)} == {1, 14}
    assert {end - start + 1 for start, end in proposed(doc, 13)} == {1}
