"""An answer that takes long: the newest that there is, while the next one is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from api.pool import Reply
from kg.files import keep_file

PATIENCE = 0.3
"""Seconds to wait for the answer of the present state where that of an earlier one is there."""


class Latest:
    """What ``compute`` answers about the newest state of a store that it has been asked about.

    The answer is kept in a file too, where one is named, so that a service that starts again has one at once.
    """

    def __init__(self, compute: Callable[[], Coroutine[Any, Any, Reply]], file: Path | None) -> None:
        self._compute = compute
        self._file = file
        self._body = _read(file) if file else None
        self._version = ""
        self._task: asyncio.Task[None] | None = None

    def renew(self, version: str) -> asyncio.Task[None]:
        """Begin to compute the answer for this state of the store, unless that has been done or goes on."""
        if self._task is None or (self._task.done() and version != self._version):
            self._task = asyncio.create_task(self._renew(version))
        return self._task

    async def get(self, version: str) -> bytes:
        """Return the answer for this state, or that of an earlier one where it is not there soon.

        What ``compute`` raises is raised where there is none.
        """
        task = self.renew(version)
        await asyncio.wait([task], timeout=PATIENCE if self._body else None)
        if self._body is None:
            task.result()
        assert self._body is not None
        return self._body

    async def close(self) -> None:
        """Stop computing."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _renew(self, version: str) -> None:
        self._body, self._version = (await self._compute()).body, version
        if self._file:
            await asyncio.to_thread(keep_file, self._file, self._body)


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes() or None
    except OSError:
        return None
