"""Real SPARQL servers on a free port of this machine, for as long as a test needs them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

VIRTUOSO_USER, VIRTUOSO_PASSWORD = "dba", "dba"
"""What a new database knows."""

VIRTUOSO_ROWS = 150
"""A low limit, so that the tests read page by page."""

_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = {rows}
"""


@contextmanager
def run_oxigraph(*options: str) -> Iterator[str]:
    """Yield the address of the queries of an empty Oxigraph server; its updates go to ``/update``."""
    program = _program("oxigraph", "it is in the extra [dev]")
    [port] = _free_ports(1)
    with _running([program, "serve", "--bind", f"127.0.0.1:{port}", *options], Path.cwd(), port):
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def run_virtuoso(folder: Path, rows: int = VIRTUOSO_ROWS) -> Iterator[str]:
    """Yield the address of a new Virtuoso server that keeps its files in the folder and gives ``rows`` at a time."""
    program = _program("virtuoso-t", "apt-get install virtuoso-opensource-7-bin")
    sql, http = _free_ports(2)
    (folder / "virtuoso.ini").write_text(_INI.format(sql=sql, http=http, rows=rows))
    with _running([program, "+foreground", "+configfile", "virtuoso.ini"], folder, http, seconds=300):
        yield f"http://127.0.0.1:{http}/sparql"


def _program(name: str, where: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed: {where}")
    return found


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def _running(command: Sequence[str], folder: Path, port: int, seconds: float = 30) -> Iterator[None]:
    """Run the server until the end of the block, from the moment that it answers on the port."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, port, time.monotonic() + seconds)
            yield
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, limit: float) -> None:
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/")
            return
        except httpx.TransportError as error:
            if process.poll() is not None or time.monotonic() > limit:
                raise TimeoutError(f"{process.args!r} does not answer") from error
            time.sleep(0.05)
