"""MEANTIME's reader and its measures on an article made by hand."""

from typing import Any

import pytest
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan
from spacy.vocab import Vocab

from kg.evaluation.layers import Tally
from kg.extract.features import Reading
from kg.model import Argument, Claim, Document, Entity, Event, Extraction, Mention, Span, Value
from kg.training.benchmarks.meantime import (
    ENTITY,
    EVENT,
    Article,
    exact,
    find_participants,
    head,
    overlapping,
    tallies,
    to_article,
    write_text,
)

WORDS = [(0, "GM"), (0, "cuts"), (1, "May"), (1, "1"), (2, "The"), (2, "carmaker"), (2, "'s"), (2, "chief"),
         (2, "quit"), (2, "."), (6, "Ford"), (6, "rose"), (6, ".")]


def markable(number: int, tag: str, *tokens: int) -> dict[str, Any]:
    """Return a markable as the file has it; tokens count from 1."""
    return {"m_id": str(number), "tag": tag, "tokens": list(tokens)}


def link(tag: str, source: list[int], target: list[int]) -> dict[str, Any]:
    """Return a relation as the file has it."""
    return {"tag": tag, "source": source, "target": target}


ROW: dict[str, Any] = {
    "file": "x",
    "tokens": [{"id": n, "s": s, "w": w} for n, (s, w) in enumerate(WORDS, 1)],
    "markables": [markable(1, ENTITY, 1), markable(2, ENTITY, 5, 6), markable(3, EVENT, 2), markable(4, EVENT, 9),
                  markable(5, ENTITY, 5, 6, 7, 8), markable(6, "TIMEX3", 3, 4), markable(7, "TIMEX3"),
                  markable(8, "ENTITY")],
    "relations": [link("REFERS_TO", [1, 2], [8]), link("HAS_PARTICIPANT", [3], [1]), link("HAS_PARTICIPANT", [3], [2]),
                  link("HAS_PARTICIPANT", [4], [5]), link("HAS_PARTICIPANT", [4], [6]),
                  link("HAS_PARTICIPANT", [4], [])],
}


@pytest.fixture
def article() -> Article:
    """The article above."""
    return to_article(ROW)


@pytest.fixture
def doc(article: Article) -> Doc:
    """The article's parse, with mentions and values; the last mention is past the annotated sentences."""
    words = ["GM", "cuts", "\n\n", "May", "1", "\n\n", "The", "carmaker", "'s", "chief", "quit", ".",
             "Ford", "rose", "."]
    spaces = [True, False, False, True, False, False, True, False, True, True, False, True, True, False, False]
    heads = [1, 1, 1, 3, 3, 4, 7, 9, 7, 10, 10, 10, 13, 13, 13]
    deps = ["nsubj", "root", "dep", "root", "nummod", "dep", "det", "nmod:poss", "case", "nsubj", "root", "punct",
            "nsubj", "root", "punct"]
    doc = Doc(Vocab(), words, spaces, heads=heads, deps=deps, pos=["X"] * len(words))
    assert doc.text == article.text
    doc.spans["mentions"] = [TokenSpan(doc, 0, 1, "Company"), TokenSpan(doc, 7, 8, "Company"),
                             TokenSpan(doc, 12, 13, "Company")]
    doc.spans["values"] = [TokenSpan(doc, 3, 4, "DATE")]
    return doc


@pytest.fixture
def extraction(article: Article) -> Extraction:
    """One event whose argument is a later mention of GM, and one claim."""
    entities = (Entity("e1", "Company", "carmaker", (Mention(17, 25),)),)
    events = (Event("v1", "Layoff", Span(3, 7), (Argument("employer", "e1"), Argument("date", Value("May", 9, 12)))),)
    return Extraction(Document("x", article.text), entities, events=events,
                      claims=(Claim("e1", Span(34, 38), Span(0, 7), False),))


def test_words_become_running_text() -> None:
    """Headline and dateline are lines of their own; punctuation and quotes stand as in print."""
    words = [(0, "GM"), (1, "May"), (2, "``"), (2, "We"), (2, "did"), (2, "n't"), (2, "pay"), (2, "US$"), (2, "1"),
             (2, "million"), (2, "("), (2, "5"), (2, "%"), (2, ")"), (2, "''"), (3, "It")]
    text, spans = write_text(words)
    assert text == 'GM\n\nMay\n\n"We didn\'t pay US$1 million (5%)" It'
    assert [text[s.start : s.end] for s in spans[2:6]] == ['"', "We", "did", "n't"]


def test_spans_are_characters(article: Article) -> None:
    """Markables without words are left out, and annotation ends with sentence 5."""
    assert article.text == "GM cuts\n\nMay 1\n\nThe carmaker's chief quit. Ford rose."
    assert {tag: [article.text[s.start : s.end] for s in spans] for tag, spans in article.spans.items()} == {
        ENTITY: ["GM", "The carmaker", "The carmaker's chief"], EVENT: ["cuts", "quit"], "TIMEX3": ["May 1"]}
    assert article.text[: article.annotated].endswith("quit.")


def test_participants_are_entities_once_each(article: Article) -> None:
    """Two mentions of GM make one pair with the event; times and empty links make none."""
    pairs = [(article.text[event.start : event.end], {article.text[s.start : s.end] for s in spans})
             for event, spans in article.participants]
    assert pairs == [("cuts", {"GM", "The carmaker"}), ("quit", {"The carmaker's chief"})]


def test_exact_and_overlapping_pairs() -> None:
    """Equal keys count as often as on both sides; overlapping spans pair one to one, the most alike first."""
    assert exact([1, 1, 2], [1, 3]) == Tally(1, 1, 2, 3)
    assert overlapping([Span(0, 4), Span(5, 9)], [Span(0, 9), Span(5, 9)]) == Tally(2, 2, 2, 2)
    assert overlapping([Span(0, 4)], [Span(0, 2), Span(2, 4)]) == Tally(1, 1, 2, 1)
    assert overlapping([Span(0, 4)], [Span(4, 6)]) == Tally(0, 0, 1, 1)


def test_head_words(article: Article, doc: Doc) -> None:
    """A span's head is the word that the tree hangs it on."""
    assert [doc[head(Reading(doc), span)].text for span in article.spans[ENTITY]] == ["GM", "carmaker", "chief"]


def test_measures(article: Article, doc: Doc, extraction: Extraction) -> None:
    """Mentions by span and head, triggers with and without claims, and times; Ford does not count."""
    counts = {name: (one.hits_gold, one.predicted, one.gold) for name, one in
              tallies(article, doc, extraction).items()}
    assert counts == {"mentions, exact": (1, 2, 3), "mentions, head": (2, 2, 3), "triggers, events": (1, 1, 2),
                      "triggers, events and claims": (2, 2, 2), "times, exact": (0, 1, 1), "times, overlap": (1, 1, 1),
                      "values, exact": (0, 0, 0), "values, overlap": (0, 0, 0)}


def test_participants_are_found_by_any_mention(article: Article, doc: Doc, extraction: Extraction) -> None:
    """The pair of "cuts" and GM is found by "carmaker"; that of "quit" has no event of ours."""
    assert find_participants(article, Reading(doc), extraction) == (1, 1, 2)
