"""Clauses as frames: a subject, the words of the predicate, and its complements.

A frame is read off a Universal Dependencies tree. Verb chains ("declined to disclose", "is
expected to save") are one predicate; conjoined verbs share the subject; relative clauses and
participles take the noun that they modify, adverbial participles the subject of the main
clause.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from spacy.attrs import HEAD
from spacy.tokens import Doc, Token

SUBJECTS = {"nsubj", "nsubj:pass", "nsubj:outer", "csubj", "csubj:pass"}
OBJECTS = {"obj", "iobj"}
OBLIQUES = {"obl", "obl:agent", "obl:unmarked", "obl:tmod", "obl:npmod"}
_INSIDE = {"aux", "aux:pass", "cop", "compound:prt"}
_SENTENCE_HEADS = {"root", "ROOT", "parataxis", "ccomp", "advcl", "conj", "acl", "acl:relcl", "list", "dep", "appos"}
_NOMINAL = {"NOUN", "PROPN", "NUM"}
_RELATIVE = {"who", "which", "that", "whom", "whose"}


@dataclass(frozen=True, slots=True)
class Complement:
    """What completes a predicate; ``case`` are the prepositions before it."""

    head: Token
    role: str
    case: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """One predication. ``verb`` carries the meaning; ``words`` are the predicate's tokens in text order.

    ``kind`` says how the subject was found: ``clause``, ``conjunct``, ``relative``,
    ``participle`` or ``adverbial``. ``links`` are the heads that the chain ran through.
    """

    kind: str
    subject: Token
    verb: Token
    words: tuple[Token, ...]
    complements: tuple[Complement, ...]
    links: tuple[Token, ...]


def find_frames(doc: Doc) -> Iterator[Frame]:
    """Yield the frames of a parsed document in text order of their verbs."""
    for token in doc:
        if _is_predicate(token) and (found := find_subject(token)) is not None:
            kind, subject = found
            if (antecedent := _antecedent(subject, token)) is None:
                continue
            kind, subject = (kind, subject) if antecedent == subject else ("relative", antecedent)
            frame = _grow(Frame(kind, subject, token, (), (), ()), token)
            if kind == "relative" and (gap := _gap(token, subject)) is not None:
                frame = replace(frame, subject=gap[0], complements=(*frame.complements, gap[1]))
            yield frame
            yield from _raised(frame)
            yield from _purposes(frame)


def _antecedent(subject: Token, verb: Token) -> Token | None:
    """Return the noun that a relative pronoun stands for, any other subject itself."""
    if subject.lower_ not in _RELATIVE | {"what", "there"} or subject.dep_ == "det":
        return subject
    if subject.lower_ == "that" and not verb.dep_.startswith("acl"):
        return subject
    nearer = [t for t in subject.doc[subject.sent.start:subject.i] if t.pos_ in _NOMINAL]
    if subject.lower_ in {"what", "there"} or not nearer:
        return None
    return verb.head if verb.dep_.startswith("acl") and verb.head.pos_ in _NOMINAL else nearer[-1]


def _raised(frame: Frame) -> Iterator[Frame]:
    """Yield "failed to convince" / "the Greens to back the budget" beside the chain that runs on to "back"."""
    words: list[Token] = []
    for link, following in pairwise(frame.links):
        words += _own_words(link)
        if any(c.i < following.i for c in children(link, *OBJECTS)):
            complement = Complement(following, "raised")
            yield replace(frame, kind="raised", verb=link, words=tuple(sorted(set(words), key=lambda t: t.i)),
                          complements=(complement,))
            return


def _purposes(frame: Frame) -> Iterator[Frame]:
    """Yield what is done to some end as one predication: "was set up to manage", "announced plans to cut"."""
    nouns = [c.head for c in frame.complements if c.role == "object" and c.head.i > frame.verb.i]
    for governor, dep in [(frame.verb, "advcl"), *((noun, "acl") for noun in nouns)]:
        for verb in children(governor, dep):
            if _is_infinitive(verb) and verb.i > governor.i and child(verb, *SUBJECTS) is None:
                between = [t for n in nouns if n.i < verb.i for t in frame.verb.doc[n.left_edge.i:n.i + 1]]
                words = tuple(sorted({*frame.words, *between}, key=lambda t: t.i))
                kind = "purpose" if dep == "advcl" else "plan"
                yield _grow(replace(frame, kind=kind, words=words, complements=()), verb)


def _is_infinitive(verb: Token) -> bool:
    return any(c.lower_ == "to" for c in children(verb, "mark"))


def children(token: Token, *deps: str) -> list[Token]:
    """Return the children with one of these labels, in text order."""
    return [child for dep, child in labelled_children(token) if dep in deps]


def child(token: Token, *deps: str) -> Token | None:
    """Return the first child with one of these labels."""
    return next((child for dep, child in labelled_children(token) if dep in deps), None)


def labelled_children(token: Token) -> list[tuple[str, Token]]:
    """Return the children with their labels, in text order."""
    return _labelled_children(token.doc)[token.i]


@lru_cache(maxsize=2)
def _labelled_children(doc: Doc) -> list[list[tuple[str, Token]]]:
    """Return the children of all tokens: they are asked for again and again, and spaCy looks for them each time."""
    found: list[list[tuple[str, Token]]] = [[] for _ in doc]
    steps = doc.to_array([HEAD]).astype(np.int64).ravel()
    for token, step in zip(doc, steps.tolist(), strict=True):
        if step:
            found[token.i + step].append((token.dep_, token))
    return found


def with_particle(verb: Token) -> str:
    """Return the lemma of a verb with its particle: ``"step_down"``."""
    return "_".join([verb.lemma_.lower(), *(particle.lemma_.lower() for particle in children(verb, "compound:prt"))])


def is_copular(token: Token) -> bool:
    """Whether the token is the predicate of a form of "be"."""
    return child(token, "cop") is not None


def _is_predicate(token: Token) -> bool:
    """Whether a clause hangs on the token; verbs inside a chain belong to its head."""
    if token.dep_ == "xcomp" or token.is_space:
        return False
    if is_copular(token):
        return True
    return token.pos_ == "VERB" and token.dep_ not in {"amod", "compound", "flat", "fixed", "aux", "case"}


# -- subjects ----------------------------------------------------------------------------------------------------------


def find_subject(verb: Token) -> tuple[str, Token] | None:
    """Return how a predicate gets its subject, and the subject's head."""
    own = child(verb, *SUBJECTS)
    if own is not None and not (verb.dep_.startswith("acl") and own.lower_ in _RELATIVE):
        return ("relative" if verb.dep_ == "acl:relcl" and _lacks_object(verb) else "clause"), own
    if verb.dep_.startswith("acl"):
        return _modified(verb)
    if verb.dep_ == "conj":
        return _shared(verb)
    if verb.dep_ == "advcl":
        return _controlled(verb)
    return None


def _modified(verb: Token) -> tuple[str, Token] | None:
    """A relative clause or participle says something of the noun before it."""
    if verb.dep_ == "acl" and (child(verb, "mark") is not None or not _is_participle(verb)):
        return None
    return ("relative" if verb.dep_ == "acl:relcl" else "participle"), verb.head


def _shared(verb: Token) -> tuple[str, Token] | None:
    first = verb.head
    if not (first.pos_ in {"VERB", "AUX"} or is_copular(first) or first.dep_ in _SENTENCE_HEADS):
        return None
    found = find_subject(first) if first.dep_ != "xcomp" else find_subject(_governor(first))
    return ("conjunct", found[1]) if found else None


def _governor(token: Token) -> Token:
    while token.dep_ == "xcomp":
        token = token.head
    return token


def _controlled(verb: Token) -> tuple[str, Token] | None:
    """An adverbial participle has the subject of its main clause."""
    if not _is_participle(verb) or child(verb, "aux") is not None:
        return None
    found = find_subject(_governor(verb.head))
    return ("adverbial", found[1]) if found else None


def _is_participle(token: Token) -> bool:
    return token.tag_ in {"VBG", "VBN"} or token.text.endswith(("ing", "ed"))


def _lacks_object(verb: Token) -> bool:
    """Whether a relative clause with its own subject leaves the object to its antecedent."""
    if any(word.lower_ in {"whose", "where", "when", "why"} for left in verb.lefts for word in left.subtree):
        return False
    pronoun = child(verb, "obj", "obl")
    if pronoun is not None and pronoun.lower_ in _RELATIVE:
        return pronoun.dep_ == "obj"
    return child(verb, "obj", "ccomp", "xcomp", "obl") is None and not is_copular(verb)


def _gap(verb: Token, subject: Token) -> tuple[Token, Complement] | None:
    """Return subject and object of "the firm that Microsoft bought"."""
    if subject.head != verb or verb.dep_ != "acl:relcl":
        return None
    return subject, Complement(verb.head, "object")


# -- predicates and their complements ----------------------------------------------------------------------------------


def _grow(frame: Frame, head: Token) -> Frame:
    """Add the words and complements of one link, and go on along the chain."""
    words = (*frame.words, *_own_words(head))
    frame = replace(frame, verb=head, words=tuple(sorted(set(words), key=lambda t: t.i)), links=(*frame.links, head))
    following = _next_link(head)
    complements = tuple(c for c in find_complements(head) if following is None or c.head != following)
    if following is None:
        return replace(frame, complements=_in_order((*frame.complements, *complements)))
    bound = [c for c in complements if c.role == "object" and c.head.i < following.i]
    kept = tuple(c for c in complements if c not in bound)
    inner = tuple(word for c in bound for word in c.head.subtree if not word.is_space)
    frame = replace(frame, words=(*frame.words, *inner), complements=(*frame.complements, *kept))
    return _grow(frame, following)


def _in_order(complements: tuple[Complement, ...]) -> tuple[Complement, ...]:
    return tuple(sorted(complements, key=lambda c: c.head.i))


def _own_words(head: Token) -> list[Token]:
    """Return auxiliaries, copula, particle, negation and the adverbs among them; not a nominal predicate itself."""
    labelled = labelled_children(head)
    words = [c for dep, c in labelled if dep in _INSIDE or (dep == "mark" and c.lower_ == "to")]
    if not _is_predicative(head):
        words.append(head)
    first = min((word.i for word in words), default=head.i)
    words += [c for dep, c in labelled if dep == "advmod" and not labelled_children(c)
              and (first - 2 <= c.i <= head.i or c.lower_ in {"never", "not"})]
    return words


def _next_link(head: Token) -> Token | None:
    """Return the verb that completes the predicate: an infinitive, a participle or "able to" its verb."""
    link = child(head, "xcomp")
    if link is None or link.i < head.i:
        return None
    is_clause = link.pos_ == "VERB" or is_copular(link) or child(link, "mark") is not None
    return link if is_clause or (link.pos_ == "ADJ" and child(link, "obl", "xcomp", "advcl") is not None) else None


def _is_predicative(head: Token) -> bool:
    """Whether what follows "be" is a phrase of its own: a noun, or an adjective that nothing completes."""
    if not is_copular(head) or head.pos_ == "VERB":
        return False
    return head.pos_ not in {"ADJ", "ADV"} or child(head, "obl", "xcomp", "ccomp") is None


def find_complements(head: Token) -> Iterator[Complement]:
    """Yield objects, obliques, clauses and predicative phrases that depend on a predicate."""
    if _is_predicative(head):
        yield Complement(head, "predicate", prepositions(head))
    for _, c in labelled_children(head):
        if (role := _role(c, head)) is not None and c.lower_ not in _RELATIVE:
            yield Complement(c, role, _case(c, role))


def _role(c: Token, head: Token) -> str | None:
    if c.dep_ in OBJECTS:
        return "object"
    if c.dep_ in OBLIQUES:
        return "oblique"
    if c.dep_ == "ccomp":
        return "clause"
    if c.dep_ == "xcomp":
        return "predicate"
    if c.dep_ == "advcl" and c.i > head.i and not _is_infinitive(c) and child(c, "mark", "case") is not None:
        return "participle" if child(c, *SUBJECTS) is None else "adverbial"
    if c.dep_ == "advmod" and c.i > head.i and c.pos_ == "ADV":
        return "adverb"
    return None


def _case(c: Token, role: str) -> tuple[Token, ...]:
    if role in {"participle", "adverbial"}:
        return tuple(w for m in children(c, "mark", "case") for w in (m, *children(m, "fixed")))
    return prepositions(c) if role != "clause" else ()


def prepositions(head: Token) -> tuple[Token, ...]:
    """Return the case words of a phrase, compound prepositions whole ("because of")."""
    words = [word for c in children(head, "case") if c.i < head.i and c.lower_ not in {"'s", "’s", "'"}
             for word in (c, *children(c, "fixed"))]
    return tuple(sorted(words, key=lambda t: t.i))
