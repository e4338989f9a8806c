"""The graph as plain data to show: a page on an entity, a drawing, the sentences behind an edge.

Every function takes a store and returns what ``json.dumps`` accepts. Nodes are named by their
compact IRI, such as ``ent:Amazon-1f3c9a2bde``; the full IRI, and for entities the part after
``ent:``, are understood as well. What the graph does not hold gives ``None``.
"""

from kg.views.articles import article, articles
from kg.views.entities import entity, search, summary
from kg.views.events import claims, events
from kg.views.figures import figures
from kg.views.graph import layout, neighbourhood, subgraph, triples_among
from kg.views.measures import measures, similar
from kg.views.merges import merges
from kg.views.network import network, network_of
from kg.views.overview import overview
from kg.views.page import to_html
from kg.views.paths import path
from kg.views.reading import reading
from kg.views.receipts import receipts

__all__ = [
    "article", "articles", "claims", "entity", "events", "figures", "layout", "measures", "merges", "neighbourhood",
    "network", "network_of", "overview", "path", "reading", "receipts", "search", "similar", "subgraph", "summary",
    "to_html", "triples_among",
]
