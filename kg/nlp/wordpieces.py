"""Words to wordpieces and windows: what the encoder reads.

The vocabulary is uncased; a word-shape id per piece brings case back. Words are encoded
one by one and cached, so a token's pieces never depend on its neighbours and no offset
arithmetic is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

CLS, SEP, UNKNOWN = 101, 102, 100
MAX_WORD_PIECES = 8
SENTENCE_FINAL = frozenset(".!?…")
CLOSING = frozenset(("\"", "'", "''", "”", "’", ")", "]"))
SHAPES = ("special", "lower", "title", "upper", "mixed", "digit", "alphanumeric", "punctuation", "continuation")

IntArray = npt.NDArray[np.int64]


def word_shape(word: str) -> int:
    """Return the index in ``SHAPES`` of a word's orthographic class."""
    if word.isalpha():
        names = ((word.islower(), "lower"), (word.isupper() and len(word) > 1, "upper"), (word.istitle(), "title"))
        return SHAPES.index(next((name for holds, name in names if holds), "mixed"))
    if any(c.isdigit() for c in word):
        return SHAPES.index("digit" if not any(c.isalpha() for c in word) else "alphanumeric")
    return SHAPES.index("mixed" if any(c.isalpha() for c in word) else "punctuation")


class WordPieces:
    """The wordpiece vocabulary, from the JSON of a ``tokenizers`` file."""

    def __init__(self, tokenizer_json: str) -> None:
        self.tokenizer_json = tokenizer_json
        self._tokenizer = Tokenizer.from_str(tokenizer_json)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.pieces = lru_cache(maxsize=200_000)(self._pieces)

    def _pieces(self, word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        ids = self._tokenizer.encode(word, add_special_tokens=False).ids or [UNKNOWN]
        if len(ids) > MAX_WORD_PIECES:
            half = MAX_WORD_PIECES // 2
            ids = ids[:half] + ids[-half:]
        shape = word_shape(word)
        more = shape if SHAPES[shape] == "upper" else SHAPES.index("continuation")
        return tuple(ids), (shape, *[more] * (len(ids) - 1))


@dataclass(frozen=True, slots=True)
class Window:
    """Words ``start`` to ``end`` of a text with their pieces, CLS and SEP included.

    ``first`` and ``last`` are the positions of each word's first and last piece.
    """

    start: int
    end: int
    ids: IntArray
    shapes: IntArray
    first: IntArray
    last: IntArray


def encode(words: Sequence[str], start: int, end: int, wordpieces: WordPieces) -> Window:
    """Return the window over ``words[start:end]``."""
    ids, shapes, first, last = [CLS], [0], [], []
    for word in words[start:end]:
        piece_ids, piece_shapes = wordpieces.pieces(word)
        first.append(len(ids))
        ids.extend(piece_ids)
        shapes.extend(piece_shapes)
        last.append(len(ids) - 1)
    arrays = (np.array(row, dtype=np.int64) for row in ([*ids, SEP], [*shapes, 0], first, last))
    return Window(start, end, *arrays)


def window_breaks(words: Sequence[str], paragraphs: Sequence[int]) -> list[int]:
    """Return the word positions where a window may start: paragraphs, and words after a sentence's last mark."""
    breaks, ended = set(paragraphs), False
    for position, word in enumerate(words):
        if ended and word not in CLOSING:
            breaks.add(position)
        ended = word in SENTENCE_FINAL or (ended and word in CLOSING)
    return sorted(breaks)


def window_bounds(lengths: Sequence[int], breaks: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """Cut words of given piece ``lengths`` into windows of at most ``limit`` pieces.

    A window ends at the last of the ``breaks`` (word positions) that fits, or in
    mid-sentence where none does.
    """
    starts = set(breaks)
    begin, total, last_break = 0, 0, 0
    for position, length in enumerate(lengths):
        if position in starts and position > begin:
            last_break = position
        if total + length > limit and position > begin:
            cut = last_break if last_break > begin else position
            yield begin, cut
            total = sum(lengths[cut:position])
            begin = cut
        total += length
    if begin < len(lengths):
        yield begin, len(lengths)


def stack(windows: Sequence[Window]) -> dict[str, IntArray]:
    """Pad windows into the encoder's inputs: ``ids``, ``shapes`` and ``mask``, each (batch, pieces)."""
    width = max(len(window.ids) for window in windows)
    shape = (len(windows), width)
    ids, shapes, mask = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row, window in enumerate(windows):
        size = len(window.ids)
        ids[row, :size], shapes[row, :size], mask[row, :size] = window.ids, window.shapes, 1
    return {"ids": ids, "shapes": shapes, "mask": mask}
