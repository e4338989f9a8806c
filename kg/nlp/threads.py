"""One thread of matrix products: the sums must not depend on how many cores there are."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache

import numpy  # noqa: F401  # the controller sees the libraries that are loaded when it is made
from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which numpy multiplies matrices on one thread."""
    limits: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limits


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    """Return the controller of the process; to make one means to look through all that the process has loaded."""
    return ThreadpoolController()
