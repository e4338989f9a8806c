"""An inventory of the words that texts themselves use: "manager of", "created by", "born in", read off the tree.

Where two noun phrases hang together by a noun or a verb, that word is the label of a property between them. Hundreds of
such labels teach the head to look for a label's words, which is what an ontology that nobody trained on needs.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from kg.schema import Class, Property, Schema
from kg.schema.terms import DATE, NUMBER
from kg.training.corpora import WIKINEWS, sample_unlabelled
from kg.training.terms.texts import LONGEST, Place, Text

NAME = "phrases"
CLAUSE = ("acl", "acl:relcl")
OWNER_CASES = ("of", "for", "at", "in", "to")
VALUES = {"DATE": DATE, "MONEY": NUMBER, "PERCENT": NUMBER, "QUANTITY": NUMBER, "COUNT": NUMBER}
LONGEST_SENTENCE = 60


class Found(NamedTuple):
    """A property by its words between two places, with the kinds of the ends."""

    subject: Place
    label: str
    object: Place
    kinds: tuple[str, str]


class Row(NamedTuple):
    """A sentence with what it says, places in characters of the sentence."""

    text: str
    found: list[Found]


def read_phrases(data: Path, texts: Sequence[str], nlp: Language, options: Mapping[str, Any], seed: int
                 ) -> tuple[Schema, list[Text]]:
    """Return the inventory of the texts' own words and of some unlabelled news, with the sentences that use them."""
    rows, nouns = list[Row](), set[str]()
    for doc in nlp.pipe([*texts, *sample_unlabelled(data / WIKINEWS, options["articles"], seed)]):
        nouns |= {token.lemma_.lower() for token in doc if token.pos_ == "NOUN"}
        rows += _rows(doc)
    schema = inventory((found for row in rows for found in row.found), nouns, options["least"])
    random.Random(seed).shuffle(rows)
    return schema, list(_sampled(rows, schema, options["most"]))


def _rows(doc: Doc) -> Iterator[Row]:
    found = list(phrases(doc))
    for sent in doc.sents:
        within = [item for item in found if all(sent.start <= end[0] < sent.end for end in (item.subject, item.object))]
        if within and len(sent) <= LONGEST_SENTENCE:
            yield Row(sent.text, [_within(item, sent) for item in within])


def _within(item: Found, sent: Span) -> Found:
    """Return what was found with the first character and the end of each place within its sentence."""
    ends = [sent.doc[first : last + 1] for first, last in (item.subject, item.object)]
    subject, target = ((end.start_char - sent.start_char, end.end_char - sent.start_char) for end in ends)
    return Found(subject, item.label, target, item.kinds)


def _sampled(rows: Iterable[Row], schema: Schema, most: int) -> Iterator[Text]:
    """Yield the sentences that have a label seen fewer than ``most`` times before."""
    counts: Counter[str] = Counter()
    for row in rows:
        kept = [item for item in row.found if item.label in schema.properties]
        if any(counts[item.label] < most for item in kept):
            counts.update(item.label for item in kept)
            yield Text(NAME, row.text, tuple(((item.subject,), item.label, (item.object,)) for item in kept),
                       tuple(sorted({item.label for item in kept})))


def inventory(found: Iterable[Found], nouns: set[str], least: int) -> Schema:
    """Return the labels that stand ``least`` times, with the kinds of ends that they mostly have.

    "created by" is also a creator, where ``nouns`` have that word.
    """
    kinds: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for item in found:
        kinds[item.label][item.kinds] += 1
    properties = {}
    for label, counts in sorted(kinds.items()):
        if counts.total() >= least:
            one, other = counts.most_common(1)[0][0]
            value = VALUES.get(other)
            properties[label] = Property(label, label, tuple(_agents(label, nouns)), domain=frozenset({one.lower()}),
                                         range=frozenset() if value else frozenset({other.lower()}), value=value)
    names = {kind for known in properties.values() for kind in known.domain | known.range}
    return Schema(NAME, {kind: Class(kind, kind) for kind in sorted(names)}, properties)


def _agents(label: str, nouns: set[str]) -> list[str]:
    verb, _, by = label.partition(" ")
    stem = verb.removesuffix("ed")
    return [stem + end for end in ("er", "or", "r") if by == "by" and stem + end in nouns]


def phrases(doc: Doc) -> Iterator[Found]:
    """Yield what the nouns and verbs of a parsed text say of its noun phrases and values."""
    ends = dict(_ends(doc))
    for token in doc:
        if token.pos_ in ("NOUN", "PROPN"):
            yield from _of_noun(token, ends)
        elif token.pos_ == "VERB":
            yield from _of_verb(token, ends)


def _ends(doc: Doc) -> Iterator[tuple[int, Span]]:
    """Yield noun phrases without their article, values and mentions by their head; of those with one head the last."""
    for chunk in doc.noun_chunks:
        first = next((token.i for token in chunk if token.pos_ not in ("DET", "PUNCT")), chunk.root.i)
        if chunk.root.pos_ != "PRON" and chunk.end - first <= LONGEST // 2:
            yield chunk.root.i, Span(doc, first, chunk.end, label="thing")
    for name in ("values", "mentions"):
        yield from ((span.root.i, span) for span in doc.spans[name]
                    if len(span) <= LONGEST and span.root.pos_ not in ("PRON", "DET"))


def _of_noun(noun: Token, ends: Mapping[int, Span]) -> Iterator[Found]:
    """Yield what "B's manager A", "A, manager of B", "A is manager of B" and "the manager of B is A" say.

    Of values, so do "B has a length of A" and "B, with a length of A".
    """
    label = _noun_label(noun)
    if not label:
        return
    copula = any(child.dep_ == "cop" for child in noun.children)
    named = [child for child in noun.children if child.dep_ == "appos" or (child.dep_ == "nsubj" and copula)]
    if noun.dep_ in ("appos", "nmod:desc", "compound") or _is_said(noun):
        named.append(noun.head)
    for owner in noun.children:
        case = _case(owner)
        if owner.i in ends and (owner.dep_ == "nmod:poss" or (owner.dep_ == "nmod" and case in OWNER_CASES)):
            for name in (token for token in named if token.i in ends):
                yield from _found(ends[owner.i], label, ends[name.i])
                if case in ("of", "at"):
                    yield from _found(ends[name.i], f"{label} {case}", ends[owner.i])
            if case == "of" and ends[owner.i].label_ in VALUES:
                for holder in (token for token in _holders(noun) if token.i in ends):
                    yield from _found(ends[holder.i], label, ends[owner.i])


def _is_said(noun: Token) -> bool:
    """Tell whether a noun is the subject of what it is said to be ("the capital is Paris")."""
    return noun.dep_ == "nsubj" and any(child.dep_ == "cop" for child in noun.head.children)


def _holders(noun: Token) -> list[Token]:
    """Return what has a noun ("A has a length", "A with a length")."""
    if noun.dep_ == "obj" and noun.head.lemma_ == "have":
        return _subjects(noun.head)[0]
    return [noun.head] if noun.dep_ in ("nmod", "obl") and _case(noun) == "with" else []


def _noun_label(noun: Token) -> str:
    before = [child.text for child in noun.lefts if child.dep_ in ("amod", "compound") and child.text.islower()
              and child.i >= noun.i - 2]
    return " ".join([*before, noun.lemma_.lower()]) if noun.text.islower() and noun.text.isalpha() else ""


def _of_verb(verb: Token, ends: Mapping[int, Span]) -> Iterator[Found]:
    """Yield what a verb says of its subject with its object, agent, and phrases with a preposition."""
    if any(child.dep_ == "advmod" and child.lower_ in ("not", "never", "n't") for child in verb.children):
        return
    subjects, passive = _subjects(verb)
    word = verb.lower_ if passive else verb.lemma_.lower()
    for subject in (token for token in subjects if token.i in ends):
        for child in (token for token in verb.children if token.i in ends and token.i != subject.i):
            one, other, case = ends[subject.i], ends[child.i], _case(child)
            if child.dep_ == "obj" and not passive:
                yield from _found(one, word, other)
            elif child.dep_ == "obl:agent":
                yield from _found(one, f"{word} by", other)
                yield from _found(other, verb.lemma_.lower(), one)
            elif child.dep_.startswith("obl") and other.label_ == "DATE":
                yield from _found(one, f"{word} on", other)
            elif child.dep_ == "obl" and case:
                yield from _found(one, f"{word} {case}", other)


def _subjects(verb: Token) -> tuple[list[Token], bool]:
    """Return the subjects of a verb, its noun where it stands in a clause of one, and whether it is passive."""
    for bearer in (verb, verb.head) if verb.dep_ == "conj" else (verb,):
        subjects = [child for child in bearer.children if child.dep_ in ("nsubj", "nsubj:pass")]
        if subjects:
            return subjects, verb.tag_ == "VBN" and any(child.dep_ == "nsubj:pass" for child in subjects)
    return ([verb.head], verb.tag_ == "VBN") if verb.dep_ in CLAUSE else ([], False)


def _case(token: Token) -> str:
    return next((child.lower_ for child in token.children if child.dep_ == "case"), "")


def _found(one: Span, label: str, other: Span) -> Iterator[Found]:
    """Yield the property where its ends are apart, one of them has a name, and the subject is no value."""
    apart = one.end <= other.start or other.end <= one.start
    if apart and one.label_ not in VALUES and any(token.pos_ == "PROPN" for token in (*one, *other)):
        yield Found((one.start, one.end - 1), label, (other.start, other.end - 1), (one.label_, other.label_))
