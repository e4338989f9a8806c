"""The objects of the service's JSON, as ``docs/openapi.json`` describes them."""

from __future__ import annotations

from typing import TypedDict


class Node(TypedDict):
    """A node of the graph; a literal has neither ``id`` nor ``iri``."""

    id: str | None
    iri: str | None
    label: str
    type: str
    kind: str


class Predicate(TypedDict):
    """A property of the graph."""

    id: str
    iri: str
    label: str


class Span(TypedDict):
    """Characters from ``start`` to ``end``, exclusive."""

    start: int
    end: int


class ArticleInfo(TypedDict):
    """The article that a sentence stands in, with its ISO 8601 date."""

    id: str
    iri: str
    title: str | None
    date: str | None
    source: str | None


class ArticleRow(ArticleInfo):
    """An article of the graph."""


class Receipt(TypedDict):
    """One sentence that states something."""

    statement: str
    sentence: str
    marks: list[Span]
    evidence: list[Span]
    article: ArticleInfo
    speaker: Node | None
    modality: str
    polarity: str
    confidence: float
    component: str
    qualifiers: dict[str, str]


class Receipts(TypedDict):
    """An edge with the sentences behind it."""

    subject: Node
    predicate: Predicate
    object: Node
    modality: str
    polarity: str
    confidence: float
    receipts: list[Receipt]


class Statement(Receipts):
    """A statement on the page of an entity."""

    layer: str


class EntityRow(Node):
    """An entity in a list."""

    aliases: list[str]
    statements: int
    articles: int


class Neighbour(Node):
    """A node one step away."""

    statements: int


class Dated(Node):
    """An event with its day."""

    date: str | None


class EntityPage(Node):
    """Everything said of one entity or event."""

    aliases: list[str]
    wikidata: str | None
    statements: list[Statement]
    articles: int
    mentions: list[Receipt]
    neighbours: list[Neighbour]
    timeline: list[Dated]


class Argument(TypedDict):
    """Who or what fills a role of an event."""

    role: Predicate
    filler: Node
    confidence: float


class Report(TypedDict):
    """The same event as another article tells it."""

    event: Node
    article: ArticleInfo


class Event(Node):
    """Something that happened, is planned, possible or denied."""

    date: str | None
    modality: str
    polarity: str
    confidence: float
    receipts: list[Receipt]
    arguments: list[Argument]
    reports: list[Report]


class Claim(TypedDict):
    """What somebody is reported to say."""

    id: str
    iri: str
    speaker: Node
    content: str
    cue: str
    direct: bool
    receipts: list[Receipt]


class Failure(TypedDict):
    """An article of a batch that could not be added."""

    line: int
    detail: str


class Job(TypedDict):
    """A batch of articles and how far it is: waiting, running, done, cancelling or cancelled."""

    id: str
    state: str
    total: int
    added: int
    known: int
    failed: list[Failure]
    created: str
    finished: str | None
