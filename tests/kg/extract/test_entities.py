"""What an entity is called, of the names that its article has for it."""

import numpy as np
import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.extract.entities import name_of
from kg.extract.features import Candidate, Reading


@pytest.mark.parametrize(("mentions", "type", "name"), [
    (["Iraq", "Iraqi/ADJ"], "Place", "Iraq"), (["Iraqi/ADJ"], "Place", "Iraqi"),
    (["Israel", "Israeli/ADJ"], "Government", "Israel"),
    (["Iraq", "Iraq", "Multi-National Force Iraq"], "Place", "Iraq"), (["Iraq", "northern Iraq"], "Place", "Iraq"),
    (["York", "New York"], "Place", "New York"), (["Acme Steel", "Acme", "Acme"], "Company", "Acme Steel"),
    (["Acme", "Acme", "Acme Labs"], "Company", "Acme"),
    (["Lee", "Lee", "Ann Lee", "Ann Lee of Acme/nominal"], "Person", "Ann Lee"),
    (["Bush", "Bush", "Kerry", "George W. Bush"], "Person", "George W. Bush"),
    (["UN", "UN", "African Union"], "Organization", "UN"),
    (["UN", "UN", "United Nations"], "Organization", "United Nations"),
    (["North Korea", "North Korea itself/PRON"], "Government", "North Korea"),
    (["Israel", "Israel", "Israel 's army"], "Government", "Israel"),
    (["U.S. Senate", "Senate", "Senate"], "Government", "U.S. Senate"),
    (["eBay", "tech firm"], "Company", "eBay"), (["its workers/nominal", "they/pronoun"], "Group", "its workers")])
def test_the_fullest_name_that_is_one(mentions: list[str], type: str, name: str) -> None:
    """An adjective or a part gives no name where there is another, and a place is called as most often.

    What is spelt out later than its usual name is something else, unless that is an acronym.
    """
    words, tags, places = list[str](), list[str](), list[tuple[int, int, str]]()
    for text, _, mark in (mention.partition("/") for mention in mentions):
        places.append((len(words), len(words) + len(text.split()) - 1, mark if mark.islower() else "name"))
        words += text.split()
        tags += ["PROPN"] * (len(text.split()) - 1) + [mark if mark.isupper() else "PROPN"]
    labels = ["root", *["dep"] * (len(words) - 1)]
    doc = Doc(Vocab(), words, heads=[0] * len(words), deps=labels, pos=tags, lemmas=words)
    doc.tensor = np.zeros((len(doc), 2), np.float32)
    assert name_of(Reading(doc), [Candidate(a, b, b, 0, kind) for a, b, kind in places], type) == name
