"""The encoder at run time: documents in, word states of both branches out (onnxruntime, int8)."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import onnxruntime as ort
from spacy.attrs import IS_SPACE
from spacy.tokens import Doc

from kg.nlp.weights import FloatArray, Weights
from kg.nlp.wordpieces import IntArray, Window, WordPieces, encode, stack, window_bounds, window_breaks

WINDOW_PIECES = 254
WIDTH = 384

Run = tuple[IntArray, Window, "Future[Sequence[FloatArray]]"]
"""Token positions of a window's words, the window, and its states to come."""


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

    def __call__(self, docs: Iterable[Doc], ahead: int = 8) -> Iterator[tuple[Doc, FloatArray, FloatArray]]:
        """Yield documents with their (syntax, news) states, each (tokens, width); whitespace tokens are zero.

        Up to ``ahead`` documents, the one that is yielded included, are read and on their way at a time.
        """
        running: deque[tuple[Doc, list[Run]]] = deque()
        for doc in docs:
            running.append((doc, self._start(doc)))
            if len(running) >= ahead:
                yield self._finish(*running.popleft())
        while running:
            yield self._finish(*running.popleft())

    def _start(self, doc: Doc) -> list[Run]:
        return [(positions[window.start : window.end], window, self._pool.submit(self._run, window))
                for positions, window in self._windows(doc)]

    def _finish(self, doc: Doc, runs: list[Run]) -> tuple[Doc, FloatArray, FloatArray]:
        states = (np.zeros((len(doc), WIDTH), np.float32), np.zeros((len(doc), WIDTH), np.float32))
        for positions, window, future in runs:
            for target, pieces in zip(states, future.result(), strict=True):
                target[positions] = (pieces[0, window.first] + pieces[0, window.last]) / 2
        return doc, *states

    def _run(self, window: Window) -> Sequence[FloatArray]:
        outputs: Sequence[FloatArray] = self._session.run(None, dict(stack([window])))
        return outputs

    def _windows(self, doc: Doc) -> Iterator[tuple[IntArray, Window]]:
        positions, paragraphs = word_positions(doc)
        words = [doc[i].text for i in positions]
        lengths = [len(self._wordpieces.pieces(word)[0]) for word in words]
        index = np.array(positions)
        for start, end in window_bounds(lengths, window_breaks(words, paragraphs), WINDOW_PIECES):
            yield index, encode(words, start, end, self._wordpieces)


def word_positions(doc: Doc) -> tuple[list[int], list[int]]:
    """Return the positions of tokens that are words, and the word numbers where a paragraph starts."""
    spaces = doc.to_array(IS_SPACE)
    words = np.flatnonzero(spaces == 0)
    breaks = [i for i in np.flatnonzero(spaces).tolist() if "\n" in doc[i].text]
    paragraphs = {0, *np.searchsorted(words, breaks).tolist()} - {len(words)}
    return words.tolist(), sorted(paragraphs)
