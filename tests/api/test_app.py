import re
from pathlib import Path

import jsonschema
import pytest
from fastapi.testclient import TestClient

from api.app import LOOPBACK, create_app
from api.limits import Limits
from api.openapi import description
from api.pool import PoolError
from api.security import HEADERS


@pytest.mark.parametrize("path", [
    "/", "/graph", "/query", "/docs", "/health", "/sparql", "/v1/summary", "/nowhere", "/static/mark.svg"])
def test_security_headers_everywhere(client: TestClient, path: str) -> None:
    """Every answer, also an error, carries the security headers."""
    response = client.get(path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS


def test_health(client: TestClient) -> None:
    """The service says that it lives, and that it answers from its store."""
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/ready").json()["status"] == "ok"


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/nowhere", 404), ("GET", "/v1/entities/Nobody-0000000000", 404), ("DELETE", "/sparql", 405),
    ("GET", "/v1/graph?hops=9", 422), ("GET", "/v1/entities/%3Cx%3E", 400), ("GET", "/static/nothing.js", 404),
])
def test_errors_are_problems(client: TestClient, method: str, path: str, status: int) -> None:
    """An error is a problem document of RFC 9457."""
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


def test_unexpected_error_hides_its_trace(store_path: Path) -> None:
    """A fault of the service is answered with 500 and without a word about the code."""
    app = create_app(store_path)
    app.add_api_route("/fault", lambda: 1 / 0)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/fault")
    assert response.status_code == 500
    assert "division" not in response.text
    assert "Traceback" not in response.text


def test_long_request_is_refused(client: TestClient) -> None:
    """A body past the limit is refused, whether it announces its length or not."""
    body = b"x" * (Limits().request + 1)
    assert client.post("/v1/extract", content=body).status_code == 413
    assert client.post("/v1/extract", content=iter([body])).status_code == 413


def test_foreign_host_is_refused(store_path: Path) -> None:
    """On loopback the service answers only under loopback names, so that no other site reaches it."""
    with TestClient(create_app(store_path, allowed_hosts=LOOPBACK)) as client:
        assert client.get("/health", headers={"host": "evil.example"}).status_code == 400
        assert client.get("/health", headers={"host": "127.0.0.1:8000"}).status_code == 200


def test_missing_store_is_named(tmp_path: Path) -> None:
    """A store that is not there is an error before any request, and nothing is made in its place."""
    with pytest.raises(PoolError, match="there is no store"), TestClient(create_app(tmp_path / "nothing")):
        pass
    assert not (tmp_path / "nothing").exists()


def test_pages_name_no_other_host(client: TestClient) -> None:
    """Pages, scripts and styles load nothing from anywhere else, and no script stands in a page."""
    for path in ("/", "/overview", "/graph", "/events", "/claims", "/conflicts", "/articles", "/query", "/docs"):
        page = client.get(path).text
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", page)


def test_openapi_is_committed() -> None:
    """docs/openapi.json is the description of this code: a change to the API shows in review."""
    committed = (Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8")
    assert committed == description(), "run: python -m api.openapi > docs/openapi.json"


def test_openapi_names_every_route(client: TestClient) -> None:
    """The description lists every operation, each with words on what it does, and /docs shows them."""
    document = client.get("/openapi.json").json()
    assert {"/sparql", "/store", "/v1/entities", "/v1/entities/{id}", "/v1/graph", "/v1/path",
            "/v1/statements/receipts", "/v1/events", "/v1/claims", "/v1/extract", "/v1/summary", "/health", "/ready",
            "/metrics", "/v1/articles", "/v1/merges", "/v1/splits", "/v1/subgraph", "/v1/jobs/{id}", "/v1/network",
            "/v1/measures", "/v1/similar", "/v1/articles/{id}"} == set(document["paths"])
    page = client.get("/docs").text
    for path, operations in document["paths"].items():
        assert path in page
        assert all(operation["description"] for operation in operations.values())


@pytest.mark.parametrize("path", ["/v1/entities?limit=0", "/v1/entities/nobody", "/sparql?query=SELECT", "/nothing"])
def test_errors_are_as_described(client: TestClient, path: str) -> None:
    """Each error has the media type and the shape that the description gives for it."""
    document = client.get("/openapi.json").json()
    described = [response["content"] for operations in document["paths"].values() for operation in operations.values()
                 for status, response in operation["responses"].items() if int(status) >= 400]
    assert {name for content in described for name in content} == {"application/problem+json"}
    answer = client.get(path)
    assert (answer.status_code >= 400, answer.headers["content-type"]) == (True, "application/problem+json")
    jsonschema.validate(answer.json(), document["components"]["schemas"]["Problem"])
