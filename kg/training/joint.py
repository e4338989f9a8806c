"""Stage 2 of training: all layers and heads jointly, on gold articles, treebanks and KnowledgeNet passages.

A step takes some articles and, beside each, a batch of treebank windows (so that the parse
stays what it was) and a few passages. Worker processes share a step and add up their
gradients, so how many there are changes the speed, and of the result only the dropout.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import distributed, multiprocessing, nn

from kg.nlp.wordpieces import WordPieces
from kg.training.checkpoints import note, save
from kg.training.corpora import Treebank
from kg.training.gold import Inventory, Target, prepare
from kg.training.heads import NewsHeads
from kg.training.labels import Labels
from kg.training.news import Input, find_false, losses, token_states, windows_of
from kg.training.passages import Example, passage_loss
from kg.training.syntax import SyntaxModel, cut, group, parameter_groups, schedule, set_rates, treebank_loss

WARMUP = 0.06
CLIP = 5.0


@dataclass(frozen=True, slots=True)
class Sources:
    """What stage 2 learns from; ``passages`` go with their encoder input.

    ``silver`` holds unlabelled articles as an earlier model read them (self-training).
    """

    articles: list[Target]
    silver: list[Target]
    treebanks: list[Treebank]
    passages: list[tuple[Example, Input]]
    labels: Labels
    nested: dict[str, int]


class Trainer:
    """Trains the whole model in place, an epoch at a time."""

    def __init__(self, model: SyntaxModel, heads: NewsHeads, sources: Sources, wordpieces: WordPieces,
                 labels: Inventory, settings: dict[str, Any]) -> None:
        self.model, self.heads, self.labels, self.settings = model, heads, labels, settings
        for layer in model.encoder.news:
            layer.dropout.p = settings["dropout"]
        self._sources, self._wordpieces = sources, wordpieces
        self._articles = [*sources.articles, *sources.silver]
        self._inputs = [windows_of(made.doc, wordpieces) for made in self._articles]
        self._ready = [prepare(made, labels) for made in self._articles]
        groups = [group | {"params": [p for p in group["params"] if p.requires_grad]} for group in self._groups()]
        self._optimizer = torch.optim.AdamW(groups, weight_decay=settings["weight_decay"], betas=(0.9, 0.98))
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._trained = [p for group in self._optimizer.param_groups for p in group["params"]]
        self._average = [p.detach().clone() for p in self._trained]
        self._step = 0
        self.rank, self.workers = 0, 1

    def _groups(self) -> list[dict[str, Any]]:
        encoder, settings = self.model.encoder, self.settings
        others = [p for name, p in self.model.named_parameters() if not name.startswith("encoder.")]
        groups = parameter_groups(encoder, others, settings["encoder_rate"], settings["head_rate"],
                                  settings["layer_decay"])
        branch = [*encoder.news.parameters(), *encoder.bridge.parameters()]
        return [*groups, {"params": branch, "lr": settings["branch_rate"]},
                {"params": list(self.heads.parameters()), "lr": settings["head_rate"]}]

    def epoch(self, number: int) -> dict[str, float]:
        """Run one epoch; return this worker's mean losses."""
        rng = random.Random(self.settings["seed"] * 1000 + number)
        since = number - self.settings["false_from"]
        if since >= 0 and since % self.settings["false_every"] == 0:
            self._renew_negatives()
        self.model.train()
        self.heads.train()
        gold, size = len(self._sources.articles), self.settings["articles_per_step"]
        silver = min(len(self._sources.silver), round(gold * self.settings["silver_per_article"]))
        count = gold + silver
        articles = [*range(gold), *rng.sample(range(gold, len(self._articles)), silver)]
        rng.shuffle(articles)
        trees = self._trees(rng, count)
        passages = self._sources.passages
        drawn = rng.choices(range(len(passages)), k=count * self.settings["passages_per_article"]) if passages else []
        sums: Counter[str] = Counter()
        for at in range(0, count, size):
            self._schedule(-(-count // size) * self.settings["epochs"])
            for slot in range(at + self.rank, min(at + size, count), self.workers):
                share = len(drawn) // count
                examples = [passages[n] for n in drawn[slot * share : (slot + 1) * share]]
                sums.update(self._learn(articles[slot], trees[slot], examples))
            self._update()
        self.model.eval()
        self.heads.eval()
        return {name: round(value * self.workers / count, 3) for name, value in sorted(sums.items())}

    def _trees(self, rng: random.Random, count: int) -> list[Any]:
        """Return ``count`` batches of treebank windows, of documents drawn anew."""
        banks = [(document, window) for document in self._sources.treebanks
                 if rng.random() < self.settings["tree_share"].get(document.corpus, 1.0)
                 for window in cut(document.words, sorted({*document.paragraphs, *document.sentences}),
                                   rng.choice(self.settings["window_pieces"]), self._wordpieces)]
        batches: list[Any] = []
        while len(batches) < count:
            batches.extend(group(list(banks), self.settings["tree_pieces"], rng))
        return batches[:count]

    def _schedule(self, total: int) -> None:
        self._step += 1
        set_rates(self._optimizer, self._rates, schedule(self._step, total, WARMUP))
        self._optimizer.zero_grad(set_to_none=False)

    def _learn(self, article: int, trees: Any, examples: Sequence[tuple[Example, Input]]) -> Counter[str]:
        """Add the gradients of one article and what goes with it; return the losses."""
        share, encoder, sources = 1 / self.settings["articles_per_step"], self.model.encoder, self._sources
        weight = share if article < len(sources.articles) else share * self.settings["silver_weight"]
        states = token_states(encoder, [self._inputs[article]])[0]
        found = losses(self.heads, states, self._articles[article], self._ready[article], self.labels)
        found = {name: loss for name, loss in found.items() if name not in self.settings["without"]}
        (torch.stack([value.reshape(()) for value in found.values()]).sum() * weight).backward()
        if trees:
            found["trees"] = treebank_loss(self.model, trees, sources.labels, self.settings["gum_weight"],
                                           sources.nested)
            (found["trees"] * share * self.settings["tree_weight"]).backward()
        if examples:
            each = token_states(encoder, [item for _, item in examples])
            parts = [passage_loss(self.heads, one, made) for one, (made, _) in zip(each, examples, strict=True)]
            found["passages"] = torch.stack(parts).mean()
            (found["passages"] * share * self.settings["passage_weight"]).backward()
        return Counter({name: value.item() for name, value in found.items()})

    def _update(self) -> None:
        gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in self._trained]
        if self.workers > 1:
            flat = torch.cat([g.reshape(-1) for g in gradients])
            distributed.all_reduce(flat)
            for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
                gradient.copy_(part.view_as(gradient))
        for parameter, gradient in zip(self._trained, gradients, strict=True):
            parameter.grad = gradient
        nn.utils.clip_grad_norm_(self._trained, CLIP)
        self._optimizer.step()
        keep = min(self.settings["average"], self._step / (self._step + 10))
        torch._foreach_lerp_(self._average, [p.detach() for p in self._trained], 1 - keep)

    def _renew_negatives(self) -> None:
        self.model.eval()
        self.heads.eval()
        for number, made in enumerate(self._sources.articles):
            with torch.no_grad():
                states = token_states(self.model.encoder, [self._inputs[number]])[0]
            find_false(self.heads, states, made, self.labels)
            self._ready[number] = prepare(made, self.labels)

    def swap_average(self) -> None:
        """Exchange the weights and their running average over the last steps; the average is what is exported."""
        for mean, parameter in zip(self._average, self._trained, strict=True):
            kept = parameter.detach().clone()
            parameter.data.copy_(mean)
            mean.copy_(kept)

    def state(self) -> dict[str, Any]:
        """Return what ``restore`` needs to go on."""
        return {"model": self.model.state_dict(), "heads": self.heads.state_dict(),
                "optimizer": self._optimizer.state_dict(), "average": self._average, "step": self._step}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that ``state`` returned."""
        self.model.load_state_dict(state["model"])
        self.heads.load_state_dict(state["heads"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._average, self._step = state["average"], state["step"]


def train(trainer: Trainer, workers: int, out: Path, evaluate: Callable[[int], dict[str, Any]] | None = None) -> None:
    """Train to the last epoch, in ``workers`` processes of one thread; ``out/news.pt`` is gone on from where it is.

    At the end the trainer holds the averaged weights.
    """
    if workers == 1:
        _run(trainer, 0, 1, out, evaluate)
    else:
        with tempfile.TemporaryDirectory() as folder:
            context = multiprocessing.get_context("fork")
            others = [context.Process(target=_join, args=(trainer, rank, workers, folder, out))
                      for rank in range(1, workers)]
            for process in others:
                process.start()
            _join(trainer, 0, workers, folder, out, evaluate)
            for process in others:
                process.join()
    trainer.restore(torch.load(out / "news.pt"))
    trainer.swap_average()


def _join(trainer: Trainer, rank: int, workers: int, folder: str, out: Path,
          evaluate: Callable[[int], dict[str, Any]] | None = None) -> None:
    torch.manual_seed(trainer.settings["seed"] + rank)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=workers)
    _run(trainer, rank, workers, out, evaluate)
    distributed.destroy_process_group()


def _run(trainer: Trainer, rank: int, workers: int, out: Path,
         evaluate: Callable[[int], dict[str, Any]] | None) -> None:
    trainer.rank, trainer.workers = rank, workers
    checkpoint, first, began = out / "news.pt", 0, time.monotonic()
    if checkpoint.exists():
        state = torch.load(checkpoint)
        trainer.restore(state)
        first = state["epoch"] + 1
    for epoch in range(first, trainer.settings["epochs"]):
        found = trainer.epoch(epoch)
        if rank == 0:
            record = {"epoch": epoch, "seconds": round(time.monotonic() - began), "losses": found}
            save(checkpoint, trainer.state() | {"epoch": epoch})
            record |= {"dev": evaluate(epoch)} if evaluate else {}
            print(json.dumps(record), flush=True)
            note(out / "news-curve.jsonl", record)
