"""The suite, unpacked, and a service on loopback that everybody may write to."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.access import Access
from api.app import create_app
from kg.store import open_store
from tests.api.running import run_app

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "w3c_sparql.tar.gz"


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with ``sparql10``, ``sparql11`` and ``sparql12`` of the W3C."""
    if not ARCHIVE.exists():
        pytest.skip(f"the W3C test suite is not at {ARCHIVE.relative_to(ARCHIVE.parents[2])} beside the repository")
    folder = tmp_path_factory.mktemp("w3c")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder / "sparql"


@pytest.fixture(scope="session")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of a service over an empty store, on 127.0.0.1."""
    path = tmp_path_factory.mktemp("service") / "store"
    open_store(path).close()
    with run_app(create_app(path, access=Access(anonymous="write"))) as port:
        yield port
