"""How a store shows an endpoint who it is: with a token, or with a name and password."""

from __future__ import annotations

import ipaddress
import netrc
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from kg.errors import StoreError

TOKEN, USER, PASSWORD = "KG_STORE_TOKEN", "KG_STORE_USER", "KG_STORE_PASSWORD"
"""The variables of the environment that hold credentials."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, or a name and a password; no text of this object shows a secret."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def to_auth(self) -> httpx.Auth:
        """Return what signs requests with them."""
        return _Bearer(self.token) if self.token else _Password(self.user, self.password)


def find_credentials(url: httpx.URL, environment: Mapping[str, str]) -> Credentials | None:
    """Return the credentials of the environment, else those of the host in the netrc file.

    Raises ``StoreError`` where they would travel unencrypted to another machine, or the file is malformed.
    """
    found = _from_environment(environment) or _from_netrc(url.host, environment)
    if found and url.scheme != "https" and not _is_loopback(url.host):
        raise StoreError(f"{url}: credentials are sent over https only")
    return found


def _from_environment(environment: Mapping[str, str]) -> Credentials | None:
    if token := environment.get(TOKEN):
        return Credentials(token=token)
    user = environment.get(USER)
    return Credentials(user, environment.get(PASSWORD, "")) if user else None


def _from_netrc(host: str, environment: Mapping[str, str]) -> Credentials | None:
    file = Path(environment.get("NETRC") or Path.home() / ".netrc")
    if not file.is_file():
        return None
    try:
        entry = netrc.netrc(str(file)).authenticators(host)
    except netrc.NetrcParseError as error:
        raise StoreError(f"{file}: line {error.lineno}: {error.msg}") from error
    return Credentials(entry[0], entry[2] or "") if entry else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _Password(httpx.Auth):
    """Answers the first challenge: with Digest where the endpoint offers it, else with Basic."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._chosen is None:
            response = yield request
            offers = {header.partition(" ")[0].lower() for header in response.headers.get_list("www-authenticate")}
            if response.status_code != 401 or not offers & {"digest", "basic"}:
                return
            scheme = httpx.DigestAuth if "digest" in offers else httpx.BasicAuth
            self._chosen = scheme(self._user, self._password)
        yield from self._chosen.auth_flow(request)
