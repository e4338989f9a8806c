"""Entities of articles to IRIs: which of them are the same thing, here and in other articles.

``names`` gives each entity of an article an IRI by its class and normalised name. ``index`` decides
which of these IRIs mean one thing, and which people of one name are several.
"""

from kg.linking.names import entity_key, is_named, link, normalise

__all__ = ["entity_key", "is_named", "link", "normalise"]
