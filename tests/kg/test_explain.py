"""Why, and why not: decisions recorded while the shipped model reads, and the coverage of an article."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from kg import corpus, nlp
from kg.cli import app
from kg.errors import KGError
from kg.explain import Account, Coverage, coverage
from kg.extract import Trace, extract
from kg.extract.heads import load_heads
from kg.extract.relations import Table, weighed
from kg.extract.trace import Decision
from kg.model import Argument, Claim, Document, Event, Extraction, Span, Value

TEXT = ("Norvane cuts 300 jobs\n\nNorvane CEO Marcus Ellery said on Monday that the firm would cut 300 jobs in Oslo. "
        "\"We looked at every other way and found none,\" he said. Tolvane did not dismiss workers.\n\n"
        "\"Nobody here knows what will come of us next year.\"\n\nRain. 77.")
ARTICLE = Document("cuts", TEXT, date=dt.date(2025, 7, 18))


@pytest.fixture(scope="module")
def read() -> Account:
    """Return the article, read with its reasons kept."""
    return Account(ARTICLE)


def test_reading_with_a_trace_changes_nothing(examples: Path) -> None:
    """The extraction is the same with and without a record of its reasons."""
    for document in [ARTICLE, *list(corpus.read([str(examples)]))[:3]]:
        doc = nlp.load()(document.text)
        assert extract(doc, document, trace=Trace()) == extract(doc, document)


def test_what_was_accepted_is_what_was_extracted(read: Account) -> None:
    """Each event, relation and claim of the extraction is an accepted decision, and no accepted event is missing."""
    decisions = [d for number in range(1, 8) for d in read.sentence(number).decisions if d.accepted]
    events = {(d.label, d.span) for d in decisions if d.layer == "events"}
    assert events == {(event.type, event.trigger) for event in read.extraction.events}
    labels = {d.label for d in decisions if d.layer == "relations"}
    assert {relation.predicate for relation in read.extraction.relations} <= labels
    said = {d.parts[2] for d in decisions if d.layer == "claims"}
    assert said == {TEXT[claim.content.start : claim.content.end] for claim in read.extraction.claims}


def test_a_sentence_has_its_mentions_values_and_reasons(read: Account) -> None:
    """A sentence shows mentions with entity, values, what a rule decided, and what fell below a threshold."""
    shown = read.sentence(2)
    assert shown.text.startswith("Norvane CEO")
    assert {("Marcus Ellery", "Person", "Marcus Ellery")} <= {(m.text, m.label, m.entity) for m in shown.mentions}
    assert {("Monday", "DATE"), ("300", "COUNT")} <= {(v.text, v.label) for v in shown.values}
    [layoff] = [d for d in shown.decisions if d.label == "Layoff" and d.parts == ("cut",)]
    assert layoff.accepted
    assert layoff.reason == "rule: a word of the ontology, possible: not asserted"
    assert all(d.reason for d in shown.decisions)
    assert all(d.score < 0.99 for d in shown.decisions if "below the threshold" in d.reason)


def test_what_is_negated_is_said_to_be(read: Account) -> None:
    """An event that did not happen is kept and said to be negated."""
    [event] = [d for d in read.sentence(4).decisions if d.layer == "events" and d.accepted]
    assert event.reason.endswith("negated: not asserted")


def test_least_sets_what_is_worth_a_line() -> None:
    """With a lower least score more that was rejected is shown, each for its reason."""
    few, many = (Account(ARTICLE, least=least).sentence(2).decisions for least in (0.5, 0.0))
    assert len(few) < len(many)
    assert any(d.reason.startswith("below the threshold 0.") for d in many if not d.accepted)


def test_spans_that_are_no_mentions_are_shown() -> None:
    """What was weighed as a mention and left is there with its reason, and is no mention of the extraction."""
    account = Account(ARTICLE, least=1e-4)
    shown = [account.sentence(number) for number in range(1, account.coverage().sentences + 1)]
    left = [d for sentence in shown for d in sentence.decisions if d.layer == "mentions"]
    assert left
    assert not any(d.accepted for d in left)
    assert {d.span for d in left}.isdisjoint(m.span for sentence in shown for m in sentence.mentions)
    assert {d.reason.split(" 0.")[0] for d in left} <= {"below the threshold", "crosses a likelier mention"}


def test_accepted_arguments_are_those_of_the_extraction(examples: Path) -> None:
    """What gave way to a likelier filler, or to the whole that it is a part of, is not left as accepted."""
    for document in list(corpus.read([str(examples)]))[:4]:
        account = Account(document)
        stated = {(document.text[e.trigger.start : e.trigger.end], a.role)
                  for e in account.extraction.events for a in e.arguments}
        merged = {d.parts[0] for n in range(1, account.coverage().sentences + 1) for d in account.sentence(n).decisions
                  if d.layer == "events" and not d.accepted and d.reason.startswith("the same event")}
        for number in range(1, account.coverage().sentences + 1):
            for d in account.sentence(number).decisions:
                if d.layer == "arguments" and d.accepted and d.parts[0] not in merged:
                    assert (d.parts[0], d.label) in stated, d


def test_domain_and_range_are_a_reason() -> None:
    """A relation that the model would take but the ontology does not allow is rejected for that."""
    heads = load_heads()
    likely = np.full((1, 1 + len(heads.relations)), 0.9, np.float32)
    table = Table([(0, 1)], likely, likely, likely, likely, np.zeros((1, len(heads.relations)), bool))
    rows = list(weighed(table, heads, []))
    assert [row.label for row in rows] == heads.relations
    assert {(row.accepted, row.reason) for row in rows} == {(False, "domain and range")}


def test_rules_are_reasons() -> None:
    """What a rule says of a unit or a region, and what a region is not asked for, is told as that."""
    heads = load_heads()
    little, sure = (np.full((1, 1 + len(heads.relations)), p, np.float32) for p in (0.1, 0.9))
    everything = np.ones((1, len(heads.relations)), bool)
    part, place = heads.relations.index("partOf"), heads.relations.index("locatedIn")
    ruled = little.copy()
    ruled[0, [1 + part, 1 + place]] = 0.9
    raised = list(weighed(Table([(0, 1)], little, ruled, ruled, little, everything), heads, []))
    assert [(raised[n].accepted, raised[n].reason) for n in (part, place)] == [
        (True, "rule: called a unit of it"), (True, "rule: its region stands behind it")]
    dropped = list(weighed(Table([(0, 1)], sure, little, little, sure, everything), heads, []))
    assert {(row.accepted, row.reason, round(row.score, 1)) for row in dropped if row.label != "title"} == {
        (False, "only tells where another place is", 0.9)}


@pytest.mark.parametrize("number", [0, 99])
def test_no_such_sentence(read: Account, number: int) -> None:
    """A number that the article does not have is one clear error."""
    with pytest.raises(KGError, match=rf"cuts: no sentence {number}; it has \d+"):
        read.sentence(number)


def test_coverage(read: Account) -> None:
    """A sentence is covered by a statement in it, a quotation by a claim, a number by an event that it fills."""
    doc, found = nlp.load()(TEXT), read.extraction
    nothing = coverage(doc, Extraction(ARTICLE))
    assert (nothing.covered, nothing.sentences, nothing.share) == (0, len(list(doc.sents)), 0)
    assert [quote.text.strip('"')[:6] for quote in nothing.unattributed] == ["We loo", "Nobody"]
    assert [number.text for number in nothing.unattached] == ["300", "300", "77"]
    start, end = TEXT.index("We looked"), TEXT.index('," he said')
    claim = Claim("e1", Span(end + 6, end + 10), Span(start, end), True)
    count = Value("300", 13, 16)
    cut = Event("v1", "Layoff", Span(8, 12), (Argument("count", count),))
    some = coverage(doc, Extraction(ARTICLE, events=(cut,), claims=(claim,)))
    assert (some.covered, some.statements[:4]) == (2, (1, 0, 1, 0))
    assert [quote.text.strip('"')[:6] for quote in some.unattributed] == ["Nobody"]
    assert [number.text for number in some.unattached] == ["300", "77"]
    assert read.coverage() == coverage(doc, found)


def test_an_empty_article_is_covered() -> None:
    """An article without sentences lacks nothing."""
    assert Account(Document("none", "")).coverage() == Coverage("none", 0, 0, (), 0, (), 0, ())
    assert Account(Document("none", " \n")).coverage().share == 1


def test_a_later_step_withdraws_and_notes() -> None:
    """What a later step rejects has its reason; what it adds to is still accepted; low scores are not recorded."""
    trace = Trace()
    trace.add("events", "Layoff", ("cut",), Span(4, 7), 0.9, True, "model")
    trace.add("events", "Layoff", ("fired",), Span(9, 14), 0.8, True, "model")
    trace.add("events", "Layoff", ("rose",), Span(20, 24), 0.01, False, "below the threshold 0.40")
    trace.withdraw("events", ("fired",), "the same event")
    trace.note("events", 4, "planned")
    assert list(trace.within(Span(0, 30))) == [
        Decision("events", "Layoff", ("cut",), Span(4, 7), 0.9, True, "model, planned"),
        Decision("events", "Layoff", ("fired",), Span(9, 14), 0.8, False, "the same event")]
    assert list(trace.within(Span(0, 4))) == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the article as a file."""
    path = tmp_path / "cuts.txt"
    path.write_text(TEXT)
    return path


def test_command_explains_a_sentence(file: Path) -> None:
    """``kg explain --sentence`` prints mentions, values, what was accepted and what was rejected, or JSON."""
    shown = CliRunner().invoke(app, ["explain", str(file), "--sentence", "2"])
    assert shown.exit_code == 0
    assert [line for line in shown.stdout.splitlines() if line in {"Mentions", "Values", "Accepted", "Rejected"}] == [
        "Mentions", "Values", "Accepted", "Rejected"]
    assert "rule: a word of the ontology" in shown.stdout
    data = json.loads(CliRunner().invoke(app, ["explain", str(file), "--sentence", "2", "--json"]).stdout)
    assert data["number"] == 2
    assert {"layer", "label", "parts", "span", "score", "accepted", "reason"} == set(data["decisions"][0])


def test_command_reports_coverage(file: Path) -> None:
    """``kg explain`` without a sentence prints the coverage of each article, or a line of JSON for each."""
    shown = CliRunner().invoke(app, ["explain", str(file)])
    assert re.match(r"cuts: \d of 7 sentences gave a statement \(\d+%\), \d of 2 quotations have no speaker, "
                    r"\d of 3 numbers are in no statement\n", shown.stdout)
    (file.parent / "b.txt").write_text("It rained in Oslo.")
    lines = CliRunner().invoke(app, ["explain", str(file.parent), "--json"]).stdout.splitlines()
    assert [json.loads(line)["article"] for line in lines] == ["b", "cuts"]


def test_command_wants_one_article_for_a_sentence(file: Path) -> None:
    """A sentence number needs one article, and one that it has."""
    (file.parent / "b.txt").write_text("It rained in Oslo.")
    several = CliRunner().invoke(app, ["explain", str(file.parent), "--sentence", "1"])
    assert (several.exit_code, several.stderr) == (2, f"error: {file.parent}: 2 articles; --sentence needs one\n")
    missing = CliRunner().invoke(app, ["explain", str(file), "--sentence", "99"])
    assert missing.exit_code == 2
    assert "no sentence 99" in missing.stderr
