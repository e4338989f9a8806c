"""How many requests a client may send: the generic cell rate algorithm (ITU-T I.371), which allows bursts.

A client may send its quota at once, and gets it back bit by bit within the window. The fields ``RateLimit`` and
``RateLimit-Policy`` of draft-ietf-httpapi-ratelimit-headers tell it where it stands.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import ANONYMOUS, Access
from api.problems import problem
from api.sessions import client_of

WINDOW = 60.0
"""Seconds in which a client gets its whole quota back."""

_FREE = ("/health", "/ready", "/static/")
"""Beginnings of paths that count for nobody."""

_SWEEP = 10_000
"""Clients after which those that have their whole quota again are forgotten."""


class Rates:
    """What each client has used of its quota of requests a minute."""

    def __init__(self, quota: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.quota = quota
        self._clock = clock
        self._full: dict[str, float] = {}

    def take(self, client: str) -> tuple[int, float, float]:
        """Count one request of a client.

        Returns how many more it may send now, or -1 where this one is too many and does not count; the seconds until
        it has its whole quota again; and those until it may send another.
        """
        now, cost = self._clock(), WINDOW / self.quota
        full = max(self._full.get(client, now), now) + cost
        if full - now > WINDOW + 1e-9:
            return -1, full - cost - now, full - now - WINDOW
        self._full[client] = full
        if len(self._full) > _SWEEP:
            self._full = {name: time for name, time in self._full.items() if time > now}
        remaining = int((WINDOW - (full - now)) / cost + 1e-9)
        return remaining, full - now, 0.0 if remaining else full - now + cost - WINDOW


class RateLimit:
    """Answers 429 to clients that send more than ``quota`` requests a minute, and tells each what it has left.

    A client is the holder of a token, or else an address; addresses of IPv6 count by their network of 64 bits.
    """

    def __init__(self, app: ASGIApp, quota: int, access: Access) -> None:
        self._app = app
        self._access = access
        self._rates = Rates(quota)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while its client has some quota left."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE):
            return await self._app(scope, receive, send)
        remaining, full, wait = self._rates.take(self._client(scope))
        fields = {"RateLimit-Policy": f'"client";q={self._rates.quota};w={WINDOW:.0f}',
                  "RateLimit": f'"client";r={max(remaining, 0)};t={math.ceil(full)}'}

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(fields)
            await send(message)

        if remaining < 0:
            detail = f"A client may send {self._rates.quota} requests a minute."
            refusal = problem(429, detail, {"Retry-After": str(math.ceil(wait))})
            return await refusal(scope, receive, told)
        await self._app(scope, receive, told)

    def _client(self, scope: Scope) -> str:
        known = client_of(self._access, Headers(scope=scope), scope["method"])
        if known and known.name != ANONYMOUS:
            return f"token {known.name}"
        return _network((scope.get("client") or ("",))[0])


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
