"""Files that are kept, or not."""

from pathlib import Path

import pytest

from kg.files import keep_file


def test_kept_whole(tmp_path: Path) -> None:
    """The file is there with its data, in a folder that is made, and no draft beside it."""
    path = tmp_path / "new" / "file"
    keep_file(path, b"one")
    keep_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_left_of_what_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft that cannot take its place is removed, and a folder that cannot be made is no failure."""
    def refuse(*_: object) -> None:
        raise OSError("no space left")

    (tmp_path / "file").write_text("")
    keep_file(tmp_path / "file" / "below", b"data")
    monkeypatch.setattr(Path, "replace", refuse)
    keep_file(tmp_path / "other", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
