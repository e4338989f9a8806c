"""Facts without a verb: titles, appositions, possessives, "X-based", what a copula leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kg.extract.frames import child, children, prepositions
from kg.extract.phrases import ARTICLES, End, Writer, is_apposed, phrase, trim, without_article

_GENITIVES = {"'s", "’s", "'", "’"}
HONORIFICS = {"Mr", "Mrs", "Ms", "Dr", "Sir", "Prof", "Lord", "Lady", "Miss", "Rev"}
_OF = {"of", "at", "for"}
_NEAR = 8


@dataclass(frozen=True, slots=True)
class Nominal:
    """A predication that a noun phrase makes; ``lemma`` names it ("be_ceo_of")."""

    kind: str
    subject: End
    predicate: str
    object: End
    lemma: str


def find_nominals(doc: Doc, writer: Writer) -> Iterator[Nominal]:
    """Yield the nominal facts of a parsed document in text order."""
    for token in doc:
        if token.dep_ == "appos" or (is_apposed(token) and token.pos_ in {"NOUN", "PROPN"}):
            yield from _apposition(token, writer)
        if token.pos_ == "PROPN" and token.i and not token.is_sent_start:
            yield from _title(token, writer)
        if token.lower_ in {"based", "headquartered"} and token.i > 1:
            yield from _based(token, writer)


def _apposition(token: Token, writer: Writer) -> Iterator[Nominal]:
    """ "AWS, a division of Amazon": the name is the subject, whichever side it stands on."""
    name, description = (token, token.head) if _is_name(token) and not _is_name(token.head) else (token.head, token)
    if _is_name(description) or not _is_name(name) or description.pos_ not in {"NOUN", "ADJ"}:
        return
    inside = {t.i for t in name.subtree} if name.head == description else set()
    tokens = [t for t in phrase(description) if t.i not in inside]
    subject = writer.end_of(name, _name_tokens(name))
    yield from described(subject, description, trim(tokens), writer, "apposition")


def described(subject: End, head: Token, tokens: list[Token], writer: Writer, kind: str) -> Iterator[Nominal]:
    """Say that the subject is the phrase; "of" splits it where an entity follows."""
    of = next((c for c in children(head, "nmod") if any(p.lower_ in _OF for p in prepositions(c))), None)
    joint = any(c.dep_ == "conj" and c in tokens for c in head.children)
    if of is not None and not joint and of in tokens and (target := writer.end(of)).entity is not None:
        role = [t for t in tokens if t.i < prepositions(of)[0].i]
        preposition = prepositions(of)[0]
        lemma = "_".join(["be", *(t.lemma_.lower() for t in without_article(role)), preposition.lower_])
        yield Nominal(f"{kind}.of", subject, f"is {writer.write(role)} {preposition.text}", target, lemma)
        return
    owner = child(head, "nmod:poss")
    if owner is not None and not joint and (named := writer.end(owner)).entity is not None:
        role = [t for t in tokens if t.i > owner.right_edge.i]
        lemma = "_".join(["be", *(t.lemma_.lower() for t in role), "of"])
        yield Nominal(f"{kind}.possessive", subject, f"is {writer.write(role)} of", named, lemma)
        return
    yield Nominal(kind, subject, "is", writer.end_of(head, tokens), "be")


def _title(token: Token, writer: Writer) -> Iterator[Nominal]:
    """ "Amazon CEO Andy Jassy", "EU commissioner Neelie Kroes": the nouns before a name say what it is."""
    found = writer.mention_from(token)
    if found is None or found[0][-1].pos_ != "PROPN":
        return
    tokens = _run_before(token)
    subject = End(writer.write(found[0]), tuple(found[0]), found[1][0])
    if tokens and (owner := writer.mention(tokens)) is not None:
        yield from _title_of(subject, tokens, End(owner[1], tuple(tokens), owner[0]), writer)
    elif tokens and tokens[-1].pos_ in {"NOUN", "PROPN"} and _describes(tokens[-1], found[0]):
        yield from _titled(subject, tokens, writer)


def _title_of(subject: End, tokens: list[Token], owner: End, writer: Writer) -> Iterator[Nominal]:
    """ "Chairman of the Federal Reserve Alan Greenspan"."""
    before = tokens[0].i - 1
    before -= before > 0 and tokens[0].doc[before].lower_ in ARTICLES
    if before > 0 and (of := tokens[0].doc[before]).lower_ in _OF and (role := _run_before(of)):
        lemma = "_".join(["be", *(t.lemma_.lower() for t in role), of.lower_])
        yield Nominal("title.of", subject, f"is {writer.write(role)} {of.text}", owner, lemma)


def _describes(noun: Token, name: list[Token]) -> bool:
    """Whether the tree ties the noun before a name to that name."""
    return noun.head in name or any(word.head == noun for word in name)


def _run_before(token: Token) -> list[Token]:
    """Return the nouns, adjectives and possessives right before a token."""
    tokens: list[Token] = []
    while token.i and not token.is_sent_start:
        token = token.doc[token.i - 1]
        if not (token.pos_ in {"NOUN", "PROPN", "ADJ"} or (token.dep_ == "case" and token.lower_ in _GENITIVES)):
            break
        tokens.insert(0, token)
    while tokens and tokens[-1].text.rstrip(".") in HONORIFICS:
        tokens.pop()
    return tokens


def _titled(subject: End, tokens: list[Token], writer: Writer) -> Iterator[Nominal]:
    """Split "Amazon CEO" into the organisation and the title."""
    tokens = without_article(trim(tokens))
    for end in range(len(tokens) - 1, 0, -1):
        found = writer.mention(tokens[:end])
        role = [t for t in tokens[end:] if t.lower_ not in _GENITIVES]
        if found is not None and role and tokens[end - 1].pos_ != "ADJ":
            lemma = "_".join(["be", *(t.lemma_.lower() for t in role), "of"])
            owner = End(found[1], tuple(tokens[:end]), found[0])
            yield Nominal("title.of", subject, f"is {writer.write(role)} of", owner, lemma)
            return
    if tokens:
        yield Nominal("title", subject, "is", End(writer.write(tokens), tuple(tokens)), "be")


def _based(token: Token, writer: Writer) -> Iterator[Nominal]:
    """ "Atlanta-based Delta": the noun is based in what stands before the hyphen."""
    doc = token.doc
    if doc[token.i - 1].text not in {"-", "–"} or token.i + 1 >= len(doc):
        return
    place = writer.end_of(doc[token.i - 2], [doc[token.i - 2]])
    for noun in doc[token.i + 1:token.i + _NEAR]:
        if (found := writer.mention_from(noun)) is not None:
            subject = End(writer.write(found[0]), tuple(found[0]), found[1][0])
            yield Nominal("based", subject, f"is {token.lower_} in", place, "be_base_in")
            return


def _is_name(token: Token) -> bool:
    return token.pos_ == "PROPN"


def _name_tokens(name: Token) -> list[Token]:
    """Return the name itself: its head with flat parts and the compounds that touch it."""
    last = max((c.right_edge.i for c in children(name, "flat")), default=name.i)
    start = name.i
    while start > name.left_edge.i and name.doc[start - 1].pos_ == "PROPN":
        start -= 1
    return [name.doc[i] for i in range(start, last + 1)]
