"""What one client may cost: the limits of queries, updates and requests in one place."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the service; a query or update past one is stopped and answered with a problem."""

    seconds: float = 30
    """Wall-clock time of a query or update that asks for no other limit."""
    max_seconds: float = 300
    """The longest time that a request may ask for with ``timeout``."""
    extract_seconds: float = 120
    """Wall-clock time of reading one article, the loading of the models included."""
    rows: int = 1_000_000
    """Solutions or triples of a result."""
    bytes: int = 64 * MIB
    """Bytes of a result."""
    memory: int = 2048 * MIB
    """Bytes of private memory of a worker process; not limited on systems without ``RLIMIT_DATA``."""
    remote_bytes: int = 16 * MIB
    """Bytes of the answer of another host to ``SERVICE`` or ``LOAD``."""
    remote_seconds: float = 10
    """Wall-clock time of such an answer."""
    request: int = 16 * MIB
    """Bytes of a request's body."""
    workers: int = 2
    """Queries that run at a time."""
    queue: int = 16
    """Queries that wait for a worker; one more is refused."""
    updates: int = 16
    """Updates that wait for the writer; one more is refused."""
    batches: int = 8
    """Batches of articles that are not finished; one more is refused."""
    rate: int = 0
    """Requests of one client a minute; 0 sets no limit."""
    staleness: float = 2
    """Seconds between looks at the store for what other processes wrote into it."""

    endpoint_staleness: float = 30
    """Seconds for which views of a graph behind an endpoint may miss what others wrote there."""

    def granted(self, asked: float | None) -> float:
        """Return the seconds for a request that asks for ``asked`` of them."""
        return self.seconds if asked is None else min(asked, self.max_seconds)
