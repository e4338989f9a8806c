"""What makes event drafts consistent: one value where a role has one, units apart from owners, one event once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from kg.extract.events import Draft, Filler
from kg.ontology import Ontology

SINGLE = frozenset({"amount", "metric", "count", "date", "period"})
RIVAL = 0.4  # chosen on gold/dev
OWNER, UNIT = "employer", "unit"


def settle(drafts: Sequence[Draft], event_types: Sequence[str], parts: Collection[tuple[int, int]], ontology: Ontology
           ) -> list[Draft]:
    """Return the events with consistent fillers, those that are one merged; ``parts`` are (part, whole) entities."""
    settled: list[Draft] = []
    for draft in drafts:
        has_unit = ontology.allows_role(event_types[draft.type], UNIT)
        fillers = without_rivals(best_values(separate(draft, parts, has_unit)))
        draft = replace(draft, fillers=fillers)
        twin = next((n for n, other in enumerate(settled) if same_event(draft, other)), None)
        if twin is None:
            settled.append(draft)
        else:
            settled[twin] = merge(settled[twin], draft)
    return settled


def best_values(fillers: Sequence[Filler]) -> list[Filler]:
    """Keep the likeliest value of each role that has one."""
    best: dict[str, Filler] = {}
    for filler in fillers:
        if filler.role in SINGLE and not filler.is_entity:
            best[filler.role] = max(best.get(filler.role, filler), filler, key=lambda f: f.probability)
    return [f for f in fillers if f.role not in SINGLE or f.is_entity or best[f.role] is f]


def without_rivals(fillers: Sequence[Filler]) -> list[Filler]:
    """Leave out the entities that are less than ``RIVAL`` times as likely in their role as the likeliest filler."""
    best = {role: max(f.probability for f in fillers if f.role == role) for role in {f.role for f in fillers}}
    return [f for f in fillers if not f.is_entity or f.probability >= RIVAL * best[f.role]]


def separate(draft: Draft, parts: Collection[tuple[int, int]], has_unit: bool) -> list[Filler]:
    """Where a part and its whole fill one role, make the part the unit; without such a role keep the subject.

    Where none or both are the grammatical subject, the likelier one stays.
    """
    def weight(filler: Filler) -> tuple[bool, float]:
        return filler.number in draft.subjects, filler.probability

    roles = {(f.role, f.number): f for f in draft.fillers if f.is_entity}
    dropped, made = [], []
    for part, whole in parts:
        for (role, number), filler in roles.items():
            other = roles.get((role, whole))
            if number != part or other is None:
                continue
            if has_unit and role == OWNER:
                dropped.append(filler)
                made.append(filler._replace(role=UNIT))
            else:
                dropped.append(min(filler, other, key=weight))
    return [f for f in draft.fillers if f not in dropped] + made


def same_event(a: Draft, b: Draft) -> bool:
    """Tell whether two drafts of one type share a participant and differ in no single value."""
    if (a.type, a.modality, a.polarity) != (b.type, b.modality, b.polarity):
        return False
    ours, theirs = ({(f.role, f.number) for f in d.fillers if f.is_entity} for d in (a, b))
    left, right = ({f.role: f.number for f in d.fillers if f.role in SINGLE and not f.is_entity} for d in (a, b))
    return bool(ours & theirs) and all(left[role] == right[role] for role in left.keys() & right.keys())


def merge(a: Draft, b: Draft) -> Draft:
    """Return one event with the likelier trigger and the fillers of both, each participant once."""
    first, second = (b, a) if b.probability > a.probability else (a, b)
    taken = {(f.number, f.is_entity) for f in first.fillers}
    more = [f for f in second.fillers if (f.number, f.is_entity) not in taken]
    return replace(first, fillers=[*first.fillers, *more])
