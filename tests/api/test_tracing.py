import subprocess
import sys
from pathlib import Path

from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.access import Access
from api.app import create_app
from tests.api.conftest import layoffs, write_store

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLER = {"traceparent": f"00-{TRACE}-{PARENT}-01"}


def test_spans(tmp_path: Path) -> None:
    """A request is a span below the caller's, and what the workers do for it is below the request's."""
    write_store(tmp_path / "store", layoffs())
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app = create_app(tmp_path / "store", access=Access(anonymous="write"), tracer=provider.get_tracer("test"))
    with TestClient(app) as client:
        client.get("/v1/entities/ent:nobody", headers=CALLER)
        reader, request = _of_caller(spans)
        assert (reader.name, request.name) == ("reader", "GET /v1/entities/{id:path}")
        assert reader.parent
        assert request.parent
        assert request.attributes
        assert (reader.parent.span_id, request.parent.span_id) == (request.context.span_id, int(PARENT, 16))
        assert request.attributes["http.response.status_code"] == 404
        spans.clear()
        update = {"update": "INSERT DATA { <a:a> <a:b> 1 }"}
        assert client.post("/sparql", data=update, headers=CALLER).status_code == 204
        assert [span.name for span in _of_caller(spans)] == ["writer", "writer", "POST /sparql"]


def _of_caller(spans: InMemorySpanExporter) -> list[ReadableSpan]:
    """Return what was done for the caller; the service also looks after its store by itself, when it likes."""
    return [span for span in spans.get_finished_spans() if span.context and span.context.trace_id == int(TRACE, 16)]


def test_nothing_is_imported() -> None:
    """The service loads no SDK of OpenTelemetry by itself; dependencies may look for its interface."""
    code = "import sys, api.app, api.jobs, api.writing; print('opentelemetry.sdk' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
