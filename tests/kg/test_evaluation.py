"""The scores are those of the gold set's own ``score.py``, to four digits."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.evaluation import KG_LAYERS, below_floors, evaluate, read_floors, read_pairs
from kg.evaluation.likeness import overlap, word_f1
from kg.model import Claim, Document, Entity, Event, Extraction, Fact, Mention, Relation, Span

GOLD = Path(__file__).parents[3] / "shared" / "gold"
needs_gold = pytest.mark.skipif(not GOLD.is_dir(), reason="the gold articles are not on this machine: ../shared/gold")

TEXT = "Ann Lee runs Acme. She said that Acme will grow."
SMALL = Extraction(
    Document("a", TEXT),
    entities=(Entity("e1", "Person", "Ann Lee", (Mention(0, 7), Mention(19, 22, "pronoun"))),
              Entity("e2", "Company", "Acme", (Mention(13, 17), Mention(33, 37)))),
    relations=(Relation("e1", "positionAt", "e2", (Span(0, 17),), {"title": "head"}),),
    events=(Event("v1", "Launch", Span(43, 47), ()),),
    claims=(Claim("e1", Span(23, 27), Span(33, 47), False),),
    facts=(Fact("Ann Lee", "runs", "Acme", (Span(0, 17),)),),
)


def test_gold_against_itself_is_perfect() -> None:
    """An extraction scores 1 against itself in every layer that it has."""
    report = evaluate([(SMALL, SMALL)])
    assert {layer for layer, score in report.scores.items() if score.f1 != 1} == {"event arguments"}
    assert report.scores["entities"].gold == report.scores["entities"].predicted == 2
    assert report.kg_score == round(6 / 7, 4)


def test_an_empty_prediction_scores_nothing() -> None:
    """A missing prediction counts as empty, and what it lacks is listed."""
    report = evaluate([(SMALL, Extraction(SMALL.document))])
    assert set(report.f1.values()) == {0.0}
    assert report.missed["relations"] == ["a: Ann Lee - positionAt - Acme"]
    assert report.missed["facts (recall)"] == ["a: Ann Lee | runs | Acme"]


def test_another_text_is_refused() -> None:
    """Offsets mean nothing in another text."""
    with pytest.raises(InputError, match="a: the predicted text differs"):
        evaluate([(SMALL, Extraction(Document("a", TEXT + " ")))])


def test_coreference_worked_out_by_hand() -> None:
    """Two chains of two that are predicted as one chain of four: precision 1/2, recall 1."""
    merged = Entity("e", "Person", "Ann Lee", (Mention(0, 7), Mention(13, 17), Mention(19, 22), Mention(33, 37)))
    score = evaluate([(SMALL, Extraction(SMALL.document, (merged,)))]).scores["coreference"]
    assert (score.precision, score.recall, score.f1) == (0.5, 1.0, 0.6667)


def test_overlap_and_words() -> None:
    """Spans overlap by intersection over union, strings by the F1 of their words."""
    assert overlap(Span(0, 4), Span(2, 6)) == pytest.approx(1 / 3)
    assert overlap(Span(0, 4), Span(4, 6)) == 0
    assert word_f1("The big dog", "the dog") == pytest.approx(0.8)
    assert word_f1("", "") == 0


def test_floors() -> None:
    """Each score under its floor gets a line; a layer without a score lies under any floor."""
    assert below_floors({"claims": 0.5}, {"claims": 0.5}) == []
    assert below_floors({"claims": 0.4}, {"claims": 0.5, "events": 0.1}) == [
        "claims: 0.4000 is below its floor of 0.5000", "events: 0.0000 is below its floor of 0.1000"]


@pytest.mark.parametrize(("content", "message"), [
    (None, "No such file or directory"), ("[1]", "not a JSON object of numbers"), ("{", "not a JSON object of numbers"),
])
def test_bad_floors(tmp_path: Path, content: str | None, message: str) -> None:
    """A file of floors that cannot be read is named."""
    path = tmp_path / "floors.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=rf"floors\.json: {message}"):
        read_floors(path)


@needs_gold
@pytest.mark.parametrize("seed", range(3))
def test_scores_agree_with_the_gold_scorer(tmp_path: Path, seed: int) -> None:
    """On gold files with many kinds of mistakes, all figures are those of ``score.py``."""
    perturb = Perturbation(seed)
    for path in sorted((GOLD / "dev").glob("*.json"))[seed:]:  # the first ones are missing
        (tmp_path / path.name).write_text(json.dumps(perturb.article(json.loads(path.read_text("utf-8")))), "utf-8")
    theirs = score(GOLD / "dev", tmp_path)
    report = evaluate(read_pairs(GOLD / "dev", tmp_path))
    for layer, ours in report.scores.items():
        assert {name: getattr(ours, name) for name in theirs[layer]} == pytest.approx(theirs[layer], abs=1e-4), layer
        assert 0.1 < ours.f1 < 0.95, layer
    assert report.kg_score == pytest.approx(theirs["KG score"]["f1"], abs=1e-4)
    assert report.documents == theirs["KG score"]["documents"]


@needs_gold
def test_errors_agree_with_the_gold_scorer(tmp_path: Path) -> None:
    """What is listed as missed and wrong is what ``score.py --errors`` lists."""
    perturb = Perturbation(9)
    for path in sorted((GOLD / "dev").glob("*.json")):
        (tmp_path / path.name).write_text(json.dumps(perturb.article(json.loads(path.read_text("utf-8")))), "utf-8")
    report = evaluate(read_pairs(GOLD / "dev", tmp_path))
    for layer in ("entities+type", "relations", "events", "claims", "facts (recall)"):
        lines = run_scorer(GOLD / "dev", tmp_path, "--errors", layer).split(f"\n{layer}, missed:\n")[1]
        theirs = [line.strip() for line in lines.splitlines() if line.startswith("  ")]
        ours = "\n".join((*report.missed[layer], *report.wrong[layer])).splitlines()
        assert sorted(theirs) == sorted(line.strip() for line in ours if line.strip()), layer


def run_scorer(*arguments: object) -> str:
    """Run the gold set's scorer and return what it prints."""
    command = [sys.executable, str(GOLD / "score.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def score(gold: Path, predicted: Path) -> dict[str, Any]:
    """Return the rows of the gold set's scorer."""
    rows: dict[str, Any] = json.loads(run_scorer(gold, predicted, "--json"))
    assert set(KG_LAYERS) < set(rows)
    return rows


class Perturbation:
    """Make an extraction worse in every way that the scores look at."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def often(self, chance: float) -> bool:
        """Decide whether to make a mistake."""
        return self.random.random() < chance

    def some(self, items: list[Any]) -> list[Any]:
        """Drop some items, double a few and shuffle them."""
        kept = [item for item in items if self.often(0.85)]
        kept += [json.loads(json.dumps(item)) for item in kept if self.often(0.05)]
        self.random.shuffle(kept)
        return kept

    def span(self, span: dict[str, Any]) -> None:
        """Move a span a little."""
        if self.often(0.2):
            span["start"] += self.random.randint(-6, 6)
            span["end"] = max(span["start"] + 1, span["end"] + self.random.randint(-6, 6))

    def words(self, text: str) -> str:
        """Drop some words."""
        return " ".join(word for word in text.split() if self.often(0.8))

    def article(self, data: dict[str, Any]) -> dict[str, Any]:
        """Perturb all layers."""
        ids = [entity["id"] for entity in data["entities"]]
        self.entities(data)
        for layer in (self.relations, self.events, self.claims, self.facts):
            layer(data, ids)
        return data

    def entities(self, data: dict[str, Any]) -> None:
        """Lose entities, mistake types, move mentions, merge chains."""
        for entity in data["entities"]:
            entity["type"] = "Thing" if self.often(0.1) else entity["type"]
            entity["name"] = self.words(entity["name"])
            for mention in entity["mentions"]:
                self.span(mention)
            other = self.random.choice(data["entities"])["mentions"]
            if self.often(0.2) and len(other) > 1:
                entity["mentions"].append(other.pop())
        unique = {entity["id"]: entity for entity in self.some(data["entities"])}
        data["entities"] = list(unique.values())

    def relations(self, data: dict[str, Any], ids: list[str]) -> None:
        """Turn relations round, mistake predicates, ends and titles."""
        for relation in data["relations"]:
            if self.often(0.2) and isinstance(relation["object"], str):
                relation["subject"], relation["object"] = relation["object"], relation["subject"]
            if self.often(0.1):
                relation["predicate"] = self.random.choice(["partnerOf", "ownerOf", "positionAt", "unheardOf"])
            if self.often(0.1):
                relation["object"] = self.random.choice([*ids, {"value": "50", "start": 3, "end": 5}])
            for key, value in relation.get("qualifiers", {}).items():
                relation["qualifiers"][key] = self.words(value)
        data["relations"] = self.some(data["relations"])

    def events(self, data: dict[str, Any], ids: list[str]) -> None:
        """Move triggers, mistake types, roles and fillers."""
        for event in data["events"]:
            event["type"] = self.random.choice(["Event", "Launch"]) if self.often(0.15) else event["type"]
            self.span(event["trigger"])
            for argument in event["arguments"]:
                self.argument(argument, data, ids)
            event["arguments"] = self.some(event["arguments"])
        data["events"] = self.some(data["events"])

    def argument(self, argument: dict[str, Any], data: dict[str, Any], ids: list[str]) -> None:
        """Mistake the role, the entity, or take a mention for a value."""
        argument["role"] = "reason" if self.often(0.1) else argument["role"]
        if "entity" not in argument:
            argument["value"] = self.words(argument["value"])
            return
        if self.often(0.1):
            argument["entity"] = self.random.choice(ids)
        mentions = [m for e in data["entities"] if e["id"] == argument["entity"] for m in e["mentions"]]
        if self.often(0.2) and mentions:
            del argument["entity"]
            argument |= {"value": "it", "start": mentions[0]["start"], "end": mentions[0]["end"]}

    def claims(self, data: dict[str, Any], ids: list[str]) -> None:
        """Mistake speakers and cut contents."""
        for claim in data["claims"]:
            claim["speaker"] = self.random.choice(ids) if self.often(0.2) else claim["speaker"]
            if self.often(0.3):
                claim["content"]["end"] -= (claim["content"]["end"] - claim["content"]["start"]) // 2 + 3
        data["claims"] = self.some(data["claims"])

    def facts(self, data: dict[str, Any], ids: list[str]) -> None:
        """Lose words and flood with unconfident copies of other facts."""
        for fact in data["facts"]:
            fact |= {key: self.words(fact[key]) for key in ("subject", "predicate", "object")}
            fact["confidence"] = round(self.random.random(), 1)
        noise = [{"subject": "x", "predicate": "is", "object": "y", "evidence": [], "confidence": 0.95}] * 10
        data["facts"] = self.some(data["facts"]) + noise
