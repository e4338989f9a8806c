"""The second half of a change that is too large for one transaction, kept in the store until it is done.

What a large change adds goes into the store in one step, together with what it removes, as the text of an update. The
update is then run. A process that is killed between the two leaves the text, and whoever opens the store next runs it:
a store that is open never shows half a change, as one journal of redo does in other databases.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

LOG = logging.getLogger("stringer.store")
BEGUN = ox.NamedNode("https://w3id.org/stringer/begun")
"""The named graph of the text; there is none in a store that is open."""


def begun(operations: str) -> Iterator[ox.Quad]:
    """Yield the quad that keeps the operations, if there are any."""
    if operations:
        yield ox.Quad(BEGUN, BEGUN, ox.Literal(operations), BEGUN)


def is_begun(store: ox.Store) -> bool:
    """Tell whether a change was begun and not finished."""
    return store.contains_named_graph(BEGUN)


def finish(store: ox.Store, place: Path | None = None) -> bool:
    """Run the operations that are kept, and forget them, in one transaction; return whether there were any.

    With the ``place`` of the store, say so: another process began the change.
    """
    texts = [quad.object.value for quad in store.quads_for_pattern(None, None, None, BEGUN)
             if isinstance(quad.object, ox.Literal)]
    if not texts:
        return False
    if place:
        LOG.warning("a process was killed while it changed %s: the change is finished", place)
    store.update(";\n".join([*texts, f"DROP GRAPH {BEGUN}"]))
    return True
