"""Commands that answer others: serve over HTTP, mcp over standard input and output."""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.cli.options import STORE, StorePlace
from kg.errors import KGError
from kg.store import is_address, open_store

LOOPBACK = "127.0.0.1"
PORT = 8000


def serve(
    store: StorePlace = STORE,
    host: Annotated[str, typer.Option(
        "--host", help="Address to listen on; the default answers this machine only.")] = LOOPBACK,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = PORT,
    timeout: Annotated[float, typer.Option(
        "--timeout", min=0.1, help="Seconds after which a query is stopped that asks for no other limit.")] = 30,
    workers: Annotated[int, typer.Option("--workers", min=1, help="How many queries run at a time.")] = 2,
    rate: Annotated[int, typer.Option(
        "--rate", min=0, help="How many requests a client may send a minute; 0 sets no limit.")] = 0,
    tokens: Annotated[Path | None, typer.Option(
        "--tokens", help="File of tokens that may write; without one the service only reads.")] = None,
    private: Annotated[bool, typer.Option("--private", help="Let only holders of a token read.")] = False,
    audit: Annotated[Path | None, typer.Option("--audit", help="File to note every attempt to write in.")] = None,
    remote: Annotated[list[str] | None, typer.Option(
        "--remote", help="Host, address or network that SERVICE and LOAD may reach; may be repeated.")] = None,
    origin: Annotated[list[str] | None, typer.Option(
        "--origin", help="Site whose pages may read answers (CORS); may be repeated.")] = None,
    log: Annotated[bool, typer.Option(
        "--log", help="Write a line of JSON for each request to standard error.")] = False,
    trace: Annotated[bool, typer.Option(
        "--trace", help="Send spans to OpenTelemetry, as the OTEL_ variables say; needs the extra [otel].")] = False,
) -> None:
    """Serve the page and the SPARQL endpoint of a graph."""
    _check(store)
    if not is_free(host, port):
        raise KGError(f"{host}:{port} is taken or cannot be listened on; choose another --host or --port")
    run(store, host, port, timeout=timeout, workers=workers, rate=rate, tokens=tokens, private=private, audit=audit,
        remote_hosts=remote or [], origins=origin or [], log=log, trace=trace)


def mcp(
    store: StorePlace = STORE,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds after which a call is stopped.")] = 20,
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many rows an answer has at most.")] = 200,
) -> None:
    """Let a language model read a graph over the Model Context Protocol, on standard input and output."""
    _check(store)
    try:
        service = find_service("mcp")
    except ModuleNotFoundError as error:
        raise KGError("the MCP server needs more packages: pip install 'stringer-kg[mcp]'") from error
    service(_place(store), timeout=timeout, rows=rows)


def run(store: str, host: str, port: int, **options: Any) -> None:
    """Print the address and serve until interrupted."""
    service = find_service()
    name = f"[{host}]" if ":" in host else host
    typer.echo(f"Page:   http://{name}:{port}/\nSPARQL: http://{name}:{port}/sparql\nStop with Ctrl-C.")
    service(_place(store), host, port, **options)


def _check(store: str) -> None:
    """Say at once what is wrong with a store that is to be served."""
    open_store(store, read_only=True).close()


def _place(store: str) -> Path | str:
    return store if is_address(store) else Path(store)


def find_service(name: str = "http") -> Callable[..., None]:
    """Return the service that is installed for the entry point of this name in ``kg.services``."""
    for entry in entry_points(group="kg.services", name=name):
        service: Callable[..., None] = entry.load()
        return service
    raise KGError(f"no such service is installed (entry point {name!r} of the group 'kg.services')")


def is_free(host: str, port: int) -> bool:
    """Tell whether the port can be listened on."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError:
        return False
    return True


def free_port(host: str, port: int) -> int:
    """Return the port, or the next one above it that is free."""
    for candidate in range(port, min(port + 100, 65536)):
        if is_free(host, candidate):
            return candidate
    raise KGError(f"no free port from {port} on at {host}")
