"""Lemmas: a (form, tag) table, and edit scripts for the words that it lacks.

A script says how many characters to cut from the end of the form and what to append, on
the lower-cased form except for proper nouns: ``"3|y"`` makes "country" of "countries".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile

KEPT = ("PROPN", "NUM", "SYM", "X", "PUNCT")
_DOUBLING = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")
"""Verbs that double their last letter before -ed and -ing."""


def make_script(form: str, lemma: str, upos: str) -> str:
    """Return the script that turns ``form`` into ``lemma``; the opposite of ``apply_script``."""
    base = form if upos == "PROPN" else form.lower()
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(base, lemma, strict=False)))
    return f"{len(base) - common}|{lemma[common:]}"


def apply_script(form: str, script: str, upos: str) -> str:
    """Apply an edit script to a form; a script that does not fit leaves the form."""
    base = form if upos == "PROPN" else form.lower()
    cut, _, suffix = script.partition("|")
    if int(cut) > len(base):
        return base
    return base[: len(base) - int(cut)] + suffix


def keeps_form(xpos: str, upos: str) -> bool:
    """Tell whether a word's lemma is its form, unless the table says otherwise."""
    return upos in KEPT and xpos != "NNPS"


def lemmatize(form: str, xpos: str, upos: str, scripts: Sequence[str], table: Mapping[str, str],
              known: Collection[str]) -> str:
    """Return a word's lemma: from the table, else by the best script whose result is a known lemma.

    Names, numbers and symbols keep their form, but for the plural of a name.
    """
    lemma = table.get(f"{form.lower()}\t{xpos}")
    if lemma is not None:
        return lemma
    if keeps_form(xpos, upos):
        return form
    candidates = [_with_silent_e(form, apply_script(form, script, upos)) for script in scripts]
    attested = (c for c in candidates if c in known)
    return next(attested, candidates[0] if candidates else form)


def _with_silent_e(form: str, lemma: str) -> str:
    """Return "fine" for "fin" of "fined": a verb "fin" would have "finned"."""
    if _DOUBLING.fullmatch(lemma) and form.lower() in (lemma + "ed", lemma + "ing"):
        return lemma + "e"
    return lemma
