"""The embedded store: laws of add and remove, refusals, crash safety, search, formats."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from kg.errors import KGError, QueryError, StoreError
from kg.export import serialize
from kg.store import EmbeddedStore, Quad, open_store
from kg.store.version import VERSION
from kg.vocab import ENT, NEWS, RDF, RDFS, SKOS, XSD, article_iri, extraction_graph, facts_graph, provenance_graph

AMAZON, AWS, JASSY = ENT["Amazon-1"], ENT["AWS-2"], ENT["Andy_Jassy-3"]


Triple = tuple[URIRef, URIRef, URIRef | Literal]


def facts(article: str, *triples: Triple) -> list[Quad]:
    """Return the triples as quads of the article's facts graph."""
    return [(*triple, facts_graph(article)) for triple in triples]


def company(iri: URIRef, label: str, *aliases: str) -> list[Triple]:
    """Return the type, label and aliases of a company."""
    return [(iri, RDF["type"], NEWS["Company"]), (iri, RDFS["label"], Literal(label)),
            *[(iri, SKOS["altLabel"], Literal(alias)) for alias in aliases]]


def statement(article: str, name: str, subject: URIRef, object_: URIRef) -> list[Quad]:
    """Return the subject and object of a statement node."""
    node, graph = URIRef(f"{article}/{name}"), provenance_graph(article)
    return [(node, RDF["subject"], subject, graph), (node, RDF["object"], object_, graph)]


A, B, C = (article_iri(name) for name in "abc")
SAID: dict[URIRef, list[Quad]] = {
    A: facts(A, *company(AMAZON, "Amazon", "Amazon.com"), (JASSY, NEWS["ceoOf"], AMAZON))
    + statement(A, "s1", JASSY, AMAZON),
    B: facts(B, *company(AMAZON, "Amazon"), *company(AWS, "AWS", "Amazon Web Services"),
             (AWS, NEWS["partOf"], AMAZON)) + statement(B, "s1", AWS, AMAZON),
    C: facts(C, (JASSY, RDFS["label"], Literal("Andy Jassy")), (JASSY, NEWS["age"], Literal(57))),
}

terms = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
    st.integers(-10**6, 10**6).map(Literal),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**9).map(Literal),
    st.sampled_from([AMAZON, AWS, JASSY, Literal("Layoffs", lang="en"),
                     Literal("2025-07", datatype=XSD["gYearMonth"])]),
)
predicates = st.sampled_from([NEWS["partOf"], NEWS["count"], RDFS["label"]])
triples = st.lists(st.tuples(st.sampled_from([AMAZON, AWS]), predicates, terms), max_size=4)
steps = st.lists(st.tuples(st.sampled_from([A, B, C]), st.one_of(st.none(), triples)), max_size=8)


def nquads_of(said: dict[URIRef, list[Quad]]) -> bytes:
    """Return the bytes of a fresh store with these articles."""
    store = open_store()
    for article, quads in said.items():
        store.add_article(article, quads)
    return store.to_nquads()


@given(steps)
def test_only_what_each_article_said_last_counts(history: list[tuple[URIRef, list[Triple] | None]]) -> None:
    """Any history of adding, replacing and removing gives the bytes of a fresh store with the final articles."""
    store = open_store()
    last: dict[URIRef, list[Quad]] = {}
    for article, said in history:
        last.pop(article, None)
        if said is None:
            store.remove_article(article)
        else:
            last[article] = facts(article, *said)
            store.add_article(article, last[article])
    assert store.to_nquads() == nquads_of(last)
    assert store.articles() == sorted(article for article, quads in last.items() if quads)


same_few = st.sampled_from([Literal("Amazon"), Literal(57), Literal("57.0", datatype=XSD["decimal"]),
                            Literal("057", datatype=XSD["integer"]), AWS])
common = st.lists(st.tuples(st.just(AMAZON), predicates, same_few, st.sampled_from([facts_graph, provenance_graph])),
                  max_size=5)


def merge_of(store: EmbeddedStore) -> set[str]:
    """Return the triples of all articles, read from the bytes of the store."""
    return {str(quad.triple) for quad in ox.parse(store.to_nquads(), format=ox.RdfFormat.N_QUADS)}


def default_graph(store: EmbeddedStore) -> list[str]:
    """Return what a query without FROM sees, row by row."""
    results = store.query("SELECT ?s ?p ?o { ?s ?p ?o }")
    assert isinstance(results, ox.QuerySolutions)
    return sorted(str(ox.Triple(*row)) for row in results)


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), common), max_size=8))
def test_default_graph_is_the_merge(history: list[tuple[URIRef, list[Any]]]) -> None:
    """After any history the default graph holds each triple that some article states, once."""
    store = open_store()
    for article, said in history:
        if said:
            store.add_article(article, [(s, p, o, graph(article)) for s, p, o, graph in said])
        else:
            store.remove_article(article)
        assert default_graph(store) == sorted(merge_of(store))
        assert store.size() == len(store.to_nquads().splitlines())


@given(st.permutations([A, B, C]))
def test_order_of_articles_does_not_matter(order: list[URIRef]) -> None:
    """Articles added in any order give the same bytes and entities."""
    assert nquads_of({article: SAID[article] for article in order}) == nquads_of(SAID)


@given(terms)
def test_literals_come_back_as_they_went_in(term: URIRef | Literal) -> None:
    """A term with any text survives the store's text-based transaction."""
    store = open_store()
    store.add_article(A, facts(A, (AMAZON, NEWS["content"], term)))
    read = Dataset()
    read.parse(data=store.to_nquads(), format="nquads")
    [found] = [o for _, _, o, _ in read.quads()]
    assert found == term or (isinstance(found, Literal) and isinstance(term, Literal) and found.eq(term))


def test_disk_and_memory_agree(tmp_path: Path) -> None:
    """A store on disk gives the bytes of one in memory, also after it is opened again."""
    with open_store(tmp_path / "deep" / "store") as store:
        for article, quads in SAID.items():
            store.add_article(article, quads)
        store.flush()
    with open_store(tmp_path / "deep" / "store", read_only=True) as store:
        assert store.to_nquads() == nquads_of(SAID)
        assert store.size() == len(store.to_nquads().splitlines())
        assert default_graph(store) == sorted(merge_of(store))


@pytest.mark.parametrize("bad", [
    (AMAZON, NEWS["partOf"], AWS, facts_graph(B)),
    (BNode(), NEWS["partOf"], AWS, facts_graph(A)),
    (AMAZON, NEWS["partOf"], BNode(), facts_graph(A)),
    (Literal("x"), NEWS["partOf"], AWS, facts_graph(A)),
    (URIRef("no iri"), NEWS["partOf"], AWS, facts_graph(A)),
    (AMAZON, NEWS["content"], Literal("half a character: \ud800"), facts_graph(A)),
])
def test_bad_quads_change_nothing(bad: Quad) -> None:
    """A quad of a foreign graph, without a name or outside RDF is refused and the old article stays."""
    store = open_store()
    store.add_article(A, SAID[A])
    with pytest.raises(StoreError):
        store.add_article(A, [*facts(A, (AWS, NEWS["partOf"], AMAZON)), bad])
    assert store.to_nquads() == nquads_of({A: SAID[A]})


def file_in_place_of_store(path: Path) -> None:
    """Put a file where the store should be."""
    path.write_text("x")


def foreign_directory(path: Path) -> None:
    """Put a directory with somebody's file there."""
    path.mkdir()
    (path / "holiday.jpg").write_text("x")


def broken_store(path: Path) -> None:
    """Put a directory there that only looks like a store."""
    path.mkdir()
    (path / "CURRENT").write_text("rubbish\n")


@pytest.mark.parametrize(("prepare", "read_only"), [
    (file_in_place_of_store, False), (file_in_place_of_store, True), (foreign_directory, False),
    (foreign_directory, True), (broken_store, False), (broken_store, True),
    (lambda path: None, True), (lambda path: path.mkdir(), True),
])
def test_what_is_no_store_is_named(tmp_path: Path, prepare: Callable[[Path], None], read_only: bool) -> None:
    """Opening what is no store gives one line with its path, and writes nothing into a foreign directory."""
    path = tmp_path / "here"
    prepare(path)
    with pytest.raises(StoreError, match="here") as caught:
        open_store(path, read_only=read_only)
    assert "\n" not in str(caught.value)
    if prepare is foreign_directory:
        assert [file.name for file in path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize(("mark", "reason"), [
    (str(VERSION + 1), r"newer version of this program: it has layout \d+, .*; install a newer stringer-kg"),
    ("two", "its file STORE_VERSION holds no number")])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_store_of_a_newer_version_is_named(tmp_path: Path, mark: str, reason: str, read_only: bool) -> None:
    """Stores and their backups say which version made them; one of a later version is left alone, in one plain line."""
    with open_store(tmp_path / "store") as store:
        store.backup(tmp_path / "copy")
    for path in (tmp_path / "store", tmp_path / "copy"):
        assert (path / "STORE_VERSION").read_text() == f"{VERSION}\n"
        (path / "STORE_VERSION").write_text(mark)
        before = {file: file.stat().st_mtime_ns for file in path.iterdir()}
        with pytest.raises(StoreError, match=reason) as caught:
            open_store(path, read_only=read_only)
        assert "\n" not in str(caught.value)
        assert {file: file.stat().st_mtime_ns for file in path.iterdir()} == before


def test_a_store_without_a_mark_is_read_and_marked(tmp_path: Path) -> None:
    """Stores from before there were marks go on."""
    with open_store(tmp_path / "store") as store:
        store.add_article(A, SAID[A])
    (tmp_path / "store" / "STORE_VERSION").unlink()
    with open_store(tmp_path / "store", read_only=True) as store:
        assert store.size() == len(SAID[A])
    open_store(tmp_path / "store").close()
    assert (tmp_path / "store" / "STORE_VERSION").exists()


def test_locked_store_is_named(tmp_path: Path) -> None:
    """A store that somebody writes cannot be opened a second time for writing, until it is closed."""
    first = open_store(tmp_path / "store")
    with pytest.raises(StoreError, match=r"store .*store is in use"):
        open_store(tmp_path / "store")
    first.close()
    first.close()
    open_store(tmp_path / "store").close()
    with pytest.raises(StoreError, match="closed"):
        first.articles()


def test_read_only_store_refuses_writes(tmp_path: Path) -> None:
    """A store opened for reading says so when written."""
    open_store(tmp_path / "store").close()
    with open_store(tmp_path / "store", read_only=True) as store, pytest.raises(StoreError, match="reading only"):
        store.add_article(A, SAID[A])


def write_until_killed(path: Path, progress: Connection) -> None:
    """Replace two articles in turn for ever, reporting each write that returned."""
    store = open_store(path)
    for count in range(100_000):
        said = [(AMAZON, NEWS["count"], Literal(f"{count} {k}")) for k in range(50)]
        store.add_article(A if count % 2 else B, facts(A if count % 2 else B, *said))
        progress.send(count)


WHOLE_ARTICLES = """
SELECT (COUNT(*) AS ?n) (MIN(?number) AS ?first) (MAX(?number) AS ?last)
WHERE { GRAPH ?g { ?s ?p ?o BIND(xsd:integer(STRBEFORE(?o, " ")) AS ?number) } } GROUP BY ?g
"""


def test_a_large_change_is_one_like_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written as files of quads beside the database makes the same store, and leaves no files behind."""
    monkeypatch.setattr("kg.store.embedded.MANY", 1)
    with open_store(tmp_path / "large") as large, open_store() as small:
        for article, said in ((A, SAID[A]), (B, SAID[B]), (A, facts(A, (AMAZON, NEWS["age"], Literal(1))))):
            for store in (large, small):
                store.change([facts_graph(article), provenance_graph(article)], said)
            assert large.to_nquads() == small.to_nquads()
            assert default_graph(large) == default_graph(small)
            assert {str(name) for name in large._open.named_graphs()} == {str(n) for n in small._open.named_graphs()}
    assert not list((tmp_path / "large").glob("bulk*"))


def test_files_of_a_killed_writer_are_swept_up(tmp_path: Path) -> None:
    """A file of quads that a killed process was writing goes when the store is next written."""
    with open_store(tmp_path / "store") as store:
        store.add_article(A, SAID[A])
    left = tmp_path / "store" / "bulk-0123456789abcdef.sst"
    left.write_bytes(b"half of it")
    with open_store(tmp_path / "store", read_only=True):
        assert left.exists()
    with open_store(tmp_path / "store") as store:
        assert not left.exists()
        assert store.to_nquads() == nquads_of({A: SAID[A]})


def test_killed_writer_loses_nothing_stored(tmp_path: Path) -> None:
    """After kill -9 every article is whole: the one reported last, or its successor."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    writer = context.Process(target=write_until_killed, args=(tmp_path / "store", sender))
    writer.start()
    last = 0
    while last < 20:
        last = receiver.recv()
    assert writer.pid
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    while receiver.poll():
        last = receiver.recv()
    with open_store(tmp_path / "store") as store:
        rows = [[int(cell) for cell in line.split(",")]
                for line in serialize(store.query(WHOLE_ARTICLES), "csv").decode().split()[1:]]
    assert all(n == 50 and first == newest for n, first, newest in rows)
    assert max(newest for *_, newest in rows) >= last


def test_backup_is_independent(tmp_path: Path) -> None:
    """A backup holds what was there, from disk or memory, and does not follow later changes."""
    for number, path in enumerate((tmp_path / "store", None)):
        copy = tmp_path / "backups" / str(number)
        with open_store(path) as store:
            store.add_article(A, SAID[A])
            store.backup(copy)
            store.add_article(B, SAID[B])
            with pytest.raises(StoreError, match="exists"):
                store.backup(copy)
        with open_store(copy) as restored:
            assert restored.to_nquads() == nquads_of({A: SAID[A]})
            assert default_graph(restored) == sorted(merge_of(restored))


@pytest.fixture
def store() -> EmbeddedStore:
    """Return a store in memory with three articles."""
    store = open_store()
    for article, quads in SAID.items():
        store.add_article(article, quads)
    return store


def values(store: EmbeddedStore, sparql: str, **options: Any) -> list[str]:
    """Return the first column of the solutions."""
    results = store.query(sparql, prefixes=True, **options)
    assert isinstance(results, ox.QuerySolutions)
    return [row[0].value for row in results]


def test_what_two_articles_state_counts_once(store: EmbeddedStore) -> None:
    """A label that two articles give is one triple, until neither gives it."""
    count = "SELECT (COUNT(*) AS ?n) { ?who rdfs:label 'Amazon' }"
    assert values(store, count) == ["1"]
    store.remove_article(A)
    assert values(store, count) == ["1"]
    store.remove_article(B)
    assert values(store, count) == ["0"]


def test_queries_see_the_merge_and_the_standard_prefixes(store: EmbeddedStore) -> None:
    """Without FROM all articles answer together, and no prefix needs declaring."""
    assert values(store, "SELECT ?who { ?who news:ceoOf/^news:partOf ?unit }") == [str(JASSY)]
    assert values(store, "PREFIX news: <http://elsewhere/> SELECT ?who { ?who news:ceoOf ?unit }") == []
    with pytest.raises(QueryError):
        store.query("SELECT * { ?who news:ceoOf ?unit }", prefixes=False)


def test_queries_choose_their_own_dataset(store: EmbeddedStore) -> None:
    """FROM and the protocol's graph parameters narrow the query to those graphs."""
    labels = "SELECT DISTINCT ?l {0} {{ ?s rdfs:label ?l }} ORDER BY ?l"
    assert values(store, labels.format("")) == ["AWS", "Amazon", "Andy Jassy"]
    assert values(store, labels.format(f"FROM <{facts_graph(A)}>")) == ["Amazon"]
    assert values(store, labels.format(""), default_graphs=[facts_graph(C)]) == ["Andy Jassy"]
    inside = "SELECT ?l {0} {{ GRAPH ?g {{ ?s rdfs:label ?l }} }}"
    assert values(store, inside.format(""), named_graphs=[facts_graph(C)]) == ["Andy Jassy"]
    assert values(store, inside.format(f"FROM NAMED <{facts_graph(C)}>")) == ["Andy Jassy"]
    assert values(store, labels.format(f"FROM NAMED <{facts_graph(C)}>")) == []


def test_several_graphs_given_to_a_query_repeat_rows(store: EmbeddedStore) -> None:
    """Graphs that FROM puts together are searched one after another, as docs/graph.md says; DISTINCT helps."""
    query = "SELECT {0} ?who {1} {{ ?who rdfs:label 'Amazon' }}"
    graphs: list[str] = [facts_graph(A), facts_graph(B), facts_graph(B)]
    both = " ".join(f"FROM <{graph}>" for graph in graphs[:2])
    assert values(store, query.format("", both)) == [str(AMAZON)] * 2
    assert values(store, query.format("", ""), default_graphs=graphs) == [str(AMAZON)] * 2
    assert values(store, query.format("DISTINCT", both)) == [str(AMAZON)]


HERE = "<http://127.0.0.1:9/>"


@pytest.mark.parametrize("sparql", [
    f"SELECT * {{ SERVICE {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ service silent {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERV\\u0049CE {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s ?p 1SERVICE{HERE}{{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s ?p trueSERVICE{HERE}{{ ?s ?p ?o }} }}",
    "PREFIX x: <http://127.0.0.1:9/> SELECT * { OPTIONAL { ?s ?p ?o } SERVICEx:y { ?s ?p ?o } }",
    "SELECT * { ?a ?b ?c FILTER(1<2)SERVICE ?x{ ?s ?p ?o } }",
    f"SELECT * {{ ?s <http://x/\\u0041#> ?o . SERVICE {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s news:a\\# SERVICE {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s ?p 'it\\'s # ' . SERVICE {HERE} {{ ?s ?p ?o }} }}",
    f'SELECT * {{ ?s ?p """a "quoted" # """ . SERVICE {HERE} {{ ?s ?p ?o }} }}',
    f"SELECT * {{ # comment\rSERVICE {HERE} {{ ?s ?p ?o }} }}",
    f'SELECT * {{ ?s ?p "a\\u0022 . " . SERVICE {HERE} {{ ?s ?p "b" }} }}',
    f"SELECT * {{ ?s ?p _:b.SERVICE {HERE} {{ ?s ?p ?o }} }}",
])
def test_service_is_refused(store: EmbeddedStore, sparql: str) -> None:
    """No spelling of SERVICE that the grammar takes gets as far as a connection."""
    with pytest.raises(QueryError, match="SERVICE is refused"):
        store.query(sparql)


@pytest.mark.parametrize("sparql", [
    "SELECT ?service { ?service news:customer-service $SERVICE }",
    "# SERVICE <http://x/> { }\nSELECT * { ?s ?p <http://x/service#SERVICE> }",
    "SELECT * { ?s ?p 'a SERVICE' , \"\"\"more \"SERVICE\" \"\"\" , 'SERVICE \\' ' }",
    "SELECT * { ?s ?p ?o FILTER(?o<?s && ?o >?p) }",
])
def test_the_word_service_is_not_refused(store: EmbeddedStore, sparql: str) -> None:
    """Variables, names, strings and comments may say service."""
    store.query(sparql)


@pytest.mark.parametrize("sparql", ["", "SELECT * { ?s ?p", "SELECT * { ?s foo:p ?o }", "LOAD <http://127.0.0.1:9/>",
                                    "INSERT DATA { <http://x/> <http://x/> 1 }", "CLEAR ALL", "DROP ALL"])
def test_malformed_queries_and_updates_are_refused(store: EmbeddedStore, sparql: str) -> None:
    """What is no read query raises QueryError in one line and changes nothing."""
    before = store.to_nquads()
    with pytest.raises(QueryError) as caught:
        store.query(sparql)
    assert "\n" not in str(caught.value)
    assert store.to_nquads() == before


def test_search_ranks_names(store: EmbeddedStore) -> None:
    """Equal names come before prefixes, prefixes before inner words, and aliases find their entity."""
    assert [row.label for row in store.search_entities("amazon")] == ["Amazon", "AWS"]
    assert [row.label for row in store.search_entities("JASSY")] == ["Andy Jassy"]
    assert [row.label for row in store.search_entities("ama", limit=1)] == ["Amazon"]
    assert store.search_entities("") == store.search_entities("zzz") == store.search_entities("a", limit=0) == []
    [amazon] = store.search_entities("Amazon.com")
    assert (amazon.iri, amazon.type, amazon.statements, amazon.articles) == (str(AMAZON), "Company", 2, 2)


def test_search_follows_writes(store: EmbeddedStore) -> None:
    """A removed article's entities are no longer found, and accents do not count."""
    assert store.search_entities("AWS")
    store.remove_article(B)
    assert store.search_entities("AWS") == []
    store.add_article(B, facts(B, *company(ENT["Nestle-9"], "Nestlé  S.A.")))
    assert [row.label for row in store.search_entities("nestle s")] == ["Nestlé  S.A."]


@pytest.mark.parametrize(("name", "format"), [("trig", ox.RdfFormat.TRIG), ("nquads", ox.RdfFormat.N_QUADS),
                                              ("jsonld", ox.RdfFormat.JSON_LD)])
def test_dumps_hold_every_graph(store: EmbeddedStore, name: str, format: ox.RdfFormat) -> None:
    """Formats with graphs round-trip."""
    read = ox.Store()
    read.load(store.dump(name), format)
    assert sorted(str(read).splitlines()) == store.to_nquads().decode().splitlines()


@pytest.mark.parametrize(("name", "parser"), [("turtle", "turtle"), ("ntriples", "nt"), ("rdfxml", "xml")])
def test_turtle_merges_the_facts(store: EmbeddedStore, name: str, parser: str) -> None:
    """Formats without graphs hold the facts of all articles, and no provenance."""
    read, expected = Graph(), Graph()
    read.parse(data=store.dump(name), format=parser)
    for article, quads in SAID.items():
        for s, p, o, graph in quads:
            if graph == facts_graph(article):
                expected.add((s, p, o))
    assert isomorphic(read, expected)


def test_turtle_uses_only_the_prefixes_it_needs(store: EmbeddedStore) -> None:
    """Turtle is written with prefixes, types first."""
    turtle = store.dump("turtle").decode()
    assert "ent:Andy_Jassy-3 rdfs:label \"Andy Jassy\" ;\n\tnews:age 57" in turtle
    assert "a news:Company" in turtle
    assert "@prefix oa:" not in turtle
    with pytest.raises(StoreError, match="turtle"):
        store.dump("docx")


def test_dump_bytes_do_not_depend_on_history(store: EmbeddedStore) -> None:
    """Every format gives the same bytes for the same content."""
    other = open_store()
    for article in (C, A, B, A):
        other.add_article(article, SAID[article])
    for name in ("turtle", "trig", "nquads", "jsonld", "ntriples", "rdfxml"):
        assert store.dump(name) == other.dump(name)


def test_loaded_store_is_the_one_that_was_written(store: EmbeddedStore, tmp_path: Path) -> None:
    """A store loaded from another's quads holds the same, the merge too; kept extractions stay out of the merge."""
    kept = f'{JASSY.n3()} <a:is> "kept" <{extraction_graph(A)}> .\n'.encode()
    (tmp_path / "quads.nq").write_bytes(store.to_nquads() + kept)
    loaded = open_store()
    loaded.load(tmp_path / "quads.nq")
    assert loaded.to_nquads() == store.to_nquads()
    assert default_graph(loaded) == default_graph(store)
    with pytest.raises(StoreError, match="not empty"):
        loaded.load(tmp_path / "quads.nq")


def test_broken_file_is_not_loaded(tmp_path: Path) -> None:
    """A file that is no N-Quads is named."""
    (tmp_path / "quads.nq").write_text("<a:b> <a:c>")
    with pytest.raises(StoreError, match=r"quads\.nq"):
        open_store().load(tmp_path / "quads.nq")


def test_results_are_serialized_by_query_form(store: EmbeddedStore) -> None:
    """Rows, booleans and triples take the formats of their kind and name them when asked for another."""
    select, ask, construct = ("SELECT ?x { ?x news:ceoOf ?y }", "ASK { ?x news:ceoOf ?y }",
                              "CONSTRUCT { ?x news:runs ?y } WHERE { ?x news:ceoOf ?y }")
    assert serialize(store.query(select), "csv").decode().split() == ["x", str(JASSY)]
    assert b"true" in serialize(store.query(ask), "json")
    assert b"ent:Andy_Jassy-3 news:runs ent:Amazon-1" in serialize(store.query(construct), "turtle")
    for sparql, name in [(select, "turtle"), (ask, "csv"), (construct, "csv")]:
        with pytest.raises(KGError, match="choose one of"):
            serialize(store.query(sparql), name)
