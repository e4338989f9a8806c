"""Which entities are one thing: the same name and class, across articles where the name is enough."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from kg import linking, ontology
from kg.errors import OntologyError
from kg.model import Document, Entity, Extraction, Mention

news = ontology.load()


def iri(name: str, type: str = "Company", article: str = "a", kind: str = "name", start: int = 0) -> URIRef:
    """Return the IRI of an entity with one mention in an article."""
    entity = Entity("e1", type, name, (Mention(start, start + len(name), kind),))
    return linking.link(Extraction(Document(article, ""), (entity,)), news)["e1"]


@pytest.mark.parametrize(("name", "type", "normal"), [
    ("Amazon.com, Inc.", "Company", "amazon.com"), ("The Walt  Disney Company", "Company", "walt disney"),
    ("AT&T", "Company", "at&t"), ("Nestlé S.A.", "Company", "nestlé"), ("Inc", "Company", "inc"),
    ("Mr. John Smith", "Person", "john smith"), ("Sir Dr Jane Doe", "Person", "jane doe"),
    ("Macy's", "Company", "macy"), ("Macy’s", "Company", "macy"), ("The Hague", "Place", "hague"), ("?!", "Work", "")])
def test_names_without_what_does_not_identify(name: str, type: str, normal: str) -> None:
    """Case, spaces, articles, titles of courtesy and legal suffixes do not count."""
    assert linking.normalise(name, type, news.identity) == normal


@pytest.mark.parametrize(("left", "right"), [
    (("Acme Inc.", "Company"), ("ACME", "Company")), (("Acme Ltd", "Company"), ("Acme", "Organization")),
    (("Andy Jassy", "Person"), ("Mr Andy  Jassy", "Person")), (("The Gambia", "Place"), ("Gambia", "Place")),
    (("U.S.", "Place"), ("the United States of America", "Place")), (("Iraqi", "Place"), ("Iraq", "Place")),
    (("Israel", "Government"), ("Israeli government", "Government")), (("UK", "Government"), ("British", "Government")),
    (("U.S. Senate", "Government"), ("United States Senate", "Government"))])
def test_equal_names_of_one_coarse_class_are_one_entity(left: tuple[str, str], right: tuple[str, str]) -> None:
    """Two articles that write a name differently speak of the same entity."""
    assert iri(*left, article="a") == iri(*right, article="b")


@pytest.mark.parametrize(("left", "right"), [
    (("Amazon", "Company"), ("Amazon", "Place")), (("Germany", "Government"), ("Germany", "Place")),
    (("Brazil", "Organization"), ("Brazil", "Government")), (("England", "Place"), ("Britain", "Place")),
    (("Acme", "Company"), ("Acme Labs", "Company")), (("Jordan Lee", "Person"), ("Jordan Lee", "Company"))])
def test_other_names_or_classes_are_other_entities(left: tuple[str, str], right: tuple[str, str]) -> None:
    """A river is no company, and a division is not its owner."""
    assert iri(*left) != iri(*right)


@pytest.mark.parametrize("entity", [
    {"name": "Jassy", "type": "Person"}, {"name": "Mr Jassy", "type": "Person"},
    {"name": "spokesperson", "type": "Person"}, {"name": "Several employees", "type": "Group", "kind": "nominal"},
    {"name": "cloud division", "type": "Company"}])
def test_what_the_name_does_not_identify_stays_local(entity: dict[str, Any]) -> None:
    """A person of one word and everything unnamed means another thing in another article."""
    assert iri(**entity, article="a") != iri(**entity, article="b")
    assert iri(**entity, article="a") == iri(**entity, article="a")


@pytest.mark.parametrize("name", ["U.S. Embassy", "French embassy", "the Chinese Consulate", "U.S. District Court"])
def test_one_of_many_that_a_country_has_stays_local(name: str) -> None:
    """An embassy is in some country and a district court of some district, which the name does not tell."""
    assert iri(name, "Organization", "a") != iri(name, "Organization", "b")
    assert iri(f"{name} in Rome", "Organization", "a") == iri(f"{name} in Rome", "Organization", "b")


def told(text: str, *names: tuple[str, str], article: str = "a", date: dt.date | None = None) -> list[URIRef]:
    """Return the IRIs of entities, given with their type, that stand once in a text."""
    entities = tuple(Entity(f"e{n}", type, name, (Mention(text.index(name), text.index(name) + len(name), "name"),))
                     for n, (name, type) in enumerate(names))
    return [*linking.link(Extraction(Document(article, text, date=date), entities), news).values()]


@pytest.mark.parametrize("name", ["G8 summit", "Paris Air Show", "Canadian federal election"])
def test_an_event_that_comes_again_is_that_of_the_year(name: str) -> None:
    """Two articles of one year speak of one summit, those of two years of two, and one without a date of its own."""
    days = {"a": dt.date(2005, 7, 6), "b": dt.date(2005, 2, 1), "c": dt.date(2006, 7, 15), "d": None, "e": None}
    found = {article: told(f"The {name.title()} opened.", (name.title(), "NamedEvent"), article=article, date=day)[0]
             for article, day in days.items()}
    assert found["a"] == found["b"]
    assert len(set(found.values())) == 4


def test_an_election_is_that_of_the_country_that_the_article_is_about() -> None:
    """ "The federal election" of one year is another in another country, and in none that is known a local one."""
    election, day = ("Federal Election", "NamedEvent"), dt.date(2005, 9, 18)
    texts = {"a": "Federal Election: Canada voted.", "b": "Canada: the Federal Election.",
             "c": "Federal Election: Germany voted.", "d": "A Federal Election.", "e": "A Federal Election."}
    found = {article: told(text, election, *((name, "Place") for name in ("Canada", "Germany") if name in text),
                           article=article, date=day)[0] for article, text in texts.items()}
    assert found["a"] == found["b"]
    assert len(set(found.values())) == 4


@pytest.mark.parametrize("name", ["2005 G8 Summit", "31st G8 Summit", "Iraq War", "Hurricane Katrina"])
def test_an_event_that_its_name_tells_needs_no_year(name: str) -> None:
    """A year or a number in the name, and what happens once, is one event whenever it is told."""
    assert len({told(f"{name} began.", (name, "NamedEvent"), article=str(year), date=dt.date(year, 7, 6))[0]
                for year in (2005, 2006)}) == 1


PARLIAMENT, FRANCE = ("Parliament", "Government"), ("France", "Place")


def test_an_institution_is_that_of_the_country_that_the_article_is_about() -> None:
    """ "Parliament" of two countries is two entities, of one country one, however it is called."""
    french = told("France voted. Parliament met.", PARLIAMENT, FRANCE)[0]
    assert french == told("Paris, France: Parliament rose.", FRANCE, PARLIAMENT, article="b")[1]
    assert french == told("French Parliament met in Berlin, Germany.", ("French Parliament", "Government"),
                          ("Germany", "Place"), article="c")[0]
    assert french == told("The Parliament of France met.", ("The Parliament of France", "Government"), article="d")[0]
    assert french != told("Iceland voted. Parliament met.", PARLIAMENT, ("Iceland", "Place"), article="e")[0]
    assert french != told("France voted. Senate met.", ("Senate", "Government"), FRANCE, article="f")[0]


def test_an_institution_of_no_known_country_stays_local() -> None:
    """Where the article names no country, or two as often, nothing says which parliament it means."""
    texts = {"a": "Parliament met.", "b": "Parliament met.", "c": "Parliament met. France and Spain voted."}
    names = (PARLIAMENT, FRANCE, ("Spain", "Place"))
    assert len({told(text, *(name for name in names if name[0] in text), article=article)[0]
                for article, text in texts.items()}) == 3


def test_a_name_that_is_nearly_always_one_institution_needs_no_country() -> None:
    """Names that are not in the list are one thing wherever they stand."""
    assert told("France voted. Congress met.", ("Congress", "Government"), FRANCE)[0] == told(
        "Chile voted. Congress met.", ("Congress", "Government"), ("Chile", "Place"), article="b")[0]


def city(text: str, article: str = "a") -> URIRef:
    """Return the IRI of the place that a text begins with, up to its first blank."""
    return told(text, (text.split(maxsplit=1)[0].rstrip(",("), "Place"), article=article)[0]


def test_a_city_is_the_usual_one_of_its_name_unless_the_text_names_another_region() -> None:
    """ "London, Ontario" is not what others call London; "London, England" and "London (UK)" are."""
    usual, other = city("London fell silent."), city("London, Ontario, fell silent.", "b")
    assert usual != other
    assert {city(text, "c") for text in ("London, England, and Rome", "London (UK) sleeps.", "London, Rome, Oslo",
                                         "London, Ontarians say,", "London, on Tuesday")} == {usual}
    assert {city(text, "d") for text in ("London, Canada, grew.", "London (Ontario) grew.")} == {other}
    assert told("They met in London, Ontario.", ("London, Ontario", "Place"), article="e")[0] == other
    assert told("They met in London, England.", ("London, England", "Place"), article="f")[0] != other


def test_cities_of_one_country_are_told_apart_by_their_state() -> None:
    """Where several are in the country that a text names, the country does not tell which is meant."""
    plain = city("Springfield voted.")
    illinois, ohio = city("Springfield, Illinois, voted.", "b"), city("Springfield, Ohio, voted.", "c")
    assert len({plain, illinois, ohio}) == 3
    assert city("Springfield, U.S., voted.", "d") == plain


def test_two_regions_in_one_article_tell_nothing() -> None:
    """Coreference held two cities for one: the name stays that of the usual one."""
    text = "Portland, Maine, and Portland, Texas, grew."
    spans = [(at, at + len("Portland")) for at in (0, text.rindex("Portland"))]
    entity = Entity("e", "Place", "Portland", tuple(Mention(start, end, "name") for start, end in spans))
    [iri] = linking.link(Extraction(Document("a", text), (entity,)), news).values()
    assert iri == city("Portland grew.", "b")


def test_the_list_of_cities_holds_together() -> None:
    """Each name is that of several regions, and its usual one is one of them."""
    lines = (Path(linking.__file__).parent / "gazetteers" / "cities.tsv").read_text("utf-8").splitlines()
    assert len(lines) > 1000
    for _, usual, *regions in (line.split("\t") for line in lines):
        assert len(set(regions)) == len(regions) > 1
        assert usual in {"", *regions}


def test_two_unnamed_entities_of_one_article_stay_two() -> None:
    """Two spokespersons in one article are told apart by where they first appear."""
    assert iri("spokesperson", "Person", start=0) != iri("spokesperson", "Person", start=90)


def test_a_single_name_is_one_person_within_the_article() -> None:
    """Two entities that coreference left apart merge when they bear the same single name."""
    assert iri("Jassy", "Person", start=0) == iri("Jassy", "Person", start=90)


def test_iris_can_be_read() -> None:
    """An IRI begins with the normalised name, so that all articles spell it alike."""
    assert iri("Andy Jassy", "Person").startswith("https://w3id.org/stringer/entity/Andy_Jassy-")
    assert iri("ACME INC") == iri("Acme Inc")


def test_an_unknown_type_is_refused() -> None:
    """An entity of a class that the ontology lacks is named in the error."""
    with pytest.raises(OntologyError, match="'Spirit'"):
        iri("Casper", "Spirit")


@given(st.lists(st.tuples(st.sampled_from(news.entity_types), st.text(max_size=12), st.integers(0, 9)), max_size=5))
def test_ids_and_order_do_not_matter(rows: list[tuple[str, str, int]]) -> None:
    """IRIs depend on what the article says and not on the ids in the extraction or the order of entities."""
    def iris(prefix: str, order: list[tuple[str, str, int]]) -> set[URIRef]:
        entities = tuple(Entity(f"{prefix}{i}", type, name, (Mention(start, start + 1),))
                         for i, (type, name, start) in enumerate(order))
        return set(linking.link(Extraction(Document("a", ""), entities), news).values())

    assert iris("e", rows) == iris("other", rows[::-1])
