"""Which HTTP requests are sent again, and when."""

from __future__ import annotations

import httpx
from httpx_retries import Retry

_METHODS = ("GET", "POST", "DELETE")
_UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError, *_UNREACHED)


def retry_for(repeatable: bool, retries: int, backoff: float) -> Retry:
    """Return how a request is repeated: after ``Retry-After``, else after a time that doubles, up to ``retries`` times.

    What must not happen twice is repeated only where it has not begun: the service was not reached, or its
    queue was full (429).
    """
    return Retry(total=retries, allowed_methods=_METHODS, backoff_factor=backoff, backoff_jitter=0.5,
                 max_backoff_wait=60, status_forcelist=(429, 502, 503, 504) if repeatable else (429,),
                 retry_on_exceptions=_BROKEN if repeatable else _UNREACHED)
