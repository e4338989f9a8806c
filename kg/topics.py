"""What an article is about, as a short text, and how alike two articles are by it.

The text is the first digits of the hash of the encoder that read the article, a colon, and the topic: a vector of
length one in steps of 1/127, base64. ``kg.extract.topics`` makes it. Vectors of two encoders have nothing in common.
"""

from __future__ import annotations

import base64
import math
from array import array
from collections.abc import Sequence
from functools import lru_cache
from operator import mul

STEPS = 127
_KEPT = 4096
"""Topics whose vectors are kept: those of one name's articles are compared again and again."""


def write(vector: Sequence[float], encoder: str) -> str:
    """Return a vector as a text; ``encoder`` is the hash of what read the article."""
    length = math.hypot(*vector) or 1.0
    steps = array("b", (round(STEPS * value / length) for value in vector))
    return f"{encoder[:8]}:{base64.b64encode(steps.tobytes()).decode('ascii')}"


def likeness(one: str, other: str) -> float | None:
    """Return the cosine of two topics, ``None`` where one is missing or another encoder's."""
    if not one or not other or one.partition(":")[0] != other.partition(":")[0]:
        return None
    return math.fsum(map(mul, _vector(one), _vector(other)))


@lru_cache(_KEPT)
def _vector(topic: str) -> tuple[float, ...]:
    steps = array("b", base64.b64decode(topic.partition(":")[2]))
    length = math.hypot(*steps) or 1.0
    return tuple(step / length for step in steps)
