"""A spaCy pipeline of tagger, parser and entity recogniser, trained from scratch: how fast such a thing is.

The architecture is that of spaCy's small English models: one convolutional network over hashed words, 96 wide, that the
three components share. It learns from UD English EWT (tags, parse) and the outermost entities of GUM, for some minutes:
enough for figures that show that it reads, and its speed does not depend on them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example, iob_to_biluo
from thinc.api import fix_random_seed

from kg.training.corpora import Treebank, read_conllu

_WIDTH = 96
_SHARED = {
    "@architectures": "spacy.Tok2Vec.v2",
    "embed": {"@architectures": "spacy.MultiHashEmbed.v2", "width": _WIDTH, "rows": [5000, 1000, 2500, 2500],
              "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"], "include_static_vectors": False},
    "encode": {"@architectures": "spacy.MaxoutWindowEncoder.v2", "width": _WIDTH, "depth": 4, "window_size": 1,
               "maxout_pieces": 3}}
_LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": _WIDTH, "upstream": "*"}
_SENTENCES, _BATCH, _DROPOUT = 10, 16, 0.1
"""Sentences of an example, examples of a batch."""


def load_baseline(folder: Path, data: Path, epochs: int, seed: int) -> tuple[Language, dict[str, float]]:
    """Return the pipeline, trained unless it is kept in the folder, and its scores on the development sets."""
    home = folder / f"spacy-{epochs}-{seed}"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        train(data, epochs, seed).to_disk(home)
    nlp = spacy.load(home)
    syntax = nlp.evaluate(list(_examples(nlp, data / "ud_ewt" / "dev.conllu.gz")))
    entities = nlp.evaluate(list(_examples(nlp, *_gum(data, "dev"))))
    return nlp, {"tags": syntax["tag_acc"], "LAS": syntax["dep_las"], "entities F1": entities["ents_f"]}


def train(data: Path, epochs: int, seed: int) -> Language:
    """Train the pipeline on the training splits."""
    fix_random_seed(seed)
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": _SHARED})
    nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": _LISTENER}})
    nlp.add_pipe("parser", config={"model": _transitions("parser", 64)})
    nlp.add_pipe("ner", config={"model": _transitions("ner", 64)})
    examples = [*_examples(nlp, data / "ud_ewt" / "train.conllu.gz"), *_examples(nlp, *_gum(data, "train"))]
    optimizer, chance = nlp.initialize(lambda: examples), random.Random(seed)
    for _ in range(epochs):
        chance.shuffle(examples)
        for start in range(0, len(examples), _BATCH):
            nlp.update(examples[start:start + _BATCH], sgd=optimizer, drop=_DROPOUT)
    return nlp


def _transitions(kind: str, width: int) -> dict[str, Any]:
    return {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": kind, "extra_state_tokens": False,
            "hidden_width": width, "maxout_pieces": 2, "use_upper": True, "tok2vec": _LISTENER}


def _gum(data: Path, split: str) -> Sequence[Path]:
    return sorted((data / "gum").rglob(f"*{split}*.conllu.gz"))


def _examples(nlp: Language, *paths: Path) -> Iterator[Example]:
    """Yield a few sentences each of the documents of treebanks."""
    for path in paths:
        for document in read_conllu(path, path.parent.name):
            starts = [*document.sentences, len(document.words)]
            for first in range(0, len(starts) - 1, _SENTENCES):
                yield _example(nlp, document, starts[first], starts[min(first + _SENTENCES, len(starts) - 1)])


def _example(nlp: Language, document: Treebank, start: int, end: int) -> Example:
    words, spaces = document.words[start:end], document.spaces[start:end]
    said: dict[str, Any] = {"words": words, "tags": document.xpos[start:end], "deps": document.deps[start:end],
                            "heads": [head - start for head in document.heads[start:end]]}
    if document.spans is not None:
        said["entities"] = iob_to_biluo(_outermost(document.spans, start, end))
    return Example.from_dict(Doc(nlp.vocab, words=words, spaces=spaces), said)


def _outermost(spans: Sequence[tuple[int, int, str]], start: int, end: int) -> list[str]:
    """Return the entities that no other one holds as tags of the BIO scheme."""
    tags = ["O"] * (end - start)
    for first, last, kind in sorted(spans, key=lambda span: span[0] - span[1]):
        if start <= first and last <= end and set(tags[first - start:last - start]) == {"O"}:
            tags[first - start:last - start] = [f"B-{kind}", *[f"I-{kind}"] * (last - first - 1)]
    return tags
