"""A parsed article is a document of a treebank."""

import gzip
import json
from pathlib import Path

from kg import nlp
from kg.training.parsed import CORPUS, read_parsed

TEXT = "Tolvane was bought by Halden.  The firm is based in Boston.\n\nIts shares rose on Monday, analysts said.\n" * 6


def test_an_article_is_a_document_with_whole_trees(tmp_path: Path) -> None:
    """One root a sentence, heads within it, no white space, and only texts of middling length."""
    path = tmp_path / "articles.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        rows = [{"id": "short", "text": "Acme cut jobs.", "overlaps_eval": []},
                {"id": "good", "text": TEXT, "overlaps_eval": []}]
        file.writelines(json.dumps(row) + "\n" for row in rows)
    [made] = read_parsed(nlp.load(), path, 5, seed=1)
    assert (made.id, made.corpus) == ("good", CORPUS)
    assert made.words == TEXT.replace(".", " .").replace(",", " ,").split()
    assert made.paragraphs[:3] == [0, 13, 22]
    assert set(made.paragraphs) <= set(made.sentences)
    ends = [*made.sentences[1:], len(made.words)]
    for start, end in zip(made.sentences, ends, strict=True):
        assert sum(made.heads[word] == word for word in range(start, end)) == 1
        assert all(start <= made.heads[word] < end for word in range(start, end))
    assert made.deps[:4] == ["nsubj:pass", "aux:pass", "root", "case"]
    lists = (made.words, made.lemmas, made.upos, made.xpos, made.feats, made.heads, made.deps, made.spaces)
    assert {len(values) for values in lists} == {len(made.words)}
