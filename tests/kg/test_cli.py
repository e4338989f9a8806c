"""Each command, as a person runs it: what it prints, what it writes, and its exit code."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import httpx
import networkx as nx
import pytest
import typer.main
from typer.testing import CliRunner, Result

from kg import pipeline, queries
from kg.cli import app
from kg.cli.articles import file_name
from kg.cli.service import LOOPBACK, find_service, free_port
from kg.model import Extraction
from kg.store import open_store
from tests.kg.stories import Story

NAMES = "SELECT DISTINCT ?name WHERE { ?who news:ceoOf ?firm ; rdfs:label ?name }"


def kg(*arguments: object, input: str | None = None) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, extractions: tuple[Extraction, Extraction]) -> Path:
    """Return the directory of a graph of two articles."""
    path = tmp_path_factory.mktemp("cli") / "graph"
    with open_store(path) as opened:
        pipeline.add(extractions, opened)
    return path


def commands() -> list[tuple[str, list[str]]]:
    """Return each command with its options."""
    found = []
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        options = [option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)]
        found.append((name, [option for option in options if option.startswith("-") and option != "--help"]))
    return found


@pytest.mark.parametrize(("name", "options"), commands())
def test_every_command_and_option_is_documented(root: Path, name: str, options: list[str]) -> None:
    """The page on the command line has a section for the command that names each of its options."""
    page = (root / "docs" / "cli.md").read_text("utf-8")
    section = re.search(rf"^## kg {name}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert section
    assert [option for option in options if f"`{option}`" not in section[1]] == []
    assert f"[`kg {name}`](#kg-{name})" in page


@pytest.mark.parametrize(("name", "options"), commands())
def test_every_command_has_help(name: str, options: list[str]) -> None:
    """``--help`` says what the command does and describes each option."""
    result = kg(name, "--help")
    assert result.exit_code == 0
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    assert command.help
    assert [parameter.name for parameter in command.params if not getattr(parameter, "help", None)] == []


def test_documentation_names_no_other_option(root: Path) -> None:
    """Every option that the page names exists."""
    known = {option for _, options in commands() for option in options} | {"--help", "--version"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (root / "docs" / "cli.md").read_text("utf-8")))
    assert named <= known


def test_version() -> None:
    """``--version`` prints the version."""
    assert re.fullmatch(r"kg \d+\.\d+\.\d+\S*\n", kg("--version").stdout)


def test_query_prints_a_table(store: Path) -> None:
    """Rows are a table, IRIs have their prefix, and the number of rows goes to standard error."""
    result = kg("query", NAMES.replace("?name", "?name ?firm", 1), "--store", store)
    assert re.search(r"Ann Lee +│ ent:Acme\w*-[0-9a-f]{10}", result.stdout)
    assert (result.exit_code, result.stderr) == (0, "(1 row)\n")


def test_query_prints_brackets(store: Path) -> None:
    """Text in brackets is text, and not markup of the terminal."""
    assert "[red]x[/red] [1]" in kg("query", "SELECT ('[red]x[/red] [1]' AS ?x) {}", "--store", store).stdout


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "xml"])
def test_query_formats(store: Path, format: str) -> None:
    """Rows come in the standard formats, complete and with nothing around them."""
    text = kg("query", NAMES, "--store", store, "--format", format).stdout
    match format:
        case "csv":
            assert list(csv.reader(text.splitlines())) == [["name"], ["Ann Lee"]]
        case "tsv":
            assert text == '?name\n"Ann Lee"\n'
        case "json":
            assert json.loads(text)["results"]["bindings"][0]["name"] == {"type": "literal", "value": "Ann Lee"}
        case "xml":
            assert "Ann Lee" in "".join(ElementTree.fromstring(text).itertext())


def test_query_of_triples(store: Path) -> None:
    """CONSTRUCT gives Turtle unless another RDF format is asked for."""
    construct = "CONSTRUCT { ?who news:ceoOf ?firm } WHERE { ?who news:ceoOf ?firm }"
    assert re.search(r"ent:Ann_Lee-\w+ news:ceoOf ent:Acme", kg("query", construct, "--store", store).stdout)
    assert kg("query", construct, "--store", store, "--format", "ntriples").stdout.startswith("<https://")


@pytest.mark.parametrize(("predicate", "answer"), [("ceoOf", "yes"), ("diedIn", "no")])
def test_ask(store: Path, predicate: str, answer: str) -> None:
    """ASK is answered by yes or no."""
    assert kg("query", f"ASK {{ ?a news:{predicate} ?b }}", "--store", store).stdout == answer + "\n"


def test_query_from_file_and_standard_input(store: Path, tmp_path: Path) -> None:
    """A query may stand in a file or come from standard input."""
    file = tmp_path / "q.rq"
    file.write_text(NAMES)
    answer = kg("query", "-f", file, "--store", store).stdout
    assert kg("query", "-f", "-", "--store", store, input=NAMES).stdout == answer
    assert "Ann Lee" in answer


def test_named_query(store: Path) -> None:
    """A named query is asked by its name, its parameters set by ``--set``."""
    every = kg("query", "--named", "who-said-what", "--store", store, "--format", "csv")
    nobody = kg("query", "--named", "who-said-what", "--set", "speaker=Zoe", "--store", store, "--format", "csv")
    assert len(every.stdout.splitlines()) == 2
    assert len(nobody.stdout.splitlines()) == 1


def test_conflicts(tmp_path: Path) -> None:
    """Two chief executives of one company are a conflict, of another company none."""
    rows = tmp_path / "rows.jsonl"
    stories = [Story("a"), Story("b"), Story("c")]
    for story, (boss, firm) in zip(stories, (("Ida Brandt", "Tern"), ("Bo Nash", "Tern"), ("Cy Orr", "Oxley")),
                                   strict=True):
        story.job(story.who("Person", boss), story.who("Company", firm), "CEO")
    rows.write_text("".join(json.dumps(story.extraction().to_dict()) + "\n" for story in stories))
    assert kg("build", rows, "--extracted", "--out", tmp_path / "graph").exit_code == 0
    found = kg("conflicts", "--store", tmp_path / "graph")
    assert re.search(r"Tern +│ (Bo Nash +│ +│ Ida Brandt|Ida Brandt +│ +│ Bo Nash)", found.stdout)
    assert (found.stderr, "Oxley" in found.stdout) == ("(1 conflict)\n", False)
    assert kg("conflicts", "--entity", "oxley", "--store", tmp_path / "graph").stderr == "(0 conflicts)\n"


@pytest.mark.parametrize("name", queries.names())
def test_each_named_query_runs(store: Path, name: str) -> None:
    """Every named query answers from the command line, and ``kg queries`` prints it."""
    assert kg("query", "--named", name, "--store", store).exit_code == 0
    assert kg("queries", name).stdout == queries.load(name).text


def test_queries_are_listed() -> None:
    """``kg queries`` lists all of them."""
    listing = kg("queries").stdout
    assert [name for name in queries.names() if name not in listing] == []


@pytest.mark.parametrize(("arguments", "message"), [
    (["query", "SELEC"], "error: query refused: error at 1:6"),
    (["query", "ASK {}", "--format", "pdf"], "error: unknown format 'pdf'; choose one of table, csv"),
    (["query", "ASK {}", "--format", "csv"], "error: a boolean cannot be written as 'csv'; choose one of json, xml"),
    (["query", "--named", "nothing"], "error: there is no query 'nothing'; there are: acquisitions"),
    (["query", "--named", "layoffs", "--set", "a=b"], "error: query layoffs has no parameter 'a'; it takes: employer"),
    (["query", "-f", "missing.rq"], "error: missing.rq: No such file or directory"),
    (["export", "--format", "pdf"], "error: unknown format 'pdf'; choose one of turtle"),
])
def test_errors_are_one_line(store: Path, arguments: list[str], message: str) -> None:
    """What the library refuses is one line on standard error, nothing on standard output, and exit code 2."""
    result = kg(*arguments, "--store", store)
    assert result.stderr.startswith(message)
    assert (result.stderr.count("\n"), result.stdout, result.exit_code) == (1, "", 2)


@pytest.mark.parametrize("command", ["query", "export", "validate", "analyze", "serve", "remove", "merges", "merge"])
def test_missing_graph(tmp_path: Path, command: str) -> None:
    """A directory without a graph is named, and not made."""
    arguments = {"query": ["ASK {}"], "remove": ["a"], "merge": ["a", "b"]}.get(command, [])
    result = kg(command, *arguments, "--store", tmp_path / "none")
    assert (result.stderr, result.exit_code) == (f"error: there is no store at {tmp_path / 'none'}\n", 2)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("arguments", [[], ["ASK {}", "--named", "layoffs"], ["ASK {}", "--set", "a=b"]])
def test_query_wants_one_question(store: Path, arguments: list[str]) -> None:
    """No query, two queries and settings for no named query are wrong usage."""
    result = kg("query", *arguments, "--store", store)
    assert (result.stdout, result.exit_code) == ("", 2)


@pytest.mark.parametrize("format", ["turtle", "trig", "nquads", "jsonld", "graphml", "gexf"])
def test_export(store: Path, tmp_path: Path, format: str) -> None:
    """The graph is written to standard output or to a file, with the same bytes."""
    file = tmp_path / "out"
    assert kg("export", "--store", store, "--format", format, "--out", file).exit_code == 0
    assert kg("export", "--store", store, "--format", format).stdout_bytes == file.read_bytes()
    assert b"Ann Lee" in file.read_bytes()


def test_analyze(store: Path) -> None:
    """The size of the network, its central entities and its communities are printed."""
    result = kg("analyze", "--store", store, "--top", 2)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.search(r"\d+ nodes, \d+ edges", result.stdout)
    [central] = re.findall(r"PageRank.*?(?=Communities)", result.stdout, re.DOTALL)
    assert [name for name in ("Ann Lee", "Acme Corp.") if name not in central] == []
    assert "Zeta" not in result.stdout  # which Acme may buy, so that nothing plain connects it
    assert re.search(r"Communities.*1 │ +2 │ Ann Lee, Acme Corp.", result.stdout, re.DOTALL)


def test_analyze_path(store: Path) -> None:
    """The shortest path between two names is printed, an edge a line with its direction."""
    path = kg("analyze", "--store", store, "--path", "Acme Corp.", "Paris").stdout
    assert re.search(r"Acme Corp\. +│ <-.+│ Ann Lee", path)
    assert re.search(r"│ -> .*place", path)
    missing = kg("analyze", "--store", store, "--path", "Acme Corp.", "Nobody")
    assert (missing.stderr, missing.exit_code) == ("error: no entity is called 'Nobody'\n", 2)


def test_analyze_other_networks(store: Path) -> None:
    """Events that are shared, claims, and articles of some days make networks of their own."""
    def sizes(*options: str) -> str:
        return kg("analyze", "--store", store, *options).stdout.split("\n")[0]

    assert sizes("--network", "events") == "4 nodes, 1 edges"
    assert sizes("--network", "claims") == "0 nodes, 0 edges"
    assert sizes("--until", "2024-05-31") == "3 nodes, 3 edges"
    assert sizes("--since", "2030-01-01") == "0 nodes, 0 edges"


def test_analyze_change_and_similar(store: Path) -> None:
    """Communities before and from a day on are compared; who is alike is listed; a wrong backend is one line."""
    change = kg("analyze", "--store", store, "--change", "2024-06-01")
    assert re.search(r"1\.000 │ Ann Lee, Acme Corp\. │", change.stdout)
    assert "likeness" in kg("analyze", "--store", store, "--similar", "Ann Lee").stdout
    wrong = kg("analyze", "--store", store, "--backend", "abacus")
    assert wrong.stderr == "error: networkx backend 'abacus': 'abacus' backend is not installed\n"
    assert wrong.exit_code == 2


@pytest.mark.parametrize("format", ["graphml", "gexf"])
def test_analyze_writes_the_network(store: Path, tmp_path: Path, format: str) -> None:
    """The network is written with the scores of its entities, and without the day of writing."""
    file = tmp_path / f"network.{format}"
    assert kg("analyze", "--store", store, f"--{format}", file).exit_code == 0
    network = nx.read_graphml(file, force_multigraph=True) if format == "graphml" else nx.read_gexf(file)
    [lee] = [data for _, data in network.nodes(data=True) if data["label"] == "Ann Lee"]
    assert 0 < lee["pagerank"] < 1
    assert lee["betweenness"] >= 0
    assert lee["community"] == 1
    assert b"lastmodifieddate" not in file.read_bytes()


def test_validate(store: Path, tmp_path: Path) -> None:
    """A good graph conforms; what breaks the shapes is printed and makes the exit code 1."""
    good = kg("validate", "--store", store)
    assert (good.exit_code, good.stderr) == (0, "")
    assert re.fullmatch(r"[\d,]+ quads, no violations\n", good.stdout)
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text("""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix news: <https://w3id.org/stringer/news#> .
        [] a sh:NodeShape ; sh:targetClass news:Person ; sh:property [ sh:path news:age ; sh:minCount 1 ;
            sh:message "a person has an age" ] .""")
    bad = kg("validate", "--store", store, "--shapes", shapes)
    assert bad.exit_code == 1
    assert "a person has an age" in bad.stdout


@pytest.mark.parametrize("command", ["build", "extract"])
def test_bad_inputs(tmp_path: Path, command: str) -> None:
    """Each bad input is one line, the exit code is 1, and what was stored stays."""
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "rows.jsonl").write_text('{"text": \n')
    out = tmp_path / "out"
    inputs = [tmp_path / name for name in ("empty.txt", "rows.jsonl", "none.txt")]
    result = kg(command, *inputs, "--out", out)
    assert result.exit_code == 1
    assert [line.split(": ")[0:2] for line in result.stderr.splitlines()] == [["error", str(path)] for path in inputs]


def test_build_keeps_what_is_stored(store: Path, tmp_path: Path) -> None:
    """A batch in which everything is bad leaves the graph as it was."""
    before = kg("export", "--store", store, "--format", "nquads").stdout_bytes
    assert kg("build", tmp_path / "none.txt", "--out", store).exit_code == 1
    assert kg("export", "--store", store, "--format", "nquads").stdout_bytes == before


def test_build_from_extractions_and_remove(tmp_path: Path, extractions: tuple[Extraction, Extraction]) -> None:
    """A graph built from extraction JSON equals one built from articles, and a removed article was never there."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(extraction.to_dict()) + "\n" for extraction in extractions))
    one = tmp_path / "one.json"
    one.write_text(json.dumps(extractions[0].to_dict()))
    for input, out in ((one, "both"), (rows, "both"), (one, "alone")):
        built = kg("build", input, "--extracted", "--out", tmp_path / out)
        assert built.exit_code == 0
        assert built.stdout.startswith("1 of 2 articles were there already\n1 article of") == (input == rows)
    assert "already" not in kg("build", rows, "--extracted", "--again", "--out", tmp_path / "both").stdout
    removed = kg("remove", "talk", "nobody", "--store", tmp_path / "both")
    assert removed.stderr == "error: nobody: no article in the graph has this id\n"
    assert (removed.stdout, removed.exit_code) == ("1 removed, 1 left\n", 1)
    left, alone = (kg("export", "--store", tmp_path / name, "--format", "nquads") for name in ("both", "alone"))
    assert left.stdout_bytes == alone.stdout_bytes


def test_merge_and_split(tmp_path: Path) -> None:
    """Names are merged and split by hand, listed with their reasons, saved and loaded; undoing restores every byte."""
    store, file, rows = tmp_path / "graph", tmp_path / "decisions.tsv", tmp_path / "rows.jsonl"
    stories = [Story("a"), Story("b")]
    stories[0].who("Company", "Oxley Freight")
    stories[1].who("Company", "Oxley")
    stories[1].who("Person", "Lintner")
    rows.write_text("".join(json.dumps(story.extraction().to_dict()) + "\n" for story in stories))
    build = ("build", rows, "--extracted", "--out", store)
    dump = ("export", "--format", "nquads", "--store")
    assert kg(*build).exit_code == 0
    before = kg(*dump, store).stdout_bytes
    merged = kg("merge", "oxley", "Oxley Freight", "--store", store)
    assert re.fullmatch(r"one entity: ent:Oxley_Freight-\w+\n", merged.stdout)
    assert kg("merge", "Oxley", "Oxley Freight", "--store", store).stdout.startswith("unchanged, one entity")
    assert "decided by a person" in kg("merges", "--store", store).stdout
    assert kg("merges", "--entity", "lintner", "--store", store).stderr == "(0 merges)\n"
    assert kg("merges", "--save", file, "--store", store).exit_code == 0
    after = kg(*dump, store).stdout_bytes
    assert kg(*build).exit_code == 0
    assert kg(*dump, store).stdout_bytes == after
    assert kg("merges", "--load", file, "--store", tmp_path / "other").exit_code == 0
    assert kg(*build[:-1], tmp_path / "other").exit_code == 0
    assert kg(*dump, tmp_path / "other").stdout_bytes == after
    assert kg("split", "Oxley", "Oxley Freight", "--store", store).stdout.startswith("two entities: ent:")
    assert kg(*dump, store).stdout_bytes == before
    assert re.match(r"Oxley of b: ent:Oxley-\w+\n", kg("split", "Oxley", "--article", "b", "--store", store).stdout)


@pytest.mark.parametrize(("arguments", "message"), [
    (["merge", "Ann Lee", "Nobody"], "error: no article speaks of 'Nobody'\n"),
    (["merge", "Ann Lee", "ann  lee"], "error: https://w3id.org/stringer/entity/Ann_Lee-"),
    (["split", "Ann Lee", "--article", "none"], "error: the article 'none' does not speak of 'Ann Lee'\n")])
def test_identity_errors(store: Path, arguments: list[str], message: str) -> None:
    """A name that nobody bears, one and the same, or not of that article is one line and exit code 2."""
    result = kg(*arguments, "--store", store)
    assert result.stderr.startswith(message)
    assert (result.stderr.count("\n"), result.exit_code) == (1, 2)


def test_bad_extractions(tmp_path: Path, extractions: tuple[Extraction, Extraction]) -> None:
    """What is no extraction JSON is one line with its place, and options about articles are refused."""
    (tmp_path / "a.json").write_text("[1]")
    (tmp_path / "b.jsonl").write_text('{"document": {}}\n')
    (tmp_path / "empty").mkdir()
    result = kg("build", *sorted(tmp_path.iterdir()), "--extracted", "--out", tmp_path / "graph")
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [
        str(tmp_path / name) for name in ("a.json", "b.jsonl", "empty")]
    assert result.exit_code == 1
    refused = kg("build", tmp_path / "a.json", "--extracted", "--title", "x", "--out", tmp_path / "graph")
    assert (refused.stderr, refused.exit_code) == (
        "error: extractions say themselves what their title is; leave the option out\n", 2)


@pytest.mark.parametrize(("option", "value", "message"), [
    ("--date", "May", "error: option: date 'May' is not a date; write YYYY-MM-DD"),
    ("--language", "de", "error: option: language 'de': only English articles can be read"),
    ("--format", "pdf", "error: unknown format 'pdf'; choose one of turtle"),
])
def test_bad_options(tmp_path: Path, option: str, value: str, message: str) -> None:
    """A bad option ends the command before it reads or writes anything."""
    result = kg("build", tmp_path, "--out", tmp_path / "graph", option, value)
    assert result.stderr.startswith(message)
    assert result.exit_code == 2
    assert not (tmp_path / "graph").exists()


@pytest.mark.parametrize(("id", "name"), [
    ("a-b_c.d", "a-b_c.d.json"), ("../x", "..%2Fx.json"), ("Zürich", "Z%C3%BCrich.json"), ("x" * 300, None),
])
def test_file_names(id: str, name: str | None) -> None:
    """An id becomes one file name, whatever is in it, and never a path."""
    made = file_name(id)
    assert name is None or made == name
    assert len(made) < 255
    assert "/" not in made
    assert made.endswith(".json")


def test_evaluate_predicted(tmp_path: Path, extractions: tuple[Extraction, Extraction]) -> None:
    """Gold against itself scores 1; errors are listed, and a floor above the score makes the exit code 1."""
    gold, predicted = tmp_path / "gold", tmp_path / "predicted"
    for folder in (gold, predicted):
        folder.mkdir()
        (folder / "cuts.json").write_text(json.dumps(extractions[0].to_dict()))
    (gold / "talk.json").write_text(json.dumps(extractions[1].to_dict()))
    (tmp_path / "floors.json").write_text('{"claims": 1.0, "relations": 0.9}')
    floors = ("--floors", tmp_path / "floors.json")
    result = kg("evaluate", gold, "--predicted", predicted, "--errors", "relations", *floors)
    assert re.search(r"relations +│ +1\.000 │ +0\.500 │ +0\.667 │ +2 │ +1\b", result.stdout)
    assert "KG score 0." in result.stdout
    assert "\nrelations, missed:\n  talk: Ann Lee - positionAt - Acme Corp.\n" in result.stdout
    assert result.stderr == "error: relations: 0.6667 is below its floor of 0.9000\n"
    assert result.exit_code == 1
    rows = json.loads(kg("evaluate", gold, "--predicted", predicted, "--json").stdout)
    assert rows["claims"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "gold": 1, "predicted": 1}


@pytest.mark.parametrize(("arguments", "message"), [
    (["--errors", "x"], "unknown layer 'x'; choose one of entities"),
    (["--predicted", "DIR/none"], "DIR/none: no such folder"),
    (["--predicted", "DIR"], "DIR: no gold files (*.json) in this folder"),
])
def test_evaluate_errors(tmp_path: Path, arguments: list[str], message: str) -> None:
    """What cannot be scored is one line and exit code 2."""
    result = kg("evaluate", tmp_path, *(argument.replace("DIR", str(tmp_path)) for argument in arguments))
    assert result.stderr.startswith(f"error: {message.replace('DIR', str(tmp_path))}")
    assert (result.stderr.count("\n"), result.exit_code) == (1, 2)


def test_ports() -> None:
    """A taken port is refused by ``kg serve``, and the demo goes on to the next free one."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(LOOPBACK, port) <= port + 100


def test_serve_refuses_a_taken_port(store: Path) -> None:
    """The line says which address is taken and what to do."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = kg("serve", "--store", store, "--port", port)
    assert result.stderr.startswith(f"error: 127.0.0.1:{port} is taken or cannot be listened on; choose another")
    assert result.exit_code == 2


def test_serve_answers_until_stopped(store: Path) -> None:
    """``kg serve`` prints its address, answers SPARQL there, and ends when it is told to."""
    port = free_port(LOOPBACK, 8200)
    program = [sys.executable, "-c", "from kg.cli import app; app()"]
    command = [*program, "serve", "--store", str(store), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"Page:   http://127.0.0.1:{port}/\n"
            assert wait_for(f"http://127.0.0.1:{port}/sparql", {"query": NAMES}) == "name\r\nAnn Lee\r\n"
        finally:
            process.terminate()
    assert process.returncode in (0, -signal.SIGTERM)


def test_serve_with_a_token(store: Path, tmp_path: Path) -> None:
    """With ``--tokens`` a holder of a token may update, everybody may read, and ``--audit`` notes it."""
    port, tokens, audit = free_port(LOOPBACK, 8300), tmp_path / "tokens", tmp_path / "audit.jsonl"
    tokens.write_text(f"ann write {hashlib.sha256(b'secret').hexdigest()}\n")
    program = [sys.executable, "-c", "from kg.cli import app; app()"]
    own = shutil.copytree(store, tmp_path / "graph")
    options = ["--store", str(own), "--port", str(port), "--tokens", str(tokens), "--audit", str(audit)]
    with subprocess.Popen([*program, "serve", *options], stdout=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}/sparql"
            wait_for(address, {"query": NAMES})
            update = {"update": "INSERT DATA { <a:a> rdfs:label 'New' }"}
            assert httpx.post(address, data=update, timeout=30).status_code == 401
            holder = {"authorization": "Bearer secret"}
            assert httpx.post(address, data=update, headers=holder, timeout=30).status_code == 204
            assert "<a:a>" in wait_for(address, {"query": "SELECT (CONCAT('<', STR(?s), '>') AS ?x) { ?s ?p 'New' }"})
        finally:
            process.terminate()
    assert [json.loads(line)["client"] for line in audit.read_text().splitlines()] == ["", "ann"]


def wait_for(address: str, parameters: dict[str, str]) -> str:
    """Return the answer as CSV, as soon as there is one."""
    for _ in range(300):
        try:
            return httpx.get(address, params=parameters, headers={"Accept": "text/csv"}, timeout=30).text
        except httpx.ConnectError:
            time.sleep(0.1)
    raise TimeoutError(address)


def test_service_is_found() -> None:
    """The service comes from the entry point of the installed distribution."""
    assert callable(find_service())


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed here")
def test_training_without_torch(tmp_path: Path) -> None:
    """Without the extra packages ``kg train`` says what to install."""
    result = kg("train", "--out", tmp_path)
    assert "pip install 'stringer-kg[train]'" in result.stderr
    assert (result.stderr.count("\n"), result.exit_code) == (1, 2)
