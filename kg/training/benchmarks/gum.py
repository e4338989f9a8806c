"""GUM (Zeldes 2017): coreference of the shipped model on its dev documents.

``python -m kg.training.benchmarks.gum MODEL_FILE GUM_FOLDER`` scores against both layers of GUM:
``gum``, all noun phrases with singletons, and ``ontogum`` (Zhu et al. 2021), OntoNotes style without
singletons; there, chains of one mention are left out of the answer too. Words and paragraphs are
GUM's; sentences, trees and mentions are the model's own.

- ``gold mentions``: the model links GUM's mentions, whose types it gives itself, a span longer than
  the model scores by its head word.
- ``end to end``: the model's own mentions, right only with GUM's exact span.
- ``end to end, by head``: as before, each mention reduced to its head word in the model's tree; of
  several with one head the longest counts.

Our guideline marks fewer mentions than GUM (no times, abstract nouns, or things that are none of the
ontology's types) and shorter ones (without relative clauses). Nothing makes up for that: GUM's other
mentions stay in the gold chains and are missed, and mentions that only we have are wrong.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab
from threadpoolctl import threadpool_limits

from kg import nlp, ontology
from kg.extract.entities import find_cast
from kg.extract.features import Reading
from kg.extract.heads import NewsHeads
from kg.nlp.component import MENTIONS
from kg.nlp.mentions import SpanScorer
from kg.nlp.weights import Weights, read_weights
from kg.training.benchmarks.chains import Chain, Place, score
from kg.training.corpora import Treebank, read_conllu

LAYERS = {"gum": "coref.tar.gz", "ontogum": "ontogum.tar.gz"}
WITHOUT_SINGLETONS = "ontogum"
Places = list[list[Place]]
"""Chains of mentions as positions (start, end inclusive)."""


@dataclass(frozen=True, slots=True)
class Document:
    """The words of a document and its gold chains over them, by layer."""

    treebank: Treebank
    chains: dict[str, Places]


def read_gum(folder: Path) -> list[Document]:
    """Return the dev documents of GUM; the other splits in the archives are passed over."""
    layers = {name: _read_archive(folder / file) for name, file in LAYERS.items()}
    return [Document(treebank, {name: layer[treebank.id] for name, layer in layers.items()})
            for treebank in read_conllu(folder / "dev.conllu.gz", "gum")]


def _read_archive(path: Path) -> dict[str, Places]:
    chains = {}
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.startswith("dev/") else None
            if file is not None:
                chains[Path(member.name).stem] = read_chains(io.TextIOWrapper(file, "utf-8"))
    return chains


def read_chains(lines: Iterable[str]) -> Places:
    """Read chains in bracket notation: ``(person-1`` or ``(1`` opens a mention of entity 1, ``1)`` closes the last."""
    chains: dict[str, list[Place]] = defaultdict(list)
    opened: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        position, *_, brackets = line.rstrip("\n").split("\t") if "\t" in line else ("", "")
        for bracket in re.findall(r"\([^()]+\)?|[^()]+\)", brackets):
            entity = next(part for part in bracket.strip("()").split("-") if part.isdigit())
            if bracket.startswith("("):
                opened[entity].append(int(position))
            if bracket.endswith(")"):
                chains[entity].append((opened[entity].pop(), int(position)))
    return list(chains.values())


def make_doc(vocab: Vocab, treebank: Treebank) -> tuple[Doc, list[int]]:
    """Return the words as an unread ``Doc`` with empty lines between paragraphs, and each word's token."""
    words: list[str] = []
    spaces: list[bool] = []
    tokens: list[int] = []
    for number, (word, space) in enumerate(zip(treebank.words, treebank.spaces, strict=True)):
        if number and number in treebank.paragraphs:
            spaces[-1] = False
            words.append("\n\n")
            spaces.append(False)
        tokens.append(len(words))
        words.append(word)
        spaces.append(space)
    return Doc(vocab, words, spaces), tokens


class Linker:
    """Finds the chains of parsed documents."""

    def __init__(self, weights: Weights) -> None:
        self._heads, self._known = NewsHeads(weights), ontology.load()
        self._mentions = SpanScorer(weights.part("mentions"))

    def chains(self, doc: Doc) -> list[Chain]:
        """Return the chains over the mentions in ``doc.spans`` as tokens (start, end inclusive)."""
        with threadpool_limits(1, "blas"):
            cast = find_cast(Reading(doc), self._heads, self._known)
        chains: list[set[Place]] = [set() for _ in range(len(cast))]
        for mention, entity in zip(cast.mentions, cast.entity.tolist(), strict=True):
            chains[entity].add((mention.start, mention.end))
        return [frozenset(chain) for chain in chains]

    def give(self, doc: Doc, places: Iterable[Place]) -> None:
        """Put these mentions in the place of the model's own, each with its likeliest type."""
        reading, spans = Reading(doc), sorted(set(places))
        scored = [(s, e) if e - s < self._mentions.longest else (reading.head_of(s, e),) * 2 for s, e in spans]
        starts, ends = np.array(scored, dtype=np.int64).reshape(-1, 2).T
        types = self._mentions(reading.states, starts, ends)[:, 1:].argmax(axis=1)
        doc.spans[MENTIONS] = [Span(doc, start, end + 1, label=self._heads.mention_types[kind])
                               for (start, end), kind in zip(spans, types.tolist(), strict=True)]


def by_head(chains: Sequence[Chain], doc: Doc) -> list[Chain]:
    """Reduce each mention to its head word; of several with one head the longest stays."""
    reading, taken = Reading(doc), dict[int, int]()
    places = [(end - start, -start, number) for number, chain in enumerate(chains) for start, end in chain]
    for length, before, number in sorted(places, reverse=True):
        taken.setdefault(reading.head_of(-before, length - before), number)
    return [chain for n in range(len(chains))
            if (chain := frozenset((head, head) for head, home in taken.items() if home == n))]


def evaluate(model_file: Path, documents: Sequence[Document]) -> dict[str, dict[str, dict[str, float]]]:
    """Return the coreference scores by layer and setting."""
    language, linker = nlp.load(model_file), Linker(read_weights(model_file))
    made = [make_doc(language.vocab, document.treebank) for document in documents]
    docs = list(language.pipe(doc for doc, _ in made))
    found = [linker.chains(doc) for doc in docs]
    scores = {}
    for layer in LAYERS:
        gold = [[frozenset((tokens[start], tokens[end]) for start, end in chain) for chain in document.chains[layer]]
                for document, (_, tokens) in zip(documents, made, strict=True)]
        smallest = 2 if layer == WITHOUT_SINGLETONS else 1
        scores[layer] = {name: score([(truth, [chain for chain in chains if len(chain) >= smallest])
                                      for truth, chains in zip(*sides, strict=True)])
                         for name, sides in _settings(linker, docs, gold, found).items()}
    return scores


def _settings(linker: Linker, docs: Sequence[Doc], gold: list[list[Chain]], found: list[list[Chain]]
              ) -> dict[str, tuple[list[list[Chain]], list[list[Chain]]]]:
    """Return gold and found chains by setting; the docs have the gold mentions afterwards."""
    given = []
    for doc, chains in zip(docs, gold, strict=True):
        linker.give(doc, (place for chain in chains for place in chain))
        given.append(linker.chains(doc))
    truth, ours = ([by_head(chains, doc) for chains, doc in zip(side, docs, strict=True)] for side in (gold, found))
    return {"gold mentions": (gold, given), "end to end": (gold, found), "end to end, by head": (truth, ours)}


if __name__ == "__main__":
    print(json.dumps(evaluate(Path(sys.argv[1]), read_gum(Path(sys.argv[2]))), indent=1))
