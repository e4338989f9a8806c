"""Event drafts made consistent."""

from kg.extract.events import Draft, Filler
from kg.extract.settling import RIVAL, best_values, merge, same_event, separate, settle, without_rivals
from kg.ontology import load

TYPES = ["Layoff", "FinancialResult"]


def draft(*fillers: Filler, type: int = 0, probability: float = 0.5, subjects: frozenset[int] = frozenset()) -> Draft:
    """Return an asserted draft."""
    return Draft(0, type, probability, "asserted", "positive", list(fillers), subjects)


EMPLOYER, PART = Filler("employer", 0, True, 0.9), Filler("employer", 1, True, 0.4)


def test_a_part_of_the_employer_is_the_unit() -> None:
    """Where both fill one role, the part becomes the unit."""
    assert separate(draft(EMPLOYER, PART), [(1, 0)], has_unit=True) == [EMPLOYER, PART._replace(role="unit")]


def test_without_a_unit_the_subject_stays() -> None:
    """An event type without units keeps the one that is the grammatical subject."""
    whole, part = Filler("organization", 0, True, 0.9), Filler("organization", 1, True, 0.4)
    assert separate(draft(whole, part, subjects=frozenset({1})), [(1, 0)], has_unit=False) == [part]
    assert separate(draft(whole, part), [(1, 0)], has_unit=False) == [whole]


def test_single_roles_keep_their_best_value() -> None:
    """Of two amounts the likelier stays; two participants both do."""
    amounts = [Filler("amount", 3, False, 0.4), Filler("amount", 4, False, 0.8)]
    assert best_values([*amounts, EMPLOYER, PART]) == [amounts[1], EMPLOYER, PART]


def test_an_unlikely_rival_gives_way() -> None:
    """A second participant stays where it is nearly as likely as the first; another role's do not count, nor values."""
    near, far = EMPLOYER._replace(number=5, probability=RIVAL * 0.9), EMPLOYER._replace(number=6, probability=0.3)
    other, value = Filler("unit", 7, True, 0.2), Filler("employer", 0, False, 0.1)
    assert without_rivals([EMPLOYER, near, far, other, value]) == [EMPLOYER, near, other, value]


def test_one_event_told_twice_is_one() -> None:
    """Drafts of one type with a shared participant and no differing value merge, the likelier trigger first."""
    a = draft(EMPLOYER, probability=0.5)
    b = draft(EMPLOYER, Filler("count", 7, False, 0.9), probability=0.8)
    assert same_event(a, b)
    assert merge(a, b) == b
    assert len(settle([a, b], TYPES, [], load())) == 1


def test_differing_counts_are_two_events() -> None:
    """Two counts tell two layoffs apart."""
    a = draft(EMPLOYER, Filler("count", 7, False, 0.9))
    b = draft(EMPLOYER, Filler("count", 8, False, 0.9))
    assert len(settle([a, b], TYPES, [], load())) == 2


def test_other_types_and_strangers_stay_apart() -> None:
    """Without a shared participant, or of another type, nothing merges."""
    assert not same_event(draft(EMPLOYER), draft(PART))
    assert not same_event(draft(EMPLOYER), draft(EMPLOYER, type=1))
