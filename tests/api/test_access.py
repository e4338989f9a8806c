import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access import Access, Client, Token, digest, parse_tokens, read_tokens
from api.app import create_app
from kg.errors import InputError
from tests.api.conftest import layoffs, write_store

TOKENS = tuple(Token(scope, scope, digest(f"secret of {scope}")) for scope in ("read", "write", "admin"))
INSERT = "INSERT DATA { <a:a> <a:b> <a:c> }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a store that tests may write to."""
    folder = tmp_path_factory.mktemp("access")
    write_store(folder / "store", layoffs())
    return folder


@pytest.fixture(scope="module")
def writable(folder: Path) -> Iterator[TestClient]:
    """Return a client of a service with three tokens and an audit log."""
    with TestClient(create_app(folder / "store", access=Access(TOKENS), audit=folder / "audit.jsonl")) as client:
        yield client


@pytest.fixture(scope="module")
def private(folder: Path) -> Iterator[TestClient]:
    """Return a client of a service that answers holders of tokens only."""
    with TestClient(create_app(folder / "store", access=Access(TOKENS, anonymous=None))) as client:
        yield client


def holding(scope: str) -> dict[str, str]:
    """Return the header of a client with a token."""
    return {"authorization": f"Bearer secret of {scope}"}


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 401), (holding("read"), 403), (holding("write"), 204), (holding("admin"), 204), (holding("nothing"), 401),
    ({"authorization": "Basic secret of write"}, 401), ({"authorization": "Bearer"}, 401),
    ({"authorization": "Bearer \x00"}, 401),
])
def test_updates_need_a_token(writable: TestClient, headers: dict[str, str], status: int) -> None:
    """Only a token with the scope write or one above it may update."""
    response = writable.post("/sparql", data={"update": INSERT}, headers=headers)
    assert response.status_code == status
    assert ("www-authenticate" in response.headers) == (status == 401)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_graphs_need_a_token(writable: TestClient, method: str) -> None:
    """No method of the Graph Store Protocol writes without a token."""
    content_type = "application/sparql-update" if method == "PATCH" else "text/turtle"
    response = writable.request(method, "/store?default", content=b"", headers={"content-type": content_type})
    assert response.status_code == 401


def test_without_tokens_nothing_is_written(client: TestClient) -> None:
    """A service without tokens refuses updates, and its description does not offer them."""
    assert client.post("/sparql", data={"update": INSERT}).status_code == 403
    assert client.put("/store?default", content=b"", headers={"content-type": "text/turtle"}).status_code == 403
    assert "SPARQL11Update" not in client.get("/sparql", headers={"accept": "text/turtle"}).text


@pytest.mark.parametrize("path", [
    "/sparql?query=ASK{}", "/sparql", "/store?default", "/v1/summary", "/v1/entities", "/v1/events", "/v1/claims"])
def test_private_service(private: TestClient, path: str) -> None:
    """A private service answers no question without a token, and any token may read."""
    assert private.get(path).status_code == 401
    assert private.get(path, headers=holding("read")).status_code == 200
    assert private.get("/health").status_code == 200


def test_audit_log(writable: TestClient, folder: Path) -> None:
    """Each attempt to write leaves a line that says who did what to which graph with which result."""
    log = folder / "audit.jsonl"
    log.write_text("")
    writable.post("/sparql", data={"update": INSERT}, headers=holding("admin"))
    writable.post("/sparql", data={"update": INSERT})
    writable.put("/store?graph=a:g", content=b"<a:a> <a:b> 1 .", headers=holding("write") | {
        "content-type": "text/turtle"})
    writable.post("/sparql", data={"update": "CLEAR XYZ"}, headers=holding("write"))
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(row["client"], row["operation"], row["target"], row["status"]) for row in rows] == [
        ("admin", "update", "", 200), ("", "update", "", 401), ("write", "PUT", "a:g", 200),
        ("write", "update", "", 400)]
    assert rows[0]["body"] == INSERT
    assert "secret" not in log.read_text()


def test_token_file(tmp_path: Path) -> None:
    """A token made by the command opens what its scope says; the file does not hold the token."""
    command = [sys.executable, "-m", "api.access", "ann", "write"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    token, line = (text.partition(": ")[2].strip() for text in made.stdout.splitlines())
    path = tmp_path / "tokens"
    path.write_text(f"# who may write\n\n{line}\n")
    access = Access(read_tokens(path))
    assert access.client(f"Bearer {token}") == Client("ann", "write")
    assert access.client("Bearer other") is None
    assert token not in path.read_text()


@pytest.mark.parametrize("line", ["ann write", "ann owner " + "0" * 64, "ann write " + "x" * 64, "my-clear-token"])
def test_bad_token_lines(line: str) -> None:
    """A line that is no token is named by its place and not shown."""
    with pytest.raises(InputError, match="tokens, line 2") as raised:
        parse_tokens(["", line], "tokens")
    assert line not in str(raised.value)


def test_missing_token_file(tmp_path: Path) -> None:
    """A token file that is not there is an error, not a service without tokens."""
    with pytest.raises(InputError, match="could not be read"):
        read_tokens(tmp_path / "none")


def test_cors(folder: Path) -> None:
    """Pages of a site that is named may read answers; others may not."""
    with TestClient(create_app(folder / "store", origins=["https://good.example"])) as client:
        good, bad = ({"origin": f"https://{name}.example"} for name in ("good", "bad"))
        assert client.get("/sparql?query=ASK{}", headers=good).headers["access-control-allow-origin"] == good["origin"]
        assert "access-control-allow-origin" not in client.get("/sparql?query=ASK{}", headers=bad).headers
        preflight = client.options("/sparql", headers=good | {"access-control-request-method": "POST"})
        assert preflight.status_code == 200
