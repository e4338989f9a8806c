"""The shapes of requests and answers, for the OpenAPI description."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Closed(BaseModel):
    # A view that grows a field must grow it here too, so that the description stays true.
    model_config = ConfigDict(extra="forbid")


class Node(_Closed):
    """A node of the graph, or a literal, which has no identifier."""

    id: str | None = Field(description="Compact IRI, such as ent:Amazon-1f3c9a2bde")
    iri: str | None
    label: str
    type: str = Field(description="Class of the ontology, such as Company or Layoff")
    kind: str = Field(description="entity, event, claim, value, phrase, literal or other")


class Predicate(_Closed):
    """A property of the graph."""

    id: str
    iri: str
    label: str


class Span(_Closed):
    """Characters from ``start`` to ``end``, exclusive; Unicode code points."""

    start: int
    end: int


class ArticleInfo(_Closed):
    """The article that a sentence stands in."""

    id: str
    iri: str
    title: str | None
    date: dt.date | None
    source: str | None


class Receipt(_Closed):
    """One sentence that states something, with all that is known about how it does."""

    statement: str
    sentence: str
    marks: list[Span] = Field(description="Where in the sentence the evidence stands")
    evidence: list[Span] = Field(description="Where in the article the evidence stands")
    article: ArticleInfo
    speaker: Node | None = Field(description="Who says so, where the article only quotes it")
    modality: str = Field(description="Asserted, Reported, Planned, Possible or Denied")
    polarity: str = Field(description="Positive or Negative")
    confidence: float = Field(ge=0, le=1)
    component: str = Field(description="The part of the extractor that found it")
    qualifiers: dict[str, str] = Field(description="Job title, status, share and the like")


class Receipts(_Closed):
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

    layer: str = Field(description="relations, events, claims or facts")


class EntityRow(Node):
    """An entity in a list."""

    aliases: list[str]
    statements: int
    articles: int


class TypeCount(_Closed):
    """How many of the entities that match have a type."""

    type: str
    entities: int


class EntityList(_Closed):
    """Entities, best match first."""

    entities: list[EntityRow]
    types: list[TypeCount] = Field(description="Of all matches, the commonest first")
    next: str | None = Field(description="The cursor of the next page; null on the last one")


class Neighbour(Node):
    """A node one step away."""

    statements: int


class Dated(Node):
    """An event with its day."""

    date: dt.date | None


class EntityPage(Node):
    """Everything said of one entity or event."""

    aliases: list[str]
    wikidata: str | None
    statements: list[Statement]
    articles: int = Field(description="Articles that mention it")
    mentions: list[Receipt] = Field(description="Where, the newest first: in `limit` articles, 50 at most")
    neighbours: list[Neighbour]
    timeline: list[Dated]


class Summary(_Closed):
    """How much the graph holds."""

    articles: int
    entities: int
    relations: int
    events: int
    claims: int
    facts: int
    top: list[EntityRow]


class PlacedNode(Node):
    """A node with its place in the drawing."""

    x: float
    y: float
    degree: int


class Edge(_Closed):
    """A statement between two nodes of the drawing."""

    source: str
    target: str
    predicate: str
    label: str
    modality: str
    polarity: str
    confidence: float
    asserted: bool = Field(description="Whether some article holds it for true")
    receipts: int


class Graph(_Closed):
    """Nodes and edges to draw."""

    center: str | None
    truncated: bool
    nodes: list[PlacedNode]
    edges: list[Edge]


class Argument(_Closed):
    """Who or what fills a role of an event."""

    role: Predicate
    filler: Node
    confidence: float


class Report(_Closed):
    """The same event as another article tells it."""

    event: Node
    article: ArticleInfo


class Event(Node):
    """Something that happened, is planned, possible or denied."""

    date: dt.date | None
    modality: str
    polarity: str
    confidence: float
    receipts: list[Receipt]
    arguments: list[Argument]
    reports: list[Report] = Field(description="The same event in other articles, where several are held for one")


class EventList(_Closed):
    """Events, the latest first."""

    events: list[Event]
    next: str | None = Field(description="The cursor of the next page; null on the last one")


class Claim(_Closed):
    """What somebody is reported to say."""

    id: str
    iri: str
    speaker: Node
    content: str
    cue: str
    direct: bool
    receipts: list[Receipt]


class ClaimList(_Closed):
    """Claims, those of the latest articles first."""

    claims: list[Claim]
    next: str | None = Field(description="The cursor of the next page; null on the last one")


class ArticleRow(_Closed):
    """An article of the graph."""

    id: str
    iri: str
    title: str | None
    date: str | None
    source: str | None


class ArticleList(_Closed):
    """A page of articles."""

    articles: list[ArticleRow]
    next: str | None = Field(description="The cursor of the next page; null on the last one")


class Article(BaseModel):
    """An article to read."""

    text: str = Field(min_length=1, max_length=200_000)
    title: str | None = Field(None, max_length=1000)
    date: dt.date | None = Field(None, description="Publication date, against which relative dates resolve")
    source: str | None = Field(None, max_length=1000)


class Failure(_Closed):
    """An article of a batch that could not be added."""

    line: int
    detail: str


class Job(_Closed):
    """A batch of articles and how far it is."""

    id: str
    state: Literal["waiting", "running", "done", "cancelling", "cancelled"]
    total: int = Field(description="How many articles the batch has")
    added: int = Field(description="How many of them are new and in the graph now")
    known: int = Field(description="How many were there already")
    failed: list[Failure]
    created: dt.datetime
    finished: dt.datetime | None


class Pair(BaseModel):
    """Two names: identifiers of entities, or of names that were merged into one."""

    one: str = Field(min_length=1, max_length=500)
    other: str = Field(min_length=1, max_length=500)


class Decided(_Closed):
    """What a decision brought: the entities that the two names mean now."""

    changed: bool
    one: str
    other: str


class Name(_Closed):
    """A name that some article uses; it may have been merged into an entity with another identifier."""

    id: str
    label: str


class Merge(_Closed):
    """Two names held for one entity, and why."""

    one: Name
    other: Name
    feature: str
    score: float


class Apart(_Closed):
    """Two names that a person holds for two entities."""

    one: Name
    other: Name
    entities: list[Node]


class MergeList(_Closed):
    """The merges into one entity."""

    merges: list[Merge]
    apart: list[Apart]


class Health(_Closed):
    """The service's own word that it works."""

    status: str
    version: str


class PathStep(_Closed):
    """An edge of a path, in the direction of the statement."""

    subject: Node
    predicate: Predicate
    object: Node


class Path(_Closed):
    """The fewest edges between two nodes."""

    length: int
    steps: list[PathStep]


class Part(_Closed):
    """A part of the graph: the nodes and all that links them."""

    nodes: list[str] | None = Field(None, max_length=20_000, description="Identifiers; without them the whole graph")


class EntityMeasures(_Closed):
    """An entity with its measures, as kg.analysis defines them."""

    id: str
    iri: str
    label: str
    type: str
    pagerank: float
    betweenness: float
    degree: int
    core: int
    community: int = Field(description="From 1, the largest; 0 for who belongs to none")


class Bridge(_Closed):
    """The only connection between two parts of the graph."""

    source: str
    target: str
    parted: int = Field(description="Nodes of the smaller part")


class Measures(_Closed):
    """Measures of a part of the graph, the highest PageRank first."""

    measures: list[EntityMeasures]
    bridges: list[Bridge]


class AlikeEntity(_Closed):
    """An entity that is like another."""

    id: str
    iri: str
    label: str
    type: str
    score: float


class Similar(_Closed):
    """Entities that are like another, the most alike first."""

    similar: list[AlikeEntity]
