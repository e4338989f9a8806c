"""The service: SPARQL, the Graph Store Protocol, a JSON API and the page, over one store."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api import problems
from api.access import ENVIRONMENT, Access, Token, parse_tokens, read_tokens
from api.batches import Batches
from api.direct import Direct
from api.front import front_for, protocol_of
from api.ledger import Ledger
from api.limits import Limits
from api.observing import LOG, Metrics, Observed, ServiceCollector
from api.rates import RateLimit
from api.repeats import Repeats
from api.routes import OPEN_ROUTERS, READING_ROUTERS, sparql
from api.security import BodyLimit, SecurityHeaders
from api.service import Service, reading
from api.tracing import Traced, exporting_tracer
from kg.errors import InputError
from kg.store import is_address

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

STATIC = Path(__file__).parent / "static"
DRAWING = Path(str(files("kg.views") / "drawing"))
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


class Application(FastAPI):
    """An application whose description shows errors as the problems that they are answered with."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description."""
        return problems.describe(super().openapi())


def create_app(store: Path | str, *, limits: Limits | None = None, access: Access | None = None,
               allowed_hosts: Sequence[str] = ("*",), remote_hosts: Sequence[str] = (), origins: Sequence[str] = (),
               audit: Path | None = None, tracer: Tracer | None = None, warm: bool = False) -> FastAPI:
    """Return the application that serves the store in a directory or behind the address of an endpoint.

    ``access`` says who may read and write: by default everybody may read and nobody may write.
    ``allowed_hosts`` are the names under which browsers may reach the service, ``remote_hosts`` those
    hosts, addresses and networks that SERVICE and LOAD may reach, ``origins`` the sites whose pages
    may read answers (CORS). Writes are noted in the file ``audit``. ``tracer`` gets spans of OpenTelemetry.
    ``warm`` counts what the home page shows before anybody asks.
    Raises ``InputError`` for ``remote_hosts`` together with an endpoint, whose connections nobody here can check.
    """
    if remote_hosts and is_address(store):
        raise InputError("SERVICE and LOAD are refused over a graph behind an endpoint, which would connect by itself: "
                         "leave --remote away")
    limits, access = limits or Limits(), access or Access()
    app = Application(title="Stringer", version=version("stringer-kg"), docs_url=None, redoc_url=None,
                      description="A knowledge graph built from news articles, each statement with its receipt.",
                      lifespan=_lifespan(lambda: Service(store, limits=limits, access=access, hosts=remote_hosts,
                                                         audit=audit, tracer=tracer, front=front), warm))
    app.state.metrics = metrics = Metrics()
    app.state.front = front = None if tracer or is_address(store) else front_for(allowed_hosts, limits, access, metrics)
    problems.install(app)
    app.add_middleware(Direct, routes=[route for route in sparql.router.routes if isinstance(route, APIRoute)])
    if origins:
        app.add_middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=["*"], allow_headers=["*"],
                           expose_headers=["Location", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After"])
    app.add_middleware(BodyLimit, limit=limits.request)
    if limits.rate:
        app.add_middleware(RateLimit, quota=limits.rate, access=access)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observed, metrics=metrics)
    if tracer:
        app.add_middleware(Traced, tracer=tracer)
    for router in OPEN_ROUTERS:
        app.include_router(router)
    for router in READING_ROUTERS:
        app.include_router(router, dependencies=[Depends(reading)])
    app.mount("/static/drawing", StaticFiles(directory=DRAWING), name="drawing")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def serve(store: Path | str, host: str, port: int, *, tokens: Path | None = None, private: bool = False,
          timeout: float | None = None, workers: int | None = None, rate: int = 0, remote_hosts: Sequence[str] = (),
          origins: Sequence[str] = (), audit: Path | None = None, log: bool = False,
          trace: bool = False) -> None:
    """Serve the store until interrupted: what the entry point ``kg.services`` offers to ``kg serve``.

    Raises ``InputError`` for a token file that cannot be read, and as ``create_app`` does; ``KGError`` where
    tracing is not installed.
    """
    import uvicorn

    if log:
        logging.basicConfig(format="%(message)s")
        LOG.setLevel(logging.INFO)
    usual = Limits()
    seconds = timeout or usual.seconds
    limits = Limits(seconds=seconds, max_seconds=max(seconds, usual.max_seconds), workers=workers or usual.workers,
                    rate=rate)
    access = Access(_tokens(tokens), anonymous=None if private else "read")
    # A page of another site could else reach a loopback service under a name of its own (DNS rebinding).
    allowed = LOOPBACK if host in LOOPBACK else ("*",)
    app = create_app(store, limits=limits, access=access, allowed_hosts=allowed, remote_hosts=remote_hosts,
                     origins=origins, audit=audit, tracer=exporting_tracer() if trace else None, warm=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=10,
                http=protocol_of(app))


def _tokens(path: Path | None) -> tuple[Token, ...]:
    """Return the tokens of the file and of the environment."""
    lines = os.environ.get(ENVIRONMENT, "").splitlines()
    return (*(read_tokens(path) if path else ()), *parse_tokens(lines, ENVIRONMENT))


def _lifespan(make: Callable[[], Service], warm: bool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = service = make()
        collector = ServiceCollector(service)
        try:
            await service.open()
            if warm:
                service.overview.renew(service.keeper.version)
            with closing(Ledger(service.store)) as ledger:
                app.state.repeats = Repeats(ledger)
                app.state.batches = batches = Batches(service, ledger, service.limits.batches)
                batches.resume()
                app.state.metrics.registry.register(collector)
                yield
                app.state.metrics.registry.unregister(collector)
                await batches.close()
        finally:
            await service.close()

    return lifespan
