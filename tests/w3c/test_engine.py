"""The W3C's query and update tests through what the service's workers run, beside pyoxigraph itself."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from api import jobs, writing
from api.gateway import CLOSED
from kg.errors import QueryError
from kg.store import EmbeddedStore
from tests.w3c.evaluation import Engine, passes, read_cases


def bare_query(store: ox.Store, sparql: str, base: str, accept: str) -> bytes:
    """Return the result as pyoxigraph gives it."""
    results = store.query(sparql, base_iri=base)
    if isinstance(results, ox.QueryTriples):
        return results.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
    csv = accept == "text/csv"
    return results.serialize(format=ox.QueryResultsFormat.CSV if csv else ox.QueryResultsFormat.JSON) or b""


def served_query(store: ox.Store, sparql: str, base: str, accept: str) -> bytes:
    """Return the result as a worker gives it."""
    job = {"sparql": sparql, "base": base, "accept": accept, "remote": CLOSED, "rows": 10**6, "bytes": 10**8,
           "default_graphs": [], "named_graphs": []}
    try:
        return jobs.query(EmbeddedStore(store), job)[1]
    except QueryError as error:
        raise _kind(error)(str(error)) from error


def bare_update(store: ox.Store, sparql: str, base: str) -> None:
    """Run the update as pyoxigraph does."""
    store.update(sparql, base_iri=base)


def served_update(store: ox.Store, sparql: str, base: str) -> None:
    """Run the update as the writer does."""
    job = {"update": sparql, "base": base, "using": [], "using_named": [], "remote": CLOSED}
    try:
        writing.update(EmbeddedStore(store), job)
    except QueryError as error:
        raise _kind(error)(str(error)) from error


def _kind(error: QueryError) -> type[Exception]:
    """Tell what is malformed from calls to other hosts, refused unread, and from what cannot be done."""
    if str(error).startswith(("SERVICE", "LOAD")):
        return PermissionError
    cause: BaseException | None = error
    while isinstance(cause, QueryError):
        cause = cause.__cause__
    return SyntaxError if isinstance(cause, SyntaxError | None) else RuntimeError


BARE, SERVED = Engine(bare_query, bare_update), Engine(served_query, served_update)


@pytest.mark.parametrize(("version", "tests", "anchor"), [("sparql11", 498, 487), ("sparql12", 269, 263)])
def test_no_fewer_than_pyoxigraph(suite: Path, version: str, tests: int, anchor: int) -> None:
    """Whatever pyoxigraph passes the service passes too.

    Calls to other hosts are refused unread, so a syntax test with SERVICE or LOAD passes by being refused.
    """
    cases = list(read_cases(suite / version))
    bare = {case.name for case in cases if passes(case, BARE)}
    served = {case.name for case in cases if passes(case, SERVED)}
    assert bare - served == set()
    assert len(cases) == tests
    assert min(len(bare), len(served)) >= anchor
