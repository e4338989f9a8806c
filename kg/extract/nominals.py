"""Facts without a verb: titles, appositions, possessives, "X-based", what a copula leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kg.extract.frames import child, children, prepositions
from kg.extract.phrases import End, Writer, phrase, trim, without_article


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
        if token.dep_ == "appos":
            yield from _apposition(token, writer)
        elif token.pos_ == "PROPN" and token.dep_ not in {"flat", "compound", "appos"}:
            yield from _title(token, writer)
        if token.lower_ in {"based", "headquartered"} and token.i > 1:
            yield from _based(token, writer)


def _apposition(token: Token, writer: Writer) -> Iterator[Nominal]:
    """ "AWS, a division of Amazon": the name is the subject, whichever side it stands on."""
    name, description = (token, token.head) if _is_name(token) and not _is_name(token.head) else (token.head, token)
    if _is_name(description) or not _is_name(name) or description.pos_ not in {"NOUN", "ADJ"}:
        return
    tokens = [t for t in phrase(description) if t != name and not (name.head == description and name.is_ancestor(t))]
    subject = writer.end_of(name, _name_tokens(name))
    yield from described(subject, description, trim(tokens), writer, "apposition")


def described(subject: End, head: Token, tokens: list[Token], writer: Writer, kind: str) -> Iterator[Nominal]:
    """Say that the subject is the phrase; "of" splits it where an entity follows."""
    of = next((c for c in children(head, "nmod") if any(p.lower_ in {"of", "at", "for"} for p in prepositions(c))), None)
    if of is not None and of in tokens and (target := writer.end(of)).entity is not None:
        role = [t for t in tokens if t.i < prepositions(of)[0].i]
        preposition = prepositions(of)[0]
        lemma = "_".join(["be", *(t.lemma_.lower() for t in without_article(role)), preposition.lower_])
        yield Nominal(f"{kind}.of", subject, f"is {writer.write(role)} {preposition.text}", target, lemma)
        return
    owner = child(head, "nmod:poss")
    if owner is not None and (named := writer.end(owner)).entity is not None:
        role = [t for t in tokens if t.i > owner.right_edge.i]
        lemma = "_".join(["be", *(t.lemma_.lower() for t in role), "of"])
        yield Nominal(f"{kind}.possessive", subject, f"is {writer.write(role)} of", named, lemma)
        return
    yield Nominal(kind, subject, "is", writer.end_of(head, tokens), "be")


def _title(token: Token, writer: Writer) -> Iterator[Nominal]:
    """ "Amazon CEO Andy Jassy", "EU commissioner Neelie Kroes": the nouns before a name say what it is."""
    before = [t for t in token.lefts if t.dep_ in {"compound", "nmod:desc", "amod", "nmod:poss", "nmod", "flat"}]
    nouns = [t for t in before if t.dep_ in {"compound", "nmod:desc", "nmod", "flat"} and t.i < token.i]
    head = next((t for t in reversed(nouns) if writer.mention([t]) is None and not _in_mention(t, token, writer)), None)
    if head is None or head.pos_ not in {"NOUN", "PROPN", "ADJ"}:
        return
    subject = writer.end_of(token, _name_tokens(token))
    if subject.entity is None:
        return
    tokens = [token.doc[i] for i in range(min(t.left_edge.i for t in before), head.i + 1)]
    yield from _titled(subject, tokens, head, writer)


def _titled(subject: End, tokens: list[Token], head: Token, writer: Writer) -> Iterator[Nominal]:
    """Split "Amazon CEO" into the organisation and the title."""
    tokens = without_article(trim(tokens))
    for end in range(len(tokens) - 1, 0, -1):
        found = writer.mention(tokens[:end])
        role = [t for t in tokens[end:] if t.lower_ not in {"'s", "’s", "'"}]
        if found is not None and role:
            lemma = "_".join(["be", *(t.lemma_.lower() for t in role), "of"])
            owner = End(found[1], tuple(tokens[:end]), found[0])
            yield Nominal("title.of", subject, f"is {writer.write(role)} of", owner, lemma)
            return
    if tokens:
        yield Nominal("title", subject, "is", End(writer.write(tokens), tuple(tokens)), "be")


def _in_mention(token: Token, name: Token, writer: Writer) -> bool:
    """Whether a noun belongs to the name itself ("Chancellor" in no, "Lake" in "Lake Tenkiller")."""
    last = max((c.i for c in children(name, "flat")), default=name.i)
    return any(writer.mention([token.doc[i] for i in range(start, last + 1)]) is not None
               for start in range(token.left_edge.i, token.i + 1))


def _based(token: Token, writer: Writer) -> Iterator[Nominal]:
    """ "Atlanta-based Delta": the noun is based in what stands before the hyphen."""
    doc = token.doc
    if doc[token.i - 1].text not in {"-", "–"} or token.i + 1 >= len(doc):
        return
    noun = token.head if token.head.i > token.i else doc[token.i + 1]
    place = writer.mention([doc[token.i - 2]])
    subject = writer.end(noun)
    entity = subject.entity
    where = End(place[1] if place else doc[token.i - 2].text, (doc[token.i - 2],), place[0] if place else None)
    if entity is None:
        return
    yield Nominal("based", subject, f"is {token.lower_} in", where, "be_base_in")


def _is_name(token: Token) -> bool:
    return token.pos_ == "PROPN"


def _name_tokens(name: Token) -> list[Token]:
    """Return the name itself: its head with flat parts and the compounds that touch it."""
    last = max((c.right_edge.i for c in children(name, "flat")), default=name.i)
    start = name.i
    while start > name.left_edge.i and name.doc[start - 1].pos_ == "PROPN":
        start -= 1
    return [name.doc[i] for i in range(start, last + 1)]
