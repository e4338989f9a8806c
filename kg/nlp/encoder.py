"""The encoder at run time: documents in, word states of both branches out (onnxruntime, int8)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime as ort
from spacy.tokens import Doc

from kg.nlp.weights import FloatArray, Weights
from kg.nlp.wordpieces import Window, WordPieces, encode, stack, window_bounds, window_breaks

WINDOW_PIECES = 254
WIDTH = 384


class Encoder:
    """Runs the ONNX encoder over windows of documents, on all cores.

    Every window is a run of its own: int8 activations are scaled by the largest value of a
    run, so a batch would let the articles in it change each other's numbers.
    """

    def __init__(self, weights: Weights, threads: int | None = None) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(weights.encoder, options, providers=["CPUExecutionProvider"])
        self._wordpieces = WordPieces(weights.settings["tokenizer"])
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1)

    def __call__(self, docs: Sequence[Doc]) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Yield (syntax, news) states per document, each (tokens, width); whitespace tokens are zero.

        The windows of the documents that follow are on their way while the caller uses one.
        """
        runs = [[(positions[window.start : window.end], window, self._pool.submit(self._run, window))
                 for positions, window in self._windows(doc)] for doc in docs]
        for doc, parts in zip(docs, runs, strict=True):
            states = (np.zeros((len(doc), WIDTH), np.float32), np.zeros((len(doc), WIDTH), np.float32))
            for positions, window, future in parts:
                for target, pieces in zip(states, future.result(), strict=True):
                    target[positions] = (pieces[0, window.first] + pieces[0, window.last]) / 2
            yield states

    def _run(self, window: Window) -> Sequence[FloatArray]:
        outputs: Sequence[FloatArray] = self._session.run(None, dict(stack([window])))
        return outputs

    def _windows(self, doc: Doc) -> Iterator[tuple[FloatArray, Window]]:
        positions, paragraphs = word_positions(doc)
        words = [doc[i].text for i in positions]
        lengths = [len(self._wordpieces.pieces(word)[0]) for word in words]
        index = np.array(positions)
        for start, end in window_bounds(lengths, window_breaks(words, paragraphs), WINDOW_PIECES):
            yield index, encode(words, start, end, self._wordpieces)


def word_positions(doc: Doc) -> tuple[list[int], list[int]]:
    """Return the positions of tokens that are words, and the word numbers where a paragraph starts."""
    words: list[int] = []
    paragraphs: list[int] = []
    fresh = True
    for token in doc:
        if token.is_space:
            fresh = fresh or "\n" in token.text
            continue
        if fresh:
            paragraphs.append(len(words))
            fresh = False
        words.append(token.i)
    return words, paragraphs
