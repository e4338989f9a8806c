"""A model file becomes torch modules again, and its news branch and heads learn on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy

torch: Any = pytest.importorskip("torch", reason="the extra [train] is not installed")

from kg import nlp  # noqa: E402  after the check for torch
from kg.nlp.component import news_states  # noqa: E402  after the check for torch
from kg.nlp.encoder import Encoder as RunEncoder  # noqa: E402  after the check for torch
from kg.nlp.weights import read_weights  # noqa: E402  after the check for torch
from kg.nlp.wordpieces import WordPieces  # noqa: E402  after the check for torch
from kg.training import news  # noqa: E402  after the check for torch
from kg.training.corpora import read_gold  # noqa: E402  after the check for torch
from kg.training.frozen import FrozenEncoder  # noqa: E402  after the check for torch
from kg.training.further import nearness, with_news, word_odds  # noqa: E402  after the check for torch
from kg.training.gold import prepare, target  # noqa: E402  after the check for torch
from kg.training.network import Encoder  # noqa: E402  after the check for torch
from kg.training.restoring import encoder_state, heads_of, known_labels  # noqa: E402  after the check for torch

TEXT = "Oxley Freight said on Monday that it would cut 300 jobs in Hull."


@pytest.fixture(scope="module")
def encoder() -> FrozenEncoder:
    """Return the encoder of the package, frozen below its news branch."""
    made = FrozenEncoder()
    made.load_state_dict(encoder_state(read_weights()))
    made.eval()
    return made


def test_a_model_file_becomes_modules_again(encoder: FrozenEncoder) -> None:
    """The restored encoder has the states of the one at run time, but for the int8 of activations."""
    weights = read_weights()
    doc = spacy.blank("en")(TEXT)
    [(_, *run)] = RunEncoder(weights)([doc])
    item = news.windows_of(doc, WordPieces(weights.settings["tokenizer"]))
    for branch, states in enumerate(run):
        with torch.no_grad():
            restored = news.token_states(encoder, [item], branch)[0].numpy()
        assert np.corrcoef(restored.ravel(), np.asarray(states).ravel())[0, 1] > 0.99


@pytest.mark.filterwarnings("ignore")  # the exporter that `kg.training.export` chooses has several
def test_what_is_exported_is_what_learnt(encoder: FrozenEncoder) -> None:
    """A head that was changed is in the new model file; what others read from it, and the syntax, stay."""
    weights = read_weights()
    heads = heads_of(weights)
    with torch.no_grad():
        heads.triggers.bias += 1
    item = news.windows_of(spacy.blank("en")(TEXT), WordPieces(weights.settings["tokenizer"]))
    with torch.no_grad():
        news.token_states(encoder, [item])  # what lies below is kept from here on, and has to be exported all the same
    made = with_news(weights, encoder, heads, item.windows)
    assert np.allclose(made["triggers.bias"], weights["triggers.bias"] + 1)
    assert np.array_equal(made["syntax.arc"], weights["syntax.arc"])
    assert made.settings == weights.settings
    assert b"shared.0.qkv.inverse" in made.encoder


def test_only_the_branch_learns() -> None:
    """What lies below has no gradient, drops nothing out and is computed once for a text; the branch does drop out."""
    torch.manual_seed(1)
    encoder = FrozenEncoder().train()
    text = {"ids": torch.tensor([[101, 2054, 102]]), "shapes": torch.zeros(1, 3, dtype=torch.long),
            "mask": torch.ones(1, 3, dtype=torch.long)}
    syntax, news_states = encoder(**text)
    news_states.sum().backward()
    assert {name.split(".")[0] for name, p in encoder.named_parameters() if p.grad is not None} == {"news", "bridge"}
    torch.nn.init.zeros_(encoder.norm.weight)
    again, other = encoder(**text)
    assert torch.equal(syntax, again)
    assert not torch.equal(news_states, other)
    assert torch.equal(encoder.eval()(**text)[1], encoder(**text)[1])
    whole = Encoder().eval()
    whole.load_state_dict(encoder.state_dict())
    assert not torch.equal(whole(**text)[0], syntax)


def test_a_text_is_near_those_whose_words_it_has() -> None:
    """Words that many of the texts have and few others speak for a text; rare ones say nothing."""
    business, sport = ["the company cut jobs"] * 20, ["the team won matches"] * 60
    odds = word_odds(business, business + sport)
    assert nearness("A company sold jobs", odds) > 0 > nearness("A team won", odds)
    assert nearness("Nothing of this", odds) == 0
    assert "matches" in odds
    assert "nothing" not in odds


def test_what_annotators_overdo_teaches_nothing(gold_dev: Path) -> None:
    """A relation that is unasked changes no loss; the same one in a gold article does."""
    known, heads = known_labels(read_weights()), heads_of(read_weights()).eval()
    article = next(a for a in read_gold(gold_dev.parent / "train")
                   if any(r["predicate"] == "basedIn" for r in a["relations"]))
    based = next(r for r in article["relations"] if r["predicate"] == "basedIn")
    government = next(e for e in article["entities"] if e["id"] == based["subject"])
    government["type"] = "Government"
    without = article | {"relations": [r for r in article["relations"] if r is not based]}
    doc = nlp.load()(article["document"]["text"])
    states = torch.tensor(np.asarray(news_states(doc)))

    def loss(row: dict[str, Any]) -> tuple[float, int]:
        made = target(row, doc, known)
        ready = prepare(made, known)
        with torch.no_grad():
            mentions, values = news.vectors(heads, states, ready.mentions), news.vectors(heads, states, ready.values)
            found = news.relation_loss(heads, mentions, values, states, made, ready, known)
        return float(found) * max(len(made.links), 4), len(made.unasked)

    annotated = loss(article | {"facts": []})
    assert annotated[1] >= 1
    assert loss(article)[1] == loss(without)[1] == 0
    assert len({round(total, 3) for total, _ in (annotated, loss(article), loss(without))}) == 3
    assert annotated[0] < min(loss(article)[0], loss(without)[0])
