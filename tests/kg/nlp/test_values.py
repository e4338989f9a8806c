"""Value spans on documents, with and without tags."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from kg.nlp.values import find_values

NLP = spacy.blank("en")

SPANS = [
    ("Amazon has eliminated over 27,000 corporate positions since 2022.", ["over 27,000 COUNT", "2022 DATE"]),
    ("Sales rose 17% to $29.3 billion in the first quarter of 2025.",
     ["17% PERCENT", "$29.3 billion MONEY", "first quarter of 2025 DATE"]),
    ("Shares rose from $29.65 to $36.77, up 5%, on Friday.",
     ["$29.65 MONEY", "$36.77 MONEY", "up 5% PERCENT", "Friday DATE"]),
    ("It plans to cut 7,000 to 9,000 jobs by the end of 2007.", ["7,000 to 9,000 COUNT", "end of 2007 DATE"]),
    ("He is a 70-year-old herder.", ["70-year-old QUANTITY"]),
    ("The pipeline is 40 km long and cost €4bn.", ["40 km QUANTITY", "€4bn MONEY"]),
    ("Jobs grew by 600,000 to 8.3m in 2004.", ["600,000 COUNT", "8.3m COUNT", "2004 DATE"]),
    ("One of the trains left; no one was hurt.", []),
    ("On the 4th place in Q4 came a loss.", ["Q4 DATE"]),
    ("The S&P 500 fell.", []),
    ("Hundreds of thousands of workers struck last week.", ["Hundreds of thousands COUNT", "last week DATE"]),
    ("At least several hundred employees left early Thursday morning.",
     ["At least several hundred COUNT", "early Thursday morning DATE"]),
    ("In 2007\n\nMarch 3 was a Saturday.", ["2007 DATE", "March 3 DATE", "Saturday DATE"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), SPANS)
def test_values_without_tags(text: str, expected: list[str]) -> None:
    """The grammar finds the spans on the tokens alone."""
    assert [f"{span.text} {span.label_}" for span in find_values(NLP.make_doc(text))] == expected


def test_tags_take_away_the_modal_may() -> None:
    """A month name tagged as an auxiliary is no date."""
    words = ["May", "it", "please", "you", "in", "May"]
    doc = Doc(NLP.vocab, words, pos=["AUX", "PRON", "VERB", "PRON", "ADP", "PROPN"])
    assert [span.start for span in find_values(doc)] == [5]


def test_heads_keep_counts_after_names() -> None:
    """A number after a name counts the noun that follows, if the parse says so."""
    words = ["Delta", "12", "jobs", "cut"]
    doc = Doc(NLP.vocab, words, pos=["PROPN", "NUM", "NOUN", "VERB"], heads=[3, 2, 3, 3],
              deps=["nsubj", "nummod", "obj", "ROOT"])
    assert [span.text for span in find_values(doc)] == ["12"]


def test_a_number_inside_a_name_is_no_count() -> None:
    """A bare number that hangs on the name before it is part of that name."""
    words = ["Sony", "sells", "PlayStation", "2"]
    doc = Doc(NLP.vocab, words, pos=["PROPN", "VERB", "PROPN", "NUM"], heads=[1, 1, 1, 2],
              deps=["nsubj", "ROOT", "obj", "nummod"])
    assert find_values(doc) == []
