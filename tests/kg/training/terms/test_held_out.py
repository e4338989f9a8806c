"""Ontologies from which nothing was learnt: none is among those that were, and their texts judge a model."""

from collections.abc import Iterator

import pytest

from kg import nlp
from kg.schema import Schema
from kg.training.calibration import cross_fitted
from kg.training.terms import held_out
from kg.training.terms.held_out import FOLDER, Judged, judge, report
from kg.training.terms.texts import Text
from kg.training.terms.written import read_written


def test_nothing_that_is_held_out_was_learnt() -> None:
    """No name and no text stands on both sides."""
    learnt, held = (list(read_written(folder)) for folder in ("written", FOLDER))
    assert len(held) > 50
    assert {schema.name for schema, _ in learnt}.isdisjoint(schema.name for schema, _ in held)
    seen = {text.text for _, texts in learnt for text in texts}
    assert seen.isdisjoint(text.text for _, texts in held for text in texts)


def test_statements_are_judged_by_what_the_texts_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """All triples of the texts count, and what is found is right where one of them is it."""
    schema, texts = next(iter(read_written(FOLDER)))

    def few(folder: str) -> Iterator[tuple[Schema, list[Text]]]:
        yield schema, texts[:8]

    monkeypatch.setattr(held_out, "read_written", few)
    [found] = judge(nlp.SHIPPED)
    assert found.stated == sum(len(text.triples) for text in texts[:8])
    assert 0 < sum(right for _, right in found.rows) <= found.stated
    assert all(0 <= confidence <= 1 for confidence, _ in found.rows)


def test_a_curve_is_that_of_the_other_ontologies() -> None:
    """Where the others are right half as often as they are sure, so is this one said to be."""
    sure = Judged([(0.9, True)] * 900 + [(0.9, False)] * 100, 2000)
    unsure = Judged([(0.9, True), (0.9, False)] * 500, 900)
    first, *_ = cross_fitted([sure.rows, unsure.rows])
    *_, last = cross_fitted([sure.rows, unsure.rows])
    assert first[0] == pytest.approx(0.5, abs=0.02)
    assert last[0] == pytest.approx(0.9, abs=0.02)


def test_the_report_has_a_line_for_each_confidence() -> None:
    """Precision, recall and F1 of what is at least so sure, after the curve."""
    lines = list(report([Judged([(0.8, True), (0.8, False)] * 200, 400) for _ in range(2)]))
    assert lines[0] == "2 ontologies, 800 triples; expected calibration error 0.300, after a curve 0.000"
    assert lines[2].split() == ["0.0", "0.500", "0.500", "0.500"]
    assert lines[-1].split() == ["0.7", "0.000", "0.000", "0.000"]
