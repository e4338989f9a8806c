"""What names and contexts are worth as evidence, learnt from examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kg.linking.people import Context, Namesakes, Weights, features, load_weights
from kg.training.identity import fit, scores, train
from tests.kg.stories import Story

BANK, CLUB, LEAGUE = "bank", "club", "league"


def context(employer: str = "", company: str = "", title: str = "") -> Context:
    """Return what an article says of a person."""
    return Context(frozenset(filter(None, [employer])), frozenset(company.split()), frozenset(filter(None, [title])))


@pytest.mark.parametrize(("one", "other", "likely"), [
    (context(BANK, LEAGUE, "ceo"), context(CLUB, "", "coach"), False),
    (context(BANK, "", "ceo"), context(CLUB, BANK, "coach"), True),
    (context(BANK, "", "ceo"), context(CLUB, "", "ceo"), True),
    (context(BANK, "a b c", "ceo"), context(CLUB, "a b c", "coach"), True),
    (context(), context(), True)])
def test_two_contexts_of_one_name(one: Context, other: Context, likely: bool) -> None:
    """Employers and titles that differ make two people, unless something links the articles."""
    assert (load_weights().probability(one, other) >= 0.9) == likely
    assert load_weights().probability(one, other) == load_weights().probability(other, one)
    assert len(Namesakes({"a": one, "b": other}).groups) == sum(bool(c.employers) for c in (one, other)) - (
        likely and bool(one.employers and other.employers))


def test_the_weights_are_those_of_the_file(root: Path) -> None:
    """What is written is read again."""
    text = (root / "kg" / "linking" / "people.json").read_text("utf-8")
    assert load_weights().to_json() == text


def test_a_regression_finds_the_odds_of_a_table() -> None:
    """Of one feature, the weights are the logarithms of the odds in the classes."""
    rows = np.array([[1.0]] * 80 + [[0.0]] * 20 + [[1.0]] * 20 + [[0.0]] * 80)
    found = fit(rows, np.repeat([1.0, 0.0], 100))
    assert found == pytest.approx([np.log(20 / 80), np.log(16)], abs=0.01)


def test_sharing_company_speaks_for_one_person() -> None:
    """From articles in which people of one name keep company, the weight of company is positive."""
    records = []
    for number in range(30):
        story = Story(f"a{number}")
        story.who("Person", f"Ann Moor{chr(97 + number % 10)}")
        story.who("Company", f"Firm {chr(97 + number % 10)}")
        records.append(story.extraction())
    from kg import ontology
    from kg.linking.readings import read_record

    weights = train(read_record(extraction, ontology.load()) for extraction in records)
    assert weights.company > 1
    assert isinstance(weights, Weights)
    assert features(context(), context()) == (0, 0, 0, 0, 0, 0)


def test_scores_are_the_shares_of_right_merges(tmp_path: Path) -> None:
    """Of two spellings one is right; what was never read is as likely as not."""
    table = tmp_path / "read.tsv"
    table.write_text("verdict\tone\tother\tevidence\tnote\nright\ta\tá\tequal but for accents, spaces and marks\t\n"
                     "wrong\tb\tb'\tequal but for accents, spaces and marks\ttwo towns\n")
    assert scores([table, table]) == {"spelling": 0.5, "variant": 0.5, "initials": 0.5, "acronym": 0.5,
                                      "gazetteer": 0.5}
