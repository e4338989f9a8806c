"""Which other hosts SPARQL may reach: none, or those that an allow-list names.

A name has to be on the list, and what it resolves to has to be a public address or to be on the
list itself, as an address or a network: so no name leads to this machine or its neighbours by
accident. ``api.gateway`` connects to the very address that was checked.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from api.answers import RefusedError
from kg.errors import QueryError
from kg.sparql import bare, refuse_load, refuse_service

_NAME = r"(?:<[^<>\s]*>|[^\s<>{};]*:[^\s<>{};]*)"
_SILENT_LOAD = re.compile(rf"LOAD\s*SILENT\s*{_NAME}(?:\s*INTO\s*GRAPH\s*{_NAME})?", re.IGNORECASE)
_LOAD = re.compile(rf"LOAD\s*(?P<silent>SILENT)?\s*<(?P<iri>[^<>\s]*)>(?:\s*INTO\s*GRAPH\s*(?P<graph>{_NAME}))?",
                   re.IGNORECASE)
_AFTER = re.compile(r"\s*(?:SILENT\s*)?<([^<>\s]*)>", re.IGNORECASE)


def check_services(sparql: str, hosts: Sequence[str]) -> None:
    """Raise ``QueryError`` where the query or update calls an endpoint that is not allowed."""
    if hosts and "\\u" not in sparql.lower():
        _check_each("SERVICE", sparql, hosts)
    else:
        refuse_service(sparql)


def redirect_services(sparql: str, hosts: Sequence[str], address: Callable[[str], str]) -> str:
    """Return the query or update with ``address(iri)`` in the place of each endpoint that it calls.

    Raises ``QueryError`` where an endpoint is not allowed.
    """
    check_services(sparql, hosts)
    if not hosts:
        return sparql
    for match in reversed(list(re.finditer("SERVICE", bare(sparql), re.IGNORECASE))):
        named = _AFTER.match(sparql, match.end())
        if named:
            sparql = f"{sparql[:named.start(1)]}{address(named[1])}{sparql[named.end(1):]}"
    return sparql


def replace_loads(update: str, load: Callable[[str], str]) -> str:
    """Return the update with ``INSERT DATA`` of the triples ``load(iri)`` in the place of each ``LOAD``.

    Where ``load`` raises ``QueryError`` or ``RefusedError``, ``LOAD SILENT`` inserts nothing.
    """
    for match in reversed(list(re.finditer("LOAD", bare(update), re.IGNORECASE))):
        found = _LOAD.match(update, match.start())
        if not found:
            raise QueryError("LOAD is allowed only with an IRI in angle brackets, and INTO GRAPH with a name")
        try:
            triples = load(found["iri"])
        except (QueryError, RefusedError):
            if not found["silent"]:
                raise
            triples = ""
        data = f"GRAPH {found['graph']} {{ {triples} }}" if found["graph"] and triples else triples
        update = f"{update[:found.start()]}INSERT DATA {{ {data} }}{update[found.end():]}"
    return update


def check_loads(update: str, hosts: Sequence[str]) -> str:
    """Return the update with nothing in the place of each ``LOAD SILENT``, unless some hosts are allowed.

    Such an operation counts as done whatever happens, says SPARQL 1.1 Update. Raises ``QueryError``
    where the update loads a document from a host that is not allowed.
    """
    if hosts and "\\u" not in update.lower():
        _check_each("LOAD", update, hosts)
        return update
    text = _without_silent_loads(update)
    refuse_load(text)
    return text


def _without_silent_loads(update: str) -> str:
    # From the last to the first, so that the places stay right.
    for found in reversed(list(re.finditer("LOAD", bare(update), re.IGNORECASE))):
        load = _SILENT_LOAD.match(update, found.start())
        if load:
            update = f"{update[:load.start()]}INSERT DATA {{}}{update[load.end():]}"
    return update


def _check_each(word: str, sparql: str, hosts: Sequence[str]) -> None:
    for match in re.finditer(word, bare(sparql), re.IGNORECASE):
        named = _AFTER.match(sparql, match.end())
        if not named:
            raise QueryError(f"{word} is allowed only with an IRI in angle brackets")
        allowed_address(named[1], hosts)


def allowed_address(iri: str, hosts: Sequence[str]) -> str:
    """Return the address of an IRI's host; ``QueryError`` where the host or one of its addresses is not allowed."""
    parts = urlsplit(iri)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or host not in hosts:
        raise QueryError(f"{iri} is refused: its host is not on the list of allowed ones")
    networks = [ipaddress.ip_network(entry) for entry in hosts if _is_network(entry)]
    addresses = list(_addresses(host, iri))
    for address in addresses:
        if not address.is_global and not any(address in network for network in networks):
            raise QueryError(f"{iri} is refused: its address is not a public one")
    return str(addresses[0])


def _addresses(host: str, iri: str) -> Iterable[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise QueryError(f"{iri} is refused: its host has no address") from error
    for *_, address in found:
        plain = ipaddress.ip_address(str(address[0]).partition("%")[0])
        # ::ffff:127.0.0.1 is the loopback address in another spelling.
        yield getattr(plain, "ipv4_mapped", None) or plain


def _is_network(entry: str) -> bool:
    try:
        ipaddress.ip_network(entry)
    except ValueError:
        return False
    return True
