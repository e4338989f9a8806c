"""Reading of treebanks."""

import gzip
from pathlib import Path

import pytest

from kg.training.corpora import Treebank, read_conllu
from kg.training.labels import collect

CONLLU = """\
# newdoc id = one
# newpar
# sent_id = 1
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
1\tDo\tdo\tAUX\tVB\t_\t3\taux\t_\tEntity=(1-person-new(2-place-new)
2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_
3\tgo\tgo\tVERB\tVB\tVerbForm=Inf\t0\troot\t_\tEntity=1)|SpaceAfter=No
3.1\tgone\tgo\tVERB\tVB\t_\t_\t_\t_\t_

# sent_id = 2
1\tBanks\tbank\tNOUN\tNNS\tNumber=Plur\t2\tnsubj\t_\t_
2\tclosed\tclose\tVERB\tVBD\tTense=Past\t0\troot\t_\t_

# newdoc id = two
# newpar
1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t_\t_

"""


@pytest.fixture
def documents(tmp_path: Path) -> list[Treebank]:
    """The two documents of the treebank above."""
    path = tmp_path / "small.conllu.gz"
    path.write_bytes(gzip.compress(CONLLU.encode()))
    return list(read_conllu(path, "small"))


def test_documents_and_words(documents: list[Treebank]) -> None:
    """Documents are split, multiword ranges and empty nodes left out."""
    assert [d.id for d in documents] == ["one", "two"]
    assert documents[0].words == ["Do", "n't", "go", "Banks", "closed"]


def test_heads_are_positions_in_the_document(documents: list[Treebank]) -> None:
    """A root heads itself."""
    assert documents[0].heads == [2, 2, 2, 4, 4]


def test_spaces_follow_the_surface_token(documents: list[Treebank]) -> None:
    """Words of one surface token stand together; its last word has the token's mark."""
    assert documents[0].spaces == [False, False, False, True, True]


def test_starts(documents: list[Treebank]) -> None:
    """Sentences and paragraphs are word positions."""
    assert (documents[0].sentences, documents[0].paragraphs) == ([0, 3], [0])


def test_nested_entities(documents: list[Treebank]) -> None:
    """Brackets nest; a document without the layer has None."""
    assert documents[0].spans is not None
    assert sorted(documents[0].spans) == [(0, 1, "place"), (0, 3, "person")]
    assert documents[1].spans is None


def test_labels_are_sorted_and_the_table_takes_the_commonest_lemma(documents: list[Treebank]) -> None:
    """Label lists are sorted; names and numbers stay out of the lemma table."""
    labels = collect(documents)
    assert labels.names["deps"] == ["advmod", "aux", "nsubj", "root"]
    assert labels.lemmas["banks\tNNS"] == "bank"
    assert labels.sizes()["upos"] == len(labels.names["upos"])
