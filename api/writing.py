"""What the writer process can do: updates, the writes of the Graph Store Protocol, snapshots."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pyoxigraph as ox

from api import outside
from api.answers import EMPTY, PATIENCE, Answer, Job, RefusedError
from api.gateway import Bounds, Gateway, fetch
from api.negotiation import GRAPHS
from api.updates import with_dataset, within_graph
from kg.backup import snapshot_beside_writer
from kg.errors import QueryError, StoreError
from kg.export import RDF_FORMATS
from kg.identity import Identity
from kg.model import Extraction
from kg.search.files import Fingerprint, fingerprint
from kg.store import EmbeddedStore, Store, open_store
from kg.vocab import compact, facts_graph, provenance_graph

Write = Callable[[Store, Job], Answer]

GATEWAY = Gateway()
"""What reaches other endpoints for the one update that this process works on."""

_PATIENCE = 5.0
"""Seconds to wait for another process that writes."""


class Writer:
    """Holds the store open from the first write until it is told to close it.

    The state that it names has the number of its last write, counted anew where others have written as far as anybody
    can tell from the store's files. Of each graph it knows which write has changed it last.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store: EmbeddedStore | None = None
        self._count = 0
        self._others = ""
        self._changed: dict[str, int] = {}
        self._everything = 0
        self._left: Fingerprint | None = None

    def answer(self, job: Job) -> Answer:
        """Do what the job says and return when it is stored."""
        if "snapshot" in job:
            return self._snapshot(Path(job["snapshot"]))
        if "close" in job:
            return self._close()
        store = self._opened()
        self._check(job)
        self._note(job)
        return write(store, job)

    @property
    def _state(self) -> str:
        return f"{self._others}-{self._count}"

    def _check(self, job: Job) -> None:
        """Raise ``RefusedError`` where what the job is about has been written since the state that it expects."""
        if "expected" not in job:
            return
        others, _, count = job["expected"].rpartition("-")
        last = max(self._everything, self._changed.get(_graph(job), 0)) if "change" in job else self._count
        if others != self._others or last > int(count):
            raise RefusedError(412, "This has been written since; read again what you want to change.")

    def _note(self, job: Job) -> None:
        self._count += 1
        if "change" in job:
            self._changed[_graph(job)] = self._count
        else:
            self._everything = self._count

    def _opened(self) -> EmbeddedStore:
        if self._store is None:
            found = fingerprint(self._path)  # opening changes the files
            try:
                self._store = open_store(self._path, wait=_PATIENCE)
            except StoreError as error:
                if "in use" in str(error):
                    raise RefusedError(503, "Another process is writing to the store; try again later.") from error
                raise
            if found != self._left:
                self._others, self._changed = uuid4().hex, {}
        return self._store

    def _close(self) -> Answer:
        if self._store is not None:
            self._store.close()
            self._store = None
            self._left = fingerprint(self._path)
        return EMPTY

    def _snapshot(self, target: Path) -> Answer:
        held = self._store is not None
        try:
            self._opened().backup(target)
            seen = fingerprint(self._path)
        except RefusedError:
            return _snapshot_beside_writer(self._path, target)
        finally:
            if not held:
                self._close()
        return _json({"files": seen, "state": self._state})


def _graph(job: Job) -> str:
    """Return the name of the graph that a job of the Graph Store Protocol is about."""
    return job["change"] or ""


class EndpointWriter:
    """Writes through an endpoint, to which others may write as well without anybody here being told."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._store: Store | None = None

    def answer(self, job: Job) -> Answer:
        """Do what the job says and return when the endpoint has answered."""
        if self._store is None:
            from kg.store.remote import open_endpoint  # httpx takes a tenth of a second to import

            self._store = open_endpoint(self._address, **PATIENCE)
        return write(self._store, job)


def write(store: Store, job: Job) -> Answer:
    """Do the one of ``WRITES`` that the job says."""
    for kind, work in WRITES.items():
        if kind in job:
            return work(store, job)
    raise ValueError(f"unknown job {sorted(job)}")


def update(store: Store, job: Job) -> Answer:
    """Run the job's SPARQL update over the dataset that it names."""
    text = with_dataset(job["update"], job["using"], job["using_named"])
    _check_and_run(store, text, job)
    return EMPTY


def change_graph(store: Store, job: Job) -> Answer:
    """Do a writing method of the Graph Store Protocol; the answer tells whether the graph is new."""
    name, method = job["change"], job["method"]
    existed = store.has_graph(name)
    if job.get("exists", existed) != existed:
        raise RefusedError(412, f"The graph is {'there already' if existed else 'not there'}.")
    if method == "PATCH":
        _check_and_run(store, within_graph(job["patch"], name), job)
    elif method == "DELETE":
        if not existed:
            raise RefusedError(404, "There is no such graph.")
        store.update("DROP DEFAULT" if name is None else f"DROP GRAPH {ox.NamedNode(name)}")
    else:
        store.update(_text(method, name, job), prefixes=False, remote=True)
    return _json({"created": not existed})


def add_article(store: Store, job: Job) -> Answer:
    """Store the job's extraction in place of what its article said before, as ``kg build`` does."""
    Identity(store).add(Extraction.from_dict(job["extraction"]))
    store.flush()
    return EMPTY


def remove_article(store: Store, job: Job) -> Answer:
    """Forget the job's article."""
    if not any(map(store.has_graph, (facts_graph(job["forget"]), provenance_graph(job["forget"])))):
        raise RefusedError(404, "There is no such article.")
    Identity(store).remove(job["forget"])
    store.flush()
    return EMPTY


def decide(store: Store, job: Job) -> Answer:
    """Hold the job's two names for one entity or for two; return the entities that they mean then."""
    identity = Identity(store)
    one, other = (_known(identity, job[name]) for name in ("one", "other"))
    if one == other:
        raise RefusedError(409, "The two are the same name.")
    changed = (identity.merge if job["decide"] == "merge" else identity.split)(one, other)
    store.flush()
    return _json({"changed": changed, "one": compact(identity.bearer(one)), "other": compact(identity.bearer(other))})


def _known(identity: Identity, name: str) -> str:
    found = identity.find(name)
    if len(found) != 1 or not identity.index.bearers(identity.index.home(found[0])):
        raise RefusedError(404, f"No article speaks of {name!r}, or several entities bear that name.")
    return found[0]


def _check_and_run(store: Store, text: str, job: Job) -> None:
    with GATEWAY.within(job["remote"]) as bounds:
        text = outside.redirect_services(text, bounds.hosts, GATEWAY.address)
        text = outside.check_loads(text, bounds.hosts)
        if bounds.hosts:
            text = outside.replace_loads(text, lambda iri: _document(iri, bounds))
        try:
            store.update(text, base=job["base"], remote=True)
        except StoreError as error:
            if bounds.hosts:
                raise RefusedError(502, GATEWAY.reason or "The update failed: an endpoint did not answer.") from error
            raise


def _document(iri: str, bounds: Bounds) -> str:
    """Return the triples of a document elsewhere."""
    media_type, data = fetch("GET", iri, bounds, headers={"Accept": ", ".join(GRAPHS)})
    if media_type not in GRAPHS:
        raise RefusedError(502, f"{iri} is {media_type} and none of {', '.join(GRAPHS)}.")
    return " .\n".join(map(str, _parse(media_type, data, iri)))


def _text(method: str, name: str | None, job: Job) -> str:
    """Return the update that replaces a graph, or adds to it, in one transaction."""
    triples = " .\n".join(map(str, _triples(job)))
    if name is None:
        return f"{'CLEAR DEFAULT ;' if method == 'PUT' else ''} INSERT DATA {{ {triples} }}"
    graph = ox.NamedNode(name)
    drop = f"DROP SILENT GRAPH {graph} ;" if method == "PUT" else ""
    return f"{drop} CREATE SILENT GRAPH {graph} ; INSERT DATA {{ GRAPH {graph} {{ {triples} }} }}"


def _triples(job: Job) -> Iterator[ox.Triple]:
    for media_type, data in job["parts"]:
        if media_type not in GRAPHS:
            raise RefusedError(415, f"Send the graph as {', '.join(GRAPHS)}.")
        yield from _parse(media_type, base64.b64decode(data), job["base"])


def _parse(media_type: str, data: bytes, base: str) -> Iterator[ox.Triple]:
    format = RDF_FORMATS[GRAPHS[media_type]]
    try:
        for quad in ox.parse(data, format=format, base_iri=base, rename_blank_nodes=True):
            if quad.graph_name != ox.DefaultGraph():
                raise QueryError(f"a graph may not hold the named graph {quad.graph_name}")
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the body is no {media_type}: {' '.join(str(error).split())[:200]}") from error


def _snapshot_beside_writer(path: Path, target: Path) -> Answer:
    """Copy what another process, which holds the store, has flushed, and say what was there before."""
    seen = fingerprint(path)
    try:
        snapshot_beside_writer(path, target)
    except StoreError as error:
        raise RefusedError(503, "Another process is writing to the store; try again later.") from error
    return _json({"files": seen, "state": ""})


WRITES: Mapping[str, Write] = {
    "update": update, "change": change_graph, "extraction": add_article, "forget": remove_article, "decide": decide}
"""What writes, by the field that says what."""


def _json(data: object) -> Answer:
    return "application/json", json.dumps(data).encode()
