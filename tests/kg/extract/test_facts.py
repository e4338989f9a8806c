"""Open facts from trees built by hand; the tables are the specification.

A tree is one line: ``form/lemma/POS/head/label`` for each word, heads counted from one, zero for the root; the tag of a
verb is read off its form.
"""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from kg.extract.facts import find_facts, lookup_in
from kg.model import Entity, Fact, Mention

NLP = spacy.blank("en")

ELIMINATED = (
    "Amazon/Amazon/PROPN/3/nsubj has/have/AUX/3/aux eliminated/eliminate/VERB/0/root over/over/ADV/5/advmod "
    "27,000/27,000/NUM/7/nummod corporate/corporate/ADJ/7/amod positions/position/NOUN/3/obj ././PUNCT/3/punct")
DECLINED = (
    "It/it/PRON/2/nsubj declined/decline/VERB/0/root to/to/PART/4/mark disclose/disclose/VERB/2/xcomp "
    "the/the/DET/7/det "
    "exact/exact/ADJ/7/amod number/number/NOUN/4/obj affected/affect/VERB/7/acl ././PUNCT/2/punct")
REVOKED = (
    "Access/access/NOUN/3/nsubj:pass was/be/AUX/3/aux:pass revoked/revoke/VERB/0/root "
    "immediately/immediately/ADV/3/advmod ././PUNCT/3/punct")
DISMISSED = (
    "Workers/worker/NOUN/3/nsubj:pass were/be/AUX/3/aux:pass dismissed/dismiss/VERB/0/root on/on/ADP/5/case "
    "Thursday/Thursday/PROPN/3/obl by/by/ADP/7/case Intel/Intel/PROPN/3/obl:agent ././PUNCT/3/punct")
CUT_OFF = (
    "Protests/protest/NOUN/2/nsubj cut/cut/VERB/0/root off/off/ADP/2/compound:prt downtown/downtown/ADJ/5/amod "
    "Beirut/Beirut/PROPN/2/obj from/from/ADP/8/case the/the/DET/8/det city/city/NOUN/2/obl")
LAWSUIT = (
    "Livent/Livent/PROPN/2/nsubj filed/file/VERB/0/root a/a/DET/4/det lawsuit/lawsuit/NOUN/2/obj "
    "against/against/ADP/6/case "
    "Drabinsky/Drabinsky/PROPN/2/obl ././PUNCT/2/punct")
CEO_OF = (
    "Jassy/Jassy/PROPN/3/nsubj is/be/AUX/3/cop CEO/CEO/NOUN/0/root of/of/ADP/5/case Amazon/Amazon/PROPN/3/nmod "
    "././PUNCT/3/punct")
DIVISION = (
    "AWS/AWS/PROPN/8/nsubj ,/,/PUNCT/4/punct a/a/DET/4/det division/division/NOUN/1/appos of/of/ADP/6/case "
    "Amazon/Amazon/PROPN/4/nmod ,/,/PUNCT/4/punct grew/grow/VERB/0/root by/by/ADP/11/case 17/17/NUM/11/nummod "
    "%/%/SYM/8/obl")
TITLE = (
    "Amazon/Amazon/PROPN/2/compound CEO/CEO/NOUN/3/nmod:desc Andy/Andy/PROPN/5/nsubj Jassy/Jassy/PROPN/3/flat "
    "resigned/resign/VERB/0/root yesterday/yesterday/NOUN/5/obl:unmarked")
BASED = (
    "Atlanta/Atlanta/PROPN/3/obl:unmarked -/-/PUNCT/1/punct based/base/VERB/4/amod Delta/Delta/PROPN/5/nsubj "
    "lost/lose/VERB/0/root money/money/NOUN/5/obj")
POSSESSIVE = (
    "IGN/IGN/PROPN/3/nmod:poss 's/'s/PART/1/case assets/asset/NOUN/4/nsubj include/include/VERB/0/root "
    "sites/site/NOUN/4/obj")
CONJOINED = (
    "Corus/Corus/PROPN/2/nsubj signed/sign/VERB/0/root and/and/CCONJ/4/cc published/publish/VERB/2/conj "
    "the/the/DET/6/det deal/deal/NOUN/4/obj")
RELATIVE = (
    "The/the/DET/2/det blasts/blast/NOUN/7/nsubj which/which/PRON/4/nsubj killed/kill/VERB/2/acl:relcl "
    "202/202/NUM/4/obj were/be/AUX/7/aux:pass condemned/condemn/VERB/0/root")
BOUGHT = (
    "The/the/DET/2/det firm/firm/NOUN/5/nsubj Microsoft/Microsoft/PROPN/4/nsubj bought/buy/VERB/2/acl:relcl "
    "grew/grow/VERB/0/root fast/fast/ADV/5/advmod")
ADVERBIAL = (
    "Teachers/teacher/NOUN/2/nsubj struck/strike/VERB/0/root ,/,/PUNCT/4/punct closing/close/VERB/2/advcl "
    "schools/school/NOUN/4/obj")
PLANS = (
    "Delta/Delta/PROPN/2/nsubj announced/announce/VERB/0/root plans/plan/NOUN/2/obj to/to/PART/5/mark "
    "cut/cut/VERB/3/acl 7,000/7,000/NUM/7/nummod jobs/job/NOUN/5/obj")
REPORTED = (
    "Officials/official/NOUN/2/nsubj said/say/VERB/0/root the/the/DET/4/det fire/fire/NOUN/5/nsubj "
    "killed/kill/VERB/2/ccomp "
    "two/two/NUM/5/obj")
NEGATED = (
    "The/the/DET/2/det deal/deal/NOUN/5/nsubj will/will/AUX/5/aux not/not/PART/5/advmod affect/affect/VERB/0/root "
    "them/they/PRON/5/obj")
POSSIBLE = "It/it/PRON/3/nsubj may/may/AUX/3/aux start/start/VERB/0/root talks/talk/NOUN/3/obj"
DENIED = (
    "Sony/Sony/PROPN/2/nsubj denied/deny/VERB/0/root violating/violate/VERB/2/xcomp patents/patent/NOUN/3/obj")
EXPECTED = "Delays/delay/NOUN/3/nsubj:pass are/be/AUX/3/aux:pass expected/expect/VERB/0/root ././PUNCT/3/punct"
RAISED = (
    "The/the/DET/2/det offer/offer/NOUN/3/nsubj convinced/convince/VERB/0/root Greens/Greens/PROPN/3/obj "
    "to/to/PART/6/mark back/back/VERB/3/xcomp it/it/PRON/6/obj")
ROLES = (
    "Spencer/Spencer/PROPN/4/nsubj is/be/AUX/4/cop a/a/DET/4/det speaker/speaker/NOUN/0/root and/and/CCONJ/7/cc "
    "the/the/DET/7/det founder/founder/NOUN/4/conj of/of/ADP/9/case Emexis/Emexis/PROPN/7/nmod")

TRIPLES = [
    (ELIMINATED, {"Amazon"}, [("Amazon", "has eliminated", "over 27,000 corporate positions")]),
    (DECLINED, {"It"}, [("It", "declined to disclose", "the exact number affected")]),
    (REVOKED, {}, [("Access", "was revoked", "immediately")]),
    (DISMISSED, {"Intel"}, [("Workers", "were dismissed on", "Thursday"), ("Workers", "were dismissed by", "Intel"),
                            ("Workers", "were dismissed on", "Thursday by Intel")]),
    (CUT_OFF, {}, [("Protests", "cut off", "downtown Beirut"),
                   ("Protests", "cut off downtown Beirut from", "the city"),
                   ("Protests", "cut off", "downtown Beirut from the city")]),
    (LAWSUIT, {"Drabinsky"}, [("Livent", "filed", "a lawsuit"), ("Livent", "filed a lawsuit against", "Drabinsky"),
                              ("Livent", "filed", "a lawsuit against Drabinsky")]),
    (RAISED, {}, [("The offer", "convinced Greens to back", "it"), ("The offer", "convinced", "Greens to back it")]),
    (CEO_OF, {"Amazon"}, [("Jassy", "is CEO of", "Amazon")]),
    (CEO_OF, {}, [("Jassy", "is", "CEO of Amazon")]),
    (DIVISION, {"AWS", "Amazon"}, [("AWS", "is a division of", "Amazon"), ("AWS", "grew by", "17 %")]),
    (TITLE, {"Amazon", "Andy Jassy"}, [("Andy Jassy", "is CEO of", "Amazon"), ("Andy Jassy", "resigned", "yesterday")]),
    (BASED, {"Delta", "Atlanta"}, [("Delta", "is based in", "Atlanta"), ("Delta", "lost", "money")]),
    (POSSESSIVE, {"IGN"}, [("IGN 's assets", "include", "sites")]),
    (CONJOINED, {"Corus"}, [("Corus", "published", "the deal")]),
    (RELATIVE, {}, [("The blasts", "killed", "202"), ("The blasts", "were", "condemned")]),
    (BOUGHT, {"Microsoft"}, [("The firm", "grew", "fast"), ("Microsoft", "bought", "The firm")]),
    (ADVERBIAL, {}, [("Teachers", "closing", "schools")]),
    (PLANS, {"Delta"}, [("Delta", "announced", "plans to cut 7,000 jobs"),
                        ("Delta", "announced plans to cut", "7,000 jobs")]),
    (ROLES, {"Emexis"}, [("Spencer", "is", "a speaker and the founder of Emexis"),
                         ("Spencer", "is the founder of", "Emexis")]),
    (EXPECTED, {}, [("Delays", "are", "expected")]),
]


def _doc(tree: str) -> Doc:
    rows = [word.rsplit("/", 4) for word in tree.split(" ")]
    forms, lemmas, tags, heads, labels = (list(column) for column in zip(*rows, strict=True))
    positions = [int(head) - 1 if int(head) else i for i, head in enumerate(heads)]
    return Doc(NLP.vocab, forms, pos=tags, lemmas=lemmas, heads=positions, deps=labels,
               tags=["VBG" if tag == "VERB" and form.endswith("ing") else "VBN" if tag == "VERB" else ""
                     for form, tag in zip(forms, tags, strict=True)])


def _facts(tree: str, names: set[str] | dict[str, str]) -> list[Fact]:
    doc = _doc(tree)
    entities = [Entity(f"e-{name}", "Thing", name, (Mention(at, at + len(name)),))
                for name in names if (at := doc.text.find(name)) >= 0]
    return find_facts(doc, lookup_in(entities))


@pytest.mark.parametrize(("tree", "names", "expected"), TRIPLES)
def test_triples(tree: str, names: set[str], expected: list[tuple[str, str, str]]) -> None:
    """A clause gives a triple for each complement, and a noun phrase what it says of its name."""
    found = [(fact.subject, fact.predicate, fact.object) for fact in _facts(tree, names)]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(("tree", "lemma"), [
    (ELIMINATED, "eliminate"), (CUT_OFF, "cut_off"), (LAWSUIT, "file_lawsuit_against"), (DISMISSED, "dismiss_on"),
    (DECLINED, "disclose"), (REVOKED, "revoke"), (EXPECTED, "be"), (CEO_OF, "be_ceo_of"),
])
def test_predicate_lemma(tree: str, lemma: str) -> None:
    """The lemma is the verb with its particle, its object noun and its preposition."""
    assert lemma in {fact.predicate_lemma for fact in _facts(tree, {"Amazon", "It"})}


@pytest.mark.parametrize(("tree", "modality", "polarity"), [
    (ELIMINATED, "asserted", "positive"),
    (NEGATED, "planned", "negative"),
    (POSSIBLE, "possible", "positive"),
    (DENIED, "denied", "positive"),
])
def test_modality_and_polarity(tree: str, modality: str, polarity: str) -> None:
    """Auxiliaries, negation and the verbs of the chain decide whether a fact holds."""
    [fact] = _facts(tree, {"It"})
    assert (fact.modality, fact.polarity) == (modality, polarity)


def test_what_is_said_is_reported() -> None:
    """The content of a verb of speech is reported, its saying is asserted."""
    moods = {fact.predicate: fact.modality for fact in _facts(REPORTED, set())}
    assert moods == {"said": "asserted", "killed": "reported"}


def test_planned_by_a_noun() -> None:
    """"Plans to cut" announce something planned."""
    moods = {fact.predicate: fact.modality for fact in _facts(PLANS, set())}
    assert moods == {"announced": "asserted", "announced plans to cut": "planned"}


def test_pronouns_become_names() -> None:
    """A pronoun that refers to an entity is written as its name, and the end knows the entity."""
    doc = _doc(DECLINED)
    amazon = Entity("e1", "Company", "Amazon", (Mention(0, 2, "pronoun"),))
    [fact] = find_facts(doc, lookup_in([amazon]))
    assert (fact.subject, fact.subject_entity) == ("Amazon", "e1")


def test_an_open_pronoun_is_no_subject() -> None:
    """A pronoun of which nobody knows whom it means says nothing."""
    assert _facts(DECLINED, set()) == []


def test_entities_at_both_ends() -> None:
    """Ends that are mentions carry the entity's id."""
    facts = [fact for fact in _facts(CEO_OF, {"Jassy", "Amazon"}) if fact.object_entity]
    assert [(fact.subject_entity, fact.object_entity) for fact in facts] == [("e-Jassy", "e-Amazon")]


def test_evidence_covers_the_triple() -> None:
    """The evidence is the stretch of text from the first to the last word used."""
    doc = _doc(ELIMINATED)
    [fact] = find_facts(doc, lookup_in([]))
    [span] = fact.evidence
    assert doc.text[span.start:span.end] == "Amazon has eliminated over 27,000 corporate positions"


def test_confidence_is_a_share() -> None:
    """Every fact has the measured precision of its pattern as confidence."""
    facts = [fact for tree, names, _ in TRIPLES for fact in _facts(tree, set(names))]
    assert all(0 < fact.confidence < 1 for fact in facts)


def test_an_empty_document_has_no_facts() -> None:
    """No words, no facts."""
    assert find_facts(NLP.make_doc(""), lookup_in([])) == []
