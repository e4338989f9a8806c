"""Whether a frame is asserted, reported, planned, possible or denied, and its polarity."""

from __future__ import annotations

from spacy.tokens import Token

from kg.extract.frames import Frame, children

_PLANNED = {"will", "shall", "'ll", "wo", "’ll"}
_POSSIBLE = {"may", "might", "could", "would", "should"}
_PLANS = {"plan", "intend", "expect", "agree", "propose", "hope", "schedule", "set", "aim", "prepare", "want", "seek",
          "pledge", "promise", "vow", "decide", "threaten"}
_DENIALS = {"deny", "reject", "dispute"}
_NEGATIONS = {"not", "n't", "never", "no", "n’t", "neither", "nor"}
_CONDITIONS = {"if", "unless", "whether"}
SPEECH = {"say", "tell", "report", "announce", "claim", "state", "add", "suggest", "argue", "believe", "warn", "write",
          "confirm", "reveal", "explain", "estimate", "predict", "allege", "think"}


def modality_of(frame: Frame) -> str:
    """Read auxiliaries, the verbs of the chain, and what the clause depends on."""
    governors = {link.lemma_.lower() for link in frame.links[:-1]}
    auxiliaries = {word.lower_ for word in frame.words if word.dep_ == "aux"}
    first = frame.links[0]
    if governors & _DENIALS:
        return "denied"
    if auxiliaries & _POSSIBLE or any(c.lower_ in _CONDITIONS for c in children(first, "mark")):
        return "possible"
    if auxiliaries & _PLANNED or governors & _PLANS or frame.kind in {"purpose", "plan"}:
        return "planned"
    return "reported" if _is_reported(first) else "asserted"


def _is_reported(verb: Token) -> bool:
    """Whether the clause is what somebody says."""
    while verb.dep_ in {"conj", "xcomp"}:
        verb = verb.head
    return verb.dep_ in {"ccomp", "parataxis"} and verb.head.lemma_.lower() in SPEECH


def polarity_of(frame: Frame) -> str:
    """Return ``negative`` where the predicate or its subject is negated."""
    words = [*frame.words, *(c for link in frame.links for c in children(link, "advmod", "det"))]
    words += children(frame.subject, "det")
    return "negative" if any(word.lower_ in _NEGATIONS for word in words) else "positive"
