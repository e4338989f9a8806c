"""Modality and polarity of events over hand-built trees: ``form/lemma/head/label``, heads counted from one."""

import pytest
import spacy
from spacy.tokens import Doc, Token

from kg.extract.modality import stated_modality, stated_polarity

NLP = spacy.blank("en")
WILL = "It/it/3/nsubj will/will/3/aux cut/cut/0/root jobs/job/3/obj"
MAY_NOT = "It/it/4/nsubj may/may/4/aux not/not/4/advmod cut/cut/0/root jobs/job/4/obj"
PLANS = "It/it/2/nsubj plans/plan/0/root to/to/4/mark cut/cut/2/xcomp jobs/job/4/obj"
SCRAPPED = "It/it/2/nsubj scrapped/scrap/0/root plans/plan/2/obj to/to/5/mark cut/cut/3/acl jobs/job/5/obj"
CALLED_OFF = "It/it/2/nsubj called/call/0/root off/off/2/compound:prt the/the/5/det launch/launch/2/obj"
NOT_BLOCKED = "It/it/4/nsubj did/do/4/aux not/not/4/advmod block/block/0/root the/the/6/det sale/sale/4/obj"
DENIED = "It/it/2/nsubj denied/deny/0/root that/that/5/mark it/it/5/nsubj cut/cut/2/ccomp jobs/job/5/obj"
SAID = "He/he/2/nsubj rejected/reject/0/root what/what/5/obj she/she/5/nsubj cut/cut/2/ccomp"
NONE = "No/no/2/det workers/worker/4/nsubj:pass were/be/4/aux:pass dismissed/dismiss/0/root"
FAILED = "The/the/3/det failed/failed/3/amod takeover/takeover/4/nsubj hurt/hurt/0/root"
PLAIN = "It/it/2/nsubj cut/cut/0/root jobs/job/2/obj"


def word(tree: str, form: str) -> Token:
    """Return the word of a tree."""
    rows = [row.split("/") for row in tree.split()]
    heads = [int(head) - 1 if int(head) else i for i, (*_, head, _) in enumerate(rows)]
    doc = Doc(NLP.vocab, [row[0] for row in rows], heads=heads, deps=[row[3] for row in rows],
              lemmas=[row[1] for row in rows])
    return next(token for token in doc if token.text == form)


@pytest.mark.parametrize(("tree", "trigger", "modality", "polarity"), [
    (WILL, "cut", "planned", None), (MAY_NOT, "cut", "possible", "negative"), (PLANS, "cut", "planned", None),
    (SCRAPPED, "cut", "planned", "negative"), (CALLED_OFF, "launch", None, "negative"),
    (NOT_BLOCKED, "sale", None, None), (DENIED, "cut", "denied", None), (SAID, "cut", "denied", None),
    (NONE, "dismissed", None, "negative"), (FAILED, "takeover", None, "negative"), (PLAIN, "cut", None, None),
])
def test_what_grammar_states(tree: str, trigger: str, modality: str | None, polarity: str | None) -> None:
    """Auxiliaries, plans and denials give the modality; negations and what is called off the polarity; else nothing."""
    token = word(tree, trigger)
    assert (stated_modality(token), stated_polarity(token)) == (modality, polarity)
