"""Batches of articles in the background, and requests that are sent again."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import HTTPException, Request, Response
from fastapi.testclient import TestClient

from api.access import Access, Token, digest
from api.adding import read_article, read_lines
from api.app import create_app
from api.ledger import Ledger
from api.limits import Limits
from api.repeats import Repeats
from api.schemas import Job
from tests.api.conftest import layoffs, office, write_store

STORED = [{"text": f"Microsoft opened office {i} in Dublin.", "title": f"Office {i}"} for i in range(30)]
NEW = {"text": "Amazon cut 300 jobs on Thursday. Andy Jassy is the CEO of Amazon.", "date": "2025-07-18"}
PAGE = ("<html><head><title>Zeta Labs in Dublin</title></head><body><article><p>"
        + "Zeta Labs opened an office in Dublin "
        "on Monday, and the company said that it will hire 200 people there by the end of the year. " * 4
        + "</p></article></body></html>")
JSONL = {"content-type": "application/jsonl"}
TOKENS = (Token("ann", "write", digest("ann")), Token("bob", "read", digest("bob")))


def lines(*articles: dict[str, Any]) -> bytes:
    """Return articles as JSONL."""
    return b"".join(json.dumps(article).encode() + b"\n" for article in articles)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client that may write to a service over the stored articles."""
    path = tmp_path_factory.mktemp("jobs") / "store"
    ids = [article.id for article in read_lines(lines(*STORED)).values()]
    write_store(path, layoffs(), *(replace(office(), document=replace(office().document, id=id)) for id in ids))
    with TestClient(create_app(path, limits=Limits(batches=2), access=Access(TOKENS)),
                    headers={"authorization": "Bearer ann"}) as client:
        yield client


def finished(client: TestClient, job: str, seconds: float = 240) -> dict[str, Any]:
    """Return the job once it has ended."""
    limit = time.monotonic() + seconds
    while True:
        answer = Job.model_validate_json(client.get(f"/v1/jobs/{job}").content)
        if answer.finished:
            return answer.model_dump()
        assert time.monotonic() < limit, answer
        time.sleep(0.05)


def test_batch(writer: TestClient) -> None:
    """A batch is accepted at once, and its job counts what becomes of the articles; those that are there stay."""
    answer = writer.post("/v1/articles", content=lines(*STORED) + b"\n", headers=JSONL)
    assert (answer.status_code, answer.json()["total"]) == (202, len(STORED))
    assert answer.headers["location"].endswith(f"/v1/jobs/{answer.json()['id']}")
    job = finished(writer, answer.json()["id"])
    assert (job["state"], job["added"], job["known"], job["failed"]) == ("done", 0, len(STORED), [])
    assert writer.delete(f"/v1/jobs/{job['id']}").json()["state"] == "done"


def test_cancelled(writer: TestClient) -> None:
    """A batch that is cancelled goes no further, and one more than may wait is refused until others have ended."""
    first, second = (writer.post("/v1/articles", content=lines(*STORED * 20), headers=JSONL).json() for _ in range(2))
    refused = writer.post("/v1/articles", content=lines(*STORED), headers=JSONL)
    assert (refused.status_code, "retry-after" in refused.headers) == (429, True)
    assert writer.delete(f"/v1/jobs/{second['id']}").status_code == 202
    assert writer.delete(f"/v1/jobs/{first['id']}").json()["state"] == "cancelling"
    jobs = [finished(writer, job["id"]) for job in (first, second)]
    assert [job["state"] for job in jobs] == ["cancelled"] * 2
    assert jobs[0]["known"] < jobs[0]["total"] == 20 * len(STORED)
    assert jobs[1]["known"] == 0


@pytest.mark.parametrize(("body", "headers", "status", "word"), [
    (lines(NEW) + b"{}", JSONL, 422, "line 2"), (b"\n\n", JSONL, 422, "no article"), (b"\xff", JSONL, 422, "line 1"),
    (lines({"text": ""}), {"content-type": "application/x-ndjson"}, 422, "line 1"),
    (lines(NEW), {"content-type": "text/csv"}, 415, "application/jsonl"), (b"{", {}, 415, "text/html"),
    (b"\xff", {"content-type": "text/plain"}, 422, "UTF-8"), (b"\xff", {"content-type": "text/html"}, 422, "UTF-8"),
    (lines({"text": 1}), {"content-type": "application/json"}, 422, "text"),
    (lines(NEW), JSONL | {"authorization": "Bearer bob"}, 403, "scope"),
])
def test_refused(writer: TestClient, body: bytes, headers: dict[str, str], status: int, word: str) -> None:
    """What cannot be read is refused as a whole, with the first line that is wrong."""
    answer = writer.post("/v1/articles", content=body, headers=headers)
    assert (answer.status_code, word in answer.json()["detail"]) == (status, True), answer.text


def test_unknown_job(writer: TestClient) -> None:
    """A job that is not known is 404, and those who may not write see none."""
    assert writer.get(f"/v1/jobs/{'0' * 32}").status_code == 404
    assert writer.get("/v1/jobs/x").status_code == 422
    assert writer.get(f"/v1/jobs/{'0' * 32}", headers={"authorization": "Bearer bob"}).status_code == 403


def test_idempotency_key(writer: TestClient) -> None:
    """A request under a key that it had before gets the answer of then; another request under the key is refused."""
    def send(key: str, *articles: dict[str, Any]) -> Any:
        return writer.post("/v1/articles", content=lines(*articles), headers=JSONL | {"idempotency-key": key})

    first, again, other = send("k", *STORED), send("k", *STORED), send("j", *STORED)
    assert first.json() == again.json() != other.json()
    assert (again.status_code, again.headers["location"]) == (202, first.headers["location"])
    assert send("k", STORED[0]).status_code == 422
    for job in (first, other):
        finished(writer, job.json()["id"])
    assert send("bad", {"text": ""}).status_code == send("bad", {"text": ""}).status_code == 422
    assert send("bad", STORED[0]).status_code == 202


def test_restart(tmp_path: Path) -> None:
    """A batch that a service has not finished is finished by the next one, and a key gets the answer that it had."""
    path = tmp_path / "store"
    ids = [article.id for article in read_lines(lines(*STORED)).values()]
    write_store(path, *(replace(office(), document=replace(office().document, id=id)) for id in ids))

    def service() -> TestClient:
        return TestClient(create_app(path, access=Access(TOKENS)), headers={"authorization": "Bearer ann"})

    with service() as client:
        sent = client.post("/v1/articles", content=lines(*STORED * 20), headers=JSONL | {"idempotency-key": "k"})
        job = client.get(f"/v1/jobs/{sent.json()['id']}").json()
        assert (job["state"] in ("waiting", "running"), job["finished"]) == (True, None)
    with service() as client:
        again = client.post("/v1/articles", content=lines(*STORED * 20), headers=JSONL | {"idempotency-key": "k"})
        assert (again.status_code, again.json()) == (202, sent.json())
        job = finished(client, sent.json()["id"])
        assert (job["state"], job["added"], job["known"]) == ("done", 0, 20 * len(STORED))
    with service() as client:
        assert client.get(f"/v1/jobs/{sent.json()['id']}").json()["state"] == "done"


def request(body: bytes) -> Request:
    """Return a request with a key."""
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "scheme": "http",
                    "server": ("x", 80), "headers": [(b"idempotency-key", b"k")]}, receive)


def test_work_is_done_once() -> None:
    """While the first request is worked on a second gets 409; the key of another client is another key."""
    repeats, gate = Repeats(Ledger(None)), asyncio.Event()

    async def slow() -> Response:
        await gate.wait()
        return Response(b"once", 201)

    async def never() -> Response:
        raise AssertionError("it was done again")

    async def work() -> None:
        first = asyncio.create_task(repeats.once(request(b"a"), "ann", slow))
        await asyncio.sleep(0)
        with pytest.raises(HTTPException) as refused:
            await repeats.once(request(b"a"), "ann", never)
        assert refused.value.status_code == 409
        gate.set()
        assert (await first).body == (await repeats.once(request(b"a"), "ann", never)).body == b"once"
        assert (await repeats.once(request(b"b"), "bob", slow)).status_code == 201

    asyncio.run(work())


@pytest.mark.parametrize("media_type", ["text/plain", "application/json"])
def test_id_is_the_content(media_type: str) -> None:
    """The same text is the same article, in whatever form it comes."""
    body = b"Amazon cut 300 jobs." if media_type == "text/plain" else b'{"text": "Amazon cut 300 jobs.", "title": null}'
    assert read_article(media_type, body) == read_article("text/plain", b"Amazon cut 300 jobs.")


@pytest.mark.slow
def test_added(tmp_path: Path) -> None:
    """New articles of a batch, a text and a web page are extracted and found; the same again changes nothing."""
    write_store(tmp_path / "store", layoffs())
    with TestClient(create_app(tmp_path / "store", access=Access(anonymous="write"))) as client:
        batch = lines(NEW, NEW, {"text": "It is so. " * 9, "title": "So"})
        job = finished(client, client.post("/v1/articles", content=batch, headers=JSONL).json()["id"])
        assert (job["state"], job["added"], job["known"], job["failed"]) == ("done", 2, 1, [])
        page = client.post("/v1/articles", content=PAGE, headers={"content-type": "text/html"})
        assert (page.status_code, page.json()["title"]) == (201, "Zeta Labs in Dublin")
        again = client.post("/v1/articles", content=PAGE, headers={"content-type": "text/html; charset=utf-8"})
        assert (again.status_code, again.json()) == (200, page.json())
        empty = client.post("/v1/articles", content="<html></html>", headers={"content-type": "text/html"})
        assert (empty.status_code, "no article" in empty.json()["detail"]) == (400, True)
        assert len(client.get("/v1/articles").json()["articles"]) == 4
        assert client.get("/v1/entities", params={"q": "zeta la"}).json()["entities"][0]["articles"] == 2
