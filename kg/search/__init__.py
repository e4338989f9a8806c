"""Finding the entities of a store by name: rows, an index of their names, and the files that keep it."""

from kg.search.index import EntityIndex, fold
from kg.search.rows import EntityRow, entity_rows, read_entities
from kg.search.upkeep import Upkeep

__all__ = ["EntityIndex", "EntityRow", "Upkeep", "entity_rows", "fold", "read_entities"]
