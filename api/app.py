"""The service: SPARQL, a JSON API and the page, over one store that it only reads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api import problems
from api.pool import Pool
from api.routes import ROUTERS
from api.security import BodyLimit, SecurityHeaders

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
MAX_REQUEST = 2 * 2**20


def create_app(store_path: Path, *, query_timeout: float = 30, extract_timeout: float = 120, workers: int = 2,
               queue: int = 16, allowed_hosts: Sequence[str] = ("*",)) -> FastAPI:
    """Return the application that serves the store in a directory.

    A query that takes longer than ``query_timeout`` seconds is stopped; ``workers`` run at a time
    and ``queue`` more wait, the next is refused. ``allowed_hosts`` are the names under which
    browsers may reach the service.
    """
    queries = Pool([str(store_path)], size=workers, queue=queue, timeout=query_timeout)
    extractions = Pool(["--extract"], size=1, queue=2, timeout=extract_timeout)
    app = FastAPI(title="Stringer", version=version("stringer-kg"), docs_url=None, redoc_url=None,
                  description="A knowledge graph built from news articles, each statement with its receipt.",
                  lifespan=_lifespan(queries, extractions))
    app.state.queries, app.state.extractions, app.state.answers = queries, extractions, {}
    problems.install(app)
    app.add_middleware(BodyLimit, limit=MAX_REQUEST)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts))
    app.add_middleware(SecurityHeaders)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def serve(store: Path, host: str, port: int) -> None:
    """Serve the store until interrupted: what the entry point ``kg.services`` offers to ``kg serve``."""
    import uvicorn

    # A page of another site could else reach a loopback service under a name of its own (DNS rebinding).
    allowed = LOOPBACK if host in LOOPBACK else ("*",)
    uvicorn.run(create_app(store, allowed_hosts=allowed), host=host, port=port, log_level="warning")


def _lifespan(*pools: Pool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pools[0].warm()
        yield
        for pool in pools:
            await pool.close()

    return lifespan
