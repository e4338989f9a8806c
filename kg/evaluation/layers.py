"""One function per layer: a pair of extractions in, a tally out. ``LAYERS`` is the table.

Coreference is B-cubed (Bagga and Baldwin 1998, "Algorithms for scoring coreference chains").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from kg.evaluation.likeness import overlap, same_value, word_f1, words
from kg.evaluation.pair import Pair
from kg.model import Argument, Claim, Entity, Event, Extraction, Fact, Mention, Relation, Value

Item = TypeVar("Item", Argument, Claim, Relation)

FACTS_PER_20_WORDS = 4
"""How many open facts count, the most confident first, so that flooding gains nothing."""


@dataclass(slots=True)
class Tally:
    """True positives against predicted and gold counts, with the misses in words."""

    hits_predicted: float = 0.0
    hits_gold: float = 0.0
    predicted: int = 0
    gold: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    judged: list[tuple[float, bool]] = field(default_factory=list)
    """Confidence of each predicted statement, and whether it is right."""

    def add(self, other: Tally) -> None:
        """Count another article in."""
        self.hits_predicted += other.hits_predicted
        self.hits_gold += other.hits_gold
        self.predicted += other.predicted
        self.gold += other.gold
        self.missed += other.missed
        self.wrong += other.wrong
        self.judged += other.judged


def _match(gold: Iterable[Item], predicted: Iterable[Item], same: Callable[[Item, Item], bool],
           show: Callable[[Item, bool], str]) -> Tally:
    """Match two lists greedily, one to one, in the order of the predicted one."""
    tally, free = Tally(), list(gold)
    tally.gold = len(free)
    for item in predicted:
        tally.predicted += 1
        hit = next((i for i, other in enumerate(free) if same(item, other)), None)
        tally.judged.append((item.confidence, hit is not None))
        if hit is None:
            tally.wrong.append(show(item, False))
        else:
            del free[hit]
    hits = tally.gold - len(free)
    tally.hits_predicted = tally.hits_gold = hits
    tally.missed = [show(item, True) for item in free]
    return tally


def score_entities(pair: Pair) -> Tally:
    """Count the entities found, of whatever type."""
    return _entity_tally(pair, pair.to_gold)


def score_types(pair: Pair) -> Tally:
    """Count the entities found with the right type."""
    right = {p: g for p, g in pair.to_gold.items()
             if pair.predicted_entities[p].type == pair.gold_entities[g].type}
    return _entity_tally(pair, right)


def _entity_tally(pair: Pair, found: Mapping[str, str]) -> Tally:
    def unmatched(entities: Iterable[Entity], matched: Iterable[str]) -> list[str]:
        done = set(matched)
        return [pair.say(f"{entity.name} [{entity.type}]") for entity in entities if entity.id not in done]

    return Tally(len(found), len(found), len(pair.predicted.entities), len(pair.gold.entities),
                 unmatched(pair.gold.entities, found.values()), unmatched(pair.predicted.entities, found),
                 [(entity.confidence, entity.id in found) for entity in pair.predicted.entities])


def score_coreference(pair: Pair) -> Tally:
    """Count mentions by B-cubed: how much of a mention's chain it shares with its gold twin's."""
    gold, predicted = _mentions(pair.gold), _mentions(pair.predicted)
    twin = _twins(gold, predicted)
    gold_chains, predicted_chains = defaultdict(set), defaultdict(set)
    for j, (_, entity) in enumerate(gold):
        gold_chains[entity].add(j)
    for i, (_, entity) in enumerate(predicted):
        predicted_chains[entity].add(twin.get(i, -1 - i))
    tally = Tally(predicted=len(predicted), gold=len(gold))
    for i, j in twin.items():
        mine, theirs = predicted_chains[predicted[i][1]], gold_chains[gold[j][1]]
        tally.hits_predicted += len(mine & theirs) / len(mine)
        tally.hits_gold += len(mine & theirs) / len(theirs)
    return tally


def _mentions(extraction: Extraction) -> list[tuple[Mention, str]]:
    return [(mention, entity.id) for entity in extraction.entities for mention in entity.mentions]


def _twins(gold: list[tuple[Mention, str]], predicted: list[tuple[Mention, str]]) -> dict[int, int]:
    """Predicted mention -> the free gold mention that it overlaps most, by half at least."""
    twin: dict[int, int] = {}
    free = dict(enumerate(mention for mention, _ in gold))
    for i, (mention, _) in enumerate(predicted):
        best, j = max(((overlap(mention, other), j) for j, other in free.items()), default=(0.0, -1))
        if best >= 0.5:
            twin[i] = j
            del free[j]
    return twin


def _same_relation(pair: Pair, relation: Relation, gold: Relation) -> bool:
    if relation.predicate != gold.predicate:
        return False
    subject = pair.to_gold.get(relation.subject)
    if isinstance(relation.object, Value) or isinstance(gold.object, Value):
        return (subject == gold.subject and isinstance(relation.object, Value)
                and isinstance(gold.object, Value) and same_value(relation.object, gold.object))
    ends = subject, pair.to_gold.get(relation.object)
    return ends == (gold.subject, gold.object) or (
        _symmetric(pair, gold) and ends == (gold.object, gold.subject))


def _symmetric(pair: Pair, relation: Relation) -> bool:
    known = pair.ontology.relations.get(relation.predicate)
    return known is not None and known.symmetric


def score_relations(pair: Pair) -> Tally:
    """Count relations with the right ends and predicate; some predicates have no direction."""
    def show(relation: Relation, gold: bool) -> str:
        entities = pair.gold_entities if gold else pair.predicted_entities
        target = relation.object.text if isinstance(relation.object, Value) else _name(relation.object, entities)
        return pair.say(f"{_name(relation.subject, entities)} - {relation.predicate} - {target}")

    return _match(pair.gold.relations, pair.relations, lambda p, g: _same_relation(pair, p, g), show)


def _name(entity: str, entities: Mapping[str, Entity]) -> str:
    return entities[entity].name if entity in entities else entity


def score_titles(pair: Pair) -> Tally:
    """Count the job titles of positions found."""
    gold, predicted = _titled(pair.gold.relations), _titled(pair.relations)
    hits = sum(any(_same_relation(pair, p, g) and word_f1(p.qualifiers.get("title", ""), g.qualifiers["title"]) >= 0.6
                   for p in predicted) for g in gold)
    return Tally(hits, hits, len(predicted), len(gold))


def _titled(relations: Iterable[Relation]) -> list[Relation]:
    return [r for r in relations if r.predicate == "positionAt" and r.qualifiers.get("title")]


def score_events(pair: Pair) -> Tally:
    """Count events of the right type with an overlapping trigger or a shared argument."""
    def show(event: Event) -> str:
        return pair.say(f"{event.type} '{pair.gold.document.text[event.trigger.start:event.trigger.end]}'")

    links = pair.linked_events
    found = set(links.values())
    return Tally(len(links), len(links), len(pair.events), len(pair.gold.events),
                 [show(event) for j, event in enumerate(pair.gold.events) if j not in found],
                 [show(event) for i, event in enumerate(pair.events) if i not in links],
                 [(event.confidence, i in links) for i, event in enumerate(pair.events)])


def score_arguments(pair: Pair) -> Tally:
    """Count the arguments of linked events; those of the others are all missed or wrong."""
    def show(argument: Argument, gold: bool) -> str:
        entities = pair.gold_entities if gold else pair.predicted_entities
        filler = argument.filler.text if isinstance(argument.filler, Value) else _name(argument.filler, entities)
        return pair.say(f"{argument.role} - {filler}")

    tally = Tally()
    matched = {j: pair.events[i] for i, j in pair.linked_events.items()}
    for j, event in enumerate(pair.gold.events):
        predicted = matched[j].arguments if j in matched else ()
        tally.add(_match(event.arguments, predicted, pair.same_argument, show))
    for i, event in enumerate(pair.events):
        if i not in pair.linked_events:
            tally.add(_match((), event.arguments, pair.same_argument, show))
    return tally


def score_claims(pair: Pair) -> Tally:
    """Count claims with the right speaker and half of the content."""
    def same(claim: Claim, gold: Claim) -> bool:
        return pair.to_gold.get(claim.speaker) == gold.speaker and overlap(claim.content, gold.content) >= 0.5

    def show(claim: Claim, gold: bool) -> str:
        return pair.say(f"claim '{pair.gold.document.text[claim.content.start:claim.content.end][:60]}'")

    return _match(pair.gold.claims, pair.predicted.claims, same, show)


def score_facts(pair: Pair) -> Tally:
    """Count the newsworthy open facts that the most confident predicted ones cover."""
    cap = max(1, FACTS_PER_20_WORDS * len(words(pair.gold.document.text)) // 20)
    offered = sorted(pair.predicted.facts, key=lambda fact: -fact.confidence)[:cap]
    missed = [fact for fact in pair.gold.facts if not any(same_fact(other, fact) for other in offered)]
    gold, hits = len(pair.gold.facts), len(pair.gold.facts) - len(missed)
    return Tally(hits, hits, gold, gold,
                 [pair.say(f"{fact.subject} | {fact.predicate} | {fact.object}") for fact in missed],
                 judged=[(fact.confidence, any(same_fact(fact, other) for other in pair.gold.facts))
                         for fact in pair.predicted.facts])


def same_fact(fact: Fact, gold: Fact) -> bool:
    """Whether a fact counts as the gold fact, by the rule of ``score.py``."""
    ends = min(word_f1(fact.subject, gold.subject), word_f1(fact.object, gold.object))
    return ends >= 0.3 and word_f1(_sentence(fact), _sentence(gold)) >= 0.6


def _sentence(fact: Fact) -> str:
    return f"{fact.subject} {fact.predicate} {fact.object}"


LAYERS: Mapping[str, Callable[[Pair], Tally]] = {
    "entities": score_entities, "entities+type": score_types, "coreference": score_coreference,
    "relations": score_relations, "position titles": score_titles, "events": score_events,
    "event arguments": score_arguments, "claims": score_claims, "facts (recall)": score_facts,
}
