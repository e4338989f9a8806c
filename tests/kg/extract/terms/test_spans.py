"""Candidate spans by their form: openings of sentences, quotations, places with their region, and runs of names."""

import pytest

from kg import nlp
from kg.extract.terms.spans import proposed


@pytest.mark.parametrize(("text", "expected"), [
    ("1911 Schubart was seen on 25 October 1973 by Paul Wild.", {"1911 Schubart", "25 October 1973", "Paul Wild"}),
    ("The 1634: The Bavarian Crisis was written by Eric Flint.",
     {"1634: The Bavarian Crisis", "The Bavarian Crisis", "Eric Flint"}),
    ("(15788) 1993 SB, discovered by Iwan P Williams, has a moon.", {"(15788) 1993 SB", "1993 SB", "Iwan P Williams"}),
    ("Aaron Boogaard was born in Regina, Saskatchewan.", {"Aaron Boogaard", "Regina, Saskatchewan"}),
    ('Ajoblanco, which some call "Ajo blanco", is a soup.', {"Ajoblanco", "Ajo blanco"}),
    ("The house at 103 Colmore Row by John Madin stands.", {"house at 103 Colmore Row by John Madin", "103 Colmore Row",
                                                          "John Madin"}),
    ("She joined the House of Low Culture.", {"She", "Low Culture", "House of Low Culture"}),
    ("Was it sold?", set()),
])
def test_names_by_form(text: str, expected: set[str]) -> None:
    """The words before the verb, between the marks, on both sides of a comma between places, and names side by side."""
    doc = nlp.load()(text)
    assert {doc[start : end + 1].text for start, end in proposed(doc, 14)} == expected


def test_longer_ones_are_left_out() -> None:
    """A span has as many words as the scorer knows at most."""
    doc = nlp.load()('She said "we shall go on with all of this as long as we are here" and left.')
    assert {end - start + 1 for start, end in proposed(doc, 14)} == {1, 14}
    assert {end - start + 1 for start, end in proposed(doc, 13)} == {1}
