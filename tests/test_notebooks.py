"""The notebooks are short, carry no logic and no output. `make test` executes them with nbmake."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try)


def _code(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_there_is_a_quickstart() -> None:
    """The notebook that README.md names exists."""
    assert "quickstart.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_output_is_stripped(path: Path) -> None:
    """No output, execution count or machine's name is committed."""
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in _code(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_holds_no_logic(path: Path) -> None:
    """A notebook calls the library: no functions, classes, loops or branches, at most 15 code cells."""
    cells = _code(path)
    nodes = [node for cell in cells for node in ast.walk(ast.parse("".join(cell["source"])))]
    assert len(cells) <= 15
    assert [node for node in nodes if isinstance(node, LOGIC)] == []
