"""What operators see: metrics in the Prometheus format, a request id, and one log line for each request."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.keeper import DirectoryKeeper

if TYPE_CHECKING:
    from api.service import Service

LOG = logging.getLogger("stringer.requests")
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """The counters of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self._requests = Counter("stringer_http_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram("stringer_http_request_seconds", "Seconds until the answer was sent", ["route"],
                                  buckets=_BUCKETS, registry=self.registry)
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answered request."""
        series = self._series.get((method, route, status))
        if series is None:  # looking labels up takes longer than counting
            series = self._requests.labels(method, route, str(status)), self._seconds.labels(route)
            self._series[method, route, status] = series
        requests, times = series
        requests.inc()
        times.observe(seconds)


class ServiceCollector(Collector):
    """Reads the state of a service when metrics are asked for."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Yield jobs with their times, processes and restarts of each pool, and the size of a store on disk."""
        jobs = GaugeMetricFamily("stringer_jobs", "Jobs that run or wait", labels=["pool"])
        processes = GaugeMetricFamily("stringer_processes", "Worker processes", labels=["pool"])
        restarts = CounterMetricFamily("stringer_restarts", "Worker processes replaced", labels=["pool"])
        seconds = SummaryMetricFamily("stringer_job_seconds", "Seconds of jobs, the wait included", labels=["pool"])
        for name, pool in self._service.pools.items():
            jobs.add_metric([name], pool.jobs)
            processes.add_metric([name], len(pool.processes))
            restarts.add_metric([name], pool.restarts)
            seconds.add_metric([name], pool.ended, pool.seconds)
        yield from (jobs, processes, restarts, seconds)
        keeper = self._service.keeper
        if isinstance(keeper, DirectoryKeeper):
            yield GaugeMetricFamily("stringer_store_bytes", "Bytes of the store's files", _size(keeper.store))
            yield CounterMetricFamily("stringer_snapshots", "Snapshots published", keeper.snapshots)


def _size(store: Path) -> int:
    total = 0
    for path in store.iterdir():
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # the writer has just removed it
            continue
    return total


class Observed:
    """Counts, times, names and logs each request; the outermost layer, so that nothing escapes it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note its answer."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if _ID.fullmatch(given) else uuid.uuid4().hex
        started, status = time.monotonic(), 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", name.encode())]
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            self._note(scope, name, status, time.monotonic() - started)

    def _note(self, scope: Scope, name: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")  # the template: an address would be a label without end
        self._metrics.count(scope["method"], route, status, seconds)
        if LOG.isEnabledFor(logging.INFO):
            LOG.info(json.dumps({"id": name, "method": scope["method"], "path": scope["path"], "status": status,
                                 "ms": round(seconds * 1000, 1), "client": (scope.get("client") or [""])[0]}))
