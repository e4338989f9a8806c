import json
import logging

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.observing import LOG


def samples(client: TestClient) -> dict[tuple[str, ...], float]:
    """Return the metrics by name and label values."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
            for family in families for sample in family.samples}


def test_requests_are_counted(client: TestClient) -> None:
    """Requests are counted by method, route and status; addresses of entities share their route."""
    key = ("stringer_http_requests_total", "GET", "/v1/entities/{id:path}", "404")
    before = samples(client).get(key, 0)
    client.get("/v1/entities/nobody")
    client.get("/v1/entities/nobody-else")
    after = samples(client)
    assert after[key] == before + 2
    assert after[("stringer_http_request_seconds_count", "/v1/entities/{id:path}")] >= 2
    assert not any("nobody" in part for key in after for part in key)


def test_state_of_the_service(client: TestClient) -> None:
    """The processes, their jobs and the store's size are there."""
    metrics = samples(client)
    assert metrics[("stringer_processes", "query")] == 2
    assert metrics[("stringer_jobs", "query")] == 0
    assert metrics[("stringer_store_bytes",)] > 1000
    assert metrics[("stringer_snapshots_total",)] >= 1


def test_times_of_jobs(client: TestClient) -> None:
    """How long queries, extractions and writes took is told for each pool."""
    count, total = (("stringer_job_seconds_" + name, "query") for name in ("count", "sum"))
    before = samples(client)
    client.get("/v1/entities/nobody")
    after = samples(client)
    assert after[count] == before[count] + 1
    assert after[total] > before[total]
    assert ("stringer_job_seconds_sum", "extract") in after


@pytest.mark.parametrize(("given", "kept"), [("abc-1", True), ("x" * 65, False), ("a b", False), ("", False)])
def test_request_id(client: TestClient, given: str, kept: bool) -> None:
    """A request keeps the id that it brings, if it is a decent one, and gets one if not."""
    name = client.get("/health", headers={"x-request-id": given}).headers["x-request-id"]
    assert (name == given) is kept
    assert name


def test_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Each request leaves a line of JSON, without its parameters."""
    with caplog.at_level(logging.INFO, LOG.name):
        client.get("/sparql?query=ASK{}&secret=1", headers={"x-request-id": "logged"})
    [row] = [json.loads(record.message) for record in caplog.records if record.name == LOG.name]
    assert (row["id"], row["method"], row["path"], row["status"]) == ("logged", "GET", "/sparql", 200)
    assert "secret" not in str(row)
