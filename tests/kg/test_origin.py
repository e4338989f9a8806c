"""What is stored already is not read again, and the graph is the same as if it had been."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Literal

from kg import pipeline
from kg.identity import Identity
from kg.model import Document, Extraction
from kg.origin import KEPT, Recipe, digest_of, unread
from kg.store import EmbeddedStore, open_store
from kg.vocab import XSD, article_iri, extraction_graph
from tests.kg.stories import Story

RECIPE = Recipe("program")


def story(number: int) -> Extraction:
    """Return an article about people whom the others name too."""
    made = Story(f"a{number}")
    firm = made.who("Company", f"Firm {number}")
    for name in ("Ada Moor", "Bo Nash"):
        made.job(made.who("Person", name), firm, "director")
    return made.extraction()


STORIES = [story(number) for number in range(4)]


def left(store: EmbeddedStore, recipe: Recipe, *documents: Document) -> list[Document]:
    """Return the documents that are to be read, having checked that the others are named."""
    present: list[str] = []
    found = list(unread(documents, store, recipe, present.append))
    assert len(found) + len(present) == len(documents)
    return found


def test_the_same_again_is_not_read() -> None:
    """What was stored is passed over, also when other articles have rewritten its graphs since."""
    documents = [extraction.document for extraction in STORIES]
    with open_store() as store:
        pipeline.add(STORIES[:3], store, RECIPE)
        assert left(store, RECIPE, *documents) == documents[3:]
        one, other = (Identity(store).find(name)[0] for name in ("Ada Moor", "Bo Nash"))
        Identity(store).merge(one, other)
        assert left(store, RECIPE, *documents) == documents[3:]
        pipeline.remove(["a1"], store)
        assert left(store, RECIPE, *documents) == [documents[1], documents[3]]


@pytest.mark.parametrize("recipe", [Recipe("another"), Recipe("program", "terms"), Recipe("program", "", 0.5),
                                    Recipe("program", extracted=True)], ids=["program", "ontology", "option", "input"])
def test_another_recipe_reads_again(recipe: Recipe) -> None:
    """A new program or model, ontology or option makes every article to be read again."""
    with open_store() as store:
        pipeline.add(STORIES[:1], store, RECIPE)
        assert left(store, recipe, STORIES[0].document) == [STORIES[0].document]


@pytest.mark.parametrize("change", [{"text": "Other words."}, {"title": "Corrected"}, {"source": "Another paper"}])
def test_a_corrected_article_is_read(change: dict[str, str]) -> None:
    """Another text, title or source under the same id is to be read."""
    with open_store() as store:
        pipeline.add(STORIES[:1], store, RECIPE)
        corrected = replace(STORIES[0].document, **change)  # type: ignore[arg-type]
        assert left(store, RECIPE, corrected) == [corrected]


def test_an_id_that_comes_twice_ends_as_the_last() -> None:
    """The version in the store is read again where another one has come before it in the same run."""
    first, second = STORIES[0].document, replace(STORIES[0].document, text="Other words.")
    with open_store() as store:
        pipeline.add(STORIES[:1], store, RECIPE)
        assert left(store, RECIPE, second, first) == [second, first]


def test_what_comes_without_a_recipe_takes_the_mark_away() -> None:
    """An article that somebody else has put in the place of the built one is read again."""
    with open_store() as store:
        pipeline.add(STORIES[:1], store, RECIPE)
        pipeline.add(STORIES[:1], store)
        assert left(store, RECIPE, STORIES[0].document) == [STORIES[0].document]


def test_a_resumed_build_gives_the_same_bytes(tmp_path: Path) -> None:
    """A build that goes on where another stopped gives what one build gives, and reads only the rest."""
    for number, extraction in enumerate(STORIES):
        (tmp_path / f"{number}.json").write_text(_json(extraction))
    inputs = sorted(tmp_path.glob("*.json"))
    present: list[str] = []
    for some in (inputs[:2], inputs):
        with pipeline.build(some, tmp_path / "resumed", extracted=True, on_present=present.append) as graph:
            resumed = graph.store.to_nquads()
    assert present == ["a0", "a1"]
    with pipeline.build(inputs, tmp_path / "whole", extracted=True) as graph:
        assert graph.store.to_nquads() == resumed


def test_again_reads_all(tmp_path: Path) -> None:
    """With ``again`` nothing is passed over, and what an update has spoilt is as before."""
    (tmp_path / "0.json").write_text(_json(STORIES[0]))
    with pipeline.build(tmp_path / "0.json", tmp_path / "graph", extracted=True) as graph:
        before = graph.store.to_nquads()
        graph.store.update(f"CLEAR GRAPH <{article_iri('a0')}/facts>")
        assert graph.store.to_nquads() != before
    read: list[Extraction] = []
    with pipeline.build(tmp_path / "0.json", tmp_path / "graph", extracted=True, again=True,
                        on_progress=read.append) as graph:
        assert graph.store.to_nquads() == before
    assert len(read) == 1


def test_the_mark_is_no_content() -> None:
    """The exported bytes do not depend on the mark."""
    with open_store() as marked, open_store() as plain:
        pipeline.add(STORIES, marked, RECIPE)
        pipeline.add(STORIES, plain)
        assert marked.to_nquads() == plain.to_nquads()
        article = article_iri("a0")
        mark = Literal(RECIPE.mark(STORIES[0]), datatype=XSD["string"])
        assert not list(plain.quads(KEPT))
        assert list(marked.quads(KEPT, extraction_graph(article))) == [
            (article, KEPT, mark, extraction_graph(article))]


def test_every_file_of_the_program_counts(tmp_path: Path) -> None:
    """A file that is changed, renamed or new changes the program's hash; what Python caches does not."""
    (tmp_path / "weights.npz").write_bytes(b"1")
    seen = {digest_of([tmp_path])}
    (tmp_path / "weights.npz").write_bytes(b"2")
    seen.add(digest_of([tmp_path]))
    (tmp_path / "weights.npz").rename(tmp_path / "other.npz")
    seen.add(digest_of([tmp_path]))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"3")
    assert digest_of([tmp_path]) in seen
    assert len(seen) == 3


def _json(extraction: Extraction) -> str:
    return json.dumps(extraction.to_dict())
