"""The MCP server as a program drives it: a process, spoken to over its standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from kg.pipeline import add
from kg.store.remote import open_endpoint
from tests.api.conftest import layoffs, office, write_store
from tests.servers import run_oxigraph

Work = Callable[[Client], Awaitable[None]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store with two articles."""
    path = tmp_path_factory.mktemp("mcp") / "store"
    write_store(path, layoffs(), office())
    return path


def drive(root: Path, store: Path | str, work: Work, *options: str) -> None:
    """Start ``kg mcp``, do the work with a client of it, and stop it."""
    arguments = ["-c", "from kg.cli import app; app()", "mcp", "--store", str(store), *options]
    server = StdioServerParameters(command=sys.executable, args=arguments, cwd=root, env=dict(os.environ))

    async def run() -> None:
        async with Client(server, read_timeout_seconds=120) as client:
            await work(client)

    asyncio.run(run())


def data(result: CallToolResult) -> Any:
    """Return what a tool gave; an error fails the test."""
    assert not result.is_error, result.content
    return result.structured_content


def refusal(result: CallToolResult) -> str:
    """Return the text of an error."""
    (content,) = result.content
    assert result.is_error
    assert isinstance(content, TextContent)
    return content.text


def test_tools(root: Path, store: Path) -> None:
    """Six tools, all marked as reading only, answer from the graph, down to the sentence behind a fact."""

    async def work(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {"search", "entity", "neighbours", "path", "sparql", "cite"}
        assert all(tool.annotations and tool.annotations.read_only_hint and tool.description for tool in tools)
        amazon = data(await client.call_tool("search", {"text": "amazon"}))["entities"][0]
        page = data(await client.call_tool("entity", {"id": amazon["id"]}))
        ceo = next(s for s in page["statements"] if s["predicate"]["label"] == "CEO of")
        edge = {"subject": ceo["subject"]["id"], "predicate": ceo["predicate"]["id"], "object": amazon["id"]}
        cited = data(await client.call_tool("cite", edge))["receipts"]
        assert "CEO Andy Jassy" in cited[0]["sentence"]
        assert cited[0]["article"]["title"] == "Amazon confirms layoffs"
        around = data(await client.call_tool("neighbours", {"id": amazon["id"]}))
        assert {"Andy Jassy", "Microsoft"} <= {node["label"] for node in around["nodes"]}
        path = data(await client.call_tool("path", {"source": "Andy Jassy", "target": "Dublin"}))
        ends = [(step["subject"]["label"], step["object"]["label"]) for step in path["steps"]]
        assert ends == [("Andy Jassy", "Amazon"), ("Amazon", "Microsoft"), ("Microsoft", "Dublin")]
        answer = data(await client.call_tool("sparql", {"query": "SELECT ?n { ?s a news:Place ; rdfs:label ?n }"}))
        assert [row["n"]["value"] for row in answer["results"]["bindings"]] == ["Dublin"]

    drive(root, store, work)


def test_caps(root: Path, store: Path) -> None:
    """Too many rows, writing, other hosts and unknown things are refused, and the server goes on."""

    async def work(client: Client) -> None:
        async def refused(query: str) -> str:
            return refusal(await client.call_tool("sparql", {"query": query}))

        assert "more than 5 rows" in await refused("SELECT * { ?s ?p ?o }")
        assert "refused" in await refused("INSERT DATA { <a:s> <a:p> 1 }")
        assert "SERVICE" in await refused("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
        assert "nothing" in refusal(await client.call_tool("entity", {"id": "ent:nobody"}))
        found = data(await client.call_tool("search", {"text": "a", "limit": 1000}))["entities"]
        assert len(found) <= 5
        count = data(await client.call_tool("sparql", {"query": "ASK { <a:s> ?p ?o }"}))
        assert count["boolean"] is False

    drive(root, store, work, "--rows", "5", "--timeout", "60")


def test_time(root: Path, store: Path) -> None:
    """A query past its time is stopped, and the next one is answered by a new worker."""
    bomb = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

    async def work(client: Client) -> None:
        assert "Stopped after 4 seconds" in refusal(await client.call_tool("sparql", {"query": bomb}))
        assert data(await client.call_tool("sparql", {"query": "ASK { ?s rdfs:label 'Dublin' }"}))["boolean"] is True

    drive(root, store, work, "--timeout", "4")


def test_over_an_endpoint(root: Path) -> None:
    """Tools answer from a graph behind an endpoint as from one in a directory."""

    async def work(client: Client) -> None:
        found = data(await client.call_tool("search", {"text": "dublin"}))["entities"]
        assert [entity["label"] for entity in found] == ["Dublin"]
        answer = data(await client.call_tool("sparql", {"query": "ASK { ?s rdfs:label 'Dublin' }"}))
        assert answer["boolean"] is True

    with run_oxigraph() as url:
        with open_endpoint(url, environment={}) as store:
            add([office()], store)
        drive(root, url, work, "--timeout", "60")
