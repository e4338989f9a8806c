"""``Idempotency-Key``: a request that is sent again under its key is answered again and not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request, Response

from api.ledger import Kept, Ledger

HEADER = "Idempotency-Key"

class Repeats:
    """The answers that were given under a key, each with a hash of what was asked, and the requests at work."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._working: dict[tuple[str, str], str] = {}

    async def once(self, request: Request, client: str, work: Callable[[], Awaitable[Response]]) -> Response:
        """Return the answer of ``work``, or that of the time before where the request has a key that it had then.

        409 while the first request is being worked on, 422 for a key that came with another request. An error is no
        answer to be given again.
        """
        given = request.headers.get(HEADER)
        if given is None:
            return await work()
        key, asked = (client, given), await _digest(request)
        kept = self._ledger.answer(*key)
        if (kept.asked if kept else self._working.get(key, asked)) != asked:
            raise HTTPException(422, f"This {HEADER} came with another request before.")
        if kept:
            return Response(kept.body, kept.status, dict(kept.fields))
        if key in self._working:
            raise HTTPException(409, f"The first request with this {HEADER} is still being worked on.")
        self._working[key] = asked
        try:
            response = await work()
            self._ledger.keep_answer(*key, Kept(asked, response.status_code, response.headers, bytes(response.body)))
        finally:
            del self._working[key]
        return response


def repeats_of(request: Request) -> Repeats:
    """Return the repeats of the application that the request came to."""
    repeats: Repeats = request.app.state.repeats
    return repeats


async def _digest(request: Request) -> str:
    told = f"{request.method} {request.url.path} {request.headers.get('content-type')}\n".encode()
    return hashlib.sha256(told + await request.body()).hexdigest()
