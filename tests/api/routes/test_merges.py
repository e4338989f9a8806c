from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import schemas
from api.access import Access, Token, digest
from api.app import create_app
from kg.identity import Identity
from kg.store import open_store
from tests.api.conftest import layoffs, office

HEADERS = {"authorization": "Bearer secret"}
ACCESS = Access((Token("me", "write", digest("secret")),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a store of its own, kept as kg build keeps it."""
    with open_store(tmp_path / "store") as store:
        identity = Identity(store)
        for extraction in (layoffs(), office()):
            identity.add(extraction)
        store.flush()
    return tmp_path / "store"


def _quads(path: Path) -> bytes:
    with open_store(path) as store:
        return store.to_nquads()


def test_merge_and_undo(path: Path) -> None:
    """Two names become one entity and two again, and the store is then what it was, byte for byte."""
    before = _quads(path)
    with TestClient(create_app(path, access=ACCESS)) as client:
        one, other = (client.get("/v1/entities", params={"q": name}).json()["entities"][0]["id"]
                      for name in ("Amazon Web", "Microsoft"))
        pair = {"one": one, "other": other}
        assert client.post("/v1/merges", json=pair).status_code == 401
        merged = client.post("/v1/merges", json=pair, headers=HEADERS)
        schemas.Decided.model_validate_json(merged.content)
        assert (merged.json()["changed"], merged.json()["one"]) == (True, merged.json()["other"])
        listed = client.get("/v1/merges", params={"entity": merged.json()["one"]})
        schemas.MergeList.model_validate_json(listed.content)
        [merge] = listed.json()["merges"]
        assert {merge["one"]["id"], merge["other"]["id"]} == {one, other}
        page = client.get(f"/entities/{merged.json()['one'].removeprefix('ent:')}/merges").text
        assert 'data-post="/v1/splits"' in page
        parted = client.post("/v1/splits", json=pair, headers=HEADERS).json()
        assert (parted["changed"], parted["one"] != parted["other"]) == (True, True)
    assert _quads(path) == before


@pytest.mark.parametrize(("pair", "status"), [
    ({"one": "ent:nobody", "other": "ent:noone"}, 404), ({"one": "Amazon", "other": "Amazon"}, 409),
    ({"one": "x"}, 422)])
def test_what_cannot_be_decided(path: Path, pair: dict[str, str], status: int) -> None:
    """Names that no article uses, one name twice, and half a pair are refused and change nothing."""
    with TestClient(create_app(path, access=ACCESS)) as client:
        for decision in ("merges", "splits"):
            assert client.post(f"/v1/{decision}", json=pair, headers=HEADERS).status_code == status
