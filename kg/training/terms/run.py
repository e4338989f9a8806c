"""Training of the head for other ontologies on a model file's frozen encoder, and its place in that file."""

from __future__ import annotations

import pickle
import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kg import nlp
from kg.errors import ModelError
from kg.evaluation.benchmarking import figures, make_readers
from kg.evaluation.text2kgbench import FOLDER, read_benchmark
from kg.nlp.weights import Weights, read_weights, write_weights
from kg.schema import Schema
from kg.training.calibration import fit
from kg.training.corpora import WIKINEWS, sample_unlabelled
from kg.training.export import head_arrays
from kg.training.terms.carrying import carry
from kg.training.terms.examples import Source, make_source
from kg.training.terms.held_out import judge
from kg.training.terms.learning import train
from kg.training.terms.network import TermNetwork
from kg.training.terms.news import read_news
from kg.training.terms.phrases import NAME as PHRASES
from kg.training.terms.phrases import read_phrases
from kg.training.terms.texts import LONGEST, Text, read_corpora
from kg.training.terms.written import read_written

PREFIX = "terms"
FIRST = {"threshold": 0.02, "ratio": 0.7, "classes": 0.0}
GRID = {"threshold": (0.01, 0.02, 0.05, 0.1), "ratio": (0.5, 0.7, 0.85, 0.95, 1.0), "classes": (0.0, 0.01, 0.05)}


def run(data: Path, gold: Path, model: Path, out: Path, settings: Path, cache: Path | None, left_out: Sequence[str],
        tuning: int, start: Path | None = None) -> None:
    """Train the head and write the model file with it to ``out``; ``model`` may be the same file.

    ``gold`` has annotated news. ``left_out`` are inventories that are not learnt from. ``tuning`` sentences
    of each ontology's validation split choose the thresholds, and the ontologies that are held out give the curve of
    confidences; 0 keeps the first thresholds, and no curve. Training begins with the
    head of the model file ``start`` where one is given, carried over to the encoder of ``model``.
    """
    options = tomllib.loads(settings.read_text("utf-8"))
    torch.manual_seed(options["seed"])
    torch.set_num_threads(options["threads"])
    weights = read_weights(model)
    sources = [source for source in read_sources(data, gold, model, weights, options, cache)
               if source.schema.name not in left_out]
    network = TermNetwork(LONGEST, len(weights.settings["mention_types"]), options["dropout"])
    if start:
        compared = sample_unlabelled(data / WIKINEWS, options["carrying_articles"], options["seed"])
        head = carry(start, model, PREFIX, compared)
        if unknown := network.load_state_dict(head, strict=False).unexpected_keys:  # an older head has fewer layers
            raise ModelError(f"{start}: its head has layers that this code has not: {', '.join(unknown)}")
    train(network, sources, options, out)
    network.eval()
    made = add_head(weights, network, FIRST)
    write_weights(made, out)
    nlp.load.cache_clear()  # it may hold the file as it was before
    if tuning:
        chosen = choose_thresholds(data / FOLDER / "wikidata_tekgen", out, tuning)
        write_weights(add_head(weights, network, chosen), out)
        nlp.load.cache_clear()
        curve = fit([row for found in judge(out) for row in found.rows])
        write_weights(add_head(weights, network, chosen | {"curve": curve}), out)


def add_head(weights: Weights, network: TermNetwork, chosen: Mapping[str, Any]) -> Weights:
    """Return the weights with this head in the place of any before."""
    arrays = {name: array for name, array in weights.arrays.items() if not name.startswith(PREFIX + ".")}
    return replace(weights, arrays=arrays | head_arrays({PREFIX: network}),
                   settings={**weights.settings, PREFIX: dict(chosen)})


def read_sources(data: Path, gold: Path, model: Path, weights: Weights, options: Mapping[str, Any],
                 cache: Path | None) -> Iterator[Source]:
    """Yield the inventories with their examples, from the cache where it has them."""
    def cached(name: str, make: Callable[[], Source]) -> Source:
        return _cached(make, cache / f"{name}-{weights.digest()[:12]}.pickle" if cache else None)

    plain: list[str] = []
    for schema, texts in chain(read_corpora(data), [read_news(gold)]):
        limit = options["texts"].get(schema.name, len(texts))
        chosen = random.Random(options["seed"]).sample(texts, min(limit, len(texts)))
        plain += [item.text if isinstance(item.text, str) else " ".join(item.text)
                  for item in chosen[: options["phrases"]["texts"]]]
        stated = [text for text in chosen if text.triples]
        yield cached(f"{schema.name}-{len(chosen)}", partial(_source, schema, stated, model, options))
    for schema, texts in read_written():  # texts that state nothing are written too
        plain += [str(item.text) for item in texts]
        yield cached(schema.name, partial(_source, schema, texts, model, options))
    yield cached(f"{PHRASES}-{len(plain)}-{options['phrases']['articles']}", lambda: _source(
        *read_phrases(data, plain, nlp.load(model), options["phrases"], options["seed"]), model, options))


def _source(schema: Schema, texts: Sequence[Text], model: Path, options: Mapping[str, Any]) -> Source:
    return make_source(schema, texts, nlp.load(model), options["longest_text"])


def _cached(make: Callable[[], Source], path: Path | None) -> Source:
    if path is not None and path.is_file():
        source: Source = pickle.loads(path.read_bytes())  # our own file
        return source
    source = make()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(source))
    return source


def choose_thresholds(folder: Path, model: Path, sentences: int) -> dict[str, Any]:
    """Return the settings of the best mean F1 on sentences of the validation splits, one setting after another."""
    benchmarks = [replace(item, sentences=item.sentences[:sentences]) for item in read_benchmark(folder, "validation")]
    readers = make_readers(benchmarks, model)
    chosen: dict[str, Any] = dict(FIRST)

    def f1(tried: Mapping[str, Any]) -> float:
        for reader in readers.values():
            reader.set(tried)
        return float(np.mean([figures(item, readers[item.name]).f1 for item in benchmarks]))

    for name in ("threshold", "ratio", "classes"):
        scored = [(f1({**chosen, name: value}), value) for value in GRID[name]]
        chosen[name] = max(scored)[1]
    return chosen
