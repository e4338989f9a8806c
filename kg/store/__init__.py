"""Where the graph is kept: two named graphs per article, read by SPARQL.

Every article owns the graphs ``<article>/facts`` and ``<article>/provenance``, so adding
replaces exactly what that article said, and removing equals never having added. The default
graph is the RDF merge of all named graphs: every triple once, however many of them state it. It is
an index for SPARQL without ``FROM``, not content: no export shows it and no size counts it.
``<article>/extraction`` keeps what the article was written from; it is neither merged nor exported.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, overload

import pyoxigraph as ox

from kg.store.changes import graphs_of
from kg.store.embedded import EmbeddedStore, open_directory
from kg.store.protocol import Quad, Store

if TYPE_CHECKING:
    from kg.store.remote import RemoteStore


@overload
def open_store(place: Path | None = None, read_only: bool = False, *, wait: float = 5) -> EmbeddedStore: ...


@overload
def open_store(place: Path | str, read_only: bool = False, *, wait: float = 5) -> EmbeddedStore | RemoteStore: ...


def open_store(place: Path | str | None = None, read_only: bool = False, *,
               wait: float = 5) -> EmbeddedStore | RemoteStore:
    """Open the store in a directory or at an address, or a fresh one in memory where ``place`` is ``None``.

    A text that begins with ``http://`` or ``https://`` is the address of a SPARQL 1.1 endpoint; see
    ``kg.store.remote``. Another process that writes a directory is waited for, ``wait`` seconds at most: a
    service has the store for moments only. A missing or empty directory becomes a new store unless
    ``read_only``. Several processes may read one store while none writes; beside a live writer read from a
    ``backup``. Raises ``StoreError`` for what is no store, is missing, broken or in use.
    """
    if place is None:
        return EmbeddedStore(ox.Store())
    if is_address(place):
        from kg.store.remote import open_endpoint  # httpx takes a tenth of a second to import

        return open_endpoint(str(place), read_only=read_only)
    return open_directory(Path(place), read_only, wait=wait)


def is_address(place: str | PathLike[str]) -> bool:
    """Tell whether a place is the address of an endpoint and not a directory."""
    return isinstance(place, str) and place.lower().startswith(("http://", "https://"))


__all__ = ["EmbeddedStore", "Quad", "Store", "graphs_of", "is_address", "open_store"]
