"""Commands about articles: build, remove, extract."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

import typer

from kg import corpus, pipeline
from kg.cli.options import (
    INPUTS,
    STORE,
    Date,
    Inputs,
    Language,
    OwnOntology,
    Source,
    StorePlace,
    Title,
    Workers,
    check_store,
)
from kg.cli.terminal import Failures, out, watch, write
from kg.errors import KGError
from kg.export import RDF_FORMATS
from kg.model import Extraction
from kg.store import open_store

LONGEST_NAME = 200
SHARD = 10_000
Engine = Literal["local", "spark"]


def build(
    articles: Annotated[list[str] | None, INPUTS] = None,
    store: Annotated[str, typer.Option(
        "--out", "--store", help="Directory of the graph, or the address of a SPARQL endpoint; articles in it stay.",
    )] = STORE,
    title: Title = None,
    date: Date = None,
    source: Source = None,
    language: Language = None,
    format: Annotated[list[str] | None, typer.Option(
        "--format", help=f"Also write a file into the directory: {', '.join(RDF_FORMATS)}; may be repeated.")] = None,
    min_confidence: Annotated[float, typer.Option(
        "--min-confidence", min=0, max=1, help="Leave out statements of a lower confidence.")] = 0.0,
    workers: Workers = 1,
    extracted: Annotated[bool, typer.Option(
        "--extracted", help="The inputs are extraction JSON, as kg extract writes it; nothing is extracted.")] = False,
    ontology: OwnOntology = None,
    again: Annotated[bool, typer.Option(
        "--again", help="Also read articles anew that the graph holds as they are.")] = False,
    inputs: Annotated[list[str] | None, typer.Option(
        "--input", help="The same as an argument; may be repeated.", show_default=False)] = None,
    engine: Annotated[Engine, typer.Option(help="What reads the articles: this machine, or Apache Spark.")] = "local",
    shard_size: Annotated[int, typer.Option(
        "--shard-size", min=1, help="Spark: how many articles are committed together, about.")] = SHARD,
    load: Annotated[str | None, typer.Option(
        "--load", help="Spark: also fill this new directory or endpoint with the graph.", show_default=False)] = None,
) -> None:
    """Build a graph from articles, or add them to one.

    An article whose id is already in the graph is replaced, but not read again where nothing has
    changed. A bad input gets one line on standard error, the others are stored, and the exit code is 1.
    """
    failures = Failures()
    places = [*(articles or ()), *(inputs or ())]
    if not places:
        raise typer.BadParameter("no articles named")
    if engine == "spark":
        if format or again or workers > 1:
            raise KGError("--format, --again and --workers are for the local engine")
        _build_with_spark(places, store, title=title, date=date, source=source, language=language,
                          min_confidence=min_confidence, extracted=extracted, ontology=ontology and str(ontology),
                          shard_size=shard_size, load=load, on_error=failures)
        return failures.exit()
    with watch("Reading articles", corpus.count(places)) as found:
        graph = pipeline.build(
            places, store, title=title, date=date, source=source, language=language, formats=format or (),
            min_confidence=min_confidence, workers=workers, extracted=extracted, ontology=ontology, again=again,
            on_error=failures, on_progress=found.add, on_present=found.pass_over)
        graph.close()
    out().print(f"{found}\nNext: kg query --named who-leads-what --store {store}", markup=False)
    failures.exit()


def _build_with_spark(places: list[str], store: str, **options: Any) -> None:
    try:
        from kg import spark
    except ImportError as error:
        raise KGError(f"--engine spark needs {error.name}: pip install 'stringer-kg[spark]'") from error
    begin = time.perf_counter()
    made = spark.build(places, store, **options, on_shard=lambda done, shards: typer.echo(
        f"shard {done:,} of {shards:,} is whole", err=True))
    seconds = time.perf_counter() - begin
    out().print(f"{made.articles:,} articles of {made.words:,} words in {made.shards:,} shards: "
                f"{made.statements:,} statements; {seconds:.1f} s\nquads: {made.nquads}", markup=False)


def remove(
    ids: Annotated[list[str], typer.Argument(help="Ids of articles, as kg build gave them.", metavar="ID",
                                             show_default=False)],
    store: StorePlace = STORE,
) -> None:
    """Remove articles from a graph, which is then as if they had never been in it.

    An id that is not in the graph gets one line on standard error, the others are removed, and the
    exit code is 1.
    """
    failures = Failures()
    check_store(store)
    with open_store(store) as opened:
        count = pipeline.remove(ids, opened, on_error=failures)
        left = len(opened.articles())
    out().print(f"{count:,} removed, {left:,} left", markup=False)
    failures.exit()


def extract(
    inputs: Inputs,
    folder: Annotated[Path | None, typer.Option(
        "--out", help="Directory for one ID.json per article; without it, a line each to standard output.")] = None,
    title: Title = None,
    date: Date = None,
    source: Source = None,
    language: Language = None,
    workers: Workers = 1,
    ontology: OwnOntology = None,
) -> None:
    """Write what is found in articles as extraction JSON, without building a graph."""
    failures = Failures()
    documents = corpus.read(inputs, title=title, date=date, source=source, language=language, on_error=failures)
    if folder is None:
        for extraction in pipeline.extract(documents, workers=workers, batch_size=1, ontology=ontology):
            write(_json(extraction, None))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        with watch("Reading articles", corpus.count(inputs)) as found:
            for extraction in pipeline.extract(documents, workers=workers, ontology=ontology):
                (folder / file_name(extraction.document.id)).write_bytes(_json(extraction, 1))
                found.add(extraction)
        out().print(str(found), markup=False)
    failures.exit()


def file_name(id: str) -> str:
    """Return ``ID.json`` with everything escaped that a file name cannot hold."""
    name = quote(id, safe=" ,;=+@()[]!'&$~")
    if len(name) > LONGEST_NAME:
        name = name[:LONGEST_NAME] + "-" + hashlib.sha256(id.encode()).hexdigest()[:10]
    return name + ".json"


def _json(extraction: Extraction, indent: int | None) -> bytes:
    return (json.dumps(extraction.to_dict(), ensure_ascii=False, indent=indent) + "\n").encode()
