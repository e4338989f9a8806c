"""The thresholds of the news heads, chosen on gold dev and on annotated articles that nothing was learnt from.

``python -m kg.training.thresholds MODEL_FILE DATA GOLD_DIR`` tries for one threshold after another what lies beside it,
writes the best into the model file, and prints the figures of both sets before and after. With ``--report`` it prints
what they are and changes nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from spacy.tokens import Doc

from kg import evaluation, nlp
from kg.extract.heads import NewsHeads
from kg.model import Extraction
from kg.nlp.component import NewsReader
from kg.nlp.weights import read_weights, write_weights
from kg.training.annotations import HELD_OUT, read_annotated
from kg.training.card import news_report
from kg.training.corpora import WIKINEWS

FACTORS = (0.6, 0.8, 1.2, 1.5)
"""What a threshold is multiplied by; one of zero, which coreference has, stays."""

READING = ("mentions", "names", "repeated")
"""The thresholds of the language model, whose texts have to be read anew."""

TITLES = 0.1
"""What position titles count, which the KG score has none of."""

GAIN = 5e-4
"""What another value has to bring."""

Thresholds = dict[str, float]


def choose(start: Mapping[str, float], judge: Callable[[Thresholds], float]) -> Thresholds:
    """Return the thresholds that ``judge`` likes best, one changed after another until none brings ``GAIN``."""
    chosen, best = dict(start), judge(dict(start))
    changed = True
    while changed:
        changed = False
        for name in start:
            tried = [{**chosen, name: round(chosen[name] * factor, 4)} for factor in FACTORS if chosen[name]]
            scored = [(judge(thresholds), thresholds) for thresholds in tried]
            score, thresholds = max(scored, key=lambda row: row[0], default=(best, chosen))
            if score >= best + GAIN:
                chosen, best, changed = thresholds, score, True
    return chosen


class Judge:
    """Reads articles with a model file under any thresholds; what the language model read last is kept."""

    def __init__(self, model: Path, golds: Sequence[Extraction]) -> None:
        self._pipeline, self._golds = nlp.load.__wrapped__(model), golds  # not the kept one: its thresholds change
        reader = self._pipeline.get_pipe("news_reader")
        assert isinstance(reader, NewsReader)
        self.weights = reader.weights
        self._heads = NewsHeads(self.weights)
        self._docs, self._read = list[Doc](), dict[str, float]()

    def report(self, thresholds: Thresholds) -> evaluation.Report:
        """Return the report on all articles."""
        self._heads.thresholds = thresholds
        reading = {name: thresholds[name] for name in READING}
        if reading != self._read:
            self.weights.settings["thresholds"].update(reading)
            self._docs = list(self._pipeline.pipe(gold.document.text for gold in self._golds))
            self._read = reading
        return news_report(self._golds, self._docs, self._heads)

    def __call__(self, thresholds: Thresholds) -> float:
        """Return the KG score, and of position titles a little."""
        report = self.report(thresholds)
        return report.kg_score + TITLES * report.scores["position titles"].f1


def held_out(data: Path) -> list[Extraction]:
    """Return the annotated articles that training does not read; they have no facts, which are scored on gold alone."""
    return [Extraction.from_dict(article) for article in read_annotated(data / WIKINEWS, HELD_OUT)]


def run(model: Path, data: Path, gold: Path, change: bool) -> None:
    """Print the figures of a model file on both sets, and with ``change`` those with the thresholds that it gets."""
    sets = {"gold dev": list(evaluation.read_gold(gold / "dev").values()), "held out": held_out(data)}
    judges = {f"{name}, {len(golds)} articles": Judge(model, golds) for name, golds in sets.items()}
    weights = read_weights(model)
    start: Thresholds = dict(weights.settings["thresholds"])
    _print(judges, start)
    if change:
        chosen = choose(start, Judge(model, [article for articles in sets.values() for article in articles]))
        write_weights(replace(weights, settings={**weights.settings, "thresholds": chosen}), model)
        _print(judges, chosen)


def _print(judges: Mapping[str, Judge], thresholds: Thresholds) -> None:
    print(json.dumps(thresholds))
    for name, judge in judges.items():
        f1 = judge.report(thresholds).f1
        print(f"{name}:", ", ".join(f"{layer} {score:.3f}" for layer, score in f1.items()))


if __name__ == "__main__":
    model, data, gold, *options = sys.argv[1:]
    run(Path(model), Path(data), Path(gold), change="--report" not in options)
