"""Arc scores to trees."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.nlp.trees import arborescence, decode, with_joined_names, with_listed_agents, with_passive_subjects


def test_single_word_is_its_own_root() -> None:
    """A sentence of one word is a root."""
    assert decode(np.zeros((1, 1), np.float32)).tolist() == [0]


def test_argmax_where_it_is_a_tree() -> None:
    """Best heads that form a tree are kept."""
    scores = np.array([[0, 5, 0], [1, 9, 1], [0, 5, 0]], np.float32)
    assert decode(scores).tolist() == [1, 1, 1]


def test_cycle_is_broken_at_the_least_cost() -> None:
    """Two words that take each other as head give way to the best tree."""
    scores = np.array([[9, 0, 0], [1, 0, 8], [4, 7, 0]], np.float32)
    assert decode(scores).tolist() == [0, 2, 0]


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_always_one_root_and_no_cycle(count: int, seed: int) -> None:
    """Any scores give a tree with one root that every word reaches."""
    heads = decode(np.random.default_rng(seed).normal(size=(count, count)).astype(np.float32))
    assert sum(int(h) == i for i, h in enumerate(heads)) == 1
    for word in range(count):
        steps = 0
        while heads[word] != word:
            word, steps = int(heads[word]), steps + 1
            assert steps <= count


@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_no_tree_scores_higher(count: int, seed: int) -> None:
    """The tree is as good as the one that networkx finds."""
    scores = np.random.default_rng(seed).normal(size=(count, count)).astype(np.float64)
    np.fill_diagonal(scores, -np.inf)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from((h, w, scores[w, h]) for w in range(1, count) for h in range(count) if h != w)
    best = sum(data["weight"] for *_, data in nx.maximum_spanning_arborescence(graph).edges(data=True))
    heads = arborescence(scores, 0)
    assert np.isclose(sum(scores[w, heads[w]] for w in range(1, count)), best)


BOUGHT = [2, 2, 2, 4, 2]
"""Heads of "Norvane was bought by Halden", from the third word."""


@pytest.mark.parametrize(("labels", "settled"), [
    ("nsubj aux:pass root case obl:agent", "nsubj:pass"), ("obj aux:pass root case obl:agent", "nsubj:pass"),
    ("nsubj:pass aux:pass root case obj", "nsubj:pass"), ("csubj aux:pass root case obl", "csubj"),
    ("nsubj aux root case obl", "nsubj"), ("obj aux root case obl", "obj"),
])
def test_a_passive_auxiliary_has_a_passive_subject(labels: str, settled: str) -> None:
    """Only the subject's label changes, and only beside the auxiliary; what follows it stays an object."""
    assert with_passive_subjects(labels.split(), BOUGHT) == [settled, *labels.split()[1:]]


BY_TWO = ("The film was directed by Hugh Harman and Rudolf Ising in Oslo",
          [1, 3, 3, 3, 5, 3, 5, 8, 3, 8, 11, 3], "det nsubj:pass aux:pass root case obl:agent flat cc {} flat case obl",
          "DET NOUN AUX VERB ADP PROPN PROPN CCONJ {} PROPN ADP PROPN")


@pytest.mark.parametrize(("label", "tag", "head"), [
    ("conj", "PROPN", 5), ("obl:agent", "PROPN", 5), ("obj", "NOUN", 5), ("conj", "VERB", 3),
    ("parataxis", "PROPN", 3)])
def test_a_noun_after_an_agent_is_another_agent(label: str, tag: str, head: int) -> None:
    """A second verb, and what hangs on the verb in another way, stay where they are."""
    words, heads, labels, tags = BY_TWO
    found, named = with_listed_agents(heads, labels.format(label).split(), tags.format(tag).split())
    assert len(words.split()) == len(heads)
    assert found == [*heads[:8], head, *heads[9:]]
    assert named[8] == ("conj" if head == 5 else label)


def test_with_a_preposition_of_its_own_it_is_none() -> None:
    """ "Directed by Harman and in Oslo" has one agent; so has a clause that has a subject."""
    heads, tags = [0, 2, 0, 5, 5, 0], ["VERB", "ADP", "PROPN", "CCONJ", "ADP", "PROPN"]
    labels = ["root", "case", "obl:agent", "cc", "case", "conj"]
    assert with_listed_agents(heads, labels, tags) == (heads, labels)


@pytest.mark.parametrize(("labels", "tags", "joined"), [
    ("nsubj nsubj root", "PROPN PROPN VERB", True), ("obl obl root", "PROPN PROPN VERB", True),
    ("nsubj obj root", "PROPN PROPN VERB", False), ("nsubj nsubj root", "PROPN NOUN VERB", False),
    ("conj conj root", "PROPN PROPN VERB", False)])
def test_two_proper_nouns_side_by_side_are_one_name(labels: str, tags: str, joined: bool) -> None:
    """Only where both are the same argument of the same word; the second bears the name."""
    before = labels.split()
    found = with_joined_names([2, 2, 2], before, tags.split())
    assert found == (([1, 2, 2], ["compound", *before[1:]]) if joined else ([2, 2, 2], before))


def test_a_name_of_three_words_is_joined_to_its_last() -> None:
    """ "Tolvane Kraft Holding fell" has one subject."""
    labels = ["nsubj"] * 3 + ["root"]
    assert with_joined_names([3, 3, 3, 3], labels, ["PROPN"] * 3 + ["VERB"]) == (
        [1, 2, 3, 3], ["compound", "compound", "nsubj", "root"])


def test_an_apposition_without_a_comma_is_one_name() -> None:
    """"manager of FC Koln": "Koln" is no other name of "FC", and the preposition is that of both."""
    heads, labels = [0, 3, 0, 2], ["root", "case", "nmod", "appos"]
    assert with_joined_names(heads, labels, ["NOUN", "ADP", "PROPN", "PROPN"]) == (
        [0, 2, 0, 2], ["root", "case", "nmod", "flat"])
    assert with_joined_names(heads, labels, ["NOUN", "ADP", "NOUN", "PROPN"]) == (heads, labels)
