"""Further training of a model file: the news branch and its heads learn on, what lies below stays and is computed once.

``python -m kg.training.further MODEL_FILE DATA GOLD OUT`` trains on gold and annotated articles and on texts of the
relation corpora, by ``[further]`` in ``settings.toml``, and writes a model file after each epoch to ``OUT``; the last
checkpoint there is gone on from. The thresholds, calibration, topics and the head for other ontologies are those of
before: `kg.training.thresholds`, ``calibration``, ``topics`` and ``terms --start`` make them anew.
"""

from __future__ import annotations

import math
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from kg import nlp
from kg.nlp.weights import Weights, read_weights, write_weights
from kg.nlp.wordpieces import WordPieces
from kg.training import joint, run
from kg.training.corpora import read_unlabelled
from kg.training.export import export
from kg.training.frozen import FrozenEncoder
from kg.training.gold import Inventory, Target
from kg.training.heads import NewsHeads
from kg.training.labels import collect
from kg.training.news import Input, find_false, token_states, windows_of
from kg.training.restoring import encoder_state, heads_of, known_labels
from kg.training.syntax import SyntaxModel

SEEN = 15
"""In how many texts a word has to stand to tell what gold articles are about."""

LEAST, MOST = -1.0, 2.0
"""Between which a word's log odds count, so that no single word decides."""


def train(model: Path, data: Path, gold: Path, out: Path) -> None:
    """Train on from a model file; ``out`` gets ``epoch-N.npz``, the mean of the weights so far."""
    options = tomllib.loads(Path(__file__).with_name("settings.toml").read_text("utf-8"))
    settings = options["news"] | options["further"]
    options["news"]["silver"] = 0
    torch.set_num_threads(1)  # before workers are forked
    out.mkdir(parents=True, exist_ok=True)
    corpora, weights = run.read_corpora(options, data, gold), read_weights(model)
    wordpieces = WordPieces(corpora.tokenizer)
    known, heads, encoder = known_labels(weights), heads_of(weights), FrozenEncoder()
    encoder.load_state_dict(encoder_state(weights))
    sources = read_sources(corpora, known, settings)
    learn_falsely_found(encoder, heads, sources, known, wordpieces, settings["false_least"])
    settings["silver_per_article"] = settings["far"] * len(sources.silver) / len(sources.articles)
    trainer = joint.Trainer(_around(encoder, sources, known), heads, sources, wordpieces, known, settings)
    windows = run.calibration_windows(corpora.gold, wordpieces)

    def keep(epoch: int) -> dict[str, Any]:
        trainer.swap_average()
        write_weights(with_news(weights, encoder, heads, windows), out / f"epoch-{epoch}.npz")
        trainer.swap_average()
        return {}

    joint.train(trainer, options["threads"], out, keep)


def read_sources(corpora: run.Corpora, known: Inventory, settings: Mapping[str, Any]) -> joint.Sources:
    """Parse with the model in the package: gold and what is near it, other articles as silver, some texts."""
    parser, rng = nlp.load(), random.Random(settings["seed"])
    odds = word_odds([article["document"]["text"] for article in corpora.gold if article["facts"]],
                     [row["text"] for row in read_unlabelled(corpora.unlabelled)])
    near, far = list[dict[str, Any]](), list[dict[str, Any]]()
    for article in corpora.gold:
        is_near = article["facts"] or nearness(article["document"]["text"], odds) > 0
        (near if is_near else far).append(article)
    fewer = run.some_texts(corpora, settings["texts"], rng)
    texts = run.read_passages(parser, fewer, known, run.mentions_found(known)).values()
    return joint.Sources(run.read_targets(parser, near, known), run.read_targets(parser, far, known), [],
                         [text for corpus in texts for text in corpus],
                         collect(corpora.treebanks), run.nested_types(corpora.treebanks))


def word_odds(texts: Sequence[str], others: Sequence[str]) -> dict[str, float]:
    """Return how much likelier each word is in ``texts`` than in ``others``, as log odds within bounds."""
    inside, outside = (Counter(word for text in group for word in _words(text)) for group in (texts, others))

    def odds(word: str) -> float:
        ratio = (inside[word] + 0.5) / (len(texts) + 1) * (len(others) + 2) / (outside[word] + 1)
        return max(LEAST, min(MOST, math.log(ratio)))

    return {word: odds(word) for word, count in outside.items() if count >= SEEN}


def nearness(text: str, odds: Mapping[str, float]) -> float:
    """Return the sum of a text's word odds over the root of their number: above 0 it is like the texts of ``odds``."""
    known = [odds[word] for word in _words(text) if word in odds]
    return sum(known) / math.sqrt(len(known) + 1)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower()))


def learn_falsely_found(encoder: FrozenEncoder, heads: NewsHeads, sources: joint.Sources, known: Inventory,
                        wordpieces: WordPieces, least: float) -> None:
    """Give each article what the model finds falsely there as negatives, and let the encoder see every text."""
    encoder.eval()
    heads.eval()
    made: Iterable[tuple[Target | None, Input]] = [
        *((target, windows_of(target.doc, wordpieces)) for target in [*sources.articles, *sources.silver]),
        *((None, item) for _, item in sources.passages)]
    with torch.no_grad():
        for target, item in made:
            states = token_states(encoder, [item])[0]
            if target is not None:
                find_false(heads, states, target, known, least)


def _around(encoder: FrozenEncoder, sources: joint.Sources, known: Inventory) -> SyntaxModel:
    """Return a model with this encoder whose other parts learn nothing."""
    model = SyntaxModel(sources.labels, len(known.mention_types), len(known.event_types), len(sources.nested))
    model.requires_grad_(False).encoder = encoder
    return model


def with_news(weights: Weights, encoder: FrozenEncoder, heads: NewsHeads, windows: Sequence[Any]) -> Weights:
    """Return a model file's content with this encoder and these heads in the place of its own."""
    made = export(encoder, dict(heads.named_children()), {}, windows)
    return replace(weights, encoder=made.encoder, arrays={**weights.arrays, **made.arrays})


if __name__ == "__main__":
    train(*map(Path, sys.argv[1:]))
