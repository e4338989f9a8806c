"""Two extractions worked out by hand, as the library's stages hand them on."""

import datetime as dt

import pytest

from kg.model import Argument, Claim, Document, Entity, Event, Extraction, Fact, Mention, Relation, Span, Value

CUTS = "Acme Corp. cut 300 jobs on Monday. CEO Ann Lee said that the cuts were needed. Acme may buy Zeta."
TALK = "Ann Lee, head of Acme Corp., met unions in Paris."


def find(text: str, part: str) -> Span:
    """Return the first place of a part."""
    start = text.index(part)
    return Span(start, start + len(part))


def entity(text: str, id: str, type: str, *names: str) -> Entity:
    """Return an entity with one mention for each of its names."""
    return Entity(id, type, names[0], tuple(Mention(find(text, n).start, find(text, n).end) for n in names))


@pytest.fixture(scope="session")
def extractions() -> tuple[Extraction, Extraction]:
    """Return an article on job cuts with all five layers, and a second one about the same people."""
    amount = find(CUTS, "300")
    cuts = Extraction(
        Document("cuts", CUTS, "Acme cuts jobs", dt.date(2024, 5, 8), "The Times"),
        (entity(CUTS, "e1", "Company", "Acme Corp."), entity(CUTS, "e2", "Person", "Ann Lee"),
         entity(CUTS, "e3", "Company", "Zeta")),
        (Relation("e2", "positionAt", "e1", (find(CUTS, "CEO Ann Lee"),), {"title": "CEO"}, confidence=0.9),),
        (Event("v1", "Layoff", find(CUTS, "cut"), (
            Argument("employer", "e1", 0.9), Argument("count", Value("300", amount.start, amount.end), 0.4)),
            confidence=0.8),
         Event("v2", "Acquisition", find(CUTS, "buy"), (Argument("buyer", "e1"), Argument("target", "e3")), "possible",
               confidence=0.6)),
        (Claim("e2", find(CUTS, "said"), find(CUTS, "the cuts were needed"), False, 0.7),),
        (Fact("Acme Corp.", "cut", "300 jobs", (find(CUTS, "Acme Corp. cut 300 jobs"),), "cut", "e1", confidence=0.5),),
        (Span(0, 34), Span(35, 78), Span(79, len(CUTS))),
    )
    talk = Extraction(
        Document("talk", TALK, date=dt.date(2024, 6, 1)),
        (entity(TALK, "e1", "Person", "Ann Lee"), entity(TALK, "e2", "Company", "Acme Corp."),
         entity(TALK, "e3", "Place", "Paris")),
        (Relation("e1", "positionAt", "e2", (find(TALK, "head of Acme Corp."),), {"title": "head"}),),
        (Event("v1", "Meeting", find(TALK, "met"), (Argument("participant", "e1"), Argument("place", "e3"))),),
        sentences=(Span(0, len(TALK)),),
    )
    return cuts, talk
