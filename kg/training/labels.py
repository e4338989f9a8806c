"""Label inventories of the treebank tasks, and lemma scripts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.nlp.lemmas import make_script
from kg.training.corpora import Treebank


@dataclass(frozen=True, slots=True)
class Labels:
    """The sorted labels of each tagging task by name, and the lemma table."""

    names: dict[str, list[str]]
    lemmas: dict[str, str]

    def sizes(self) -> dict[str, int]:
        """Return the number of labels of each task."""
        return {name: len(labels) for name, labels in self.names.items()}


def collect(documents: Iterable[Treebank]) -> Labels:
    """Count what the training documents use; lemma scripts seen once fall to the table."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for name in ("upos", "xpos", "feats", "deps"):
            counts[name].update(getattr(document, name))
        for word, lemma, upos, xpos in zip(document.words, document.lemmas, document.upos, document.xpos,
                                           strict=True):
            counts["script"][make_script(word, lemma, upos)] += 1
            if xpos not in ("NNP", "NNPS", "CD", "GW", "ADD", "FW"):
                table[f"{word.lower()}\t{xpos}"][lemma] += 1
    names = {name: sorted(counter) for name, counter in counts.items()}
    names["script"] = sorted(script for script, count in counts["script"].items() if count > 1)
    return Labels(names, {key: counter.most_common(1)[0][0] for key, counter in sorted(table.items())})
