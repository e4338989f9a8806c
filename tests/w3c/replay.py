"""Sends the exchanges of the suite to a running service, with their headers and no others."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from rdflib import Graph
from rdflib.compare import isomorphic

from tests.w3c.suite import STATUS, Exchange, ProtocolTest

FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv",
                "text/tab-separated-values"},
    "RDF": {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


def send(port: int, method: str, path: str, headers: Mapping[str, str], body: bytes | None,
         authority: str = "") -> Answer:
    """Send one request to the loopback port; besides ``headers`` it has Host and Content-Length only."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=150)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", authority or f"127.0.0.1:{port}")
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def replay(test: ProtocolTest, port: int, prefixes: Mapping[str, str]) -> str | None:
    """Return what went wrong in the test, or ``None``; ``prefixes`` maps the suite's paths to the service's."""
    prepare(test, port)
    variables: dict[str, str] = {}
    for i, exchange in enumerate(test.exchanges):
        path = _filled(_moved(exchange.path, prefixes), variables)
        body = None if exchange.body is None else _filled(exchange.body, variables).encode()
        answer = send(port, exchange.method, path, exchange.headers, body, exchange.authority)
        if exchange.location:
            variables[exchange.location] = answer.headers.get("location", "")
        wrong = check(exchange, answer)
        if wrong:
            return f"request {i + 1} ({exchange.method} {path}): {wrong}"
    return None


def prepare(test: ProtocolTest, port: int) -> None:
    """Empty the store and fill it with the graphs of the test."""
    emptied = send(port, "POST", "/sparql", {"content-type": "application/sparql-update"}, b"DROP ALL")
    assert emptied.status == 204, emptied
    for name, path in test.graphs.items():
        graph = f"/store?graph={quote(name, safe='')}"
        answer = send(port, "PUT", graph, {"content-type": "application/n-triples"}, path.read_bytes())
        assert answer.status == 201, answer


def check(exchange: Exchange, answer: Answer) -> str | None:
    """Return what of the answer is not as expected."""
    if not any(answer.status in STATUS[status] for status in exchange.statuses):
        return f"status {answer.status}, expected {exchange.statuses}: {answer.body[:200]!r}"
    if exchange.format and answer.media_type not in FORMATS[exchange.format]:
        return f"{answer.media_type} is not {exchange.format}"
    if exchange.boolean is not None and json.loads(answer.body)["boolean"] is not exchange.boolean:
        return f"the answer is not {exchange.boolean}"
    if exchange.location and not answer.headers.get("location"):
        return "no Location"
    return _graph_difference(exchange, answer)


def _graph_difference(exchange: Exchange, answer: Answer) -> str | None:
    if exchange.answer is None or exchange.method == "HEAD":
        return None
    content_type, text = exchange.answer
    if answer.headers.get("content-type") != content_type:
        return f"content type {answer.headers.get('content-type')}, expected {content_type}"
    expected, got = Graph().parse(data=text, format="turtle"), Graph().parse(data=answer.body, format="turtle")
    return None if isomorphic(expected, got) else f"another graph: {answer.body!r}"


def _moved(path: str, prefixes: Mapping[str, str]) -> str:
    for old, new in prefixes.items():
        if path.startswith(old):
            return new + path.removeprefix(old)
    raise ValueError(path)


def _filled(text: str, variables: Mapping[str, str]) -> str:
    for name, value in variables.items():
        text = text.replace(name, value)
    return text
