"""Runs an application on a free port of this machine, for tests that need a real connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from api.front import protocol_of


@contextmanager
def run_app(app: ASGIApp, seconds: float = 30, *, port: int = 0) -> Iterator[int]:
    """Yield the port on 127.0.0.1 that the application answers on, a free one unless given; it stops at the end."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning",
                                           timeout_graceful_shutdown=5, http=protocol_of(app)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    limit = time.monotonic() + seconds
    while not server.started:
        if not thread.is_alive() or time.monotonic() > limit:
            raise TimeoutError("the service did not start")
        time.sleep(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(seconds)
