"""How ontologies are read from which nothing was learnt: those of ``kg/training/terms/held_out``, annotated whole.

``python -m kg.training.terms.held_out [MODEL]`` prints precision, recall and F1 by the least confidence, and the
expected calibration error before and after a curve, each ontology's fitted on the others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kg import nlp
from kg.evaluation.calibration import expected_calibration_error
from kg.extract.terms import make_reader
from kg.extract.terms.assembly import triples
from kg.model import Document
from kg.training.calibration import cross_fitted
from kg.training.terms.texts import normal
from kg.training.terms.written import read_written

FOLDER = "held_out"
LEAST = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
Rows = list[tuple[float, bool]]


class Judged(NamedTuple):
    """Of each statement found of an ontology the uncalibrated confidence and if it is right; and how many there are."""

    rows: Rows
    stated: int


def judge(model: Path) -> list[Judged]:
    """Read the texts of each ontology that is held out, with the model file's thresholds."""
    language, found = nlp.load(model), []
    for schema, texts in read_written(FOLDER):
        reader = make_reader(schema, model)
        reader.settings = {name: value for name, value in reader.settings.items() if name != "curve"}
        rows, stated = Rows(), 0
        for text, doc in zip(texts, language.pipe(str(text.text) for text in texts), strict=True):
            extraction = reader.read(doc, Document(schema.name, doc.text))
            right = {(normal(subject), label, normal(target)) for subject, label, target in text.triples}
            stated += len(right)
            rows += [(relation.confidence, (normal(subject), label, normal(target)) in right) for relation, (
                subject, label, target) in zip(extraction.relations, triples(extraction), strict=True)]
        found.append(Judged(rows, stated))
    return found


def report(found: Sequence[Judged]) -> Iterator[str]:
    """Yield the lines that are printed."""
    stated, rows = sum(one.stated for one in found), list(cross_fitted([one.rows for one in found]))
    plain = expected_calibration_error([row for one in found for row in one.rows])
    yield f"{len(found)} ontologies, {stated} triples; expected calibration error {plain:.3f}, after a curve " \
          f"{expected_calibration_error(rows):.3f}"
    yield "confidence from  precision  recall  F1"
    for least in LEAST:
        kept = [right for confidence, right in rows if confidence >= least]
        f1 = 2 * sum(kept) / (len(kept) + stated)
        yield f"{least:15.1f}  {sum(kept) / max(len(kept), 1):9.3f}  {sum(kept) / stated:6.3f}  {f1:.3f}"


if __name__ == "__main__":
    print(*report(judge(Path(sys.argv[1]) if sys.argv[1:] else nlp.SHIPPED)), sep="\n")
