"""Where the stages meet: articles -> language model -> extraction -> RDF -> store.

The language model is imported when the first article comes, so that reading, querying and
serving a graph never load spaCy.
"""

from __future__ import annotations

import datetime as dt
import gc
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar, cast

from kg import corpus
from kg import ontology as news_ontology
from kg.corpus.reading import OnError
from kg.errors import InputError, KGError, StoreError
from kg.export import RDF_FORMATS
from kg.graph import Graph
from kg.identity import Identity
from kg.model import Document, Event, Extraction
from kg.origin import Recipe, unread
from kg.schema import read_schema
from kg.schema.keeping import to_quads
from kg.store import Store, is_address, open_store
from kg.vocab import article_iri

In = TypeVar("In")
Out = TypeVar("Out")
Articles = str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | Iterable[Document]
OnProgress = Callable[[Extraction], object]
OnPresent = Callable[[str], object]

PATIENCE, MOST_PATIENCE = 1.0, 16.0
"""Seconds after which articles are stored that wait for others: at first, and at most, as it doubles each time.

A database merges what it is given, and the more so the smaller the pieces are.
"""

SELDOM = 100_000, 50, 50
"""When Python looks for cycles while articles are stored: quads are many and never in one, and what is looked through
grows with the graph, as the index of names does."""

SHARED = ["kg.pipeline", "kg.extract", "kg.nlp.shared"]
"""What the processes that extract have in common: modules that load the language model when they are imported."""


def build(
    articles: Articles,
    out: str | os.PathLike[str] | None = None,
    *,
    title: str | None = None,
    date: str | dt.date | None = None,
    source: str | None = None,
    language: str | None = None,
    formats: Sequence[str] = (),
    min_confidence: float = 0.0,
    batch_size: int = 8,
    workers: int = 1,
    extracted: bool = False,
    ontology: str | os.PathLike[str] | None = None,
    again: bool = False,
    on_error: OnError = corpus.raise_error,
    on_progress: OnProgress | None = None,
    on_present: OnPresent = lambda id: None,
) -> Graph:
    """Build a graph from articles: documents, or files, folders and ``-`` as ``corpus.read`` takes them.

    The graph is kept in the directory ``out``, or by the SPARQL endpoint at this address, or in memory without
    one. An article that is already in it is replaced, the others stay. One that a directory holds already, read
    from the same text with the same options by the same program, model and ontology, is not read again unless
    ``again``: ``on_present`` gets its id. ``formats`` (names of ``kg.export.RDF_FORMATS``) also writes
    ``out/graph.ttl`` and the like into a directory. ``on_progress`` gets each extraction once it is stored.
    With ``extracted`` the inputs are files of extraction JSON, and no language model is loaded.
    With ``ontology``, a file that ``kg.schema.read_schema`` reads, the graph is in the terms of that ontology.
    """
    _check_formats(formats, out)
    options = {"title": title, "date": date, "source": source, "language": language}
    items: Iterator[Any] = (_extractions if extracted else _documents)(articles, on_error=on_error, **options)
    recipe = Recipe.of(Path(ontology) if ontology else None, min_confidence, extracted=extracted)
    store = open_store(out if out is None or isinstance(out, str) else Path(out))
    with ExitStack() as on_failure:
        on_failure.callback(store.close)
        if ontology is not None:
            store.change(add=to_quads(read_schema(Path(ontology))))
        if not again and not is_address(out or ""):  # an endpoint may hold half of what was being written
            items = unread(items, store, recipe, on_present)
        if not extracted:
            items = extract(items, batch_size=batch_size, workers=workers, ontology=ontology)
        add(items, store, recipe, on_progress=on_progress)
        for format in formats:
            write(store, Path(out or "."), format)
        on_failure.pop_all()
    return Graph(store)


def add(extractions: Iterable[Extraction], store: Store, recipe: Recipe | None = None, *,
        on_progress: OnProgress | None = None) -> None:
    """Store extractions, each in place of what its article said before.

    Some at a time are one transaction, which also changes other articles whose entities they show to be one, or
    several. With the ``recipe`` by which they were read, the store keeps for each what it was read from.
    """
    with seldom_collected():
        _add(extractions, store, recipe, on_progress)
    store.flush()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for cycles among objects seldom; where two threads do, it may stay so, which is harmless."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _add(extractions: Iterable[Extraction], store: Store, recipe: Recipe | None,
         on_progress: OnProgress | None) -> None:
    identity = Identity(store)
    read = ((confident(one, recipe.min_confidence), recipe.mark(one)) if recipe else (one, None) for one in extractions)
    for some in _together(read, store.together):
        for extraction in _stored(some, identity):
            if on_progress:
                on_progress(extraction)


def _stored(read: Sequence[tuple[Extraction, str | None]], identity: Identity) -> Iterator[Extraction]:
    """Store extractions and yield them; those before one that cannot be stored are stored."""
    try:
        identity.add_together(read)
    except KGError:
        if len(read) == 1:
            raise
        for one in read:
            identity.add(*one)
            yield one[0]
    else:
        yield from (extraction for extraction, _ in read)


def _together(items: Iterable[In], most: int) -> Iterator[list[In]]:
    """Yield the items in lists: when as many have come or patience is at its end, and before an error goes on."""
    some: list[In] = []
    began, patience = time.monotonic(), PATIENCE
    try:
        for item in items:
            some.append(item)
            if len(some) >= most or time.monotonic() - began > patience:
                yield some
                some, began, patience = [], time.monotonic(), min(2 * patience, MOST_PATIENCE)
    except Exception:
        if some:
            yield some
        raise
    if some:
        yield some


def remove(ids: Iterable[str], store: Store, *, on_error: OnError = corpus.raise_error) -> int:
    """Remove the articles with these ids, one after another, and return how many there were.

    The store is then as if they had never been added. An id that is not in it goes to ``on_error``.
    """
    stored = set(store.articles())
    identity = Identity(store)
    count = 0
    for id in dict.fromkeys(ids):
        article = article_iri(id)
        if article not in stored:
            on_error(InputError(f"{id}: no article in the graph has this id"))
            continue
        identity.remove(article)
        count += 1
    store.flush()
    return count


def write(store: Store, folder: Path, format: str) -> Path:
    """Write the whole graph into ``folder/graph.ttl`` (or ``.trig``, ``.nq`` ...) and return that path."""
    path = folder / f"graph.{RDF_FORMATS[format].file_extension}"
    path.write_bytes(store.dump(format))
    return path


def extract(documents: Iterable[Document], *, batch_size: int = 8, workers: int = 1,
            ontology: str | os.PathLike[str] | None = None) -> Iterator[Extraction]:
    """Yield the extraction of each document, in order and as they come.

    More than one worker is a pool of processes, which share the memory of one model where the system forks; the
    results are the same. ``ontology`` is a file of one's own terms to extract in, in place of the news ontology.
    """
    batches = _batches(documents, batch_size)
    read = extract_batch if ontology is None else partial(extract_terms, ontology=Path(ontology))
    for extractions in in_order(read, batches, workers=workers, preload=SHARED):
        yield from extractions


def extract_batch(documents: Sequence[Document], *, on_stage: Callable[[str], None] | None = None) -> list[Extraction]:
    """Return the extractions of a batch: a pure function, for a process pool and for Spark.

    ``on_stage`` is told when the ``"model"`` is loaded, the ``"words"`` are read and ``"statements"`` looked for.
    """
    tell = on_stage or (lambda stage: None)
    tell("model")
    from kg import extract as layers
    from kg import nlp

    pipe, known = nlp.load(), news_ontology.load()
    tell("words")
    docs = list(pipe.pipe([document.text for document in documents], batch_size=len(documents) or 1))
    tell("statements")
    return [known.conform(layers.extract(doc, document)) for doc, document in zip(docs, documents, strict=True)]


def extract_terms(documents: Sequence[Document], *, ontology: Path) -> list[Extraction]:
    """Return the extractions of a batch in the terms of an ontology file."""
    from kg import nlp
    from kg.extract.terms import load_reader

    reader = load_reader(ontology.resolve())
    docs = nlp.load().pipe([document.text for document in documents], batch_size=len(documents) or 1)
    return [reader.read(doc, document) for doc, document in zip(docs, documents, strict=True)]


def confident(extraction: Extraction, minimum: float) -> Extraction:
    """Return the extraction without the statements and arguments of a lower confidence."""
    if minimum <= 0:
        return extraction

    def keep(items: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(item for item in items if item.confidence >= minimum)

    def trim(event: Event) -> Event:
        return replace(event, arguments=keep(event.arguments))

    return replace(extraction, relations=keep(extraction.relations), events=tuple(map(trim, keep(extraction.events))),
                   claims=keep(extraction.claims), facts=keep(extraction.facts))


def in_order(function: Callable[[In], Out], items: Iterable[In], *, workers: int,
             preload: Sequence[str] = ()) -> Iterator[Out]:
    """Yield ``function(item)`` in the order of the items, reading only as far ahead as keeps the workers busy.

    Where the system forks, workers come from a process that has imported the modules ``preload`` and run nothing:
    forked threads of onnxruntime would hang.
    """
    if workers <= 1:
        yield from map(function, items)
        return
    pool = ProcessPoolExecutor(workers, mp_context=_context(preload))
    pending: deque[Future[Out]] = deque()
    try:
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool as error:
        raise KGError(f"a worker process ended by itself (out of memory?): {error}") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _context(preload: Sequence[str]) -> BaseContext:
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    if preload:
        context.set_forkserver_preload(list(preload))
    return context


def _documents(articles: Articles, **options: Any) -> Iterator[Document]:
    """Pass documents on as they are, and read anything else."""
    stream = iter([articles] if isinstance(articles, str | os.PathLike) else articles)
    first = list(islice(stream, 1))
    if first and isinstance(first[0], Document):
        return cast("Iterator[Document]", chain(first, stream))
    return corpus.read(cast("Iterator[str]", chain(first, stream)), **options)


def _extractions(articles: Articles, *, on_error: OnError, **options: Any) -> Iterator[Extraction]:
    given = [name for name, value in options.items() if value]
    if given:
        raise InputError(f"extractions say themselves what their {given[0]} is; leave the option out")
    inputs = [articles] if isinstance(articles, str | os.PathLike) else articles
    known = news_ontology.load()
    return map(known.conform, corpus.read_extractions(cast("Iterable[str]", inputs), on_error=on_error))


def _batches(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    stream = iter(documents)
    while batch := list(islice(stream, max(1, size))):
        yield batch


def _check_formats(formats: Iterable[str], out: str | os.PathLike[str] | None) -> None:
    for format in formats:
        if format not in RDF_FORMATS:
            raise StoreError(f"unknown format {format!r}; choose one of {', '.join(RDF_FORMATS)}")
        if out is None or is_address(out):
            raise StoreError(f"format {format!r} needs a directory to be written to")
