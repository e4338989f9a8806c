"""Signing in from a page: what the cookie opens, and what pages of other origins cannot do with it."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.access import Access, Token, digest
from api.app import create_app
from api.sessions import COOKIE
from tests.api.conftest import layoffs, write_store

TOKENS = tuple(Token(scope, scope, digest(f"secret of {scope}")) for scope in ("read", "write"))
OWN = {"sec-fetch-site": "same-origin"}
INSERT = {"update": "INSERT DATA { <a:a> <a:b> <a:c> }"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a service for holders of tokens."""
    path = tmp_path_factory.mktemp("sessions") / "store"
    write_store(path, layoffs())
    with TestClient(create_app(path, access=Access(TOKENS, anonymous=None)), follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(service: TestClient) -> TestClient:
    """Return the client, signed out."""
    service.cookies.clear()
    return service


def sign_in(client: TestClient, scope: str, next: str = "/") -> str:
    """Sign in and return where that leads."""
    answer = client.post("/sign-in", params={"next": next}, data={"token": f"secret of {scope} "}, headers=OWN)
    assert answer.status_code == 303
    return str(answer.headers["location"])


@pytest.mark.parametrize("path", ["/", "/events?type=Layoff", "/graph", "/query", "/entities/Amazon-0"])
def test_pages_ask_for_a_token(client: TestClient, path: str) -> None:
    """A page that is not for everybody is the form that leads on to it; a part of a page links to the form."""
    answer = client.get(path)
    assert (answer.status_code, f'action="/sign-in?next={quote(path, safe="")}"' in answer.text) == (401, True)
    part = client.get("/overview", headers={"hx-request": "true"})
    assert (part.status_code, "<html" in part.text, "/sign-in" in part.text) == (401, False, True)


def test_signing_in_and_out(client: TestClient) -> None:
    """The cookie is out of reach of scripts and other sites; it opens pages and the API, until one signs out."""
    answer = client.post("/sign-in", params={"next": "/events?type=Layoff"}, data={"token": "secret of read"},
                         headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/events?type=Layoff")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age" not in cookie
    for path in ("/", "/graph", "/query", "/v1/summary"):
        assert client.get(path).status_code == 200
    assert "Signed in as read" in client.get("/").text
    assert client.post("/sign-out", data={"x": ""}, headers=OWN).headers["location"] == "/"
    assert client.get("/").status_code == 401


def test_a_token_that_is_not_known(client: TestClient) -> None:
    """It is told so on the form, which still leads where the reader wanted to go; no cookie is set."""
    answer = client.post("/sign-in", params={"next": "/claims"}, data={"token": "guess"}, headers=OWN)
    assert (answer.status_code, "The token is not known." in answer.text) == (401, True)
    assert "next=%2Fclaims" in answer.text
    assert "set-cookie" not in answer.headers
    client.cookies.set(COOKIE, "guess")
    assert client.get("/v1/summary").status_code == 401


@pytest.mark.parametrize("next", ["//evil.example", "/\\evil.example", "https://evil.example", "evil"])
def test_signing_in_leads_to_this_service_only(client: TestClient, next: str) -> None:
    """An address of another service is not followed."""
    assert sign_in(client, "read", next) == "/"


@pytest.mark.parametrize(("headers", "status"), [
    (OWN, 204), ({"origin": "http://testserver"}, 204), ({}, 401), ({"sec-fetch-site": "same-site"}, 401),
    ({"sec-fetch-site": "cross-site"}, 401), ({"sec-fetch-site": "none"}, 401),
    ({"origin": "http://testserver:8001"}, 401), ({"origin": "null"}, 401),
])
def test_only_own_pages_write(client: TestClient, headers: dict[str, str], status: int) -> None:
    """A write that a browser sends counts for the cookie's holder only where a page of this very origin sends it."""
    sign_in(client, "write")
    assert client.post("/sparql", data=INSERT, headers=headers).status_code == status


def test_reading_is_not_writing(client: TestClient) -> None:
    """A token that may read opens no write."""
    sign_in(client, "read")
    assert client.post("/sparql", data=INSERT, headers=OWN).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_forms_of_other_sites(client: TestClient, path: str) -> None:
    """Another site can sign nobody in or out."""
    answer = client.post(path, data={"token": "secret of read"}, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_header_goes_before_the_cookie(client: TestClient) -> None:
    """Who sends a token is its holder, whatever cookie the client has."""
    sign_in(client, "read")
    headers = {"authorization": "Bearer secret of write"}
    assert client.post("/sparql", data=INSERT, headers=headers).status_code == 204
