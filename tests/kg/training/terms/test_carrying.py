"""A head is carried over to another encoder by the linear map between their states."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch", reason="the extra [train] is not installed")

from kg import nlp  # noqa: E402  after the check for torch
from kg.nlp import SHIPPED  # noqa: E402
from kg.nlp.weights import read_weights  # noqa: E402
from kg.training.corpora import read_gold  # noqa: E402
from kg.training.terms.carrying import READING, carry, least_squares  # noqa: E402
from kg.training.terms.network import TermNetwork, normalized  # noqa: E402
from kg.training.terms.run import PREFIX  # noqa: E402
from kg.training.terms.texts import LONGEST  # noqa: E402


def test_finds_the_map_and_its_offset() -> None:
    """Rows that are a linear function of others give that function."""
    numbers = np.random.default_rng(5)
    weight, bias, inputs = numbers.normal(size=(3, 4)), numbers.normal(size=3), numbers.normal(size=(5000, 4))
    found, offset = least_squares(inputs, inputs @ weight.T + bias)
    assert np.abs(found - weight).max() < 1e-2
    assert np.abs(offset - bias).max() < 1e-2


def test_stays_what_it_is_on_its_own_encoder(gold_dev: Path) -> None:
    """From the encoder that it was trained on to the same one, a head scores as before, and it is a whole head."""
    texts = [article["document"]["text"] for article in read_gold(gold_dev)]
    weights = read_weights()
    head, before = carry(SHIPPED, SHIPPED, PREFIX, texts), weights.part(PREFIX)
    TermNetwork(LONGEST, len(weights.settings["mention_types"]), 0.0).load_state_dict(head)
    states = normalized(torch.tensor(nlp.load()(texts[0]).tensor)).numpy()
    for name, array in before.items():
        layer, part = name.split(".")[0], name.rpartition(".")[2]
        if layer in READING and part == "weight":
            bias = (head[f"{layer}.bias"].numpy(), before[f"{layer}.bias"]) if f"{layer}.bias" in before else (0, 0)
            scored, wanted = states @ head[name].numpy().T + bias[0], states @ array.T + bias[1]
            assert np.abs(scored - wanted).max() < 0.05 * wanted.std(), name
        elif layer not in READING:
            assert (head[name].numpy() == array).all(), name
