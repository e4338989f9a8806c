"""Who is who across articles: what becomes one, what stays two, and the laws that hold for any history."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg import pipeline
from kg.errors import InputError, StoreError
from kg.identity import Decisions, Identity, from_lines, to_lines
from kg.linking.comparison import ACRONYM
from kg.model import Extraction
from kg.store import EmbeddedStore, Quad, open_store
from kg.validation import validate
from kg.vocab import IDENTITY, article_iri
from tests.kg.stories import Story

Entities = tuple[tuple[str, ...], ...]


def story(id: str, *entities: tuple[str, ...], jobs: Sequence[tuple[int, int, str]] = (), day: int | None = None,
          events: Sequence[tuple[str, dict[str, int | str]]] = ()) -> Extraction:
    """Return an article of a day of May on entities, each its type and names; jobs and events have their numbers."""
    written = Story(id, dt.date(2025, 5, day) if day else None)
    ids = [written.who(*entity) for entity in entities]
    for person, where, title in jobs:
        written.job(ids[person], ids[where], title)
    for type, roles in events:
        written.event(type, **{role: ids[who] if isinstance(who, int) else who for role, who in roles.items()})
    return written.extraction()


def graph_of(extractions: Iterable[Extraction], decisions: Decisions | None = None) -> EmbeddedStore:
    """Return a new store with these articles and decisions."""
    store = open_store()
    if decisions:
        Identity(store).decide(decisions)
    pipeline.add(extractions, store)
    return store


def everything(store: EmbeddedStore) -> tuple[bytes, list[str]]:
    """Return all that the store holds, the default graph and the kept extractions included."""
    quads = (str(quad) for quad in store._open)
    return store.to_nquads(), sorted(quads)


def iris(store: EmbeddedStore, name: str) -> set[str]:
    """Return the IRIs of the entities with this label or alias."""
    return {iri for iri, in rows(store, f"""SELECT DISTINCT ?e {{ ?e rdfs:label|skos:altLabel "{name}"
        FILTER(STRSTARTS(STR(?e), STR(ent:))) }}""")}


def rows(store: EmbeddedStore, query: str) -> list[tuple[str, ...]]:
    """Return the answers to a query as strings."""
    results = store.query(query)
    assert isinstance(results, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in results]


RIVAL = ("Company", "Oxley Freight")
"""Another company that two articles speak of, as articles on one thing do."""
NORWAY = ("Place", "Norway")
ONE = {
    "an institution that only one article calls by its country": (
        [story("a", ("Government", "Parliament"), NORWAY), story("b", ("Government", "Norwegian Parliament"))],
        "Parliament", "Norwegian Parliament"),
    "an acronym that one article spells out": (
        [story("a", ("Company", "Amazon Web Services", "AWS"), RIVAL), story("b", ("Company", "AWS"), RIVAL)],
        "Amazon Web Services", "AWS"),
    "an acronym of a name in two forms": (
        [story("a", ("Organization", "Baltic Ferry Union", "BFU")),
         story("b", ("Organization", "Baltic Ferry-Unions", "BFU")),
         story("c", ("Organization", "Baltic Ferry Union", "BFU")), story("d", ("Organization", "BFU"))],
        "Baltic Ferry Union", "BFU"),
    "accents, spaces and marks": (
        [story("a", ("Company", "PricewaterhouseCoopers")), story("b", ("Organization", "Pricewaterhouse-Coopers"))],
        "PricewaterhouseCoopers", "Pricewaterhouse-Coopers"),
    "a spelling with one other letter": (
        [story("a", ("Government", "Ministry of Defence"), NORWAY, RIVAL),
         story("b", ("Government", "Ministry of Defense"), NORWAY, RIVAL)],
        "Ministry of Defence", "Ministry of Defense"),
    "a middle initial": (
        [story("a", ("Person", "Harold Q. Lintner"), RIVAL), story("b", ("Person", "Harold Lintner"), RIVAL)],
        "Harold Q. Lintner", "Harold Lintner"),
    "two names of a country": (
        [story("a", ("Place", "United States")), story("b", ("Place", "U.S."))], "United States", "U.S."),
    "two names of a listed company": (
        [story("a", ("Company", "Amazon")), story("b", ("Company", "Amazon.com Inc"))], "Amazon", "Amazon.com Inc"),
    "a person who changes jobs in an article that tells both": (
        [story("a", ("Person", "Ida Brandt"), ("Company", "Oxley Freight"), jobs=[(0, 1, "CFO")]),
         story("b", ("Person", "Ida Brandt"), ("Company", "Tern Lines"), ("Company", "Oxley Freight"),
               jobs=[(0, 1, "CEO")])], "Ida Brandt", "Ida Brandt"),
}
TWO = {
    "an institution of two countries": (
        [story("a", ("Government", "Parliament"), NORWAY),
         story("b", ("Government", "Parliament of Chile"), ("Place", "Chile"))], "Parliament", "Parliament of Chile"),
    "a name in another": (
        [story("a", ("Company", "Apple")), story("b", ("Company", "Apple Records", "Apple"))], None, "Apple"),
    "a country and its government": (
        [story("a", ("Place", "Germany")), story("b", ("Government", "Germany"))], None, "Germany"),
    "a last name": ([story("a", ("Person", "Lintner")), story("b", ("Person", "Harold Lintner"))],
                    "Lintner", "Harold Lintner"),
    "an acronym of two": (
        [story("a", ("Organization", "American Medical Association", "AMA")),
         story("b", ("Organization", "Australian Motor Alliance", "AMA")), story("c", ("Organization", "AMA"))],
        "American Medical Association", "Australian Motor Alliance"),
    "an acronym that nobody spells out": (
        [story("a", ("Organization", "Baltic Ferry Union")), story("b", ("Organization", "BFU"))],
        "Baltic Ferry Union", "BFU"),
    "an acronym in an article on something else": (
        [story("a", ("Company", "Amazon Web Services", "AWS"), RIVAL), story("b", ("Company", "AWS"))], None, "AWS"),
    "an acronym that two of three articles bear out": (
        [story("a", ("Company", "Amazon Web Services", "AWS"), RIVAL), story("b", ("Company", "AWS"), RIVAL),
         story("c", ("Company", "AWS"))], None, "AWS"),
    "a middle initial in an article on something else": (
        [story("a", ("Person", "Harold Q. Lintner"), RIVAL), story("b", ("Person", "Harold Lintner"))],
        "Harold Q. Lintner", "Harold Lintner"),
    "a letter in an article on something else": (
        [story("a", ("Place", "Paktia Province"), RIVAL), story("b", ("Place", "Paktika Province"))],
        "Paktia Province", "Paktika Province"),
    "a place spelt apart": ([story("a", ("Place", "Clear Brook")), story("b", ("Place", "Clearbrook"))],
                            "Clear Brook", "Clearbrook"),
    "a name that is a job title": (
        [story("a", ("Person", "Prime Minister")), story("b", ("Person", "Prime Minister"))], None, "Prime Minister"),
    "a description that starts with a name": (
        [story("a", ("Group", "U.S. officials")), story("b", ("Group", "U.S. officials"))], None, "U.S. officials"),
    "short words that differ": (
        [story("a", ("Organization", "Iran Football League")), story("b", ("Organization", "Iraq Football League"))],
        "Iran Football League", "Iraq Football League"),
    "numbers": ([story("a", ("Product", "Orbiter 737")), story("b", ("Product", "Orbiter 747"))],
                "Orbiter 737", "Orbiter 747"),
    "middle initials that differ": (
        [story("a", ("Person", "George H. Ashby")), story("b", ("Person", "George W. Ashby")),
         story("c", ("Person", "George Ashby"))], "George H. Ashby", "George W. Ashby"),
    "first names with one other letter": (
        [story("a", ("Person", "Christine Ashby")), story("b", ("Person", "Christina Ashby"))],
        "Christine Ashby", "Christina Ashby"),
}


@pytest.mark.parametrize("case", ONE)
def test_evidence_makes_one(case: str) -> None:
    """What two articles call differently is one entity when the evidence says so."""
    extractions, left, right = ONE[case]
    store = graph_of(extractions)
    assert len(iris(store, left)) == 1
    assert iris(store, left) == iris(store, right)


@pytest.mark.parametrize("case", TWO)
def test_without_evidence_two_stay_two(case: str) -> None:
    """Likeness that proves nothing makes nobody one, and never a last name alone."""
    extractions, left, right = TWO[case]
    store = graph_of(extractions)
    if left is None:
        assert len(iris(store, right)) == 2
    else:
        assert iris(store, left).isdisjoint(iris(store, right))
        assert iris(store, right)


def namesakes() -> list[Extraction]:
    """Return three articles on two people of one name, the third without a job in it."""
    return [story("bank", ("Person", "John Amery"), ("Company", "Amery Bank"), jobs=[(0, 1, "CEO")]),
            story("team", ("Person", "John Amery"), ("Organization", "Hull Rovers"),
                  ("Organization", "Northern League"), jobs=[(0, 1, "coach")]),
            story("match", ("Person", "John Amery"), ("Organization", "Northern League"))]


def test_two_people_of_one_name_stay_apart() -> None:
    """Different employers make two people, and an article without one goes to whose company it keeps."""
    bank, team, match = namesakes()
    assert len(iris(graph_of([bank, match]), "John Amery")) == 1
    store = graph_of([bank, team, match])
    assert len(iris(store, "John Amery")) == 2
    assert rows(store, """SELECT DISTINCT ?name {
        GRAPH ?g { ?who rdfs:label "John Amery" . ?league rdfs:label "Northern League" }
        ?who news:positionAt/rdfs:label ?name }""") == [("Hull Rovers",)]


def test_a_merge_states_why() -> None:
    """The identity graph tells the names, the entity, the reason and the score of each merge."""
    store = graph_of(ONE["an acronym that one article spells out"][0])
    [row] = rows(store, f"""SELECT ?into ?feature ?score {{ GRAPH <{IDENTITY}> {{
        ?merge a news:Merge ; news:into ?into ; news:feature ?feature ; news:confidence ?score }} }}""")
    assert row[0] in iris(store, "AWS")
    assert row[1:] == ("acronym, spelt out in 1 article", str(ACRONYM))


def test_wikidata_items_only_where_certain() -> None:
    """Countries and members of Congress get their item, a namesake and a country that is also a state do not."""
    store = graph_of([story("a", ("Place", "Canada"), ("Place", "Georgia"), ("Person", "Maria Cantwell"),
                            ("Government", "Senate"), jobs=[(2, 3, "senator")])])
    found = rows(store, "SELECT ?label ?item { ?e schema:sameAs ?item ; rdfs:label ?label } ORDER BY ?label")
    assert [(label, item.rpartition("/")[2]) for label, item in found] == [
        ("Canada", "Q16"), ("Maria Cantwell", "Q22250")]
    assert not store.query("ASK { ?a owl:sameAs ?b }")
    namesake = graph_of([story("a", ("Person", "Maria Cantwell"))])
    assert not namesake.query("ASK { ?a schema:sameAs ?b }")


def test_merged_graphs_conform() -> None:
    """A graph with merges, namesakes, items and decisions keeps to the shapes."""
    decisions = Decisions(same=frozenset({("https://x.example/a", "https://x.example/b")}))
    articles = [*namesakes(), story("x", ("Company", "Amazon Web Services", "AWS"), ("Place", "Canada")),
                story("y", ("Company", "AWS"))]
    assert validate(graph_of(articles, decisions)).violations == ()


names = st.sampled_from([
    ("Company", "Amazon Web Services", "AWS"), ("Company", "AWS"), ("Company", "Amazon"), ("Company", "Amazon.com"),
    ("Organization", "Alpine Water Society", "AWS"), ("Place", "U.S."), ("Place", "United States"),
    ("Government", "United States"), ("Government", "Parliament"), ("Government", "Norwegian Parliament"), NORWAY,
    ("Company", "Nestlé"), ("Company", "Nestle"), ("Person", "Lintner")])
people = st.sampled_from([("Person", "John Amery"), ("Person", "John K. Amery"), ("Person", "John L. Amery")])
firms = st.sampled_from([("Company", "Amery Bank"), ("Organization", "Hull Rovers"), ("Company", "AWS")])


@st.composite
def articles(draw: Callable[..., object]) -> Extraction:
    """Draw an article about some of few names, with or without a job in it."""
    entities = draw(st.lists(names, max_size=3, unique=True))
    id = draw(st.sampled_from("abcd"))
    assert isinstance(entities, list)
    if draw(st.booleans()):
        entities += [draw(people)] + ([draw(firms)] if draw(st.booleans()) else [])
        if len(entities) > 1 and entities[-1][0] != "Person":
            return story(str(id), *entities, jobs=[(len(entities) - 2, len(entities) - 1, "director")])
    roles: list[dict[str, int | str]] = [{"participant": n} if n else {"participant": n, "date": "May 7"}
                                         for n in range(len(entities)) if draw(st.booleans())]
    day = draw(st.sampled_from([None, 5, 6, 8, 14, 20]))
    assert day is None or isinstance(day, int)
    return story(str(id), *entities, day=day, events=[("Meeting", who) for who in roles])


few = st.lists(articles(), max_size=5, unique_by=lambda extraction: extraction.document.id)
operations = st.lists(st.one_of(articles(), st.sampled_from("abcd")), max_size=8)


@given(operations)
@settings(max_examples=60)
def test_any_history_equals_a_fresh_graph(history: list[Extraction | str]) -> None:
    """Adding, adding again, correcting and removing in any order gives the bytes of the final articles alone."""
    store, last = open_store(), dict[str, Extraction]()
    identity = Identity(store)
    for step in history:
        if isinstance(step, str):
            identity.remove(article_iri(step))
            last.pop(step, None)
        else:
            identity.add(step)
            last[step.document.id] = step
    assert everything(store) == everything(graph_of(last.values()))


def test_a_store_of_other_rules_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that a version with other rules of names wrote becomes what this one writes, also when cut short."""
    told = [story("a", ("Government", "Parliament"), NORWAY, day=5, events=[("Meeting", {"participant": 0})]),
            story("b", ("Government", "Norwegian Parliament"), ("Company", "AWS")),
            story("c", ("Government", "Parliament"), ("Place", "Chile"))]
    with monkeypatch.context() as earlier:
        earlier.setattr("kg.identity.rules", lambda: "earlier")
        earlier.setattr("kg.linking.names.institution", lambda name: None)
        store = graph_of(told)
        assert len(iris(store, "Parliament")) == 1
    change, written = store.change, list[object]()

    def break_off(graphs: Iterable[str], content: Iterable[Quad]) -> None:
        if written:
            raise StoreError("the disk is full")
        written.append(graphs)
        change(graphs, content)

    with monkeypatch.context() as cut:
        cut.setattr(store, "together", 1)
        cut.setattr(store, "change", break_off)
        with pytest.raises(StoreError):
            Identity(store)
    assert everything(store) != everything(graph_of(told))
    Identity(store)
    assert everything(store) == everything(graph_of(told))
    assert len(iris(store, "Parliament")) == 2


def test_another_article_keeps_all_but_the_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that comes to mean another entity changes what names it and nothing else; no graph is written anew."""
    first = story("a", ("Company", "AWS"), RIVAL, ("Person", "Ida Brandt"), jobs=[(2, 0, "CEO")], day=5,
                  events=[("Meeting", {"participant": 0})])
    store = graph_of([first])
    before = everything(store)[1]
    change, written = store.change, list[str]()

    def note(graphs: Iterable[str] = (), content: Iterable[Quad] = (), **quads: Iterable[Quad]) -> None:
        written.extend(graphs)
        change(graphs, content, **quads)

    monkeypatch.setattr(store, "change", note)
    Identity(store).add(story("b", ("Company", "Amazon Web Services", "AWS"), RIVAL))
    assert {graph.rpartition("/")[0] for graph in written} == {str(article_iri("b"))}
    [old] = set(re.findall(r"<[^>]*/Aws-[^>]*>", "".join(before)))
    [new] = set(re.findall(r"<[^>]*/Amazon_Web_Services-[^>]*>", "".join(everything(store)[1])))
    mine = f"<{article_iri('a')}/"
    expected = {quad.replace(old, new) for quad in before if mine in quad}
    assert {quad for quad in everything(store)[1] if mine in quad} == expected
    assert any("statement-" in quad and new in quad for quad in expected)


def test_an_article_of_two_names_for_one_entity() -> None:
    """Where two of an article's names come to mean one entity, and two again, it says what a fresh graph says."""
    told = [story("a", ("Company", "AWS"), ("Company", "Amazon Web Services"), RIVAL, day=5,
                  events=[("Meeting", {"participant": 0}), ("Meeting", {"participant": 1})])]
    other = story("b", ("Company", "Amazon Web Services", "AWS"), RIVAL)
    store = graph_of(told)
    alone = everything(store)
    pipeline.add([other], store)
    assert iris(store, "AWS") == iris(store, "Amazon Web Services")
    assert everything(store) == everything(graph_of([*told, other]))
    pipeline.remove(["b"], store)
    assert everything(store) == alone


@given(few, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(extractions: list[Extraction], random: object) -> None:
    """The same articles give the same bytes in any order, some of them twice, in one run or in several."""
    shuffled = [*extractions, *extractions[:2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    store = open_store()
    for extraction in shuffled:
        pipeline.add([extraction], store)  # a run of its own, which reads the store anew
    assert everything(store) == everything(graph_of(extractions))


@given(few, st.integers(0, 10**6))
def test_merging_and_splitting_are_opposites(extractions: list[Extraction], number: int) -> None:
    """A pair that was two is as before after merge and split, one that was one after split and merge."""
    store = graph_of(extractions)
    before = everything(store)
    identity = Identity(store)
    nodes = sorted({node for record in identity.index.records.values() for reading in record
                    for node in identity.index.bearers(reading.base).values()})
    assume(len(nodes) > 1)
    one, other = nodes[number % len(nodes)], nodes[(number + 1 + number // 7 % (len(nodes) - 1)) % len(nodes)]
    if identity.bearer(one) == identity.bearer(other):
        assert identity.split(one, other)
        assert identity.bearer(one) != identity.bearer(other)
        identity.merge(one, other)
    else:
        assert identity.merge(one, other)
        assert identity.bearer(one) == identity.bearer(other)
        identity.split(one, other)
    assert everything(store) == before


def test_decisions_survive_rebuilding() -> None:
    """What a person decided holds for articles that are built again, removed and added, or new."""
    store = graph_of([story("a", ("Company", "Oxley")), story("b", ("Company", "Oxley Freight"))])
    identity = Identity(store)
    identity.merge(*sorted(iris(store, "Oxley") | iris(store, "Oxley Freight")))
    pipeline.remove(["a", "b"], store)
    pipeline.add([story("b", ("Company", "Oxley Freight")), story("c", ("Company", "Oxley"))], store)
    assert len(iris(store, "Oxley") | iris(store, "Oxley Freight")) == 1


def test_one_articles_reading_can_be_set_apart() -> None:
    """A company that bears the name of another is told apart by the article that means it."""
    store = graph_of([story(id, ("Company", "Delta")) for id in "abc"])
    identity = Identity(store)
    [delta] = iris(store, "Delta")
    identity.set_apart(delta, article_iri("b"))
    assert len(iris(store, "Delta")) == 2
    identity.remove(article_iri("b"))
    assert iris(store, "Delta") == {delta}


def test_lists_of_decisions_are_read_as_they_are_written() -> None:
    """Decisions come back from their lines, and what is no decision is named with its line."""
    decisions = Decisions(frozenset({("https://x.example/a", "https://x.example/b")}),
                          frozenset({("https://x.example/a", "https://x.example/c")}),
                          frozenset({("https://x.example/a", str(article_iri("a")))}))
    assert from_lines(["# ours", "", *to_lines(decisions)], "f") == decisions
    for line in ("same\tent:a", "maybe\tent:a\tent:b", "same\tent:a\tOxley"):
        with pytest.raises(InputError, match="f: line 1: "):
            from_lines([line], "f")
    with pytest.raises(InputError, match="said to be the same and apart"):
        from_lines(["same\tent:a\tent:b", "apart\tent:b\tent:a"], "f")


@given(few, st.integers(0, 10**6))
def test_undoing_a_decision_restores_every_byte(extractions: list[Extraction], number: int) -> None:
    """Merging or separating any two names, and taking that back, equals never having done it."""
    store = graph_of(extractions)
    before = everything(store)
    identity = Identity(store)
    known = sorted({reading.base for record in identity.index.records.values() for reading in record})
    assume(len(known) > 1)
    one, other = known[number % len(known)], known[(number + 1 + number // 7 % (len(known) - 1)) % len(known)]
    pair = (min(one, other), max(one, other))
    article = sorted(identity.index.records)[0]
    for decisions in (Decisions(same=frozenset({pair})), Decisions(apart=frozenset({pair})),
                      Decisions(own=frozenset({(one, article)}))):
        identity.decide(decisions)
        assert everything(store) == everything(graph_of(extractions, decisions))
        identity.decide(Decisions())
        assert everything(store) == before


def cuts(id: str, day: int, firm: tuple[str, ...], **roles: str) -> Extraction:
    """Return an article of a day of May on jobs that a company cuts."""
    return story(id, ("Company", *firm), day=day, events=[("Layoff", {"employer": 0, **roles})])


def buys(id: str, day: int, target: str) -> Extraction:
    """Return an article of a day of May on what Oxley buys."""
    return story(id, ("Company", "Oxley"), ("Company", target), day=day,
                 events=[("Acquisition", {"buyer": 0, "target": 1})])


def happenings(store: EmbeddedStore) -> list[set[str]]:
    """Return the articles of each event that several report."""
    found: dict[str, set[str]] = {}
    for happening, article in rows(store, """SELECT ?h ?id { ?h news:report ?e .
            ?s rdf:subject ?e ; rdf:predicate rdf:type ; prov:wasDerivedFrom/dcterms:identifier ?id }"""):
        found.setdefault(happening, set()).add(article)
    return sorted(found.values(), key=sorted)


AWS = ("Amazon Web Services", "AWS")
SAME_EVENT = {
    "a day apart, one figure denied": ([cuts("a", 5, AWS, count="4,000"), cuts("b", 6, AWS, count="4,200")], 1),
    "participants by two names": ([cuts("a", 5, ("Côte Lines",)), cuts("b", 6, ("Cote Lines",))], 1),
    "the date in both texts": ([cuts("a", 9, AWS, date="May 7"), cuts("b", 14, AWS, date="May 7")], 1),
    "two participants in a week": ([buys("a", 3, "Tern"), buys("b", 9, "Tern")], 1),
    "another day in each text": ([cuts("a", 9, AWS, date="May 7"), cuts("b", 9, AWS, date="May 8")], 0),
    "both sides of a fortnight's border": ([cuts("a", 10, AWS), cuts("b", 11, AWS)], 0),
    "weeks apart": ([cuts("a", 1, AWS), cuts("b", 20, AWS)], 0),
    "another target": ([buys("a", 5, "Tern"), buys("b", 5, "Halden")], 0),
    "another type": (
        [cuts("a", 5, AWS), story("b", ("Company", *AWS), day=5, events=[("Hiring", {"employer": 0})])], 0),
    "no date at all": ([story(id, ("Company", *AWS), events=[("Layoff", {"employer": 0})]) for id in "ab"], 0),
    "two events of one article": ([story("a", ("Company", *AWS), day=5, events=[("Layoff", {"employer": 0})] * 2)], 0),
}


@pytest.mark.parametrize("case", SAME_EVENT)
def test_one_event_of_several_articles(case: str) -> None:
    """Reports of one type with the same participants at one time are one happening, others are none."""
    articles, number = SAME_EVENT[case]
    store = graph_of(articles)
    assert happenings(store) == [{"a", "b"}] * number
    assert validate(store).violations == ()


def test_an_event_is_split_and_merged_like_a_name() -> None:
    """Holding two reports apart undoes the happening, taking that back restores every byte; far ones can be joined."""
    store = graph_of([cuts("a", 5, AWS), cuts("b", 6, AWS), cuts("c", 25, AWS)])
    before, identity = everything(store), Identity(store)
    [(one, other)] = rows(store, """SELECT ?one ?other {
        ?m news:into ?h ; news:merges ?one , ?other . ?h a news:Happening FILTER(STR(?one) < STR(?other)) }""")
    assert identity.bearer(one) == identity.bearer(other)
    assert identity.split(one, other)
    assert happenings(store) == []
    assert everything(store) == everything(graph_of([cuts("c", 25, AWS), cuts("b", 6, AWS), cuts("a", 5, AWS)],
                                                    identity.decisions))
    assert identity.merge(one, other)
    assert everything(store) == before
    [far] = set(identity.events.reports) - {one, other}
    assert identity.merge(one, far)
    assert {"c"} < happenings(store)[0]
