"""The seven figures of Text2KGBench, on sentences worked out by hand."""

import json
import re
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.evaluation.profile import DBPEDIA, WIKIDATA, write_name, write_value
from kg.evaluation.text2kgbench import Benchmark, Figures, Sentence, Triple, mean, read_benchmark, read_sentences, score
from kg.model import Entity, Mention

SENTENCE = Sentence("1", "Plane Crazy is a 1928 film, directed by Walt Disney and Ub Iwerks.", (
    Triple("Plane Crazy", "director", "Walt Disney"), Triple("Plane Crazy", "director", "Ub Iwerks")))
FILMS = Benchmark("films", Path(), ("film", "human"), frozenset({"director", "publication_date"}), (SENTENCE,))
DISNEY = Triple("plane_crazy", "director", "WaltDisney")
YEAR = Triple("Plane Crazy", "publication_date", "01 January 1928")


def test_half_found() -> None:
    """One of two triples, in other letters and spaces, is full precision and half recall."""
    assert score(SENTENCE, [DISNEY], FILMS) == Figures(1, 0.5, 2 / 3, 1, 0, 0, 0)


def test_relations_that_the_gold_lacks_do_not_count() -> None:
    """The gold is not complete: a relation that it does not have is neither right nor wrong."""
    assert score(SENTENCE, [DISNEY, YEAR], FILMS) == score(SENTENCE, [DISNEY], FILMS)


def test_hallucinations() -> None:
    """Ends that are not in the sentence and relations that are not in the ontology are counted apart."""
    found = score(SENTENCE, [Triple("Steamboat Willie", "producer", "Walt Disney"), DISNEY], FILMS)
    assert (found.subject_hallucination, found.relation_hallucination, found.object_hallucination) == (0.5, 0.5, 0)
    assert found.conformance == 0.5


def test_a_concept_is_no_hallucination() -> None:
    """The labels of the ontology's concepts count as shown."""
    assert score(SENTENCE, [Triple("film", "director", "human")], FILMS).object_hallucination == 0


def test_nothing_predicted() -> None:
    """An empty answer conforms, and finds nothing."""
    assert score(SENTENCE, [], FILMS) == Figures(0, 0, 0, 1, 0, 0, 0)


def test_means() -> None:
    """Figures are averaged over sentences, found or not."""
    assert mean([score(SENTENCE, [DISNEY], FILMS), score(SENTENCE, [], FILMS)]).f1 == pytest.approx(1 / 3)
    with pytest.raises(InputError):
        mean([])


def test_both_forms_of_files(tmp_path: Path) -> None:
    """A line has one triple or a list of them; lines of one sentence are one sentence."""
    flat = [{"id": f"n{n}", "sent": "A b c.", "sub_label": "A", "rel_label": "likes", "obj_label": end}
            for n, end in enumerate("bc")]
    listed = {"id": "m", "sent": "D e.", "triples": [{"sub": "D", "rel": "likes", "obj": "e"}]}
    (tmp_path / "validation").mkdir()
    path = tmp_path / "validation" / "o_validation.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*flat, listed]), "utf-8")
    assert [(s.id, len(s.triples)) for s in read_sentences(path)] == [("n0", 2), ("m", 1)]
    (tmp_path / "ontologies").mkdir()
    ontology = {"id": "o", "concepts": [{"qid": "1", "label": "thing"}], "relations": [{"label": "really likes"}]}
    (tmp_path / "ontologies" / "o.json").write_text(json.dumps(ontology), "utf-8")
    [read] = read_benchmark(tmp_path, "validation")
    assert (read.relations, len(read.sentences)) == (frozenset({"really_likes"}), 2)
    path.write_text("{}\n", "utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_sentences(path)


@pytest.mark.parametrize(("text", "kind", "profile", "written"), [
    ("2777.0 metres", "number", DBPEDIA, "2777.0"), ("about 12 storeys", "number", DBPEDIA, "12"),
    ("12 Ham Street", "text", DBPEDIA, "12 Ham Street"), ("dozens", "number", DBPEDIA, "dozens"),
    ("1962", "date", DBPEDIA, "1962"), ("1962", None, WIKIDATA, "01 January 1962"),
    ("3 km", "number", WIKIDATA, "3 km")])
def test_values_by_profile(text: str, kind: str | None, profile: str, written: str) -> None:
    """DBpedia's numbers have no units, Wikidata's years are their first day; nothing else changes."""
    assert write_value(text, kind, profile) == written


@pytest.mark.parametrize(("name", "text", "profile", "written"), [
    ("Akron", "He left Akron, Ohio, in May.", DBPEDIA, "Akron, Ohio"),
    ("Akron", "In Akron, Ohio it snowed.", DBPEDIA, "Akron, Ohio"),
    ("Akron", "In Akron it snowed. Later in Akron, New York, too.", DBPEDIA, "Akron, New York"),
    ("Akron", "He left Akron, Ohio, in May.", WIKIDATA, "Akron"), ("Akron", "Akron (Ohio) is cold.", DBPEDIA, "Akron"),
    ("Akron", "Near Akron, Olaf met her.", DBPEDIA, "Akron"), ("Ohio", "In Ohio, Indiana and Iowa.", DBPEDIA, "Ohio")])
def test_names_by_profile(name: str, text: str, profile: str, written: str) -> None:
    """DBpedia's places have the region that the text names behind a comma; regions themselves and other names stay."""
    mentions = tuple(Mention(m.start(), m.end(), "name") for m in re.finditer(name, text))
    assert write_name(Entity("e1", "place", name, mentions), text, profile) == written
