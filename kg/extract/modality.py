"""Whether a frame is asserted, reported, planned, possible or denied, and its polarity."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from kg.extract.frames import SUBJECTS, Frame, child, children, with_particle

_PLANNED = {"will", "shall", "'ll", "wo", "’ll"}
_POSSIBLE = {"may", "might", "could", "would", "should"}
_PLANS = {"plan", "intend", "expect", "agree", "propose", "hope", "schedule", "set", "aim", "prepare", "want", "seek",
          "pledge", "promise", "vow", "decide", "threaten"}
_DENIALS = {"deny", "reject", "dispute"}
_NEGATIONS = {"not", "n't", "never", "no", "n’t", "neither", "nor"}
_CONDITIONS = {"if", "unless", "whether"}
# What becomes of an event that is the object of these verbs: it does not take place.
_CANCELLATIONS = {"cancel", "abandon", "scrap", "call_off", "block", "withdraw", "reject", "shelve", "avert", "avoid",
                  "prevent", "veto", "drop", "axe", "ditch", "fail", "decline", "refuse", "halt", "rule_out"}
_OFF = {"failed", "cancelled", "canceled", "abandoned", "aborted", "rejected", "unsuccessful", "averted"}
_GOVERNED = {"obj", "nsubj:pass", "xcomp", "ccomp", "acl", "nmod"}
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


def stated_modality(trigger: Token) -> str | None:
    """Return the modality that an event's grammar states (denied, possible, planned), else ``None``."""
    governors = list(_governors(trigger))
    if any(verb.lemma_.lower() in _DENIALS and dep == "ccomp" for dep, verb in governors):
        return "denied"
    auxiliaries = {word.lower_ for word in children(trigger, "aux")}
    if auxiliaries & _POSSIBLE or any(c.lower_ in _CONDITIONS for c in children(trigger, "mark")):
        return "possible"
    planned = auxiliaries & _PLANNED or any(word.lemma_.lower() in _PLANS and dep in {"xcomp", "acl"}
                                            for dep, word in governors)
    return "planned" if planned else None


def stated_polarity(trigger: Token) -> str | None:
    """Return ``negative`` where an event is negated or what it is the object of calls it off, else ``None``."""
    off = any(with_particle(verb) in _CANCELLATIONS and dep != "ccomp" and not _is_negated(verb)
              for dep, verb in _governors(trigger))
    off = off or any(word.lower_ in _OFF for word in children(trigger, "amod"))
    return "negative" if off or _is_negated(trigger) else None


def _governors(trigger: Token) -> Iterator[tuple[str, Token]]:
    """Yield what an event depends on, with how: "scrapped" over "plans" over "to cut"; not beyond a verb's clause."""
    token = trigger
    while token.dep_ in _GOVERNED:
        yield token.dep_, token.head
        if token.dep_ == "ccomp":
            return
        token = token.head


def _is_negated(verb: Token) -> bool:
    """Whether a verb or noun, or the subject of the verb, is negated."""
    words = children(verb, "advmod", "det")
    subject = child(verb, *SUBJECTS)
    if subject is not None:
        words += children(subject, "det")
    return any(word.lower_ in _NEGATIONS for word in words)
