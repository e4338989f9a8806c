"""README.md and docs say what is true: links lead somewhere, commands exist, queries and Turtle parse."""

import re
from pathlib import Path

import pytest
import rdflib
import typer.main

from kg.cli import app
from kg.store import open_store
from kg.vocab import PREFIXES

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _blocks(language: str) -> list[str]:
    found = [BLOCK.findall(path.read_text(encoding="utf-8")) for path in PAGES]
    return [text for blocks in found for tag, text in blocks if tag == language]


def _commands(text: str) -> set[str]:
    """Return the subcommands that a text shows at a prompt or as the start of a code span."""
    return set(re.findall(r"(?:^\$ |^|`)kg ([a-z]+)", text, re.MULTILINE))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Each relative link of a page names a file that is there."""
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_exist(path: Path) -> None:
    """Each `kg` subcommand that a page shows exists."""
    group = typer.main.get_group(app)
    assert _commands(path.read_text(encoding="utf-8")) <= set(group.commands)


def test_readme_shows_the_main_commands() -> None:
    """README.md names every subcommand that a newcomer needs."""
    shown = _commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {"demo", "build", "query", "queries", "analyze", "export", "serve", "evaluate"} <= shown


@pytest.mark.parametrize("sparql", _blocks("sparql"))
def test_queries_run(sparql: str) -> None:
    """Each SPARQL block runs without declaring a prefix."""
    open_store().query(sparql)


@pytest.mark.parametrize("turtle", _blocks("turtle"))
def test_turtle_parses(turtle: str) -> None:
    """Each Turtle block is Turtle, given the standard prefixes."""
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    assert len(rdflib.Graph().parse(data=prefixes + turtle, format="turtle"))
