"""GUM's brackets, its words as a Doc, and mentions reduced to their heads."""

from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg.training.benchmarks.gum import by_head, make_doc, read_chains
from kg.training.corpora import Treebank


def column(*brackets: str) -> list[str]:
    """Return the lines of a file with these brackets at its words."""
    return ["# begin document x\n", *(f"{n}\tword\t{bracket}\n" for n, bracket in enumerate(brackets)), "\n"]


def test_nested_mentions_with_types_and_names() -> None:
    """An entity is its number, whatever its type and name; brackets nest."""
    lines = column("(abstract-2(substance-3-Iodine)", "abstract-2)", "_", "(substance-3-Iodine)(person-4)")
    assert read_chains(lines) == [[(0, 0), (3, 3)], [(0, 1)], [(3, 3)]]


def test_bare_numbers() -> None:
    """OntoGUM has no types; a mention may lie in another one of its own entity."""
    assert read_chains(column("(1", "(1)", "1)(2)", "(2)")) == [[(1, 1), (0, 2)], [(2, 2), (3, 3)]]


def test_paragraphs_are_lines() -> None:
    """An empty line stands between paragraphs, and words know their token."""
    bank = Treebank("x", "gum", words=["Title", "One", "."], spaces=[True, False, True], paragraphs=[0, 0, 1])
    doc, tokens = make_doc(Vocab(), bank)
    assert doc.text == "Title\n\nOne. "
    assert tokens == [0, 2, 3]


def test_of_mentions_with_one_head_the_longest_stays() -> None:
    """The man who left, and the man, have one head; a chain left without mentions is gone."""
    doc = Doc(Vocab(), ["the", "man", "who", "left", "slept"], heads=[1, 4, 3, 1, 4],
              deps=["det", "nsubj", "nsubj", "acl:relcl", "root"], pos=["DET", "NOUN", "PRON", "VERB", "VERB"])
    whole, short, who = (0, 3), (0, 1), (2, 2)
    assert by_head([frozenset({whole, who})], doc) == [frozenset({(1, 1), (2, 2)})]
    assert by_head([frozenset({short}), frozenset({whole, who})], doc) == [frozenset({(1, 1), (2, 2)})]
