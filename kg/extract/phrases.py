"""Phrases of a parsed ``Doc`` as text, with the names of entities for pronouns and descriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from spacy.tokens import Token

from kg.extract.frames import SUBJECTS, child, children, is_copular, prepositions
from kg.model import Entity

MentionLookup = Callable[[int, int], tuple[str, str] | None]
"""From the characters of a mention (start, end) to its entity's id and name."""

ARTICLES = {"the", "a", "an"}
_CLAUSAL = {"acl:relcl", "parataxis", "advcl", "advcl:relcl", "discourse", "vocative", "list", "ccomp"}
_APPOSED = {"appos", "nmod", "nmod:unmarked", "nmod:desc", "list", "dep", "parataxis", "conj"}
_LONGEST = 8
_SET_OFF = {",", "-", "--", "–", "—", "("}
_CLOSERS = {'"', ")", "”", "'", "%", "]"}


def lookup_in(entities: Iterable[Entity]) -> MentionLookup:
    """Return the lookup for the mentions of these entities."""
    table = {(m.start, m.end): (entity.id, entity.name) for entity in entities for m in entity.mentions}
    return lambda start, end: table.get((start, end))


def phrase(head: Token) -> list[Token]:
    """Return the tokens of a phrase without its preposition, clauses set off and outer punctuation.

    The run around the head is kept and stray parts of the subtree are not: in a tree of news
    text they are mostly wrong attachments.
    """
    dropped = {t.i for t in prepositions(head)}
    dropped |= {c.i for c in children(head, "cop", "mark", "cc", "cc:preconj", "aux")}
    if head.dep_ == "nmod:poss":
        dropped |= {c.i for c in children(head, "case")}
    kept = {t.i for t in head.subtree if not t.is_space and t.i not in dropped and not _is_set_off(t, head)}
    return trim([head.doc[i] for i in _run(kept, head)])


def clause(head: Token) -> list[Token]:
    """Return the tokens of a clause without its subordinating word and outer punctuation."""
    marks = {c.i for c in children(head, "mark", "cc") if c.lower_ != "to"}
    tokens = sorted((t for t in head.subtree if not t.is_space and t.i not in marks), key=lambda t: t.i)
    return trim(tokens)


def raised(verb: Token) -> list[Token]:
    """Return the object of the governing verb with the infinitive that it is the subject of."""
    start = min(c.left_edge.i for c in children(verb.head, "obj", "iobj"))
    return trim([t for t in verb.doc[start:verb.right_edge.i + 1] if not t.is_space])


def trim(tokens: list[Token]) -> list[Token]:
    """Drop punctuation and conjunctions from both ends."""
    while tokens and (tokens[0].dep_ in {"punct", "cc"} and tokens[0].text not in {"$", "("}):
        tokens = tokens[1:]
    while tokens and (tokens[-1].is_punct and tokens[-1].text not in _CLOSERS):
        tokens = tokens[:-1]
    if tokens and tokens[-1].text in {'"', "”", ")", "'"} and not _opens(tokens):
        tokens = trim(tokens[:-1])
    return tokens


def _opens(tokens: list[Token]) -> bool:
    opener = {'"': '"', "”": "“", ")": "(", "'": "'"}[tokens[-1].text]
    return any(token.text == opener for token in tokens[:-1]) or (tokens[-1].text == "'" and tokens[-1].dep_ == "case")


def _run(kept: set[int], head: Token) -> range:
    """Return the unbroken run of kept tokens that holds the head; spaces and full stops do not break it."""
    start = end = head.i
    while start - 1 in kept or (start - 2 in kept and _is_gap(head.doc[start - 1])):
        start -= 1
    while end + 1 in kept or (end + 2 in kept and _is_gap(head.doc[end + 1])):
        end += 1
    return range(start, end + 1)


def _is_gap(token: Token) -> bool:
    return token.is_space or token.text == "."


def _is_set_off(token: Token, head: Token) -> bool:
    """Whether a token lies in a part of the subtree that is no part of the phrase."""
    while token != head:
        up = token.head
        if token.dep_ in _CLAUSAL or _is_after_comma(token) or (up == head and _is_clause_part(token, head)):
            return True
        token = up
    return False


def _is_after_comma(token: Token) -> bool:
    """Whether a participle or apposition is set off by a comma."""
    return (token.dep_ == "acl" and follows_comma(token)) or is_apposed(token)


def follows_comma(token: Token) -> bool:
    """Whether a phrase comes after its head and a comma, dash or bracket."""
    edge = token.left_edge
    return token.i > token.head.i and edge.i > 0 and (edge.text in _SET_OFF or token.doc[edge.i - 1].text in _SET_OFF)


def is_apposed(token: Token) -> bool:
    """Whether a noun is set off by a comma as another name or description of its head, whatever its label."""
    if token.dep_ not in _APPOSED or not follows_comma(token):
        return False
    if child(token, "case", "cc", "mark", *SUBJECTS) is not None:
        return False
    return token.dep_ != "conj" or not any(child(c, "cc") for c in children(token.head, "conj"))


def _is_clause_part(token: Token, head: Token) -> bool:
    """Whether a child belongs to the clause around a nominal predicate, or is another clause."""
    if is_copular(head) and token.i < head.i and token.dep_ in {"obl", "obl:unmarked", "advmod", "punct", "expl"}:
        return True
    return token.dep_ in SUBJECTS or (
        token.dep_ == "conj" and child(token, "nsubj", "nsubj:pass", "cop", "aux", "aux:pass") is not None)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a fact: its text, its tokens, and the entity that it names."""

    text: str
    tokens: tuple[Token, ...]
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes phrases in the text's own words, with names for pronouns and descriptions."""

    lookup: MentionLookup

    def end(self, head: Token) -> End:
        """Write a noun phrase, and say which entity it is."""
        return self.end_of(head, phrase(head))

    def end_of(self, head: Token, tokens: list[Token]) -> End:
        """Write these tokens of a phrase with this head."""
        found = self.mention(without_article(tokens))
        if found is not None:
            is_name = head.pos_ == "PROPN"
            return End(self.write(without_article(tokens)) if is_name else found[1], tuple(tokens), found[0])
        named = self._named(head, tokens)
        if named is None:
            return End(self.write(tokens), tuple(tokens))
        is_titled = head.pos_ == "PROPN" and named[0][-1].i == tokens[-1].i
        return End(self.write(named[0] if is_titled else tokens), tuple(tokens), named[1])

    def _named(self, head: Token, tokens: list[Token]) -> tuple[list[Token], str] | None:
        """Find the mention that the phrase is, but for modifiers ("chief executive Andy Jassy")."""
        if not tokens or any(c.dep_ == "conj" for c in head.children):
            return None
        last = max((c.i for c in children(head, "flat") if c.i > head.i), default=head.i)
        for start in range(tokens[0].i, head.i + 1):
            words = [head.doc[i] for i in range(start, last + 1)]
            if (found := self.mention(words)) is not None:
                return words, found[0]
        return None

    def mention_from(self, token: Token) -> tuple[list[Token], tuple[str, str]] | None:
        """Look up the longest mention that starts with this token."""
        for end in range(min(token.i + _LONGEST, len(token.doc)), token.i, -1):
            tokens = [token.doc[i] for i in range(token.i, end)]
            if (found := self.mention(tokens)) is not None:
                return tokens, found
        return None

    def mention(self, tokens: list[Token]) -> tuple[str, str] | None:
        """Look up the mention that these tokens make."""
        return self.lookup(tokens[0].idx, tokens[-1].idx + len(tokens[-1])) if tokens else None

    def write(self, tokens: Iterable[Token]) -> str:
        """Join tokens in text order, pronouns replaced by the name of their entity."""
        parts: list[str] = []
        before: Token | None = None
        for token in sorted(set(tokens), key=lambda t: t.i):
            if token.is_space:
                continue
            gap = before is not None and (token.i > before.i + 1 or bool(before.whitespace_))
            parts.append((" " if gap else "") + self._word(token))
            before = token
        return "".join(parts).strip()

    def _word(self, token: Token) -> str:
        if token.pos_ != "PRON" and token.dep_ != "nmod:poss":
            return token.text
        found = self.mention([token]) if token.pos_ == "PRON" else None
        if found is None:
            return token.text
        genitive = "'" if found[1].endswith("s") else "'s"
        return found[1] + genitive if token.dep_ == "nmod:poss" else found[1]


def without_article(tokens: list[Token]) -> list[Token]:
    """Drop a leading article, which mentions do not have."""
    return tokens[1:] if len(tokens) > 1 and tokens[0].lower_ in ARTICLES else tokens
