"""The torch scorers and their numpy twins say the same."""

from typing import Any

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch", reason="the extra [train] is not installed")

from kg.extract import scorers  # noqa: E402  after the check for torch
from kg.extract.features import Pairs  # noqa: E402
from kg.nlp import mentions  # noqa: E402
from kg.training import heads, network  # noqa: E402

STATES = np.random.default_rng(1).normal(size=(9, 384)).astype(np.float32)
STARTS, ENDS = np.array([0, 2, 5]), np.array([1, 2, 8])
EMPTY = np.zeros(0, dtype=np.int64)
PAIRS = Pairs(np.array([0, 1]), np.array([2, 0]), np.ones((2, 7), np.float32), np.array([0, 0]), np.array([3, 4]),
              np.array([[1, 4], [0, 0]]))


def arrays(module: Any) -> dict[str, Any]:
    """Return a module's parameters as numpy arrays."""
    return {name: value.detach().numpy() for name, value in module.eval().state_dict().items()}


def test_span_scorer() -> None:
    """Span probabilities agree."""
    module = network.SpanScorer(5)
    twin = mentions.SpanScorer(arrays(module))
    expected = torch.softmax(module(torch.from_numpy(STATES), torch.from_numpy(STARTS), torch.from_numpy(ENDS)), 1)
    assert np.allclose(twin(STATES, STARTS, ENDS), expected.detach().numpy(), atol=1e-5)


@pytest.mark.parametrize("product", [True, False])
@pytest.mark.parametrize("context", [True, False])
def test_pair_scorer(context: bool, product: bool) -> None:
    """Pair logits agree, with and without contexts and product."""
    module = heads.PairScorer(384, 384, 7, 4, context=context, product=product)
    twin = scorers.PairScorer(arrays(module))
    states = torch.from_numpy(STATES)
    expected = module(states[:3], states[3:6], PAIRS, states).detach().numpy()
    assert np.allclose(twin(STATES[:3], STATES[3:6], PAIRS, STATES), expected, atol=1e-4)
