"""The loss of the head, and its training over many inventories at once."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.terms.pairing import object_fits
from kg.extract.terms.spans import VALUE_LABELS
from kg.schema import Schema
from kg.training.checkpoints import note, resume, save
from kg.training.terms.examples import PLACES, Example, Source, batches, candidates, collate, described, ends_of
from kg.training.terms.network import FAR, Fits, Spans, TermNetwork


def train(network: TermNetwork, sources: Sequence[Source], options: Mapping[str, Any], out: Path) -> None:
    """Train in place; each epoch adds a line to the file ``out``.curve.jsonl.

    A checkpoint beside it, ``out``.pt, is gone on from where there is one, and goes when all is done.
    """
    curve, checkpoint = out.with_suffix(".curve.jsonl"), out.with_suffix(".pt")
    optimizer = torch.optim.AdamW(network.parameters(), lr=options["rate"], weight_decay=options["weight_decay"])
    steps = options["epochs"] * sum(math.ceil(len(source.examples) / options["batch"]) for source in sources)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options["rate"], total_steps=steps + 1, pct_start=0.06,
                                                   anneal_strategy="linear")
    parts: dict[str, Any] = {"network": network, "optimizer": optimizer, "schedule": schedule}
    for epoch in range(resume(checkpoint, parts).get("epoch", -1) + 1, options["epochs"]):
        start, shuffled = time.process_time(), random.Random(options["seed"] * 1000 + epoch)
        losses = [_step(network, source, rows, optimizer, schedule, options, shuffled)
                  for source, rows in batches(sources, options["batch"], shuffled)]
        save(checkpoint, {name: part.state_dict() for name, part in parts.items()} | {"epoch": epoch})
        note(curve, {"epoch": epoch, "loss": round(sum(losses) / len(losses), 4),
                     "cpu": round(time.process_time() - start)})
    checkpoint.unlink(missing_ok=True)


def _step(network: TermNetwork, source: Source, rows: Sequence[Example], optimizer: torch.optim.Optimizer,
          schedule: torch.optim.lr_scheduler.LRScheduler, options: Mapping[str, Any], shuffled: random.Random) -> float:
    loss = text_loss(network, source, rows, options, shuffled)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    return float(loss.detach())


def text_loss(network: TermNetwork, source: Source, rows: Sequence[Example], options: Mapping[str, Any],
              shuffled: random.Random) -> Tensor:
    """Return the loss of a batch of texts of one inventory."""
    batch = collate(rows)
    words = network.words(batch)
    scores = network.spans(words, batch.mask)
    spans, numbers = candidates(rows, scores.detach(), network.kinds - 1)
    names = _sample(source, rows, options["properties"], shuffled)
    found = described(source, names, shuffled)
    vectors = network.vectors(words, spans)
    classes = network.class_logits(vectors, found)
    fits = fits_of(source.schema, names, spans, classes, network.kinds)
    looks = network(batch, words, spans, vectors, found, fits)
    right, asked = _targets(rows, numbers, names, looks[0])
    total = _span_loss(scores, rows, options["span_weight"])
    for logits in looks:
        total = total + _pair_loss(logits, right, asked, spans, options["unasked_weight"])
        total = total + _choice_loss(logits, right, spans)
    return total + options["class_weight"] * _class_loss(classes, source, rows, numbers, options["other_class_weight"])


def fits_of(schema: Schema, names: Sequence[str], spans: Spans, classes: Tensor, kinds: int) -> Fits:
    """Return how candidates fit properties; ``classes`` are their logits (texts, spans, classes), of so many kinds."""
    known, iris = [schema.properties[name] for name in names], list(schema.classes)
    logs = F.logsigmoid(classes.detach())

    def fit(wanted: Sequence[frozenset[str]]) -> Tensor:
        below = torch.tensor([[schema.is_a(iri, kinds) for iri in iris] for kinds in wanted]).reshape(len(wanted), -1)
        if not iris:
            return logs.new_zeros(*logs.shape[:2], len(names))
        return logs[:, :, None].masked_fill(~below, FAR).amax(-1) * below.any(-1)

    objects = torch.from_numpy(np.isfinite(object_fits(known, kinds - len(VALUE_LABELS) - 2)))[spans.kind]
    possible = _apart(spans)[..., None] & objects[:, None]
    return Fits(possible, fit([each.domain for each in known]), fit([each.range for each in known]))


def _sample(source: Source, rows: Sequence[Example], count: int, shuffled: random.Random) -> list[str]:
    """Return the properties of the batch's triples and a sample of others."""
    names = list(source.schema.properties)
    present = {triple.property for row in rows for triple in row.triples}
    others = [name for name in names if name not in present]
    chosen = present | set(shuffled.sample(others, min(count, len(others))))
    return [name for name in names if name in chosen]


def _targets(rows: Sequence[Example], numbers: Sequence[Mapping[Any, int]], names: Sequence[str], logits: Tensor
             ) -> tuple[Tensor, Tensor]:
    """Return which (text, subject, object, property) are right, and which (text, property) are annotated."""
    right, columns = torch.zeros_like(logits), {name: column for column, name in enumerate(names)}
    asked = torch.zeros(len(rows), len(names))
    for n, (row, number) in enumerate(zip(rows, numbers, strict=True)):
        asked[n, [columns[name] for name in row.asked if name in columns]] = 1
        for triple in row.triples:
            for subject in triple.subject[:PLACES]:
                for target in triple.object[:PLACES]:
                    if subject[1] < target[0] or target[1] < subject[0]:
                        right[n, number[subject], number[target], columns[triple.property]] = 1
    return right, asked


def _span_loss(scores: Tensor, rows: Sequence[Example], other: float) -> Tensor:
    targets = torch.zeros_like(scores)
    for n, row in enumerate(rows):
        for start, end in ends_of(row):
            targets[n, start, end - start] = 1
    weight = torch.where(targets > 0, 1.0, other) * (scores > FAR + 1)
    loss = F.binary_cross_entropy_with_logits(scores, targets, weight, reduction="sum")
    return loss / targets.sum().clamp(min=1)


def _apart(spans: Spans) -> Tensor:
    """Tell which pairs of candidates are real and do not overlap, (texts, spans, spans)."""
    real = spans.real[:, :, None] & spans.real[:, None]
    before = spans.end[:, :, None] < spans.start[:, None]
    return real & (before | before.transpose(1, 2))


def _pair_loss(logits: Tensor, right: Tensor, asked: Tensor, spans: Spans, unasked: float) -> Tensor:
    """Return the loss of each pair and property by itself; what nobody annotated counts little."""
    weight = torch.where(asked[:, None, None] > 0, 1.0, unasked) * _apart(spans)[..., None]
    loss = F.binary_cross_entropy_with_logits(logits, right, weight, reduction="sum")
    return loss / right.sum().clamp(min=1)


def _choice_loss(logits: Tensor, right: Tensor, spans: Spans) -> Tensor:
    """Return the loss of choosing the pair for a property, and half that of the property for a pair."""
    pairs = logits.masked_fill(~_apart(spans)[..., None], FAR).permute(0, 3, 1, 2).flatten(2)
    wanted = right.permute(0, 3, 1, 2).flatten(2)
    present = wanted.any(-1)
    if not present.any():
        return logits.new_zeros(())
    by_pair = (pairs.logsumexp(-1) - pairs.masked_fill(wanted == 0, FAR).logsumexp(-1))[present].mean()
    chosen, labels = logits[right.any(-1)], right[right.any(-1)]
    by_label = F.pad(chosen, (1, 0)).logsumexp(-1) - chosen.masked_fill(labels == 0, FAR).logsumexp(-1)
    return by_pair + by_label.mean() / 2


def _class_loss(logits: Tensor, source: Source, rows: Sequence[Example], numbers: Sequence[Mapping[Any, int]],
                other: float) -> Tensor:
    """Return the loss of the ends' classes, which are those of domain and range."""
    columns = {iri: column for column, iri in enumerate(source.schema.classes)}
    targets, weight = torch.zeros_like(logits), torch.zeros_like(logits)
    for n, row in enumerate(rows):
        for triple in row.triples:
            known = source.schema.properties[triple.property]
            for end, kinds in ((triple.subject, known.domain), (triple.object, known.range)):
                for place in end[:PLACES] if kinds else ():
                    weight[n, numbers[n][place]].clamp_(min=other)
                    targets[n, numbers[n][place], [columns[kind] for kind in kinds]] = 1
    weight = torch.where(targets > 0, torch.ones_like(weight), weight)
    loss = F.binary_cross_entropy_with_logits(logits, targets, weight, reduction="sum")
    return loss / targets.sum().clamp(min=1)


