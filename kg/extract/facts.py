"""Open facts: every predication of the text as subject, predicate, object in its own words.

Pronouns and plain descriptions are replaced by the name of their entity. A verb with several
complements gives one fact for each ("will stand down from" / "BP"; "bought Illum from" /
"Merrill Lynch"). Titles, appositions and "X-based" give facts without a verb of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from spacy.tokens import Doc, Token

from kg.extract.fact_confidence import SHARES
from kg.extract.frames import SUBJECTS, Complement, Frame, child, children, find_frames, is_copular
from kg.extract.modality import modality_of, polarity_of
from kg.extract.nominals import described, find_nominals
from kg.extract.phrases import End, MentionLookup, Writer, clause, lookup_in, phrase, raised, trim
from kg.extract.trace import Trace
from kg.model import Fact, Span

__all__ = ["find_facts", "lookup_in"]

_CLAUSAL = {"clause", "participle", "adverbial", "raised"}

_QUESTIONS = {"what", "which", "who", "whom", "whose", "that"}
_UNSPLIT = {"clause", "adverbial", "raised"}
_LONGEST_WHOLE = 30


@dataclass(frozen=True, slots=True)
class _Draft:
    """A fact before its confidence is known; ``kind`` is the pattern that made it."""

    kind: str
    subject: End
    predicate: str
    object: End
    lemma: str
    tokens: tuple[Token, ...]
    modality: str = "asserted"
    polarity: str = "positive"


def find_facts(doc: Doc, mention_lookup: MentionLookup, trace: Trace | None = None) -> list[Fact]:
    """Return the open facts of a parsed document in text order, each triple once."""
    found: dict[tuple[str, str, str], Fact] = {}
    for draft in _drafts(doc, Writer(mention_lookup)):
        if trace is not None:
            _record(draft, trace)
        if _says_something(draft):
            found.setdefault((draft.subject.text, draft.predicate, draft.object.text), _fact(draft))
    return sorted(found.values(), key=lambda fact: fact.evidence)


def _says_something(draft: _Draft) -> bool:
    """Whether all parts are there, the ends differ, and the subject is no pronoun left without its entity."""
    is_open = len(draft.subject.tokens) == 1 and draft.subject.tokens[0].pos_ in {"PRON", "DET"}
    if draft.object.text.lower() in _QUESTIONS:
        return False
    return bool(draft.subject.text and draft.predicate and draft.object.text) \
        and draft.subject.text != draft.object.text and (draft.subject.entity is not None or not is_open)


def _record(draft: _Draft, trace: Trace) -> None:
    if not (draft.subject.tokens and draft.object.tokens):
        return
    fact, says = _fact(draft), _says_something(draft)
    reason = f"pattern {draft.kind}" if says else "an end is empty, an open pronoun, or the other end"
    trace.add("facts", fact.predicate, (fact.subject, fact.object), fact.evidence[0], fact.confidence, says,
              reason + (f", {fact.modality}" if fact.modality != "asserted" else "")
              + (", negated" if fact.polarity == "negative" else ""))


def _fact(draft: _Draft) -> Fact:
    tokens = [*draft.subject.tokens, *draft.tokens, *draft.object.tokens]
    start, end = min(t.idx for t in tokens), max(t.idx + len(t) for t in tokens)
    return Fact(draft.subject.text, draft.predicate, draft.object.text, (Span(start, end),), draft.lemma,
                draft.subject.entity, draft.object.entity, draft.modality, draft.polarity,
                SHARES.get(draft.kind, SHARES[""]), f"facts.{draft.kind}")


def _drafts(doc: Doc, writer: Writer) -> Iterator[_Draft]:
    for frame in find_frames(doc):
        yield from _of_frame(frame, writer)
    for n in find_nominals(doc, writer):
        yield _Draft(n.kind, n.subject, n.predicate, n.object, n.lemma, ())


def _of_frame(frame: Frame, writer: Writer) -> Iterator[_Draft]:
    """Give one draft for each complement; after an object, the later ones have it in their predicate."""
    subject = _subject(frame, writer)
    mood = modality_of(frame), polarity_of(frame)
    said: list[Token] = []
    complements = _said_of(frame)
    for complement in complements:
        tokens = _tokens(complement)
        if tokens:
            yield from _of_complement(frame, subject, complement, tokens, said, mood, writer)
        if complement.role == "object" and not said and complement.head.i > frame.verb.i:
            said = tokens
    if not complements:
        yield from _of_bare(frame, subject, mood, writer)
    yield from _of_whole(frame, subject, mood, writer)


def _subject(frame: Frame, writer: Writer) -> End:
    """Write the subject; a participle's noun stands without that participle."""
    tokens = phrase(frame.subject)
    if frame.kind in {"participle", "relative"}:
        inside = {t.i for t in frame.links[0].subtree} if frame.links[0].head == frame.subject else set()
        tokens = [t for t in tokens if t.i not in inside and t.i < frame.links[0].left_edge.i] or tokens
    return writer.end_of(frame.subject, tokens)


def _said_of(frame: Frame) -> list[Complement]:
    """Return the complements but for attributions, which the claims hold."""
    return [c for c in frame.complements if not any(p.lower_ == "according" for p in c.case)]


def _tokens(complement: Complement) -> list[Token]:
    if complement.role == "raised":
        return raised(complement.head)
    return clause(complement.head) if complement.role in _CLAUSAL else phrase(complement.head)


def _of_complement(frame: Frame, subject: End, complement: Complement, tokens: list[Token], said: list[Token],
                   mood: tuple[str, str], writer: Writer) -> Iterator[_Draft]:
    words = [*frame.words, *said]
    kind = f"{frame.kind}.{complement.role}{'+' if said else ''}"
    if complement.role == "predicate" and is_copular(complement.head) and complement.head.pos_ in {"NOUN", "PROPN"}:
        roles = [described(subject, complement.head, tokens, writer, kind)]
        roles += [described(subject, c, phrase(c), writer, f"{kind}.conj") for c in _further_roles(complement.head)]
        for n in chain.from_iterable(roles):
            predicate = _predicate(words, complement, writer) + n.predicate.removeprefix("is")
            yield _Draft(n.kind, subject, predicate, n.object, n.lemma, tuple(words), *mood)
        return
    if complement.role in _CLAUSAL:
        target = End(writer.write(tokens), tuple(tokens))
    else:
        target = writer.end_of(complement.head, tokens)
    predicate = _predicate(words, complement, writer)
    yield _Draft(kind, subject, predicate, target, lemma_of(frame, said, complement), tuple(words), *mood)


def _predicate(words: list[Token], complement: Complement, writer: Writer) -> str:
    """Write the predicate with its preposition last, also where the complement came first."""
    return f"{writer.write(words)} {writer.write(complement.case)}".strip()


def _of_whole(frame: Frame, subject: End, mood: tuple[str, str], writer: Writer) -> Iterator[_Draft]:
    """Give the clause once unsplit, all complements after the verb as one object."""
    after = [c for c in _said_of(frame) if c.head.i > frame.verb.i and c.role not in _UNSPLIT]
    spans = [tokens for c in after if (tokens := _tokens(c))]
    if len(spans) < 2:
        return
    start, end = min(tokens[0].i for tokens in spans), max(tokens[-1].i for tokens in spans)
    tokens = trim([t for t in frame.verb.doc[start:end + 1] if not t.is_space])
    if len(tokens) > _LONGEST_WHOLE:
        return
    first = min(after, key=lambda c: c.head.i)
    yield _Draft(f"{frame.kind}.whole", subject, _predicate(list(frame.words), first, writer),
                 End(writer.write(tokens), tuple(tokens)), lemma_of(frame, [], first), frame.words, *mood)


def _further_roles(head: Token) -> list[Token]:
    """Return the conjuncts of a predicate noun that have an article or an "of" of their own."""
    return [c for c in children(head, "conj") if c.pos_ == "NOUN" and child(c, "det", "nmod") is not None
            and child(c, *SUBJECTS, "cop") is None]


def _of_bare(frame: Frame, subject: End, mood: tuple[str, str], writer: Writer) -> Iterator[_Draft]:
    """Split a predicate without complement into its auxiliary and its verb ("is" / "expected")."""
    words = sorted(frame.words, key=lambda t: t.i)
    if len(words) > 1:
        target = End(writer.write(words[-1:]), tuple(words[-1:]))
        yield _Draft(f"{frame.kind}.bare", subject, writer.write(words[:-1]), target, "be", tuple(words), *mood)


def lemma_of(frame: Frame, said: list[Token], complement: Complement) -> str:
    """Return the predicate's lemma: verb, particle, object noun and preposition ("cut_off", "file_lawsuit_against")."""
    words = [frame.verb, *children(frame.verb, "compound:prt")]
    if complement.role == "predicate" and (copula := child(complement.head, "cop")) is not None:
        words = [copula]
    words += [t for t in said if t.pos_ == "NOUN" and t.head == frame.verb]
    return "_".join(word.lemma_.lower() for word in [*words, *complement.case])
