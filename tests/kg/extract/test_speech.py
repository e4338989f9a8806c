"""Speech by the grammar, over hand-built trees: ``form/head/label`` for each word, heads counted from one."""

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc

from kg.extract.entities import Cast
from kg.extract.features import Reading
from kg.extract.speech import continues, is_attribution, quotations, settle_content, stated_speakers, within_reach

NLP = spacy.blank("en")
VERBS = {"said", "met", "allege", "rose", "cut", "closed", "grow", "hire"}


def read(tree: str) -> Reading:
    """Return the reading of a tree; each root makes a sentence, and an underscore is a line break."""
    rows = [row.rsplit("/", 2) for row in tree.split()]
    heads = [int(head) - 1 if int(head) else i for i, (_, head, _) in enumerate(rows)]
    words = [form.replace("_", "\n") for form, *_ in rows]
    doc = Doc(NLP.vocab, words, heads=heads, deps=[dep for *_, dep in rows],
              pos=["VERB" if word in VERBS else "NOUN" for word in words], lemmas=words)
    doc.tensor = np.zeros((len(doc), 2), np.float32)
    return Reading(doc)


def cast(reading: Reading, *words: int) -> Cast:
    """Return one entity for each of these words."""
    mentions = [reading.candidate(i, i, 0, "name") for i in words]
    return Cast(mentions, np.zeros((len(words), 2), np.float32), np.arange(len(words)), [0] * len(words))


JOINT = "Lee/5/nsubj and/3/cc Okafor/1/conj both/5/advmod said/0/root so/5/advmod"
CHAINED = "Lee/2/nsubj met/0/root her/2/obj and/5/cc said/2/conj so/5/advmod"
INVERTED = "so/2/ccomp said/0/root Lee/2/nsubj"
TWICE = "Firms/3/nsubj Lee/3/nsubj said/0/root Norvane/3/nsubj rose/3/ccomp"
SOURCE = "According/3/case to/1/fixed Lee/4/obl shares/5/nsubj rose/0/root"


@pytest.mark.parametrize(("tree", "cue", "named", "speakers"), [
    (JOINT, 4, (0, 2), [0, 1]), (CHAINED, 4, (0, 2), [0]), (INVERTED, 1, (2,), [0]), (TWICE, 2, (0, 1, 3), [1]),
    (SOURCE, 0, (2, 3), [0]), (SOURCE, 0, (3,), []), (JOINT, 4, (), []),
])
def test_speakers(tree: str, cue: int, named: tuple[int, ...], speakers: list[int]) -> None:
    """Those who speak are the subject and its conjuncts, the first verb's subject, and whom "according to" names."""
    reading = read(tree)
    assert stated_speakers(reading, cast(reading, *named), cue, np.zeros(len(named))) == speakers


def test_what_cannot_speak_is_no_speaker() -> None:
    """A subject whose score is minus infinity is passed over, its conjunct is not."""
    reading = read(JOINT)
    assert stated_speakers(reading, cast(reading, 0, 2), 4, np.array([-np.inf, 0.0])) == [1]


def test_attribution() -> None:
    """Only "according" is an attribution without a verb."""
    assert [is_attribution(token) for token in read(SOURCE).doc] == [True, False, False, False, False]


CLAUSE = ("Lee/2/nsubj said/0/root that/5/mark shares/5/nsubj rose/2/ccomp ,/2/punct though/8/mark costs/2/advcl "
          "./2/punct")
TWO = "Lee/2/nsubj said/0/root shares/4/nsubj rose/2/ccomp ./2/punct Costs/7/nsubj grow/0/root"
BROKEN = 'Lee/2/nsubj said/0/root it/4/nsubj has/2/ccomp "/6/punct closed/2/dep "/6/punct'


@pytest.mark.parametrize(("tree", "found", "settled"), [
    (CLAUSE, (3, 7), (3, 4)),     # not the clause that follows
    (TWO, (2, 6), (2, 3)),        # not the next sentence
    (BROKEN, (2, 5), (2, 5)),     # the tree breaks at a quotation: what was found stands
    (BROKEN, (5, 5), (5, 5)),     # a quotation stands
    (TWO, (0, 0), (0, 0)),        # what was found has nothing of the clause
])
def test_content_ends_with_its_clause(tree: str, found: tuple[int, int], settled: tuple[int, int]) -> None:
    """What is said without quotation marks is one clause of one sentence."""
    assert settle_content(read(tree), 1, *found) == settled


SPOKEN = '"/3/punct We/3/nsubj grow/6/ccomp ,/3/punct "/3/punct said/0/root Lee/6/nsubj ./6/punct '
MORE = '"/11/punct We/11/nsubj hire/0/root many/13/amod people/11/obj this/15/det year/11/obl ./11/punct "/11/punct'
NEXT = '_/6/dep "/12/punct We/12/nsubj hire/0/root many/14/amod people/12/obj this/16/det year/12/obl "/12/punct'


def test_quotations_are_sentences() -> None:
    """Quotations of six words with a verb are speech, shorter ones are not."""
    assert list(quotations(read(SPOKEN + MORE))) == [(9, 15)]


@pytest.mark.parametrize(("following", "going_on"), [(MORE, True), (NEXT, False)])
def test_a_quotation_goes_on_in_its_paragraph(following: str, going_on: bool) -> None:
    """A quotation after the end of the cue's sentence is the same speech, but not in the next paragraph."""
    reading = read(SPOKEN + following)
    start, _ = next(quotations(reading))
    assert continues(reading, 5, start) == going_on


LONG = ('"/5/punct Costs/5/nsubj will/5/aux soon/5/advmod grow/9/ccomp this/7/det year/5/obl "/5/punct said/0/root '
        "Lee/9/nsubj")
BARE = "Lee/2/nsubj said/0/root :/2/punct"
HIRING = '"/3/punct We/3/nsubj hire/0/root many/5/amod people/3/obj this/7/det year/3/obl "/3/punct'


def joined(*trees: str) -> str:
    """Return sentences as one tree, each with its heads counted from its own first word."""
    rows: list[str] = []
    for tree in trees:
        parts = [row.rsplit("/", 2) for row in tree.split()]
        rows += [f"{form}/{int(head) + len(rows) * (head != '0')}/{dep}" for form, head, dep in parts]
    return " ".join(rows)


@pytest.mark.parametrize(("tree", "cue", "quoted"), [
    (joined(LONG, HIRING), 8, []),                        # the next quotation is not of this cue
    (joined(HIRING, LONG), 16, []),                       # nor is the one before
    (joined(BARE, HIRING), 1, [4, 5, 6, 7, 8, 9]),
    (SPOKEN + MORE, 5, [9, 10, 11, 12, 13, 14, 15]),      # its own is too short to be speech
])
def test_a_cue_introduces_the_quotation_of_its_own_sentence(tree: str, cue: int, quoted: list[int]) -> None:
    """Quotations of other sentences are in reach only where none is in the cue's sentence."""
    reading = read(tree)
    sentence = np.flatnonzero(reading.sentence == reading.sentence[cue]).tolist()
    assert sorted(within_reach(reading, cue) - set(sentence)) == quoted
