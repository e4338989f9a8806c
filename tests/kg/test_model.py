"""The extraction JSON and its objects are two forms of one thing."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Argument, Claim, Document, Entity, Event, Extraction, Fact, Mention, Relation, Span, Value

spans = st.builds(Span, st.integers(0, 50), st.integers(0, 50))
values = st.builds(Value, st.text(), st.integers(0, 50), st.integers(0, 50))
words = st.text(max_size=8)
scores = st.floats(0, 1)
evidence = st.lists(spans, max_size=2).map(tuple)
documents = st.builds(Document, words, st.text(), st.none() | words, st.none() | st.dates(), st.none() | words)
mentions = st.builds(Mention, st.integers(0, 50), st.integers(0, 50), st.sampled_from(["name", "nominal", "pronoun"]))
entities = st.builds(Entity, words, words, words, st.lists(mentions, max_size=2).map(tuple), scores,
                     st.none() | st.just("Q1"), st.lists(words, max_size=2).map(tuple))
relations = st.builds(Relation, words, words, words | values, evidence, st.dictionaries(words, words), words, words,
                      scores, words)
arguments = st.builds(Argument, words, words | values, scores)
events = st.builds(Event, words, words, spans, st.lists(arguments, max_size=2).map(tuple), words, words, scores, words)
claims = st.builds(Claim, words, spans, spans, st.booleans(), scores, words)
facts = st.builds(Fact, words, words, words, evidence, words, st.none() | st.just("e1"), st.none() | st.just("e2"))
extractions = st.builds(Extraction, documents, *(st.lists(layer, max_size=2).map(tuple)
                                                 for layer in (entities, relations, events, claims, facts, spans)))


@given(extractions)
def test_json_and_back_changes_nothing(extraction: Extraction) -> None:
    """Writing an extraction as JSON and reading it again gives the same extraction."""
    assert Extraction.from_dict(json.loads(json.dumps(extraction.to_dict()))) == extraction


def test_a_gold_file_may_leave_out_what_has_a_default() -> None:
    """Gold files hold no confidences, kinds or components."""
    data = {"document": {"id": "a", "text": "Ann", "date": "2025-07-18"},
            "entities": [{"id": "e", "type": "Person", "name": "Ann", "mentions": [{"start": 0, "end": 3}]}]}
    extraction = Extraction.from_dict(data)
    assert extraction.document.date == dt.date(2025, 7, 18)
    assert extraction.entities[0].mentions == (Mention(0, 3, "name"),)


def test_a_date_that_is_none_is_refused() -> None:
    """A publication date must be ISO 8601, since relative dates resolve against it."""
    with pytest.raises(ValueError, match="last Friday"):
        Document.from_dict({"id": "a", "text": "", "date": "last Friday"})
