"""The files of ``deploy/`` name what exists."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer.main

from kg.cli import app


def commands(root: Path) -> dict[str, list[str]]:
    """Return the command that each file starts, as words after ``kg``."""
    unit = (root / "deploy" / "stringer.service").read_text("utf-8")
    image = (root / "deploy" / "Dockerfile").read_text("utf-8")
    start = re.search(r"^ExecStart=\S*/kg (.*)$", unit, re.MULTILINE)
    entry = re.search(r'^ENTRYPOINT \["kg", (.*)\]$', image, re.MULTILINE)
    assert start
    assert entry
    return {"unit": shlex.split(start[1]), "image": json.loads(f"[{entry[1]}]")}


@pytest.mark.parametrize("file", ["unit", "image"])
def test_command_is_understood(root: Path, file: str) -> None:
    """The command line takes the words that the file gives it."""
    name, *words = commands(root)[file]
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    assert Path(command.make_context(name, words).params["store"]).is_absolute()


def test_image_copies_what_exists(root: Path) -> None:
    """Each file and folder that goes into the image is in the repository."""
    lines = re.findall(r"^COPY (.*) \S+$", (root / "deploy" / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert [name for line in lines for name in line.split() if not (root / name).exists()] == []
