"""What turns an encoder's states into topics: ``python -m kg.training.topics DATA``.

From the unlabelled news articles in DATA it counts in how many each word stands, takes the mean state of each article,
and writes the mean of these and their principal components, each divided by its spread, into ``kg/extract/topics.npz``.
It is to be run again whenever the encoder has changed.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

import kg.nlp
from kg.extract.topics import Topics, is_common_word
from kg.nlp.component import NewsReader
from kg.training.corpora import WIKINEWS, read_unlabelled

LENGTH = 64
"""Components of a topic."""
COMMON = 0.002
"""Share of articles that use a word, from which its weight is kept."""
TARGET = Path(__file__).parents[1] / "extract" / "topics.npz"


def learn(docs: Sequence[Doc], reader: NewsReader, length: int = LENGTH) -> Topics:
    """Return what turns the states of the reader's encoder into topics of this length."""
    uses = Counter(word for doc in docs for word in {token.text for token in doc if is_common_word(token.text)})
    least = max(2, COMMON * len(docs))
    common = {word: round(math.log(len(docs) / count), 2) for word, count in sorted(uses.items()) if count >= least}
    encoder, rare = reader.weights.digest(), round(math.log(len(docs) / least), 2)
    draft = Topics(encoder, common, rare, np.zeros(0, np.float32), np.zeros((0, 0), np.float32))
    read = (draft.mean_state(doc, states) for doc, _, states in reader.encode(docs))
    rows = np.stack([state for state in read if state is not None])
    mean = rows.mean(axis=0)
    _, spread, turned = np.linalg.svd(rows - mean, full_matrices=False)
    basis = (turned[:length] / spread[:length, None]).T * math.sqrt(len(rows))
    return replace(draft, mean=mean, basis=basis)


def save(topics: Topics, path: Path = TARGET) -> None:
    """Write the file that ``kg.extract.topics.load_topics`` reads."""
    told = json.dumps({"encoder": topics.encoder, "common": topics.common, "rare": topics.rare})
    np.savez_compressed(path, settings=np.frombuffer(told.encode(), np.uint8),
                        mean=topics.mean.astype(np.float16), basis=topics.basis.astype(np.float16))


def main(data: str) -> None:
    """Learn from the unlabelled articles and write the file of the package."""
    nlp = kg.nlp.load()
    reader = nlp.get_pipe("news_reader")
    assert isinstance(reader, NewsReader)
    texts = (row["text"] for row in read_unlabelled(Path(data, WIKINEWS)))
    save(learn([nlp.make_doc(text) for text in texts if text.strip()], reader))


if __name__ == "__main__":
    main(*sys.argv[1:])
