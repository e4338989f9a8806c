"""Articles that nobody wrote, with what they say: as many as a benchmark needs, the same for the same seed.

Names are put together from syllables and drawn with the skew of real news (few are everywhere, most are rare),
sentences come from ``KINDS``, and what a sentence says is known because it was made from it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from string import Formatter

from kg.model import Argument, Claim, Document, Entity, Event, Extraction, Fact, Mention, Relation, Span, Value

MADE = "article-"
"""How the ids of such articles begin."""

_FIRST_DAY = dt.date(2015, 1, 1)
_DAYS = 3650
_SENTENCES = (6, 14)
_SYLLABLES = ("nor", "van", "bel", "cas", "tel", "mir", "sol", "kes", "tra", "lum", "dor", "fen", "gal", "hel", "ix",
              "jor", "quin", "ros", "ste", "vel")
_GIVEN = ("Ada", "Bela", "Cora", "Dario", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kofi", "Lena")
_SUFFIXES = {"Company": ("Group", "Systems", "Foods", "Energy", "Bank"), "Place": ("City", "Bay", "Hills"),
             "Organization": ("Institute", "Agency", "Council"), "Product": ("One", "Pro", "X")}


def extractions(seed: int) -> Iterator[Extraction]:
    """Yield articles with all that they say, without end."""
    for number in count():
        yield _article(random.Random(f"{seed}/{number}"), number)


class _Draft:
    """An article that grows by sentences."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.text = ""
        self.sentences: list[Span] = []
        self.relations: list[Relation] = []
        self.events: list[Event] = []
        self.claims: list[Claim] = []
        self.facts: list[Fact] = []
        self._mentions: dict[tuple[str, str], list[Mention]] = {}

    def name(self, kind: str) -> tuple[str, str]:
        """Draw something to write about: its class and its name."""
        rank = int(self.chance.paretovariate(0.6)) % 20_000
        own = "".join(_SYLLABLES[rank // 20**i % 20] for i in range(3 if rank >= 400 else 2)).title()
        if kind == "Person":
            return kind, f"{_GIVEN[rank % len(_GIVEN)]} {own}"
        endings = _SUFFIXES[kind]
        return kind, f"{own} {endings[rank % len(endings)]}"

    def write(self, template: str, **fillers: str | tuple[str, str]) -> dict[str, Span]:
        """Append a sentence and return the places of its fillers; entities are noted as mentioned."""
        self.text += " " if self.text else ""
        start, places = len(self.text), {}
        for words, field, _, _ in Formatter().parse(template):
            self.text += words
            if field:
                places[field] = self._fill(fillers[field])
        self.sentences.append(Span(start, len(self.text)))
        return places

    def entity(self, name: tuple[str, str]) -> str:
        """Return the id of an entity of this article."""
        return f"e{list(self._mentions).index(name)}"

    def entities(self) -> tuple[Entity, ...]:
        return tuple(Entity(f"e{i}", kind, name, tuple(mentions))
                     for i, ((kind, name), mentions) in enumerate(self._mentions.items()))

    def value(self, place: Span) -> Value:
        return Value(self.text[place.start:place.end], place.start, place.end)

    def confidence(self) -> float:
        return round(self.chance.uniform(0.4, 1.0), 4)

    def modality(self) -> str:
        return self.chance.choices(["asserted", "reported", "planned", "possible", "denied"], [70, 15, 8, 5, 2])[0]

    def relate(self, subject: tuple[str, str], predicate: str, object_: tuple[str, str], **qualifiers: str) -> None:
        """Note a relation that the last sentence states."""
        self.relations.append(Relation(self.entity(subject), predicate, self.entity(object_), (self.sentences[-1],),
                                       qualifiers, self.modality(), confidence=self.confidence()))

    def happen(self, type: str, trigger: Span, **roles: tuple[str, str] | Span) -> None:
        """Note an event that the last sentence tells."""
        arguments = tuple(Argument(role, self.value(filler) if isinstance(filler, Span) else self.entity(filler))
                          for role, filler in roles.items())
        self.events.append(Event(f"v{len(self.events)}", type, trigger, arguments, self.modality(),
                                 confidence=self.confidence()))

    def _fill(self, filler: str | tuple[str, str]) -> Span:
        words = filler if isinstance(filler, str) else filler[1]
        place = Span(len(self.text), len(self.text) + len(words))
        if not isinstance(filler, str):
            self._mentions.setdefault(filler, []).append(Mention(place.start, place.end))
        self.text += words
        return place


def _position(draft: _Draft) -> None:
    person, company, title = draft.name("Person"), draft.name("Company"), draft.chance.choice(["CEO", "chair"])
    draft.write("{person} is the {title} of {company}.", person=person, title=title, company=company)
    draft.relate(person, "positionAt", company, title=title)


def _part(draft: _Draft) -> None:
    company, owner, place = draft.name("Company"), draft.name("Company"), draft.name("Place")
    draft.write("{company}, a division of {owner}, is based in {place}.", company=company, owner=owner, place=place)
    draft.relate(company, "partOf", owner)
    draft.relate(company, "basedIn", place)


def _layoff(draft: _Draft) -> None:
    company, number = draft.name("Company"), f"{draft.chance.randrange(20, 9000)}"
    places = draft.write("{company} {cut} {count} jobs on {date}.", company=company, cut="cut", count=number,
                         date=_day(draft.chance).isoformat())
    draft.happen("Layoff", places["cut"], employer=company, count=places["count"], date=places["date"])


def _purchase(draft: _Draft) -> None:
    buyer, target = draft.name("Company"), draft.name("Company")
    places = draft.write("{buyer} {bought} {target} for {price}.", buyer=buyer, bought="bought", target=target,
                         price=_money(draft.chance))
    draft.happen("Acquisition", places["bought"], buyer=buyer, target=target, price=places["price"])


def _funding(draft: _Draft) -> None:
    investor, recipient = draft.name("Company"), draft.name("Company")
    places = draft.write("{investor} {invested} {amount} in {recipient}.", investor=investor, invested="invested",
                         amount=_money(draft.chance), recipient=recipient)
    draft.happen("Funding", places["invested"], investor=investor, recipient=recipient, amount=places["amount"])
    draft.relate(investor, "investorIn", recipient)


def _result(draft: _Draft) -> None:
    company, metric = draft.name("Company"), draft.chance.choice(["revenue", "net income", "operating profit"])
    places = draft.write("{company} {reported} {metric} of {amount}.", company=company, reported="reported",
                         metric=metric, amount=_money(draft.chance))
    draft.happen("FinancialResult", places["reported"], organization=company, metric=places["metric"],
                 amount=places["amount"])


def _penalty(draft: _Draft) -> None:
    agent, target = draft.name("Organization"), draft.name("Company")
    places = draft.write("The {agent} {fined} {target} {amount} over {charge}.", agent=agent, fined="fined",
                         target=target, amount=_money(draft.chance), charge="price fixing")
    draft.happen("Penalty", places["fined"], agent=agent, target=target, amount=places["amount"],
                 charge=places["charge"])


def _launch(draft: _Draft) -> None:
    company, product = draft.name("Company"), draft.name("Product")
    places = draft.write("{company} {launched} the {product}.", company=company, launched="launched", product=product)
    draft.happen("Launch", places["launched"], agent=company, product=product)
    draft.relate(company, "produces", product)


def _claim(draft: _Draft) -> None:
    person, company = draft.name("Person"), draft.name("Company")
    content = f"{company[1]} will open {draft.chance.randrange(2, 400)} shops"
    places = draft.write("{person} {said} {content}.", person=person, said="said", content=content)
    draft.claims.append(Claim(draft.entity(person), places["said"], places["content"], False, draft.confidence()))


def _fact(draft: _Draft) -> None:
    company, thing = draft.name("Company"), f"{draft.chance.randrange(2, 400)} warehouses"
    lemma, verb = draft.chance.choice([("open", "opened"), ("close", "closed"), ("rent_out", "rented out")])
    draft.write("{company} {verb} {thing}.", company=company, verb=verb, thing=thing)
    draft.facts.append(Fact(company[1], verb, thing, (draft.sentences[-1],), lemma, draft.entity(company),
                            confidence=draft.confidence()))


KINDS: Mapping[Callable[[_Draft], None], int] = {
    _position: 4, _part: 3, _layoff: 2, _purchase: 2, _funding: 2, _result: 3, _penalty: 1, _launch: 2, _claim: 5,
    _fact: 8}
"""What sentences tell, with how often they do."""


def _article(chance: random.Random, number: int) -> Extraction:
    draft = _Draft(chance)
    for write in chance.choices(list(KINDS), list(KINDS.values()), k=chance.randint(*_SENTENCES)):
        write(draft)
    document = Document(f"{MADE}{number}", draft.text, f"Article {number}", _day(chance), f"Paper {number % 40}")
    return Extraction(document, draft.entities(), tuple(draft.relations), tuple(draft.events), tuple(draft.claims),
                      tuple(draft.facts), tuple(draft.sentences))


def _day(chance: random.Random) -> dt.date:
    return _FIRST_DAY + dt.timedelta(days=chance.randrange(_DAYS))


def _money(chance: random.Random) -> str:
    return f"${chance.randrange(1, 900)} {chance.choice(['million', 'billion'])}"
