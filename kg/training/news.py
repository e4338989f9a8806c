"""The losses of the news heads on gold articles, and the model's own false spans as negatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from spacy.tokens import Doc
from torch import Tensor
from torch.nn import functional as F

from kg.extract.claims import REACH as CLAIM_REACH
from kg.extract.claims import offset_id
from kg.nlp.encoder import WINDOW_PIECES, word_positions
from kg.nlp.mentions import select
from kg.nlp.wordpieces import Window, WordPieces, encode, stack, window_bounds, window_breaks
from kg.training.gold import Inventory, Prepared, Target, spans_of, value_candidate
from kg.training.heads import NewsHeads
from kg.training.network import WIDTH, Encoder, SpanScorer
from kg.training.syntax import gather_words

NEWS, SYNTAX = 1, 0
FALSE_PROBABILITY = 0.3


@dataclass(frozen=True, slots=True)
class Input:
    """A document as the encoder takes it: its windows, and the tokens that their words are."""

    windows: list[Window]
    positions: list[int]
    tokens: int


def windows_of(doc: Doc, wordpieces: WordPieces) -> Input:
    """Cut a document into windows, as `kg.nlp.encoder` does at run time."""
    positions, paragraphs = word_positions(doc)
    words = [doc[i].text for i in positions]
    lengths = [len(wordpieces.pieces(word)[0]) for word in words]
    bounds = window_bounds(lengths, window_breaks(words, paragraphs), WINDOW_PIECES)
    return Input([encode(words, start, end, wordpieces) for start, end in bounds], positions, len(doc))


def token_states(encoder: Encoder, inputs: Sequence[Input], branch: int = NEWS) -> list[Tensor]:
    """Return the states (tokens, width) of documents encoded in one batch, spaces zero, with gradient."""
    windows = [window for item in inputs for window in item.windows]
    pieces = encoder(**{name: torch.as_tensor(array) for name, array in stack(windows).items()})[branch]
    words, real = gather_words(pieces, windows)
    found, at = [], 0
    for item in inputs:
        rows = slice(at, at + len(item.windows))
        states = torch.zeros(item.tokens, WIDTH)
        found.append(states.index_copy(0, torch.tensor(item.positions), words[rows][real[rows]]))
        at = rows.stop
    return found


def losses(heads: NewsHeads, states: Tensor, made: Target, ready: Prepared, labels: Inventory) -> dict[str, Tensor]:
    """Return the loss of every head on one article."""
    sentences = [(sent.start, sent.end) for sent in made.doc.sents]
    types = len(labels.mention_types)
    found = {"mentions": span_loss(heads.mentions, states, sentences, spans_of(made.mentions, 0)),
             "values": span_loss(heads.values, states, sentences, spans_of(made.values, types))}
    found |= token_losses(heads, states, made)
    mentions = vectors(heads, states, ready.mentions)
    values = vectors(heads, states, ready.values)
    found["coreference"] = coreference_loss(heads, mentions, states, ready)
    found["relations"] = relation_loss(heads, mentions, values, states, made, ready, labels)
    if made.triggers:
        found["arguments"] = argument_loss(heads, mentions, values, states, made, ready)
    if made.cues:
        found["speakers"], found["content"] = claim_losses(heads, mentions, states, made, ready)
    return found


def vectors(heads: NewsHeads, states: Tensor, candidates: Sequence[Any]) -> Tensor:
    """Return candidate vectors (candidates, hidden)."""
    rows = torch.tensor([(c.start, c.end, c.head) for c in candidates], dtype=torch.long).reshape(-1, 3)
    return heads.spans(states, rows[:, 0], rows[:, 1], rows[:, 2])


def span_loss(scorer: SpanScorer, states: Tensor, sentences: Sequence[tuple[int, int]], gold: Any) -> Tensor:
    """Return the loss per gold span over all spans within sentences."""
    starts, ends = grid(sentences, scorer.longest)
    place = {pair: i for i, pair in enumerate(zip(starts.tolist(), ends.tolist(), strict=True))}
    target = torch.zeros(len(starts), dtype=torch.long)
    for start, end, label in gold.tolist():
        if (start, end) in place:
            target[place[start, end]] = label
    total = F.cross_entropy(scorer(states, starts, ends), target, reduction="sum")
    return total / max(len(gold), 8)


def grid(sentences: Sequence[tuple[int, int]], longest: int) -> tuple[Tensor, Tensor]:
    """Return inclusive starts and ends of all spans within sentences."""
    rows = [(s, e) for first, stop in sentences for s in range(first, stop) for e in range(s, min(stop, s + longest))]
    table = torch.tensor(rows, dtype=torch.long)
    return table[:, 0], table[:, 1]


def token_losses(heads: NewsHeads, states: Tensor, made: Target) -> dict[str, Tensor]:
    """Return the losses of triggers, modality, polarity and cues."""
    words = heads.dropout(states)
    trigger, cue = torch.zeros(len(states), dtype=torch.long), torch.zeros(len(states), dtype=torch.long)
    for token, kind, *_ in made.triggers:
        trigger[token] = kind + 1
    cue[list(made.cues)] = 1
    found = {"triggers": F.cross_entropy(heads.triggers(words), trigger, reduction="sum") / max(len(made.triggers), 4),
             "cues": F.cross_entropy(heads.cues(words), cue, reduction="sum") / max(len(made.cues), 3)}
    if made.triggers:
        table = torch.tensor(made.triggers)
        at = words[table[:, 0]]
        found["modality"] = 0.5 * F.cross_entropy(heads.modality(at), table[:, 2])
        found["polarity"] = 0.5 * F.cross_entropy(heads.polarity(at), table[:, 3])
    return found


def coreference_loss(heads: NewsHeads, mentions: Tensor, states: Tensor, ready: Prepared) -> Tensor:
    """Return the marginal log-likelihood loss of antecedents (Lee et al. 2017); none scores zero."""
    pairs, entity = ready.coreference, np.array(ready.entity)
    if not len(pairs):
        return torch.zeros(())
    scores = heads.coreference(mentions, mentions, pairs, states)[:, 0]
    left = torch.as_tensor(pairs.left)
    same = torch.as_tensor(entity[pairs.left] == entity[pairs.right])
    count = len(ready.mentions)
    every = _logsumexp(scores, left, count, with_zero=torch.ones(count, dtype=torch.bool))
    has = torch.zeros(count, dtype=torch.bool)
    has[left[same]] = True
    right = _logsumexp(scores[same], left[same], count, with_zero=~has)
    return (every - right).mean() * 2


def _logsumexp(scores: Tensor, rows: Tensor, count: int, with_zero: Tensor) -> Tensor:
    zero = torch.where(with_zero, 0.0, -1e4)
    top = zero.clone().scatter_reduce(0, rows, scores.detach(), "amax")
    total = torch.exp(zero - top).index_add(0, rows, torch.exp(scores - top[rows]))
    return top + torch.log(total)


def pooled_loss(logits: Tensor, groups: Tensor, targets: Sequence[Sequence[int]]) -> Tensor:
    """Return the summed loss of groups of pairs pooled by log-sum-exp; an empty target is none."""
    count, outputs = len(targets), logits.shape[1]
    flat = (groups[:, None] * outputs + torch.arange(outputs)).reshape(-1)
    never = torch.zeros(count * outputs, dtype=torch.bool)
    pooled = _logsumexp(logits.reshape(-1), flat, count * outputs, never).reshape(count, outputs)
    scores = torch.cat([torch.zeros(count, 1), pooled], dim=1)
    rows = [(n, t + 1, 1.0 / len(target)) for n, target in enumerate(targets) for t in target]
    rows += [(n, 0, 1.0) for n, target in enumerate(targets) if not target]
    table = torch.log_softmax(scores, dim=1)
    index = torch.tensor([row[:2] for row in rows])
    weight = torch.tensor([row[2] for row in rows])
    return -(table[index[:, 0], index[:, 1]] * weight).sum()


def relation_loss(heads: NewsHeads, mentions: Tensor, values: Tensor, states: Tensor, made: Target, ready: Prepared,
                  labels: Inventory) -> Tensor:
    """Return the loss of relations between entities, and between entities and values."""
    pairs = ready.relations
    if not len(pairs):
        return torch.zeros(())
    logits = heads.relations(mentions, torch.cat([mentions, values]), pairs, states)[:, : len(labels.relations)]
    count = len(ready.mentions)
    keys = [(ready.entity[i], "m", ready.entity[j]) if j < count else (ready.entity[i], "v", j - count)
            for i, j in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
    asked = [n for n, key in enumerate(keys) if key not in made.unasked]
    numbers = {key: n for n, key in enumerate(dict.fromkeys(keys[n] for n in asked))}
    groups = torch.tensor([numbers[keys[n]] for n in asked], dtype=torch.long)
    targets = [made.links.get(key, []) for key in numbers]
    return pooled_loss(logits[asked], groups, targets) / max(len(made.links), 4)


def argument_loss(heads: NewsHeads, mentions: Tensor, values: Tensor, states: Tensor, made: Target, ready: Prepared
                  ) -> Tensor:
    """Return the loss of role fillers, entities pooled over their mentions, values one by one."""
    table = torch.tensor(made.triggers)
    words = heads.dropout(states[table[:, 0]] + heads.event_type(table[:, 1]))
    total = torch.zeros(())
    for kind, pairs, right in (("m", ready.arguments, mentions), ("v", ready.value_arguments, values)):
        if len(pairs):
            logits = heads.arguments(words, right, pairs, states)
            keys = [(i, kind, ready.entity[j] if kind == "m" else j)
                    for i, j in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
            numbers = {key: n for n, key in enumerate(dict.fromkeys(keys))}
            groups = torch.tensor([numbers[key] for key in keys])
            targets = [[made.fillers[key]] if key in made.fillers else [] for key in numbers]
            total = total + pooled_loss(logits, groups, targets)
    return total / max(len(made.fillers), 6)


def claim_losses(heads: NewsHeads, mentions: Tensor, states: Tensor, made: Target, ready: Prepared
                 ) -> tuple[Tensor, Tensor]:
    """Return the losses of speakers and of the start and end of contents."""
    cues = sorted(made.cues)
    pairs = ready.speakers
    speaker = torch.zeros(())
    if len(pairs):
        logits = heads.speakers(states[cues], mentions, pairs, states)
        speaker = _speaker_loss(logits[:, 0], pairs, ready.entity, [{who for who, *_ in made.cues[c]} for c in cues])
    content = torch.zeros(())
    for cue in cues:
        first, last = max(0, cue - CLAIM_REACH), min(len(states), cue + CLAIM_REACH)
        buckets = torch.tensor([offset_id(t - cue) for t in range(first, last)])
        for row, side in enumerate(("start", "end")):
            tokens = heads.content[f"token_{side}"](heads.dropout(states[first:last]))
            score = tokens @ heads.content[f"cue_{side}"](heads.dropout(states[cue]))
            score = score + heads.content_distance.weight[row][buckets]
            places = {claim[1 + row] - first for claim in made.cues[cue]}
            inside = [p for p in places if 0 <= p < last - first]
            if inside:
                content = content - torch.log_softmax(score, 0)[inside].mean()
    return speaker / len(cues), content / len(cues)


def _speaker_loss(scores: Tensor, pairs: Any, entity: Sequence[int], speakers: Sequence[set[int]]) -> Tensor:
    total = torch.zeros(())
    for number, who in enumerate(speakers):
        mine = np.flatnonzero(pairs.left == number)
        right = [bool(entity[j] in who) for j in pairs.right[mine]]
        if any(right):
            row = scores[mine]
            total = total + torch.logsumexp(F.pad(row, (0, 1)), 0) - torch.logsumexp(row[torch.tensor(right)], 0)
    return total


def find_false(heads: NewsHeads, states: Tensor, made: Target, labels: Inventory, least: float = FALSE_PROBABILITY
               ) -> None:
    """Put the model's own false mentions and values, of at least this probability, into the target as negatives."""
    mentions = _false_spans(heads.mentions, states, made, {(c.start, c.end) for c in made.mentions}, least)
    made.false_mentions = [made.reading.candidate(start, end, label) for start, end, label in mentions]
    known = {(c.start, c.end) for c in [*made.values, *made.rule_values]}
    values = _false_spans(heads.values, states, made, known, least)
    made.false_values = [*made.rule_values, *(value_candidate(made, start, end, labels.value_labels[label], labels)
                                              for start, end, label in values)]


def _false_spans(scorer: SpanScorer, states: Tensor, made: Target, known: set[tuple[int, int]], least: float
                 ) -> list[tuple[int, int, int]]:
    return [span for span in likely_spans(scorer, states, made.doc, least) if span[:2] not in known]


def likely_spans(scorer: SpanScorer, states: Tensor, doc: Doc, least: float = FALSE_PROBABILITY
                 ) -> list[tuple[int, int, int]]:
    """Return the spans (start, inclusive end, label from 0) that a scorer in training finds in a document."""
    starts, ends = grid([(sent.start, sent.end) for sent in doc.sents], scorer.longest)
    with torch.no_grad():
        probabilities = torch.softmax(scorer(states, starts, ends), 1).cpu().numpy()
    chosen = select(probabilities, starts.cpu().numpy(), ends.cpu().numpy(), least)
    return [(start, end, label - 1) for start, end, label, _ in chosen]
