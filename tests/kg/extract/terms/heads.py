"""A head with random weights: what holds by construction holds for it too."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from kg import nlp
from kg.extract.terms import TermReader
from kg.extract.terms.attention import HEADS, WORD_PAIRS
from kg.extract.terms.describing import STATE, Descriptions
from kg.extract.terms.paths import ROLES, STEPS
from kg.extract.terms.reranking import LAYERS, RELATED, SCALARS, WORD_MARKS
from kg.extract.terms.scorers import CONTEXTS, FEATURES, TermScorer
from kg.nlp.weights import FloatArray, Weights
from kg.schema import Schema

HIDDEN, RANK, SPAN_HIDDEN, LONGEST, MENTION_TYPES, WIDTH = 24, 16, 12, 8, 10, 16


def shapes() -> dict[str, tuple[int, ...]]:
    """Return the shapes of the head's arrays, in the order of ``kg.training.terms.network``."""
    layers = {"token": (HIDDEN, STATE), "text": (HIDDEN, STATE), "spans.start": (SPAN_HIDDEN, HIDDEN),
              "spans.end": (SPAN_HIDDEN, HIDDEN), "spans.mean": (SPAN_HIDDEN, HIDDEN),
              "spans.length": (LONGEST, SPAN_HIDDEN), "spans.score": (1, SPAN_HIDDEN),
              "span": (HIDDEN, 3 * HIDDEN + 5 + MENTION_TYPES + 2), "subject": (RANK, HIDDEN),
              "object": (RANK, HIDDEN), "kind": (RANK, HIDDEN), "left": (RANK, HIDDEN), "right": (RANK, HIDDEN),
              "between": (RANK, HIDDEN), "features": (RANK, FEATURES), "trigger": (RANK, STATE),
              "property": (HIDDEN, 4 * HIDDEN + 4), "property_subject": (RANK, HIDDEN),
              "property_object": (RANK, HIDDEN), "property_pair": (RANK, HIDDEN), "property_bias": (1, HIDDEN),
              "class": (HIDDEN, 2 * HIDDEN), "class_vector": (RANK, HIDDEN), "class_bias": (1, HIDDEN),
              "cue_subject": (RANK, HIDDEN), "cue_object": (RANK, HIDDEN), "subject_cue": (RANK, HIDDEN),
              "object_cue": (RANK, HIDDEN), "path": (RANK, HIDDEN), "steps": (RANK, STEPS), "left_role": (ROLES, RANK),
              "right_role": (ROLES, RANK)}
    return ({f"{name}.weight": shape for name, shape in layers.items()} | {"scale": (4,), "way": (2,)}
            | {f"reranker.{name}": shape for name, shape in reranker_shapes().items()} | context_shapes())


def reranker_shapes() -> dict[str, tuple[int, ...]]:
    """Return the shapes of the reranker's arrays, in the order of ``kg.training.terms.reranking``."""
    shapes: dict[str, tuple[int, ...]] = {
        "products.weight": (WIDTH, 3 * RANK), "pair.weight": (WIDTH, RANK), "property.weight": (WIDTH, HIDDEN),
        "subject.weight": (WIDTH, HIDDEN), "object.weight": (WIDTH, HIDDEN), "scalars.weight": (WIDTH, SCALARS),
        "norm.weight": (WIDTH,), "norm.bias": (WIDTH,), "score.weight": (1, WIDTH)}
    for layer in range(LAYERS):
        shapes |= attention_shapes(f"layers.{layer}.text.", WIDTH, HIDDEN, WORD_MARKS)
        shapes |= attention_shapes(f"layers.{layer}.rivals.", WIDTH, WIDTH, RELATED)
        shapes |= thought_shapes(f"layers.{layer}.thought.", WIDTH)
    return shapes


def context_shapes() -> dict[str, tuple[int, ...]]:
    """Return the shapes of the arrays of attention among words."""
    layers = [attention_shapes(f"context.{layer}.attention.", HIDDEN, HIDDEN, WORD_PAIRS)
              | thought_shapes(f"context.{layer}.thought.", HIDDEN) for layer in range(CONTEXTS)]
    return {name: shape for layer in layers for name, shape in layer.items()}


def attention_shapes(name: str, width: int, others: int, marks: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a layer of attention, in the order of ``kg.training.terms.attention``."""
    return {name + "norm.weight": (width,), name + "norm.bias": (width,), name + "query.weight": (width, width),
            name + "key.weight": (width, others), name + "value.weight": (width, others),
            name + "bias.weight": (HEADS, marks), name + "out.weight": (width, width + HEADS * marks)}


def thought_shapes(name: str, width: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a perceptron that is added."""
    return {name + "norm.weight": (width,), name + "norm.bias": (width,), name + "inner.weight": (2 * width, width),
            name + "outer.weight": (width, 2 * width)}


def random_head(seed: int, size: float = 0.3, bias: float = -1) -> Weights:
    """Return the shipped weights with a random head, of weights of this size and this bias of all properties."""
    numbers = np.random.default_rng(seed)
    made: dict[str, FloatArray] = {f"terms.{name}": numbers.normal(0, size, shape).astype(np.float32)
                                   for name, shape in shapes().items()}
    made |= {"terms.scale": np.ones(4, np.float32), "terms.property_bias.bias": np.array([bias], np.float32)}
    shipped: Weights = nlp.load().get_pipe("news_reader").weights  # type: ignore[attr-defined]
    others = {name: array for name, array in shipped.arrays.items() if not name.startswith("terms.")}
    chosen = {"threshold": 0.2, "ratio": 0.3, "classes": 0.3}
    return replace(shipped, arrays=others | made, settings={**shipped.settings, "terms": chosen})


def random_reader(schema: Schema, weights: Weights, seed: int = 0) -> TermReader:
    """Return a reader whose descriptions are random as well."""
    numbers = np.random.default_rng(seed)

    def rows(count: int) -> FloatArray:
        return numbers.normal(0, 1, (count, STATE)).astype(np.float32)

    properties, classes = len(schema.properties), len(schema.classes)
    found = Descriptions(rows(properties), rows(properties), rows(properties), rows(properties),
                         np.zeros((properties, 4), np.float32), rows(classes), rows(classes))
    return TermReader(schema, weights, TermScorer(weights.part("terms")).terms(found))


BRIDGES = Path(__file__).parents[4] / "docs" / "ontology" / "bridges.ttl"
