import pyoxigraph as ox
import pytest

from api.updates import with_dataset, within_graph
from kg.errors import QueryError

G, H = ox.NamedNode("a:g"), ox.NamedNode("a:h")
DATA = "<a:s> <a:p> 1 . <a:g> { <a:s> <a:p> 2 . <a:s> <a:q> 2 } <a:h> { <a:s> <a:p> 3 }"


def store() -> ox.Store:
    """Return a store with a triple in the default graph and some in two named graphs."""
    store = ox.Store()
    store.load(DATA, format=ox.RdfFormat.TRIG)
    return store


def after(update: str) -> set[str]:
    """Return what the store holds after an update, beside what it held before."""
    changed, before = store(), set(store())
    changed.update(update)
    return {f"-{quad}" for quad in before - set(changed)} | {f"+{quad}" for quad in set(changed) - before}


def quad(sign: str, predicate: str, value: int, graph: str = "") -> str:
    """Return the line for a quad that came (+) or went (-)."""
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return sign + str(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode(predicate), ox.Literal(value), name))


@pytest.mark.parametrize(("update", "changes"), [
    ("INSERT { ?s <a:new> ?o } WHERE { ?s <a:p> ?o }", {quad("+", "a:new", 2)}),
    ("INSERT { ?s <a:new> ?o } # WHERE\nWHERE { ?s <a:p> ?o }", {quad("+", "a:new", 2)}),
    ("PREFIX where: <a:> INSERT { ?s where:new ?o } WHERE { ?s where:p ?o }", {quad("+", "a:new", 2)}),
    ("insert{?s <a:new> ?o}where{?s <a:p> ?o FILTER(?o != 'WHERE {')}", {quad("+", "a:new", 2)}),
    ("INSERT { ?s <a:new> ?o } WHERE { GRAPH ?g { ?s <a:p> ?o } }", {quad("+", "a:new", 3)}),
    ("INSERT { ?s <a:new> ?o } WHERE { { SELECT * WHERE { ?s <a:q> ?o } } }", {quad("+", "a:new", 2)}),
    ("DELETE WHERE { GRAPH <a:h> { ?s <a:p> ?o } }", {quad("-", "a:p", 3, "a:h")}),
    ("DELETE WHERE { GRAPH <a:g> { ?s <a:p> ?o } }", set()),
    ("INSERT DATA { <a:s> <a:new> 1 } ; DELETE { ?s <a:new> 1 } INSERT { ?s <a:new> ?o } WHERE { ?s <a:p> ?o }",
     {quad("+", "a:new", 2)}),
    ("DROP GRAPH <a:h>", {quad("-", "a:p", 3, "a:h")}),
])
def test_dataset(update: str, changes: set[str]) -> None:
    """Where-clauses read the dataset of the request; what is written goes where the update says."""
    assert after(with_dataset(update, ["a:g"], ["a:h"])) == changes


@pytest.mark.parametrize("update", [
    "WITH <a:g> INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", "INSERT { ?s ?p 1 } USING <a:g> WHERE { ?s ?p ?o }",
    "INSERT { ?s ?p 1 } USING NAMED <a:g> WHERE { ?s ?p ?o }", "DELETEWHERE { ?s ?p ?o }", "DELETE WHERE",
])
def test_dataset_conflicts(update: str) -> None:
    """An update that names a dataset itself, or that is not understood, is refused beside one of the request."""
    with pytest.raises(QueryError):
        with_dataset(update, ["a:g"], [])


def test_dataset_must_be_iris() -> None:
    """A graph name cannot smuggle text into the update."""
    with pytest.raises(QueryError, match="no IRI"):
        with_dataset("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", ["a:g> WHERE {} ; DROP ALL #"], [])


@pytest.mark.parametrize(("update", "changes"), [
    ("INSERT DATA { <a:s> <a:new> 1 }", {quad("+", "a:new", 1, "a:g")}),
    ("DELETE DATA { <a:s> <a:p> 2 }", {quad("-", "a:p", 2, "a:g")}),
    ("DELETE WHERE { ?s <a:q> ?o }", {quad("-", "a:q", 2, "a:g")}),
    ("DELETE { ?s <a:q> ?o } INSERT { ?s <a:r> ?o } WHERE { ?s <a:q> ?o }",
     {quad("-", "a:q", 2, "a:g"), quad("+", "a:r", 2, "a:g")}),
    ("DELETE { ?s <a:q> ?o } WHERE { ?s <a:q> ?o } ; INSERT { ?s <a:r> ?o } WHERE { ?s <a:p> ?o }",
     {quad("-", "a:q", 2, "a:g"), quad("+", "a:r", 2, "a:g")}),
])
def test_one_graph(update: str, changes: set[str]) -> None:
    """A patch reads and changes its own graph only."""
    assert after(within_graph(update, "a:g")) == changes


@pytest.mark.parametrize("update", [
    "INSERT DATA { GRAPH <a:h> { <a:s> <a:p> 1 } }", "DROP ALL", "CLEAR DEFAULT", "LOAD <a:x>",
    "WITH <a:h> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "COPY <a:h> TO <a:g>",
    "INSERT { ?s ?p ?o } USING <a:h> WHERE { ?s ?p ?o }",
])
def test_one_graph_only(update: str) -> None:
    """A patch that names another graph, or that is about whole graphs, is refused."""
    with pytest.raises(QueryError):
        within_graph(update, "a:g")
