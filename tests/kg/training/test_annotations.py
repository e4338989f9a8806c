"""Annotations in lines: what they mean, what is wrong in them, and those that the package has."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kg import ontology
from kg.training.annotations import Annotation, read_annotated, read_files
from kg.training.corpora import WIKINEWS

TEXT = """Oxley cuts 300 jobs

Oxley Freight said on Monday that it would cut 300 jobs. Its chief executive Ida Brandt said: "We had no choice."
The Hull company bought Oxley Rail from the University of Hull in 2009.
"""
LINES = """e oxley Company Oxley Freight | Oxley | that [it] would | [Its] chief | "[We] had
e brandt Person Ida Brandt
e hull Place Hull
e company Company Hull company
e uni Organization University of Hull
e rail Company Oxley Rail
r brandt positionAt oxley | title=chief executive | status=current
v Layoff would [cut] | employer=oxley | count="300 jobs" | date="Monday" | planned
v Acquisition bought | buyer=company | target=rail | seller=uni | date="2009"
c oxley | on Monday that it would cut 300 jobs. Its chief executive Ida Brandt [said] | We had ... choice | direct
""".splitlines()


def annotate(*lines: str) -> tuple[Annotation, list[tuple[str, str]]]:
    """Return what lines say of the text, and which are wrong."""
    annotation = Annotation(TEXT, ontology.load())
    return annotation, list(annotation.read([*lines]))


def words(place: dict[str, int]) -> str:
    """Return the words of a place."""
    return TEXT[place["start"]:place["end"]]


def test_lines_are_read_as_the_gold_format() -> None:
    """Entities, a relation with its title, events with values and a claim come out with the places of their words."""
    annotation, wrong = annotate(*LINES)
    assert not wrong
    mentions = {id: [words(place) for place in entity["mentions"]] for id, entity in annotation.entities.items()}
    assert mentions["oxley"] == ["Oxley", "Oxley Freight", "it", "Its", "We"]  # and not that of Oxley Rail
    assert mentions["hull"] == ["Hull"]  # the one in a description, not the university's
    [relation] = annotation.relations
    assert words(relation["evidence"][0]) == "chief executive"
    layoff, acquisition = annotation.events
    assert (words(layoff["trigger"]), layoff["modality"], acquisition["modality"]) == ("cut", "planned", "asserted")
    assert [words(argument) for argument in layoff["arguments"] if "value" in argument] == ["300 jobs", "Monday"]
    [claim] = annotation.claims
    assert (words(claim["content"]), claim["direct"]) == ("We had no choice", True)


@pytest.mark.parametrize(("line", "reason"), [
    ("e a Firm Oxley", "there is no type Firm"),
    ("e oxley Company Oxley", "oxley is there twice"),
    ("e a Company", "an entity is"),
    ("e a Company Tern Lines | Tern", "'Tern' is not in the text"),
    ("e a Company tern | [Oxley]", "'[Oxley]' is there 3 times"),
    ("r oxley positionAt brandt", "the ontology does not allow Company positionAt Person"),
    ("r oxley basedIn", "a relation is"),
    ("r oxley basedIn hull | where=there", "a qualifier is one of"),
    ("r oxley basedIn york", "there is no entity york"),
    ("v Layoff jobs", "'jobs' is there 2 times"),
    ("v Layoff bought | buyer=oxley", "Layoff has no role buyer"),
    ("v Acquisition bought | buyer=hull", "buyer takes no Place"),
    ("c oxley | said", "a claim is"),
    ("c oxley | on Monday | choice ... We had", "no end behind the start"),
    ("x oxley", "a line begins with"),
])
def test_a_wrong_line_says_why(line: str, reason: str) -> None:
    """Each kind of mistake is told with its line, and the other lines are read."""
    annotation, wrong = annotate(*LINES, line)
    assert [(place, reason in told) for place, told in wrong] == [(line, True)]
    assert len(annotation.events) == 2


def test_two_entities_share_no_mention() -> None:
    """A place that two entities have is told."""
    _, wrong = annotate("e a Company Oxley Freight", "e b Company Oxley Freight")
    assert wrong == [("e b", "'Oxley Freight' is a mention of a too")]


def test_an_article_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A block of an unknown article is a mistake, with the name of the file."""
    path = tmp_path / "articles.jsonl.gz"
    title, _, text = TEXT.partition("\n\n")
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps({"id": "ID1", "title": title, "text": text, "date": "2009-03-04", "overlaps_eval": []}))
    [article], wrong = read_files({"some.txt": "@ ID1\n" + "\n".join(LINES) + "\n@ ID2\n"}, path)
    assert (article["document"]["text"], len(article["entities"])) == (TEXT, 6)
    assert wrong == ["some.txt: ID2: there is no such article"]


def test_the_annotated_articles_are_whole(gold_dev: Path) -> None:
    """All articles of the package are read without a mistake, and none is a gold article."""
    articles = read_annotated(gold_dev.parents[1] / "data" / WIKINEWS)
    titles = {json.loads(path.read_text("utf-8"))["document"]["text"].partition("\n")[0]
              for path in gold_dev.parent.glob("*/*.json")}
    assert len(articles) > 100
    assert not titles & {article["document"]["text"].partition("\n")[0] for article in articles}
    assert all(article["entities"] for article in articles)
