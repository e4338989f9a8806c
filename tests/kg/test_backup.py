"""Backup and restore, also while another process writes."""

import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.access import Access
from api.app import create_app
from kg.backup import backup, restore, snapshot_beside_writer
from kg.cli import app
from kg.client import Client
from kg.errors import StoreError
from kg.store import open_store
from tests.api.conftest import layoffs, office, write_store
from tests.api.running import run_app


def lines(store: Path) -> bytes:
    """Return what a store holds."""
    with open_store(store, read_only=True) as opened:
        return opened.to_nquads()


@pytest.mark.parametrize("name", ["graph.tar", "graph.tar.gz"])
def test_round_trip(tmp_path: Path, name: str) -> None:
    """A restored store equals the one that was written, and takes new articles."""
    write_store(tmp_path / "store", layoffs())
    backup(tmp_path / "store", tmp_path / "kept" / name)
    restore(tmp_path / "kept" / name, tmp_path / "new" / "store")
    assert lines(tmp_path / "new" / "store") == lines(tmp_path / "store")
    write_store(tmp_path / "new" / "store", office())
    with open_store(tmp_path / "new" / "store") as opened:
        assert len(opened.articles()) == 2
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [name]


def test_service_writes_meanwhile(tmp_path: Path) -> None:
    """Backups between the writes of a running service hold what was acknowledged by then, and nothing later."""
    write_store(tmp_path / "store", office())
    runner = CliRunner()
    with (run_app(create_app(tmp_path / "store", access=Access(anonymous="write"))) as port,
          Client(f"http://127.0.0.1:{port}") as client):
        for number in (1, 2):
            client.update(f"INSERT DATA {{ GRAPH <a:g> {{ <a:s> <a:p> {number} }} }}")
            result = runner.invoke(app, ["backup", str(tmp_path / "store"), str(tmp_path / f"{number}.tar")])
            assert (result.exit_code, result.output) == (0, "")
        assert client.select("SELECT (COUNT(*) AS ?n) { GRAPH <a:g> { ?s ?p ?o } }") == [{"n": 2}]
    for number, expected in ((1, {"1"}), (2, {"1", "2"})):
        result = runner.invoke(app, ["restore", str(tmp_path / f"{number}.tar"), str(tmp_path / str(number))])
        assert result.output.startswith("1 articles, ")
        with open_store(tmp_path / str(number), read_only=True) as opened:
            rows = opened.query("SELECT ?o { GRAPH <a:g> { ?s ?p ?o } }")
            assert {row["o"].value for row in rows} == expected  # type: ignore[union-attr]


def test_beside_a_writer(tmp_path: Path) -> None:
    """What a process that holds the store has flushed is copied without waiting for it."""
    with open_store(tmp_path / "store") as held:
        held.update("INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 1 } }")
        held.flush()
        snapshot_beside_writer(tmp_path / "store", tmp_path / "copy")
        held.update("INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 2 } }")
    assert lines(tmp_path / "copy").count(b"\n") == 1


def test_refusals(tmp_path: Path) -> None:
    """Nothing is overwritten, and what is no backup leaves no directory behind."""
    write_store(tmp_path / "store", office())
    (tmp_path / "other.tar").write_text("no archive")
    with tarfile.open(tmp_path / "foreign.tar", "w") as tar:
        tar.add(tmp_path / "other.tar", "file")
    with pytest.raises(StoreError, match="exists"):
        backup(tmp_path / "store", tmp_path / "other.tar")
    with pytest.raises(StoreError, match="no store"):
        backup(tmp_path / "none", tmp_path / "none.tar")
    with pytest.raises(StoreError, match="exists"):
        restore(tmp_path / "other.tar", tmp_path / "store")
    for name in ("other.tar", "foreign.tar"):
        with pytest.raises(StoreError, match="no backup"):
            restore(tmp_path / name, tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"store", "other.tar", "foreign.tar"}
