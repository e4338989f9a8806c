"""What an article was read from and by what: the same again need not be read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from kg.model import Document, Extraction
from kg.schema import read_schema
from kg.store import Store
from kg.vocab import NEWS, article_iri, digest

Item = TypeVar("Item", bound=Document | Extraction)

KEPT = NEWS["origin"]
"""What the extraction graph of an article that was built says of it: the mark of what it was read from."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides, besides an article, what a graph says of it."""

    program: str
    ontology: str = ""
    min_confidence: float = 0.0
    extracted: bool = False

    @classmethod
    def of(cls, ontology: Path | None = None, min_confidence: float = 0.0, *, extracted: bool = False) -> Recipe:
        """Return the recipe of this program with these options of ``kg.pipeline.build``."""
        schema = read_schema(ontology).digest() if ontology else ""
        return cls(program_digest(), schema, min_confidence, extracted)

    def mark(self, item: Document | Extraction) -> str:
        """Return a hash of the recipe and the article, or the extraction where that is what was given."""
        source = item if self.extracted or isinstance(item, Document) else item.document
        content = json.dumps(source.to_dict(), sort_keys=True)
        return digest(content, self.program, self.ontology, str(self.min_confidence), str(self.extracted), length=20)


@cache
def program_digest() -> str:
    """Return a hash of the program with its language model, its word lists and the news ontology."""
    specs = (find_spec(name) for name in ("kg", "ontology"))
    return digest_of(Path(folder) for spec in specs if spec for folder in spec.submodule_search_locations or ())


def digest_of(folders: Iterable[Path]) -> str:
    """Return a hash of the names and contents of all files in folders, but for what Python keeps there."""
    hashed = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            hashed.update(path.relative_to(folder).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                hashed.update(hashlib.file_digest(file, "sha256").digest())
    return hashed.hexdigest()


def unread(items: Iterable[Item], store: Store, recipe: Recipe, on_present: Callable[[str], object]) -> Iterator[Item]:
    """Yield the items that the store does not hold from the same recipe; ``on_present`` gets the ids of the others."""
    marks = {str(article): str(mark) for article, _, mark, _ in store.quads(KEPT)}
    for item in items:
        id = item.id if isinstance(item, Document) else item.document.id
        # Only the first of an id can be in the store: a second one is about to replace it.
        if marks.pop(str(article_iri(id)), None) == recipe.mark(item):
            on_present(id)
        else:
            yield item
