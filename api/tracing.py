"""Spans for OpenTelemetry: one for each request, and within it one for each query, write and extraction.

Nothing of OpenTelemetry is imported unless the service is told to trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KGError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


def exporting_tracer() -> Tracer:
    """Return a tracer that sends spans over OTLP, as the environment's ``OTEL_*`` variables say.

    Raises ``KGError`` where the extra ``[otel]`` is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise KGError("tracing needs more packages: pip install 'stringer-kg[otel]'") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "stringer"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("stringer")


def span(tracer: Tracer | None, name: str, attributes: Mapping[str, Any]) -> AbstractContextManager[Any]:
    """Return a span within the present one, or nothing to enter where nobody traces."""
    return tracer.start_as_current_span(name, attributes=dict(attributes)) if tracer else nullcontext()


class Traced:
    """Makes a span of each request, below the one that its ``traceparent`` header names."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within a span."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        attributes = {"http.request.method": scope["method"], "url.path": scope["path"], "url.scheme": scope["scheme"]}
        with self._tracer.start_as_current_span(scope["method"], extract(Headers(scope=scope)), SpanKind.SERVER,
                                                attributes) as current:
            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    current.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, noted)
            if route := getattr(scope.get("route"), "path", None):
                current.update_name(f"{scope['method']} {route}")
                current.set_attribute("http.route", route)
