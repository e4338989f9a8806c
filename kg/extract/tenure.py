"""When a relation holds: over, in force or still to come, since when and until when, read off the parse and the dates.

A date belongs to a relation when the tree hangs it on the words that state it, or when it follows them directly:
parsers often hang the date of "CEO of Norvane since 2021, said sales fell" on a later verb. "Since" and "until" say
what a date is; any other date is the beginning where the verb is one of beginning ("became"), the end where it is
one of ending ("resigned"), and says nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from spacy.tokens import Span as Words
from spacy.tokens import Token

from kg.extract.features import Candidate, Reading
from kg.extract.frames import children, with_particle
from kg.extract.modality import stated_modality, stated_polarity
from kg.model import Value
from kg.ontology import Ontology
from kg.values import split_range

_SINCE = {"since", "from", "starting", "beginning", "effective"}
_UNTIL = {"until", "till", "through"}
_ON = {"on", "in", "at"}
_JOINTS = {",", "(", "-", "–", "as", "of", "the", *_SINCE, *_UNTIL}
# "Is to serve" tells of an appointment, "served" of a state.
_STATES = {"serve", "handle", "return"}
_DISMISSALS = {"oust", "dismiss", "sack", "fire", "remove", "suspend", "force_out", "push_out"}
_REPLACEMENTS = {"succeed", "replace"}
_DEATHS = {"die", "pass_away"}
_STAYS = {"retain", "remain", "stay", "keep"}


@dataclass(frozen=True, slots=True)
class Tenure:
    """``status`` is ``former``, ``current`` or ``incoming``, ``None`` where nothing says it."""

    status: str | None = None
    since: Value | None = None
    until: Value | None = None

    def qualifiers(self) -> dict[str, str]:
        """Return what a relation that holds so long is qualified by."""
        dates = {"since": self.since, "until": self.until}
        return ({"status": self.status} if self.status else {}) | {name: d.text for name, d in dates.items() if d}


@dataclass(frozen=True, slots=True)
class _Statement:
    """The words that state a relation. ``kind`` is ``begin``, ``end``, ``hold``, or ``""`` without a predicate."""

    predicate: Token | None
    kind: str
    modality: str | None = None
    past: bool = False


def find_tenure(reading: Reading, subject: Candidate, target: Candidate, title: Candidate | None, ontology: Ontology
                ) -> Tenure:
    """Return when a relation between two mentions holds; ``title`` is what a position is called."""
    said = _statement(reading, subject, title or target, ontology)
    if said.modality in {"possible", "denied", "negative"}:
        return Tenure()
    dates = _dates(reading, said, title or target, target)
    tenure = replace(dates, status=_status(said, dates))
    word = _status_word(reading, title, subject, ontology) if title else None
    return replace(tenure, status=word) if word else tenure


def _status(said: _Statement, dates: Tenure) -> str | None:
    if said.modality == "planned":
        lasts = said.kind == "end" or (said.predicate is not None and said.predicate.lemma_ in _STAYS)
        return "current" if lasts else "incoming"
    if said.kind == "end":
        return "former"
    ended = dates.until is not None and (said.past or not said.kind)
    verb = said.predicate
    was = said.past and verb is not None and (verb.pos_ != "VERB" or verb.lemma_ in _STATES)
    return "former" if said.kind != "begin" and (ended or was) else None


def _status_word(reading: Reading, title: Candidate, subject: Candidate, ontology: Ontology) -> str | None:
    """Return the status that a word at the title, or before the name after it, states: "former", "incoming"."""
    doc = reading.doc
    words = {token.lower_ for token in doc[max(0, title.start - 2) : title.end + 1]}
    words |= {child.lower_ for child in doc[title.head].children if child.i <= title.end}
    words |= {token.lower_ for token in doc[max(0, subject.start - 2) : subject.start]}
    return next((status for status, known in ontology.status_words.items() if words & known), None)


# -- the predicate -------------------------------------------------------------------------------------------------


def _statement(reading: Reading, subject: Candidate, anchor: Candidate, ontology: Ontology) -> _Statement:
    """Return what says that the subject is or does what the anchor names."""
    doc = reading.doc
    verbs = _verbs(reading, subject, anchor)
    if verbs:
        return _judged(verbs[-1], doc[subject.head], ontology, verbs)
    copula = [word for word in doc[anchor.head].children if word.dep_ == "cop"]
    if copula:
        return _held(doc[anchor.head], [anchor.head])
    # "The minister, Ann Lee, resigned": the verb is not between the two.
    for noun in map(_described, (doc[subject.head], doc[anchor.head])):
        if noun.dep_ in {"nsubj", "nsubj:pass", "obj"} and _ends(noun.head, noun, ontology):
            return _judged(noun.head, noun, ontology, [noun.head])
    return _Statement(None, "")


def _described(noun: Token) -> Token:
    """Return the noun that an apposition or a title before a name describes."""
    while noun.dep_ in {"appos", "nmod:desc"}:
        noun = noun.head
    return noun


def _verbs(reading: Reading, subject: Candidate, anchor: Candidate) -> list[Token]:
    """Return the verbs on the way down from where the paths of subject and anchor meet: "is expected to become CEO"."""
    path = reading.path(subject.head, anchor.head)
    if path is None:
        return []
    up, down = path
    top = int(reading.heads[up[-1]]) if up else int(reading.heads[down[-1]]) if down else subject.head
    chain = [i for i in (top, *reversed(down)) if i != subject.head]
    return list(takewhile(lambda token: token.pos_ == "VERB", (reading.doc[i] for i in chain)))


def _judged(verb: Token, subject: Token, ontology: Ontology, verbs: list[Token]) -> _Statement:
    """Return what a verb says of the subject: that something begins, ends or holds, and in which modality."""
    if _ends(verb, subject, ontology):
        kind = "end"
    elif with_particle(verb) in ontology.trigger_lemmas["Appointment"] - _STATES:
        kind = "begin"
    else:
        kind = "hold"
    return replace(_held(verb, [token.i for token in verbs]), kind=kind)


def _held(predicate: Token, links: list[int]) -> _Statement:
    doc = predicate.doc
    if any(stated_polarity(doc[i]) for i in links):
        return _Statement(predicate, "hold", "negative")
    modality = next((found for i in links if (found := stated_modality(doc[i]) or _is_to(doc[i]))), None)
    return _Statement(predicate, "hold", modality, _is_past(doc[links[0]]))


def _ends(verb: Token, subject: Token, ontology: Ontology) -> bool:
    """Whether a verb says that what the subject is or does is over."""
    lemma = with_particle(verb)
    if lemma in _REPLACEMENTS:
        return subject.dep_ in {"obj", "nsubj:pass"} and subject.head == verb
    if lemma in _DISMISSALS:
        return subject.dep_ in {"obj", "nsubj:pass"}
    return lemma in ontology.trigger_lemmas["Departure"] | _DEATHS and subject.dep_ != "obj"


def _is_to(verb: Token) -> str | None:
    """Return ``planned`` for "is to succeed"."""
    to = any(word.lower_ == "to" for word in children(verb, "mark"))
    return "planned" if to and any(word.lemma_ == "be" for word in children(verb, "aux", "cop")) else None


def _is_past(predicate: Token) -> bool:
    """Whether something is told as over: "was", "led", "had led", not "has led"."""
    helpers = [word.lower_ for word in children(predicate, "aux", "cop")]
    if any(word in {"has", "have", "'s", "’s", "'ve", "’ve"} for word in helpers):
        return False
    return "had" in helpers or "was" in helpers or "were" in helpers or (predicate.tag_ == "VBD")


# -- the dates -----------------------------------------------------------------------------------------------------


def _dates(reading: Reading, said: _Statement, anchor: Candidate, target: Candidate) -> Tenure:
    """Return the beginning and the end that the dates of the statement say, "since" and "until" first."""
    found: dict[str, Value] = {}
    for span in sorted(_attached(reading, said, anchor, target), key=lambda span: _marker(span) not in _SINCE | _UNTIL):
        for role, value in _read(span, said):
            found.setdefault(role, value)
    return Tenure(None, found.get("since"), found.get("until"))


def _attached(reading: Reading, said: _Statement, anchor: Candidate, target: Candidate) -> Iterator[Words]:
    words = {anchor.head, target.head, *({said.predicate.i} if said.predicate is not None else set())}
    sentence = reading.doc[anchor.head].sent
    for span in reading.doc.spans["values"]:
        if span.label_ == "DATE" and sentence.start <= span.start < sentence.end and (
                _hangs(span) in words or _follows(span, anchor, target)):
            yield span


def _hangs(span: Words) -> int:
    """Return the word on which a date hangs, through "effective" and the like."""
    head = span.root.head
    return head.head.i if head.lower_ in _SINCE else head.i


def _follows(span: Words, anchor: Candidate, target: Candidate) -> bool:
    """Whether only a preposition or a bracket stands between what a relation names and the date."""
    ends = [candidate.end for candidate in (anchor, target) if candidate.end < span.start]
    between = span.doc[max(ends) + 1 : span.start] if ends else None
    return between is not None and len(between) <= 3 and all(token.lower_ in _JOINTS for token in between)


def _read(span: Words, said: _Statement) -> Iterator[tuple[str, Value]]:
    """Yield the roles of a date: ``since``, ``until``, both for "from 2009 to 2014"."""
    if (ends := split_range(span.text)) is not None:
        for role, (start, end) in zip(("since", "until"), ends, strict=True):
            yield role, Value(span.text[start:end], span.start_char + start, span.start_char + end)
        return
    what = _role(_marker(span), said)
    if what and not all(token.pos_ == "ADV" for token in span):  # "currently"
        yield what, Value(span.text, span.start_char, span.end_char)


def _marker(span: Words) -> str:
    """Return the preposition before a date, empty where it has none; "effective" and "as of" are "from"."""
    before = span.doc[max(0, span.start - 2) : span.start]
    words = [token.lower_ for token in before]
    if words == ["as", "of"] or set(words) & {"effective", "starting", "beginning"}:
        return "from"
    return words[-1] if words and before[-1].pos_ in {"ADP", "SCONJ"} else ""


def _role(marker: str, said: _Statement) -> str | None:
    if marker in _UNTIL:
        return "until"
    if marker in _SINCE:
        return "until" if said.kind == "end" else "since"
    if not (marker == "" or marker in _ON):
        return None
    if said.kind == "end":
        return "until"
    return "since" if said.kind == "begin" or said.modality == "planned" else None
