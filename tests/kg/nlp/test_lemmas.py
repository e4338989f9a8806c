"""Lemma scripts and the choice of a lemma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.lemmas import apply_script, lemmatize, make_script

WORDS = st.text(st.characters(categories=["Ll", "Lu"]), min_size=1, max_size=12)


@given(WORDS, WORDS, st.sampled_from(["NOUN", "PROPN"]))
def test_script_turns_form_into_lemma(form: str, lemma: str, upos: str) -> None:
    """Applying the script of a pair gives back its lemma."""
    assert apply_script(form, make_script(form, lemma, upos), upos) == lemma


@pytest.mark.parametrize(("form", "script", "lemma"), [
    ("countries", "3|y", "country"), ("Cuts", "1|", "cut"), ("a", "3|y", "a"),
])
def test_scripts(form: str, script: str, lemma: str) -> None:
    """A script cuts and appends on the lower-cased form; one that does not fit leaves it."""
    assert apply_script(form, script, "NOUN") == lemma


def test_table_comes_first() -> None:
    """A known form and tag needs no script."""
    assert lemmatize("left", "VBD", "VERB", ["0|"], {"left\tVBD": "leave"}, set()) == "leave"


@pytest.mark.parametrize(("form", "xpos", "upos", "lemma"), [
    ("Mira", "NNP", "PROPN", "Mira"), ("2021", "CD", "NUM", "2021"), ("Danes", "NNPS", "PROPN", "Dane"),
])
def test_names_and_numbers_keep_their_form(form: str, xpos: str, upos: str, lemma: str) -> None:
    """Only the plural of a name loses its ending."""
    assert lemmatize(form, xpos, upos, ["1|"], {}, {"Dane", "Mir"}) == lemma


def test_attested_lemma_beats_the_best_script() -> None:
    """"confirme" is no lemma of the corpora, so the second script wins."""
    assert lemmatize("confirmed", "VBD", "VERB", ["1|", "2|"], {}, {"confirm"}) == "confirm"


@pytest.mark.parametrize(("form", "lemma"), [("fined", "fine"), ("using", "use"), ("fixed", "fix"), ("played", "play"),
                                             ("picked", "pick"), ("seeing", "see")])
def test_a_verb_that_would_double_its_last_letter_ends_in_e(form: str, lemma: str) -> None:
    """"fined" is no form of "fin", which would have "finned", though "fin" is a word."""
    ending = len(form) - len(form.removesuffix("ed").removesuffix("ing"))
    assert lemmatize(form, "VBD", "VERB", [f"{ending}|"], {}, {"fin", "us", lemma}) == lemma
