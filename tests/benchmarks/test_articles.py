from itertools import islice

from kg import ontology
from kg.rdf import extraction_to_quads
from tests.benchmarks.articles import KINDS, extractions


def test_same_seed_same_articles() -> None:
    """A seed names its articles; another one gives others."""
    first, again, other = (list(islice(extractions(seed), 3)) for seed in (1, 1, 2))
    assert first == again
    assert first[0] != other[0]


def test_articles_say_what_the_ontology_allows() -> None:
    """Each article becomes quads as it is, and together they tell everything that sentences are there for."""
    allowed = ontology.load()
    articles = list(islice(extractions(1), 30))
    for extraction in articles:
        assert allowed.conform(extraction) == extraction
        assert len(list(extraction_to_quads(extraction, allowed))) > 100
        assert [extraction.document.text[s.start:s.end][-1] for s in extraction.sentences] == ["."] * len(
            extraction.sentences)
    assert len({event.type for extraction in articles for event in extraction.events}) >= 6
    assert len(KINDS) == 10
