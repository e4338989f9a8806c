"""What each corpus and each head brings on the dev articles.

``python -m kg.training.ablation train DATA GOLD OUT`` trains small models that are alike but for one corpus or one
layer's loss, and prints a row for each; one that was finished in ``OUT`` is not trained again. All stand on an encoder
that has learnt from the treebanks alone (stage 1, `[ablation]` in `settings.toml`), one for all that learn from the
same treebanks: only the news branch and the heads learn, so that a model takes minutes. The texts are parsed, and the
candidates of the relation corpora found, by the model in the package.

``python -m kg.training.ablation heads GOLD`` takes the model in the package and leaves out one head at a time.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import multiprocessing

from kg import evaluation, nlp
from kg.extract.heads import NewsHeads
from kg.nlp.weights import SHIPPED, read_weights, write_weights
from kg.nlp.wordpieces import Window, WordPieces
from kg.training import card, joint, passages, run
from kg.training.frozen import FrozenEncoder
from kg.training.gold import Inventory, Target, inventory
from kg.training.labels import Labels, collect
from kg.training.news import Input
from kg.training.syntax import SyntaxModel

Item = TypeVar("Item")

SILVER = "silver"
ARTICLES = ("gold", "annotated", SILVER)
WITHOUT: dict[str, tuple[str, ...]] = {
    "everything": (),
    "everything, another seed": (),
    "without gold articles": ("gold",),
    "without annotated articles": ("annotated",),
    "without EWT": ("ud_ewt",),
    "without GUM": ("gum",),
    "without KnowledgeNet": ("KnowledgeNet",),
    "without CORE": ("CORE",),
    "without Re-DocRED": ("Re-DocRED",),
    "without all three": ("KnowledgeNet", "CORE", "Re-DocRED"),
    "without the loss of coreference": ("coreference",),
    "without the loss of relations": ("relations", "KnowledgeNet", "CORE", "Re-DocRED"),
    "without the losses of events": ("triggers", "modality", "polarity", "arguments"),
    "without the losses of claims": ("cues", "speakers", "content"),
}
VARIANTS = {name: (*names, SILVER) for name, names in WITHOUT.items()} | {"a third of the articles unlabelled": ()}
"""What each small model does not learn from: corpora, or losses by the names of ``kg.training.news.losses``."""

HEADS: dict[str, tuple[str, ...]] = {
    "all heads": (), "without coreference": ("coreference",), "without values": ("values",),
    "without relations": ("relations",), "without titles": ("titles",), "without events": ("events",),
    "without arguments": ("arguments",), "without claims": ("claims",),
}
"""The thresholds that nothing reaches, by what is left out."""

NEVER = 1e9
SCALES = 1.0, 0.6, 0.35
"""What all thresholds are multiplied by, on dev: a model that has learnt little is less sure."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that the small models learn from, by the names that ``VARIANTS`` leaves out."""

    articles: dict[str, list[Target]]
    passages: dict[str, list[tuple[passages.Example, Input]]]
    labels: Labels
    inventory: Inventory
    tokenizer: str
    calibration: list[Window]

    def sources(self, without: Sequence[str], count: int, seed: int) -> joint.Sources:
        """Return ``count`` articles, in equal parts of the kinds that are left, and the corpora that are left."""
        kinds = [kind for kind in ARTICLES if kind not in without]
        articles = [made for kind in kinds for made in _draw(self.articles[kind], count // len(kinds), seed)]
        texts = [text for name, corpus in self.passages.items() if name not in without for text in corpus]
        return joint.Sources(articles, [], [], texts, self.labels, {})


def _draw(items: Sequence[Item], count: int, seed: int) -> list[Item]:
    """Return ``count`` of the items, each as often as the others."""
    return list(islice(cycle(random.Random(seed).sample(items, len(items))), count))


def read_material(corpora: run.Corpora, settings: dict[str, Any]) -> Material:
    """Parse the articles and as many texts of each relation corpus as ``settings`` says."""
    parser, rng = nlp.load(), random.Random(settings["seed"])
    known = inventory(corpora.gold, run.label_lists()[0], run.other_labels())
    annotated = [article for article in corpora.gold if not article["facts"]]
    annotated = rng.sample(annotated, min(len(annotated), settings["articles"]))
    fewer = run.some_texts(corpora, settings["texts"], rng)
    gold = [article for article in corpora.gold if article["facts"]]
    kinds = zip(ARTICLES, (gold, annotated, corpora.silver), strict=True)
    texts = run.read_passages(parser, fewer, known, run.mentions_found(known))
    return Material({kind: run.read_targets(parser, articles, known) for kind, articles in kinds}, texts,
                    collect(corpora.treebanks), known, corpora.tokenizer,
                    run.calibration_windows(corpora.gold, WordPieces(corpora.tokenizer)))


def train(data: Path, gold: Path, out: Path) -> dict[str, dict[str, float]]:
    """Train and judge the models of ``VARIANTS`` that ``out`` has no figures of yet; return the figures of all."""
    options = tomllib.loads(Path(__file__).with_name("settings.toml").read_text("utf-8"))
    settings = options["news"] | options["ablation"]
    options["pretraining"]["epochs"], options["syntax"]["epochs"] = 0, settings["syntax_epochs"]
    options["news"]["silver"] = settings["articles"]
    torch.set_num_threads(options["threads"])
    corpora = run.read_corpora(options, data, gold)
    folders = {name: out / name.replace(",", "").replace(" ", "-") for name in VARIANTS}
    left = [name for name, folder in folders.items() if not (folder / "figures.json").exists()]
    models = {name: train_syntax(corpora, VARIANTS[name], options, data, out) for name in left}
    torch.set_num_threads(1)  # before workers are forked
    material = read_material(corpora, settings)

    def work(names: Sequence[str]) -> None:
        for name in names:
            chosen = settings | {"without": VARIANTS[name], "seed": settings["seed"] + name.endswith("seed")}
            train_one(models[name], material, chosen, folders[name])
            figures = judge(folders[name] / "weights.npz", gold / "dev")
            (folders[name] / "figures.json").write_text(json.dumps(figures) + "\n", "utf-8")

    workers = [multiprocessing.get_context("fork").Process(target=work, args=(left[rank :: options["threads"]],))
               for rank in range(options["threads"])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {name: json.loads((folder / "figures.json").read_text("utf-8")) for name, folder in folders.items()}


def train_syntax(corpora: run.Corpora, without: Sequence[str], options: dict[str, Any], data: Path, out: Path
                 ) -> SyntaxModel:
    """Train stage 1 on the treebanks that are not left out, once for all models that learn from the same."""
    treebanks = [document for document in corpora.treebanks if document.corpus not in without]
    folder = out / "-".join(dict.fromkeys(document.corpus for document in treebanks))
    folder.mkdir(parents=True, exist_ok=True)
    return run.train_syntax(replace(corpora, treebanks=treebanks, gold=[], dev={}), collect(corpora.treebanks), options,
                            data, folder)


def train_one(model: SyntaxModel, material: Material, settings: dict[str, Any], out: Path) -> None:
    """Train stage 2 from a copy of ``model``, without what ``settings["without"]`` names, to ``out/weights.npz``."""
    out.mkdir(exist_ok=True)
    model, encoder = deepcopy(model), FrozenEncoder()
    encoder.load_state_dict(model.encoder.state_dict())
    model.requires_grad_(False).encoder = encoder
    sources = material.sources(settings["without"], settings["articles"], settings["seed"])
    write_weights(run.train_news(model, sources, material.inventory, material.tokenizer, material.calibration,
                                 settings, 1, out), out / "weights.npz")
    (out / "news.pt").unlink()


def judge(weights: Path, gold_dev: Path) -> dict[str, float]:
    """Return the figures of a model on the dev articles, with its thresholds at the best of ``SCALES``."""
    golds = list(evaluation.read_gold(gold_dev).values())
    made, found = read_weights(weights), []
    for scale in SCALES:
        thresholds = {name: value * scale for name, value in made.settings["thresholds"].items()}
        scaled = replace(made, settings={**made.settings, "thresholds": thresholds})
        write_weights(scaled, weights)
        docs = nlp.load(weights).pipe(gold.document.text for gold in golds)
        found.append(report_figures(card.news_report(golds, docs, NewsHeads(scaled))))
    return max(found, key=lambda figures: figures["KG score"])


def report_figures(report: evaluation.Report) -> dict[str, float]:
    """Return the F1 of each layer and the KG score."""
    return {name: round(score.f1, 3) for name, score in report.scores.items()} | {"KG score": round(report.kg_score, 3)}


def leave_heads_out(gold_dev: Path) -> dict[str, dict[str, float]]:
    """Return the figures of the model in the package with each of ``HEADS`` left out."""
    golds = list(evaluation.read_gold(gold_dev).values())
    docs = list(nlp.load().pipe(gold.document.text for gold in golds))
    heads, found = NewsHeads(read_weights(SHIPPED)), {}
    usual = heads.thresholds
    for name, thresholds in HEADS.items():
        heads.thresholds = usual | dict.fromkeys(thresholds, NEVER)
        found[name] = report_figures(card.news_report(golds, docs, heads))
    return found


def table(figures: Mapping[str, Mapping[str, float]]) -> str:
    """Return the figures as a table, a row a model."""
    columns = list(next(iter(figures.values())))
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *(str(row[column]) for column in columns)] for name, row in figures.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    print(table(train(*map(Path, paths)) if what == "train" else leave_heads_out(Path(*paths) / "dev")))
