"""The servers that are compared, each as processes of its own, and what CPU time they use."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

OURS, RUST, ENDPOINT = "kg serve", "oxigraph", "rdflib-endpoint"
_START_SECONDS = 120
_CLOCK_OF_PROCESS = 2  # clock_getcpuclockid(3): the clock of process p is ~p << 3 | 2


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, the port that it listens on, and the path of its endpoint."""

    name: str
    process: psutil.Process
    port: int
    path: str

    def cpu_seconds(self) -> float:
        """Return the CPU time that its living processes have used."""
        return sum(map(cpu_seconds, [self.process, *self.process.children(recursive=True)]))


@contextmanager
def serve(name: str, store: Path) -> Iterator[Server]:
    """Run a server over a store of pyoxigraph's, and end it."""
    port = _free_port()
    command, path = _commands(store, port)[name]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, port)
            yield Server(name, psutil.Process(process.pid), port, path)
        finally:
            process.terminate()


def tool(name: str) -> str:
    """Return the path of a command that is installed beside this Python."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: install the extra [bench]")
    return str(path)


def _commands(store: Path, port: int) -> dict[str, tuple[Sequence[str], str]]:
    python, folder = sys.executable, str(store)
    kg = [python, "-c", "from kg.cli import app; app()"]  # of this working tree, whatever is installed
    return {
        OURS: ([*kg, "serve", "--store", folder, "--port", str(port), "--timeout", "300"], "/sparql"),
        RUST: ([tool("oxigraph"), "serve-read-only", "-l", folder, "-b", f"127.0.0.1:{port}"], "/query"),
        ENDPOINT: ([python, "-m", "tests.benchmarks.endpoint", folder, str(port)], "/sparql"),
    }


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time that a process has used, none where it has ended."""
    try:
        if psutil.LINUX:  # in nanoseconds, where psutil counts hundredths of a second
            return time.clock_gettime(~process.pid << 3 | _CLOCK_OF_PROCESS)
        times = process.cpu_times()
    except (OSError, psutil.NoSuchProcess):  # ended meanwhile
        return 0.0
    return float(times.user + times.system)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    limit = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{process.args!r} did not start")
