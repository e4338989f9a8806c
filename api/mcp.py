"""A server of the Model Context Protocol: language models read the graph, and cannot write it.

``kg mcp --store graph``, or ``python -m api.mcp graph``, speaks on standard input and output. The calls run in the same
killable worker processes as those of the HTTP service, with less time and fewer rows.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from api.access import Access
from api.limits import MIB, Limits
from api.pool import PoolError
from api.service import Service
from kg.vocab import PREFIXES

INSTRUCTIONS = f"""A knowledge graph that was read out of news articles. Each statement has receipts: the sentences that
state it, with article, speaker, modality and confidence. Find an entity with `search`, read about it with `entity`, and
before you state a fact show its sentences with `cite`. Identifiers look like ent:Amazon-1f3c9a2bde. In `sparql` these
prefixes are known: {", ".join(PREFIXES)}."""

Data = dict[str, Any]

_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_Id = Annotated[str, Field(max_length=500, description="An identifier, such as ent:Amazon-1f3c9a2bde")]
_Name = Annotated[str, Field(max_length=500, description="A name or an identifier")]


def create_server(store: Path | str, limits: Limits) -> MCPServer[Service]:
    """Return the server over the store in a directory or behind the address of an endpoint."""
    service = Service(store, limits=limits, access=Access(), hosts=(), audit=None)

    @asynccontextmanager
    async def lifespan(_: MCPServer[Service]) -> AsyncIterator[Service]:
        try:
            await service.open()
            yield service
        finally:
            await service.close()

    server = MCPServer[Service]("stringer", title="Stringer", version=version("stringer-kg"),
                                instructions=INSTRUCTIONS, lifespan=lifespan, log_level="WARNING")
    for tool in tools(service):
        server.add_tool(tool, annotations=_READ_ONLY)
    return server


def tools(service: Service) -> list[Callable[..., Awaitable[Data]]]:
    """Return the tools; their names, docstrings and parameters are what the model sees."""
    most = service.limits.rows

    async def view(name: str, **arguments: Any) -> Data:
        return await _answer(service, {"view": name, "arguments": arguments})

    async def search(text: Annotated[str, Field(max_length=200)], limit: Annotated[int, Field(ge=1)] = 10) -> Data:
        """Find entities by name or alias, best match first."""
        return await view("search", text=text, limit=min(limit, most))

    async def entity(id: _Id, limit: Annotated[int, Field(ge=1)] = 20) -> Data:
        """Read what is said of an entity or event: statements with their sentences, mentions, neighbours."""
        return await view("entity", id=id, limit=min(limit, most))

    async def neighbours(id: _Id, hops: Annotated[int, Field(ge=1, le=3)] = 1,
                         limit: Annotated[int, Field(ge=1)] = 30) -> Data:
        """Read the graph around an entity: nodes, and the edges between them."""
        return await view("neighbourhood", id=id, hops=hops, limit=min(limit, most))

    async def path(source: _Name, target: _Name) -> Data:
        """Find the shortest chain of statements between two entities."""
        return await view("path", source=source, target=target)

    async def sparql(query: Annotated[str, Field(max_length=20_000)]) -> Data:
        """Run a SPARQL SELECT or ASK query; the result is in the W3C's JSON format. Use LIMIT."""
        return await _answer(service, {"sparql": query, "accept": "application/sparql-results+json", "base": None,
                                       "default_graphs": [], "named_graphs": []})

    async def cite(subject: _Id, predicate: _Id, object: _Id, limit: Annotated[int, Field(ge=1)] = 10) -> Data:
        """Read the sentences that state an edge, each with its article, date, speaker and confidence."""
        return await view("receipts", subject=subject, predicate=predicate, object=object, limit=min(limit, most))

    return [search, entity, neighbours, path, sparql, cite]


def serve(store: Path | str, *, timeout: float = 20, rows: int = 200) -> None:
    """Speak on standard input and output until it ends: what the entry point ``kg.services`` offers to ``kg mcp``."""
    create_server(store, Limits(seconds=timeout, max_seconds=timeout, rows=rows, bytes=MIB)).run()


async def _answer(service: Service, job: Data) -> Data:
    try:
        reply = await service.run(job)
    except PoolError as error:
        raise ToolError(str(error)) from error
    data: Data = json.loads(reply.body)
    return data


def main() -> None:
    """Serve the store that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m api.mcp", description=main.__doc__)
    parser.add_argument("store", help="directory, or address of an endpoint")
    serve(parser.parse_args().store)


if __name__ == "__main__":
    main()
