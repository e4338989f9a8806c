from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from kg.errors import QueryError
from kg.search import EntityIndex, EntityRow, fold, read_entities
from kg.search.files import index_path
from kg.store import EmbeddedStore, open_store
from kg.vocab import ENT, NEWS, RDF, RDFS, SKOS, article_iri, facts_graph, provenance_graph

ROWS = [
    EntityRow("ent:1", "Amazon", "Company", ("Amazon.com",), 9, 3),
    EntityRow("ent:2", "Amazon Web Services", "Company", ("AWS",), 5, 2),
    EntityRow("ent:3", "The Amazon", "Place", (), 1, 1),
    EntityRow("ent:4", "Nestlé S.A.", "Company", ("Nestle",), 7, 2),
    EntityRow("ent:5", "AWS Truepower", "Company", (), 8, 1),
    EntityRow("ent:6", "\u201c?\u201d", "Group", (), 0, 1),
]
INDEX = EntityIndex.of(ROWS)


@pytest.mark.parametrize(("text", "found"), [
    ("amazon", ["Amazon", "Amazon Web Services", "The Amazon"]),
    ("AMAZ", ["Amazon", "Amazon Web Services", "The Amazon"]), ("amazon w", ["Amazon Web Services"]), ("mazon", []),
    ("web am", ["Amazon Web Services"]), ("serv", ["Amazon Web Services"]),
    ("aws", ["Amazon Web Services", "AWS Truepower"]), ("nestle", ["Nestlé S.A."]), ("NESTLÉ s", ["Nestlé S.A."]),
    ("amazon.com", ["Amazon"]), ("a.m", []), ("zzz", []), ("???", []), ('"amazon" OR zzz*', []), ("\x00", []),
    ("s a", ["Nestlé S.A."]), ("  ", [row.label for row in sorted(ROWS, key=lambda row: -row.statements)]),
])
def test_ranks(text: str, found: list[str]) -> None:
    """Equal names come first, then beginnings, then words further on; nothing in a text is syntax."""
    assert [row.label for row in INDEX.find(text)] == found
    assert sum(INDEX.count_types(text).values()) == len(found)


def test_types_narrow_and_are_counted() -> None:
    """A type narrows the list and not the counts."""
    assert [row.label for row in INDEX.find("amazon", type="Place")] == ["The Amazon"]
    assert list(INDEX.count_types("amazon").items()) == [("Company", 2), ("Place", 1)]
    assert list(INDEX.count_types().items()) == [("Company", 4), ("Group", 1), ("Place", 1)]


names = st.lists(st.text("aÁb. '", min_size=1, max_size=5), min_size=1, max_size=3, unique=True)
rows = st.lists(
    st.builds(lambda n, names, type, said: EntityRow(f"ent:{n}", names[0], type, tuple(sorted(names[1:])), said, 1),
              st.integers(0, 9), names, st.sampled_from(["A", "B"]), st.integers(0, 2)),
    max_size=9, unique_by=lambda row: row.iri)


@given(rows, rows, st.sampled_from(["", "a", "b", "a b", "ab"]), st.sampled_from([None, "A"]))
def test_changed_is_made_anew(before: list[EntityRow], after: list[EntityRow], text: str, type: str | None) -> None:
    """An index that is changed equals one made of the rows, whatever was in it; its pages give the whole list."""
    changed, anew = EntityIndex.of(before), EntityIndex.of(after)
    changed.change({row.iri: None for row in before} | {row.iri: row for row in after})
    assert list(changed) == list(anew) == sorted(after, key=lambda row: row.iri)
    found = anew.find(text, 99, type=type)
    assert changed.find(text, 99, type=type) == found
    assert changed.count_types(text) == anew.count_types(text)
    for i, row in enumerate(found):
        assert anew.get(row.iri) == row
        assert anew.find(text, 2, type=type, after=row.iri) == found[i + 1:i + 3]
    with pytest.raises(QueryError, match="no row"):
        anew.find(text, type=type, after="ent:none")


@given(rows, st.sampled_from(["a", "b", "a b", "ab", "b a"]))
def test_finds_what_comparing_finds(entities: list[EntityRow], text: str) -> None:
    """The index finds those with a name that has all words, the last as a beginning, and no others."""
    *whole, last = text.split()

    def matches(name: str) -> bool:
        words = fold(name).replace(".", " ").replace("'", " ").split()
        return all(word in words for word in whole) and any(word.startswith(last) for word in words)

    expected = {row.iri for row in entities if any(map(matches, (row.label, *row.aliases)))}
    assert {row.iri for row in EntityIndex.of(entities).find(text, 99)} == expected


entities = st.sampled_from([ENT["a"], ENT["b"], ENT["c"]])
said: st.SearchStrategy[Any] = st.lists(st.one_of(
    st.tuples(entities, st.sampled_from([RDFS["label"], SKOS["altLabel"]]), st.sampled_from("xyz").map(Literal)),
    st.tuples(entities, st.just(RDF["type"]), st.sampled_from([NEWS["Company"], NEWS["Person"]])),
    st.tuples(st.just(URIRef("id:s")), st.sampled_from([RDF["subject"], RDF["object"]]), entities)), max_size=6)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("AB").map(article_iri), said), max_size=6))
def test_follows_the_store(history: list[tuple[URIRef, Any]]) -> None:
    """After any history of articles the index holds what reading the whole store gives."""
    store, plain = open_store(), ox.Store()
    for article, triples in history:
        store.add_article(article, [(*triple, graph(article)) for triple in triples
                                    for graph in (facts_graph, provenance_graph)])
        plain = ox.Store()
        plain.bulk_load(store.to_nquads(), ox.RdfFormat.N_QUADS)
        plain.extend(ox.Quad(*quad.triple) for quad in list(plain))
        assert list(store.entity_index()) == read_entities(plain)


def named(store: EmbeddedStore, label: str) -> None:
    """Write an article about one company."""
    article = article_iri(label)
    store.add_article(article, [(ENT[label], RDFS["label"], Literal(label), facts_graph(article))])


def labels(path: Path) -> list[str]:
    """Return what a reader finds in a store on disk."""
    with open_store(path, read_only=True) as store:
        return [row.label for row in store.entity_index()]


def indexes(path: Path) -> list[Path]:
    """Return the files of indexes beside a store."""
    return sorted(path.glob("entities*"))


def test_kept_beside_the_store(tmp_path: Path) -> None:
    """Closing a store leaves one index, which the next one opens, reads and replaces when it has written."""
    path = tmp_path / "store"
    with open_store(path) as store:
        named(store, "One")
    [first] = indexes(path)
    assert first == index_path(path)
    assert labels(path) == ["One"]
    with open_store(path):
        pass
    assert indexes(path) == [index_path(path)] != [first]
    assert labels(path) == ["One"]
    with open_store(path) as store:
        named(store, "Two")
        store.backup(tmp_path / "copy")
        named(store, "Three")
    assert indexes(path) == [index_path(path)]
    assert labels(path) == ["One", "Three", "Two"]
    assert indexes(tmp_path / "copy") == [index_path(tmp_path / "copy")]
    assert labels(tmp_path / "copy") == ["One", "Two"]


def test_read_from_the_file(tmp_path: Path) -> None:
    """A reader takes the file at its word, which is how the others here are known to have read it."""
    path = tmp_path / "store"
    with open_store(path) as store:
        named(store, "One")
    index_path(path).unlink()
    EntityIndex.of([replace(ROWS[0], label="Told")]).write(index_path(path))
    assert labels(path) == ["Told"]


@pytest.mark.parametrize("content", [None, b"", b"no database" * 99])
def test_made_again_where_absent_or_broken(tmp_path: Path, content: bytes | None) -> None:
    """Without a whole index readers make one for themselves, and the next writer keeps one."""
    path = tmp_path / "store"
    with open_store(path) as store:
        named(store, "One")
    place = index_path(path)
    place.unlink()
    if content is not None:
        place.write_bytes(content)
    assert labels(path) == ["One"]
    with open_store(path) as store:
        named(store, "Two")
    assert (labels(path), indexes(path)) == (["One", "Two"], [index_path(path)])


def test_stale_where_others_wrote(tmp_path: Path) -> None:
    """What a program without the index wrote is found: its file fits the store no longer."""
    path = tmp_path / "store"
    with open_store(path) as store:
        named(store, "One")
    other = ox.Store(path)
    other.add(ox.Quad(ox.NamedNode(ENT["Two"]), ox.NamedNode(RDFS["label"]), ox.Literal("Two"), ox.NamedNode("a:g")))
    del other
    assert labels(path) == ["One", "Two"]
    with open_store(path) as store:
        store.update(f"INSERT DATA {{ GRAPH <a:g> {{ <{ENT['Three']}> rdfs:label 'Three' }} }}")
        store.backup(tmp_path / "copy")
        assert [row.label for row in store.entity_index()] == ["One", "Three", "Two"]
    assert labels(tmp_path / "copy") == labels(path) == ["One", "Three", "Two"]
