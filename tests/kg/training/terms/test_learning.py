"""The head for other ontologies scores as its twin in numpy, and its training goes on as if it had not stopped."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch", reason="the extra [train] is not installed")

from kg import nlp  # noqa: E402  after the check for torch
from kg.extract.terms.describing import describe  # noqa: E402
from kg.extract.terms.finding import TermReader  # noqa: E402
from kg.extract.terms.scorers import TermScorer  # noqa: E402
from kg.nlp.weights import read_weights  # noqa: E402
from kg.schema import Class, Property, Schema  # noqa: E402
from kg.training import checkpoints  # noqa: E402
from kg.training.terms.examples import Source, collate, described, make_source  # noqa: E402
from kg.training.terms.learning import fits_of, train  # noqa: E402
from kg.training.terms.network import Spans, TermNetwork  # noqa: E402
from kg.training.terms.run import FIRST, add_head  # noqa: E402
from kg.training.terms.texts import LONGEST, Text  # noqa: E402

OPTIONS: dict[str, Any] = {
    "seed": 3, "epochs": 3, "batch": 2, "rate": 1e-3, "weight_decay": 0.01, "properties": 4, "span_weight": 0.5,
    "unasked_weight": 0.1, "class_weight": 0.5, "other_class_weight": 0.3}
NAMES = (("Lune", "Ada Brun"), ("Ollen", "Piet Holm"), ("Sill", "Emil Haas"), ("Tarsk", "Mira Voss"))


def made(bridge: str, who: str) -> Text:
    """Return a text that says who designed a bridge."""
    text = f"The {bridge} Bridge was designed by {who}."
    ends = [tuple((text.index(name), text.index(name) + len(name)) for name in [words])
            for words in (f"{bridge} Bridge", who)]
    return Text("bridges", text, ((ends[0], "d", ends[1]),), ("d",))


@pytest.fixture(scope="module")
def source() -> Source:
    """Return an inventory of one property with a few texts."""
    schema = Schema("bridges", {"b": Class("b", "bridge")},
                    {"d": Property("d", "designed by", ("designer",), domain=frozenset({"b"}))})
    return make_source(schema, [made(*names) for names in NAMES], nlp.load(), 40)


def test_goes_on_from_a_checkpoint(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stopped after each of its first epochs ends like what did not, and has a line for each epoch."""
    assert len(source.examples) == len(NAMES)

    def run(out: Path, stops: tuple[int, ...]) -> dict[str, Any]:
        torch.manual_seed(1)
        network = TermNetwork(LONGEST, 10, 0.0)

        def save(path: Path, state: dict[str, Any]) -> None:
            checkpoints.save(path, state)
            if state["epoch"] in stops:
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("kg.training.terms.learning.save", save)
            for _ in stops:
                with pytest.raises(KeyboardInterrupt):
                    train(network, [source], OPTIONS, out)
        train(network, [source], OPTIONS, out)
        assert not out.with_suffix(".pt").exists()
        return dict(network.state_dict())

    whole, parts = run(tmp_path / "whole.npz", ()), run(tmp_path / "parts.npz", (0, 1))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert (tmp_path / "whole.curve.jsonl").read_text().count("\n") == OPTIONS["epochs"]


def test_scores_are_those_of_the_twin_in_numpy(source: Source) -> None:
    """Every pair of every text has the logits that the reader gives it, cues of two sentences among them."""
    torch.manual_seed(5)
    weights = read_weights(nlp.SHIPPED)
    network = TermNetwork(LONGEST, len(weights.settings["mention_types"]), 0.0).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.08)
    twin = add_head(weights, network, FIRST)
    terms = TermScorer(twin.part("terms")).terms(describe(source.schema, nlp.load(), weights.digest()))
    reader = TermReader(source.schema, twin, terms)
    text = "The Lune Bridge stands near Tarsk. It was designed by Ada Brun, an engineer."
    row = make_source(source.schema, [Text("bridges", text, (), ("d",))], nlp.load(), 40).examples[0]
    pairs = reader.pairing.pairs(nlp.load()(text), set())
    batch = collate([row])
    start, end, kind = (torch.tensor(rows)[None] for rows in (pairs.spans.start, pairs.spans.end, pairs.kinds))
    spans = Spans(start, end, kind, torch.ones_like(start, dtype=torch.bool))
    with torch.no_grad():
        words = network.words(batch)
        vectors, found = network.vectors(words, spans), described(source, ["d"], None)
        fits = fits_of(source.schema, ["d"], spans, network.class_logits(vectors, found), network.kinds)
        logits = network(batch, words, spans, vectors, found, fits)[1][0]
    assert batch.sentence.max() == 1
    assert len(pairs.left) > 20
    expected = logits[torch.tensor(pairs.left), torch.tensor(pairs.right)].numpy()
    possible = np.isfinite(pairs.logits)
    assert possible.any()
    np.testing.assert_allclose(pairs.logits[possible], expected[possible], atol=2e-3 * np.abs(expected).max())
