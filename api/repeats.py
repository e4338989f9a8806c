"""``Idempotency-Key``: a request that is sent again under its key is answered again and not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request, Response

HEADER = "Idempotency-Key"

_KEPT = 1000
"""Keys that are remembered."""


class Repeats:
    """The answers that were given under a key, each with a hash of what was asked.

    They are forgotten when the service stops, and the oldest when there are too many.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], tuple[str, Response | None]] = {}

    async def once(self, request: Request, client: str, work: Callable[[], Awaitable[Response]]) -> Response:
        """Return the answer of ``work``, or that of the time before where the request has a key that it had then.

        409 while the first request is being worked on, 422 for a key that came with another request. An error is no
        answer to be given again.
        """
        given = request.headers.get(HEADER)
        if given is None:
            return await work()
        key, asked = (client, given), await _digest(request)
        known, answer = self._answers.get(key, (asked, None))
        if known != asked:
            raise HTTPException(422, f"This {HEADER} came with another request before.")
        if answer is not None:
            return Response(answer.body, answer.status_code, dict(answer.headers))
        if key in self._answers:
            raise HTTPException(409, f"The first request with this {HEADER} is still being worked on.")
        self._keep(key, asked, None)
        try:
            response = await work()
            self._keep(key, asked, response)
        finally:
            if self._answers.get(key) == (asked, None):
                del self._answers[key]
        return response

    def _keep(self, key: tuple[str, str], asked: str, response: Response | None) -> None:
        self._answers[key] = asked, response
        if len(self._answers) > _KEPT:
            self._answers.pop(next(key for key, (_, answer) in self._answers.items() if answer is not None), None)


def repeats_of(request: Request) -> Repeats:
    """Return the repeats of the application that the request came to."""
    repeats: Repeats = request.app.state.repeats
    return repeats


async def _digest(request: Request) -> str:
    told = f"{request.method} {request.url.path} {request.headers.get('content-type')}\n".encode()
    return hashlib.sha256(told + await request.body()).hexdigest()
