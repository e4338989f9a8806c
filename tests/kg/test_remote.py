"""Stores behind SPARQL endpoints: real servers hold what the embedded store holds, and trouble has one line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from rdflib import URIRef
from typer.testing import CliRunner

from kg import queries
from kg.cli import app
from kg.errors import QueryError, StoreError
from kg.export import QueryResults
from kg.model import Extraction
from kg.pipeline import add, remove
from kg.store import Store, open_store
from kg.store.credentials import PASSWORD, TOKEN, USER, Credentials
from kg.store.remote import Merge, RemoteStore, open_endpoint
from kg.vocab import IDENTITY, article_iri
from tests.kg.stories import Story
from tests.kg.test_store import SAID, Triple, facts, steps
from tests.servers import VIRTUOSO_PASSWORD, VIRTUOSO_USER, run_oxigraph, run_virtuoso

VIRTUOSO = {USER: VIRTUOSO_USER, PASSWORD: VIRTUOSO_PASSWORD}


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    """Return the address of an Oxigraph server."""
    with run_oxigraph() as url:
        yield url


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a Virtuoso server."""
    with run_virtuoso(tmp_path_factory.mktemp("virtuoso")) as url:
        yield url


@pytest.fixture(params=["oxigraph", "union", "virtuoso"])
def remote(request: pytest.FixtureRequest) -> Iterator[RemoteStore]:
    """Return an empty store on each server; ``union`` is Oxigraph with all graphs in its default graph."""
    if request.param == "union":
        with run_oxigraph("--union-default-graph") as url, open_endpoint(url, environment={}) as store:
            yield store
        return
    environment = VIRTUOSO if request.param == "virtuoso" else {}
    with open_endpoint(request.getfixturevalue(request.param), environment=environment) as store:
        _empty(store)
        yield store


def _empty(store: Store) -> None:
    for article in store.articles():
        store.remove_article(article)
    store.change([str(IDENTITY)])


def _stories() -> list[Extraction]:
    """Return two articles of which the second makes two names of the first one thing."""
    first, second = Story("first"), Story("second")
    first.who("Company", "IBM")
    first.who("Person", "Ann Lee")
    second.who("Company", "International Business Machines", "IBM")
    return [first.extraction(), second.extraction()]


def _rows(results: QueryResults) -> list[str]:
    assert isinstance(results, ox.QuerySolutions)
    return sorted(str([str(row[variable]) for variable in results.variables]) for row in results)


def _triples(store: Store, where: str = "?s ?p ?o") -> list[str]:
    results = store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} . ?s ?p ?o }}")
    assert isinstance(results, ox.QueryTriples)
    return sorted({str(triple) for triple in results})


def _agree(one: Store, other: Store) -> None:
    assert one.to_nquads() == other.to_nquads()
    assert one.size() == other.size()
    assert one.articles() == other.articles()
    assert one.entities() == other.entities()


def test_same_articles_give_the_same_quads(remote: RemoteStore, extractions: tuple[Extraction, ...]) -> None:
    """Articles built, removed and built again on a server give the bytes that they give on disk, identity included."""
    local = open_store()
    for store in (local, remote):
        add([*extractions, *_stories()], store)
    _agree(local, remote)
    for store in (local, remote):
        remove(["second", "cuts"], store)
    _agree(local, remote)
    for store in (local, remote):
        add([_stories()[1], extractions[0], *extractions], store)
    _agree(local, remote)


def test_a_file_of_quads_is_loaded(remote: RemoteStore, extractions: tuple[Extraction, ...], tmp_path: Path) -> None:
    """An empty endpoint is filled from a file as from articles, and one that holds an article is left alone."""
    local = open_store(tmp_path / "store")
    add([*extractions, *_stories()], local)
    local.close()
    quads = ox.Store.read_only(str(tmp_path / "store"))
    lines = [f"{quad} .\n" for quad in quads if quad.graph_name != ox.DefaultGraph()]
    (tmp_path / "all.nq").write_text("".join(lines), "utf-8")
    remote.load(tmp_path / "all.nq")
    _agree(open_store(tmp_path / "store", read_only=True), remote)
    remove(["second"], remote)
    with pytest.raises(StoreError, match="only an empty one is loaded"):
        remote.load(tmp_path / "all.nq")


def test_queries_without_from_read_the_merge(remote: RemoteStore) -> None:
    """The default graph holds what some article states, also after one of two has gone; once, but for unions."""
    local = open_store()
    rows = (lambda results: sorted(set(_rows(results)))) if remote._merge is Merge.UNION else _rows
    for article, quads in SAID.items():
        for store in (local, remote):
            store.add_article(article, quads)
    seen = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
    assert rows(remote.query(seen)) == rows(local.query(seen))
    for store in (local, remote):
        store.remove_article(next(iter(SAID)))
    assert rows(remote.query(seen)) == rows(local.query(seen))
    named = f"SELECT ?s WHERE {{ GRAPH <{article_iri('b')}/facts> {{ ?s rdfs:label ?o }} }}"
    assert rows(remote.query(named)) == rows(local.query(named)) != []
    both = "SELECT ?s ?g WHERE { ?s rdfs:label ?o GRAPH ?g { ?s a ?type } FILTER(STRENDS(STR(?g), '/facts')) }"
    assert rows(remote.query(both)) == rows(local.query(both)) != []


def test_named_queries_answer_the_same(oxigraph: str, extractions: tuple[Extraction, ...]) -> None:
    """Every named query has the same rows over a server as over the embedded store."""
    local = open_store()
    with open_endpoint(oxigraph, environment={}) as remote:
        _empty(remote)
        for store in (local, remote):
            add([*extractions, *_stories()], store)
        for name in queries.names():
            text = queries.load(name).text
            assert _rows(remote.query(text)) == _rows(local.query(text)), name


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_any_history_ends_as_in_the_embedded_store(
        oxigraph: str, history: list[tuple[URIRef, list[Triple] | None]]) -> None:
    """Adding, replacing and removing in any order leaves a server with the quads and merge of the embedded store."""
    local = open_store()
    with open_endpoint(oxigraph, environment={}) as remote:
        _empty(remote)
        for article, said in history:
            for store in (local, remote):
                if said is None:
                    store.remove_article(article)
                else:
                    store.add_article(article, facts(article, *said))
        assert remote.to_nquads() == local.to_nquads()
        assert _triples(remote) == _triples(local)


def test_where_the_merge_is(remote: RemoteStore, request: pytest.FixtureRequest) -> None:
    """Each server shows what it takes for its default graph, and nothing of the question stays."""
    expected = {"oxigraph": Merge.DEFAULT_GRAPH, "union": Merge.UNION, "virtuoso": Merge.NAMED_GRAPH}
    assert remote._probe() is expected[request.node.callspec.params["remote"]]
    assert not remote._endpoint.ask('ASK { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), "/probe/")) }')


def test_yes_no_and_triples(remote: RemoteStore) -> None:
    """ASK answers with a boolean and CONSTRUCT with triples, whatever shape the server gives them."""
    remote.add_article(article_iri("b"), SAID[article_iri("b")])
    yes, no = remote.query("ASK { ?s news:partOf ?o }"), remote.query("ASK { ?s news:ceoOf ?o }")
    assert isinstance(yes, ox.QueryBoolean)
    assert isinstance(no, ox.QueryBoolean)
    assert (bool(yes), bool(no)) == (True, False)
    assert _triples(remote, "?s news:partOf ?o") == _triples(remote, "GRAPH ?g { ?s news:partOf ?o }") != []
    assert remote.has_graph(article_iri("b") + "/facts")
    assert not remote.has_graph(article_iri("c") + "/facts")


def test_foreign_graphs_stay(oxigraph: str) -> None:
    """What else a server holds is neither exported nor changed."""
    with open_endpoint(oxigraph, environment={}) as remote:
        _empty(remote)
        remote.update("INSERT DATA { GRAPH <urn:theirs> { <urn:a> rdfs:label 'a' } }")
        for article, quads in SAID.items():
            remote.add_article(article, quads)
            remote.remove_article(article)
        assert (remote.to_nquads(), remote.articles(), remote.entities()) == (b"", [], [])
        assert remote.has_graph("urn:theirs")


def test_refusals(oxigraph: str) -> None:
    """Malformed queries, SERVICE, updates sent as queries and writes through a reader are refused."""
    with open_endpoint(oxigraph, environment={}, read_only=True) as remote:
        for text in ("SELECT {", "INSERT DATA { <urn:a> <urn:b> 1 }", "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }"):
            with pytest.raises(QueryError, match="refused"):
                remote.query(text)
        with pytest.raises(StoreError, match="for reading only"):
            remote.update("INSERT DATA { <urn:a> <urn:b> 1 }")
        with pytest.raises(StoreError, match="for reading only"):
            remote.remove_article(article_iri("a"))


@pytest.mark.parametrize(("environment", "message"), [
    ({}, "401, the endpoint asks for credentials; docs/cli.md says"),
    ({USER: VIRTUOSO_USER, PASSWORD: "wrong-secret"}, "401, .*; it did not accept the ones that it got"),
])
def test_credentials_are_asked_for(virtuoso: str, environment: dict[str, str], message: str) -> None:
    """A writer without credentials, or with wrong ones, is told so in one line that holds no secret."""
    with pytest.raises(StoreError, match=message) as raised, open_endpoint(f"{virtuoso}-auth", environment=environment):
        pass
    assert "wrong-secret" not in str(raised.value)


def test_limit_of_the_server_is_said(virtuoso: str) -> None:
    """Rows that Virtuoso leaves out are an error and not a shorter answer."""
    with open_endpoint(virtuoso, environment={}, read_only=True) as remote, \
            pytest.raises(StoreError, match="limit cut the solutions short"):
        remote.query("SELECT * { GRAPH ?g { ?s ?p ?o } }")


@pytest.mark.parametrize(("url", "message"), [
    ("http://127.0.0.1:9/sparql", "not reached"),
    ("http://user:secret@127.0.0.1/sparql", "leave name and password out of the address"),
    ("http:///sparql", "no address of an endpoint"),
])
def test_addresses_that_lead_nowhere(url: str, message: str) -> None:
    """A bad address is one clear line without the password that it may hold."""
    with pytest.raises(StoreError, match=message) as raised:
        open_endpoint(url, environment={})
    assert "secret" not in str(raised.value)


def test_secrets_travel_encrypted_or_not_at_all() -> None:
    """Credentials are not sent to another machine over http, and no text of them shows a secret."""
    with pytest.raises(StoreError, match="over https only"):
        open_endpoint("http://example.org/sparql", environment={TOKEN: "secret"})
    assert "secret" not in repr(Credentials("me", "secret", "secret"))


def test_commands_take_an_address(oxigraph: str, tmp_path: Path, extractions: tuple[Extraction, ...],
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """build, query, export, analyze and remove do on a server what they do on disk."""
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    with open_endpoint(oxigraph, environment={}) as remote:
        _empty(remote)
    for extraction in extractions:
        (tmp_path / f"{extraction.document.id}.json").write_text(json.dumps(extraction.to_dict()))
    disk = str(tmp_path / "disk")
    for command in (["build", "--extracted", str(tmp_path / "cuts.json"), str(tmp_path / "talk.json")],
                    ["query", "SELECT ?label { ?s rdfs:label ?label } ORDER BY ?label", "--format", "csv"],
                    ["export", "--format", "nquads"], ["analyze"], ["remove", "cuts"], ["export", "--format", "trig"]):
        outputs = [CliRunner().invoke(app, [*command, "--store", store]) for store in (disk, oxigraph)]
        assert [output.exit_code for output in outputs] == [0, 0], outputs[1].output
        if command[0] != "build":  # which says how long it took
            assert outputs[0].stdout == outputs[1].stdout
    refused = CliRunner().invoke(app, ["export", "--store", oxigraph.replace("/query", "/nothing")])
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "error: " in refused.stderr
