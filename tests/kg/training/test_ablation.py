"""Small models learn from all but what they are without, and heads are left out one at a time."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch", reason="the extra [train] is not installed")

from kg.training import ablation  # noqa: E402  after the check for torch
from kg.training.ablation import (  # noqa: E402  after the check for torch
    ARTICLES,
    HEADS,
    SILVER,
    VARIANTS,
    Material,
    leave_heads_out,
    table,
)

SETTINGS = Path(ablation.__file__).with_name("settings.toml")
GOLD = Path(__file__).parents[4] / "shared" / "gold"
TEXTS = ("KnowledgeNet", "CORE", "Re-DocRED")


def material() -> Material:
    """Return corpora whose articles and passages are their names."""
    articles: Any = {"gold": ["g1", "g2", "g3"], "annotated": [f"a{n}" for n in range(9)], SILVER: ["s1", "s2"]}
    passages: Any = {name: [name] for name in TEXTS}
    nothing: Any = None
    return Material(articles, passages, nothing, nothing, "", [])


@pytest.mark.parametrize("name", VARIANTS)
def test_all_models_see_as_many_articles_and_all_that_they_are_not_without(name: str) -> None:
    """The articles are in equal parts of the kinds that are left; corpora are whole or not there."""
    made = material().sources(VARIANTS[name], 12, 1)
    left = [kind for kind in ARTICLES if kind not in VARIANTS[name]]
    drawn = [str(article)[0] for article in made.articles]
    assert {kind: drawn.count(kind[0]) for kind in left} == dict.fromkeys(left, 12 // len(left))
    assert len(drawn) == 12
    assert {*TEXTS} - {*VARIANTS[name]} == {*map(str, made.passages)}


def test_an_article_is_drawn_as_often_as_the_others() -> None:
    """Three articles for eight places stand in two or three of them."""
    drawn = [str(article) for article in material().sources(("annotated", SILVER), 8, 1).articles]
    assert sorted(map(drawn.count, ("g1", "g2", "g3"))) == [2, 3, 3]


def test_what_is_left_out_is_a_corpus_or_a_loss() -> None:
    """A name that is neither would leave nothing out."""
    losses = {"mentions", "values", "triggers", "cues", "modality", "polarity", "coreference", "relations", "arguments",
              "speakers", "content"}
    treebanks = {*tomllib.loads(SETTINGS.read_text("utf-8"))["syntax"]["treebanks"]}
    assert {name for names in VARIANTS.values() for name in names} <= {*ARTICLES, *TEXTS} | losses | treebanks


def test_without_its_head_a_layer_is_empty(tmp_path: Path) -> None:
    """On one dev article each head's own layer falls to nothing and the others stay where they do not need it."""
    folder = tmp_path / "dev"
    folder.mkdir()
    article = min((GOLD / "dev").glob("*.json"))
    (folder / article.name).write_bytes(article.read_bytes())
    found = leave_heads_out(folder)
    assert found.keys() == HEADS.keys()
    whole = found["all heads"]
    for head, layer in (("relations", "relations"), ("events", "events"), ("claims", "claims")):
        assert whole[layer] > 0
        assert found[f"without {head}"][layer] == 0
        assert found[f"without {head}"]["KG score"] < whole["KG score"]
    assert found["without claims"]["events"] == whole["events"]


def test_figures_are_a_table_with_a_row_each() -> None:
    """Names of figures stand above, names of models before."""
    assert table({"all": {"F1": 0.5}, "less": {"F1": 0.25}}).splitlines() == [
        "|  | F1 |", "| --- | --- |", "| all | 0.5 |", "| less | 0.25 |"]
