"""Unlabelled news as stage 1 parses it, a treebank among others.

It holds stage 2 to what the parser knew of news before: the treebanks have few of its short passives
("Tolvane was bought by Halden"), and without these texts the shared layers forget them.
"""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.nlp.encoder import word_positions
from kg.training.corpora import Treebank, shuffled_unlabelled

CORPUS = "parsed"
WORDS = range(100, 501)


def read_parsed(parser: Language, path: Path, count: int, seed: int) -> list[Treebank]:
    """Return ``count`` unlabelled articles of middling length as ``parser`` reads them, drawn by ``seed``."""
    some = shuffled_unlabelled(path, WORDS, seed)[:count]
    docs = parser.pipe(row["text"] for row in some)
    return [to_treebank(doc, str(row["id"])) for doc, row in zip(docs, some, strict=True)]


def to_treebank(doc: Doc, name: str) -> Treebank:
    """Return a parsed text as a document of a treebank, without its tokens of white space."""
    positions, paragraphs = word_positions(doc)
    place = {token: word for word, token in enumerate(positions)}
    words = [doc[i] for i in positions]
    return Treebank(
        name, CORPUS, [token.text for token in words], [token.lemma_ for token in words],
        [token.pos_ for token in words], [token.tag_ for token in words], [str(token.morph) or "_" for token in words],
        [place.get(token.head.i, word) for word, token in enumerate(words)], [token.dep_ for token in words],
        [bool(token.whitespace_) for token in words],
        sorted({min(inside) for inside in ([place[token.i] for token in sent if token.i in place]
                                           for sent in doc.sents) if inside}), paragraphs)
