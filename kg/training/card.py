"""The model card: data, licences, settings, and figures measured from the model file itself.

``python -m kg.training.card DATA GOLD`` measures the shipped weights and prints the figures.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from kg import evaluation, nlp, ontology
from kg.extract import extract
from kg.extract.heads import NewsHeads, load_heads
from kg.model import Document, Extraction
from kg.nlp.component import NewsReader
from kg.nlp.syntax import Analysis
from kg.nlp.weights import SHIPPED
from kg.training.calibration import calibrate
from kg.training.corpora import Treebank, read_conllu

SPEED_BATCH, ARTICLE_WORDS = 8, 300
TEMPLATE = Path(__file__).with_name("MODEL_CARD.template.md")


def write(out: Path, dev: dict[str, list[Treebank]], gold_dev: Path, options: dict[str, Any]) -> None:
    """Calibrate and measure ``out/weights.npz`` on dev; write it, ``out/figures.json`` and ``out/MODEL_CARD.md``."""
    figures = {"calibration": calibrate(out / "weights.npz", gold_dev)} | measure(out / "weights.npz", dev, gold_dev)
    (out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    card = TEMPLATE.read_text("utf-8")
    for name, table in (("TREEBANKS", _treebank_table(figures)), ("NEWS", _news_table(figures)),
                        ("SPEED", _speed_table(figures)), ("CALIBRATION", _calibration_table(figures)),
                        ("SETTINGS", _settings_table(options))):
        card = card.replace("{" + name + "}", table)
    (out / "MODEL_CARD.md").write_text(card, "utf-8")


def measure(weights: Path, dev: dict[str, list[Treebank]], gold_dev: Path) -> dict[str, Any]:
    """Return the figures of a model file: treebanks on gold tokens, news layers, mentions, size, speed."""
    language = nlp.load(weights)
    golds = list(evaluation.read_gold(gold_dev).values())
    texts = [gold.document.text for gold in golds]
    docs = list(language.pipe(texts))
    heads = load_heads(weights)
    report = news_report(golds, docs, heads)
    return {"treebanks": {name: treebank_scores(language, documents) for name, documents in dev.items()},
            "mentions": mention_scores(golds, docs),
            "news": {name: [round(f, 3) for f in (score.precision, score.recall, score.f1)]
                     for name, score in report.scores.items()},
            "kg_score": round(report.kg_score, 3), "megabytes": round(weights.stat().st_size / 1e6, 1),
            "speed": speed(language, texts * 5, heads, ontology.load())}


def news_report(golds: Sequence[Extraction], docs: Iterable[Doc], heads: NewsHeads) -> evaluation.Report:
    """Return how well ``heads`` read the texts of ``golds``, which ``docs`` are as the pipeline has read them."""
    known = ontology.load()
    predicted = [known.conform(extract(doc, gold.document, heads, known))
                 for doc, gold in zip(docs, golds, strict=True)]
    return evaluation.evaluate(zip(golds, predicted, strict=True))


def treebank_scores(language: Language, documents: Sequence[Treebank]) -> dict[str, float]:
    """Return UPOS, XPOS, lemma, UAS and LAS on gold tokens and sentences, and sentence start F1 without them.

    ``las`` compares universal labels, as the CoNLL 2018 shared task does; ``las_full`` subtypes too.
    """
    reader = language.get_pipe("news_reader")
    assert isinstance(reader, NewsReader)
    names = ("upos", "xpos", "lemma", "uas", "las", "las_full")
    hits, total = dict.fromkeys(names, 0), 0
    found = right = gold = 0
    for document in documents:
        doc = Doc(language.vocab, document.words, document.spaces)
        _, states, _ = next(reader.encode([doc]))
        given = reader.syntax.analyse(document.words, states, document.paragraphs, document.sentences)
        for name, count in _count(document, given).items():
            hits[name] += count
        starts = set(reader.syntax.sentence_starts(document.words, states, document.paragraphs))
        found, gold = found + len(starts), gold + len(document.sentences)
        right += len(starts & set(document.sentences))
        total += len(document.words)
    scores = {name: round(100 * hits[name] / total, 2) for name in names}
    return scores | {"sentences": round(100 * 2 * right / (found + gold), 2)}


def _count(document: Treebank, analysis: Analysis) -> dict[str, int]:
    heads = [a == b for a, b in zip(document.heads, analysis.heads, strict=True)]
    deps = [a == b for a, b in zip(document.deps, analysis.deps, strict=True)]
    plain = [a.split(":")[0] == b.split(":")[0] for a, b in zip(document.deps, analysis.deps, strict=True)]
    return {"upos": sum(map(str.__eq__, document.upos, analysis.upos)),
            "xpos": sum(map(str.__eq__, document.xpos, analysis.xpos)),
            "lemma": sum(map(str.__eq__, document.lemmas, analysis.lemmas)),
            "uas": sum(heads), "las": sum(h and d for h, d in zip(heads, plain, strict=True)),
            "las_full": sum(h and d for h, d in zip(heads, deps, strict=True))}


def mention_scores(golds: Sequence[Extraction], docs: Sequence[Doc]) -> list[float]:
    """Return precision, recall and F1 of mentions, exact span and type, over all mentions."""
    right = found = gold_count = 0
    for gold, doc in zip(golds, docs, strict=True):
        truth = {(m.start, m.end, e.type) for e in gold.entities for m in e.mentions}
        predicted = {(s.start_char, s.end_char, s.label_) for s in doc.spans["mentions"]}
        right, found, gold_count = right + len(truth & predicted), found + len(predicted), gold_count + len(truth)
    return [round(right / max(1, found), 3), round(right / gold_count, 3), round(2 * right / (found + gold_count), 3)]


def speed(language: Language, texts: Sequence[str], heads: NewsHeads, known: ontology.Ontology) -> dict[str, float]:
    """Return words per second of the pipeline and of the whole extraction, in batches, and seconds for one article."""
    words = sum(len(text.split()) for text in texts)
    list(language.pipe(texts[:SPEED_BATCH], batch_size=SPEED_BATCH))
    wall, cpu = time.perf_counter(), time.process_time()
    list(language.pipe(texts, batch_size=SPEED_BATCH))
    read = time.perf_counter() - wall, time.process_time() - cpu
    wall = time.perf_counter()
    for doc in language.pipe(texts, batch_size=SPEED_BATCH):
        extract(doc, Document("", doc.text), heads, known)
    whole = time.perf_counter() - wall
    article = min(texts, key=lambda text: abs(len(text.split()) - ARTICLE_WORDS))
    wall = time.perf_counter()
    extract(language(article), Document("", article), heads, known)
    return {"words": words, "per_second": round(words / read[0]), "per_cpu_second": round(words / read[1]),
            "extraction_per_second": round(words / whole),
            "article_words": len(article.split()), "article_seconds": round(time.perf_counter() - wall, 2)}


def _treebank_table(figures: dict[str, Any]) -> str:
    names = ("upos", "xpos", "lemma", "uas", "las", "las_full", "sentences")
    rows = [f"| {bank} | " + " | ".join(str(scores[n]) for n in names) + " |"
            for bank, scores in figures["treebanks"].items()]
    titles = ("dev set", "UPOS", "XPOS", "lemma", "UAS", "LAS", "LAS with subtypes", "sentence starts F1")
    return "\n".join([f"| {' | '.join(titles)} |", "|---" * len(titles) + "|", *rows])


def _news_table(figures: dict[str, Any]) -> str:
    rows = [f"| {layer} | {p} | {r} | {f} |" for layer, (p, r, f) in figures["news"].items()]
    p, r, f = figures["mentions"]
    rows += [f"| mentions, exact span and type | {p} | {r} | {f} |",
             f"| **KG score** | | | **{figures['kg_score']}** |"]
    return "\n".join(["| layer | precision | recall | F1 |", "|---|---|---|---|", *rows])


def _calibration_table(figures: dict[str, Any]) -> str:
    errors, bins = figures["calibration"]["errors"], figures["calibration"]["reliability"]
    rows = [f"| {layer} | {before} | {after} |" for layer, (before, after) in errors.items()]
    diagram = [f"| {count} | {confidence} | {right} | {'#' * round(20 * right)} |" for count, confidence, right in bins]
    return "\n".join(["| layer | error before | error after, held out |", "|---|---|---|", *rows, "",
                      "| statements | mean confidence | share right | |", "|---|---|---|---|", *diagram])


def _speed_table(figures: dict[str, Any]) -> str:
    s = figures["speed"]
    return (f"{figures['megabytes']} MB; tags, parse, values and mentions {s['per_second']} words a second, "
            f"{s['per_cpu_second']} per CPU second; the whole extraction {s['extraction_per_second']} words a second "
            f"({s['words']} words in batches of {SPEED_BATCH}); one article of {s['article_words']} words "
            f"{s['article_seconds']} s.")


def _settings_table(options: dict[str, Any]) -> str:
    stages = {name: {k: v for k, v in options[name].items() if not isinstance(v, dict)}
              for name in ("pretraining", "syntax", "news")}
    return "\n".join(f"- {name}: " + ", ".join(f"{k} {v}" for k, v in stage.items()) for name, stage in stages.items())


def read_dev(data: Path, names: Sequence[str]) -> dict[str, list[Treebank]]:
    """Return the dev documents of treebanks by name."""
    return {name: list(read_conllu(data / name / "dev.conllu.gz", name)) for name in names}


if __name__ == "__main__":
    treebanks = read_dev(Path(sys.argv[1]), ("ud_ewt", "gum"))
    print(json.dumps(measure(SHIPPED, treebanks, Path(sys.argv[2]) / "dev"), indent=1))
