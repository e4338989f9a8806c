"""Articles come out of every format unchanged, and bad input is named and passed over."""

from __future__ import annotations

import datetime as dt
import io
import json
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import corpus
from kg.corpus.formats import plain_text
from kg.errors import InputError
from kg.model import Document

NEWS = (
    "Acme Corporation said on Monday that it would cut 300 jobs at its plant in Dayton, Ohio.\n"
    "The company's chief executive, Jane Roe, said that the move was needed “to survive”.\n"
)
PAGE = """<!doctype html><html lang="en"><head><title>Acme cuts jobs</title>
<meta property="article:published_time" content="2024-05-06T10:00:00Z">
<link rel="canonical" href="https://example.org/acme"></head>
<body><nav><a href="/">Home</a></nav><article><p>Acme Corporation said on Monday that it would cut 300 jobs at its
plant in Dayton, Ohio.</p><p>The company's chief executive, Jane Roe, said that the move was needed.</p></article>
<footer>All rights reserved</footer></body></html>"""


def write(path: Path, content: str | bytes) -> str:
    """Write a file and return its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def row(**keys: object) -> str:
    """Return one JSONL row with a usable text."""
    return json.dumps({"text": NEWS} | keys) + "\n"


def read_all(*inputs: str) -> tuple[list[Document], list[str]]:
    """Read everything, the errors as messages."""
    errors: list[str] = []
    documents = list(corpus.read(inputs, on_error=lambda error: errors.append(str(error))))
    return documents, errors


TEXTS = [NEWS, NEWS.replace("\n", "\r\n"), "\n  " + NEWS + "\n\n", "---\ntitle: x\n---\n" + NEWS]


@pytest.mark.parametrize("text", TEXTS)
def test_text_files_stay_as_they_are(tmp_path: Path, text: str) -> None:
    """The text of a .txt file is the article exactly as given, and the id is the file's name."""
    assert read_all(write(tmp_path / "a.b.txt", text))[0] == [Document("a.b", text)]


def test_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    """A UTF-8 byte-order mark belongs to the encoding and not to the article."""
    assert read_all(write(tmp_path / "a.txt", b"\xef\xbb\xbf" + NEWS.encode()))[0][0].text == NEWS


def test_front_matter_of_markdown(tmp_path: Path) -> None:
    """Front matter gives title, date, source and language; other keys are passed over."""
    head = '---\ntitle: "Jobs: cut"\ndate: 2024-05-06\ntags: [a, b]\nsource: \'The Times\'\nlanguage: en-GB\n---\n'
    [document], errors = read_all(write(tmp_path / "a.md", head + "\nOne day.\n\nThe end.\n"))
    assert document == Document("a", "One day.\n\nThe end.", "Jobs: cut", dt.date(2024, 5, 6), "The Times", "en-GB")
    assert not errors


def test_markup_of_markdown_is_taken_out() -> None:
    """Headings, emphasis, links and lists leave only the words that a reader sees."""
    markdown = "# Acme cuts *jobs*\n\nThe [company](https://example.org) said\nso:\n\n- **one** & `two`\n- three\n"
    assert plain_text(markdown) == "Acme cuts jobs\n\nThe company said so:\n\none & two\n\nthree"


def test_html_gives_article_and_metadata(tmp_path: Path) -> None:
    """A web page gives its article, title, date and address, and no menus."""
    [document], errors = read_all(write(tmp_path / "page.html", PAGE))
    assert (document.id, document.title, document.date) == ("page", "Acme cuts jobs", dt.date(2024, 5, 6))
    assert document.source == "https://example.org/acme"
    assert document.text.startswith("Acme Corporation said")
    assert "Home" not in document.text
    assert not errors


def test_jsonl_rows(tmp_path: Path) -> None:
    """Rows carry their keys; a row without an id gets a hash of its text, a number becomes a string."""
    rows = row(id=7, title="T", date="2024-05-06T08:00:00Z", source="S", language="en", extra=[1]) + "\n" + row()
    (first, second), errors = read_all(write(tmp_path / "a.jsonl", rows))
    assert first == Document("7", NEWS, "T", dt.date(2024, 5, 6), "S", "en")
    assert (second.text, len(second.id)) == (NEWS, 16)
    assert not errors


def test_gold_files_are_articles(tmp_path: Path) -> None:
    """A file in the extraction format gives its document."""
    document = Document("x", NEWS, date=dt.date(2024, 5, 6))
    extraction = json.dumps({"document": document.to_dict(), "entities": []})
    assert read_all(write(tmp_path / "y.json", extraction))[0] == [document]
    assert read_all(write(tmp_path / "z.jsonl", extraction + "\n"))[0] == [document]


def test_folders_are_read_in_order(tmp_path: Path) -> None:
    """Folders are read with their subfolders, in the order of names; other and hidden files are left out."""
    for name in ("b.txt", "a/z.md", "a/y.txt", "c.jsonl", ".hidden.txt", "logo.png"):
        write(tmp_path / name, row(id="c") if name == "c.jsonl" else NEWS)
    documents, errors = read_all(str(tmp_path))
    assert ([d.id for d in documents], errors) == (["y", "z", "b", "c"], [])


@pytest.mark.parametrize(("content", "ids"), [
    (NEWS, ["2a"]), (row(id="a") + row(id="b"), ["a", "b"]), (PAGE, [""]), ("---\ntitle: T\n---\n" + NEWS, [""]),
    (json.dumps({"document": {"id": "g", "text": NEWS}}, indent=1), ["g"]),
])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, content: str, ids: list[str]) -> None:
    """Standard input may be text, Markdown with front matter, HTML, JSONL or JSON; ids do not depend on the run."""
    runs = []
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content.encode()))))
        runs.append(read_all("-"))
    (documents, errors), again = runs
    assert (documents, errors) == again
    assert (len(documents), errors) == (len(ids), [])
    assert all(len(d.id) == 16 or d.id == id for d, id in zip(documents, ids, strict=True))


def test_options_win(tmp_path: Path) -> None:
    """What the caller says of the articles wins over what they say of themselves."""
    name = write(tmp_path / "a.jsonl", row(id="a", title="old", date="1999-01-01", source="old"))
    [document] = corpus.read([name], title="T", date="2024-05-06", source="S", language="en-US")
    assert document == Document("a", NEWS, "T", dt.date(2024, 5, 6), "S", "en-US")


BAD = [
    ("a.txt", b"", "no text in it"),
    ("a.txt", b" \n\t", "no text in it"),
    ("a.txt", b"12,5 -- 7", "no words in it"),
    ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "byte 8: 0x00, so it is a binary file and not text"),
    ("a.txt", b"Acme said.\nA caf\xe9 closed.", "line 2, byte 16: 0xe9 is not UTF-8; save it as UTF-8"),
    ("a.txt", NEWS.encode("utf-16"), "line 1, byte 0: encoded in UTF-16; save it as UTF-8"),
    ("a.txt", b"Acme said.\nIt is \x01 odd.", "line 2, character 17: U+0001 is not text"),
    ("a.txt", "Ни слова по-английски".encode(), "not English: 18 of 18 letters are of another script"),
    ("a.txt", b"word " * 400_000, "line 1: an article may have at most 1,000,000 characters, this one has 2,000,000"),
    ("a.txt", b"\n" + b"x" * 10_000_000, "line 2: longer than 8,000,000 bytes, no article is"),
    ("a.md", b"---\ntitle: T\n\nText", "line 1: the front matter that '---' opens is never closed"),
    ("a.md", b"---\ndate: last May\n---\nThe end.", "date 'last May' is not a date; write YYYY-MM-DD"),
    ("a.md", b"---\nlanguage: de\n---\nThe end.", "language 'de': only English articles can be read"),
    ("a.html", b"", "no article found in the page"),
    ("a.json", b"[1]", "[1] is not an object with the keys id, text, title, date, source, language"),
    ("a.json", b'{"document": 3}', "key 'document' holds 3, not an object"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD)
def test_bad_files(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """A bad file gets one line with file, place and value, and the next one is read."""
    bad, good = write(tmp_path / name, content), write(tmp_path / "good.txt", NEWS)
    documents, errors = read_all(bad, good)
    assert [d.id for d in documents] == ["good"]
    assert errors == [f"{bad}: {message}"]


BAD_ROWS = [
    ('{"id": "b", "text": \n', "broken JSON at character 19: Expecting value: '{\"id\": \"b\", \"text\":'"),
    ('["b"]\n', "['b'] is not an object with the keys id, text, title, date, source, language"),
    ('{"id": "b"}\n', "the key 'text' is missing; keys: ['id']"),
    ('{"id": ["b"], "text": "x"}\n', "key 'id' holds ['b'], not a string"),
    ('{"id": "b", "text": 3}\n', "key 'text' holds 3, not a string"),
    ('{"id": "b", "text": null}\n', "no text in it"),
    (row(id="b", date="18 July"), "date '18 July' is not a date; write YYYY-MM-DD"),
    (row(id="b", text="A lone \ud800 surrogate."), "line 1, character 7: U+D800 is not text"),
    (row(id="b\x00"), "id 'b\\x00': U+0000 is not text"),
    ("[" * 200_000 + "\n", "JSON nested too deeply"),
    ("x" * 10_000_000 + "\n", "longer than 8,000,000 bytes, no article is"),
]


@pytest.mark.parametrize(("bad", "message"), BAD_ROWS)
def test_bad_rows(tmp_path: Path, bad: str, message: str) -> None:
    """A bad row gets one line with its number, and the rows around it are read."""
    name = write(tmp_path / "a.jsonl", row(id="a") + bad + row(id="c"))
    documents, errors = read_all(name)
    assert [d.id for d in documents] == ["a", "c"]
    assert errors == [f"{name}: line 2: {message}"]


def test_missing_inputs(tmp_path: Path) -> None:
    """A file that is not there and a folder without articles are named."""
    missing, empty = tmp_path / "none.txt", tmp_path / "empty"
    empty.mkdir()
    documents, errors = read_all(str(missing), str(empty))
    assert not documents
    assert errors[0] == f"{missing}: No such file or directory"
    assert errors[1].startswith(f"{empty}: no article in this folder; endings read: .txt")


def test_one_id_twice(tmp_path: Path) -> None:
    """Two inputs with one id are an error that names both places; the first one stays."""
    first, second = write(tmp_path / "x" / "a.txt", NEWS), write(tmp_path / "y" / "a.txt", NEWS + NEWS)
    documents, errors = read_all(first, second)
    assert [d.text for d in documents] == [NEWS]
    assert errors == [f"{second}: id 'a' is already taken by {first}"]


def test_errors_are_raised_by_default(tmp_path: Path) -> None:
    """Without a handler the first bad input raises, and a bad option raises before anything is read."""
    with pytest.raises(InputError, match="no text in it"):
        list(corpus.read([write(tmp_path / "a.txt", "")]))
    with pytest.raises(InputError, match="option: date 'May' is not a date"):
        corpus.read([], date="May")


LANGUAGES = ["de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "fi", "pl", "cs", "ru", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_languages_are_refused(tmp_path: Path, language: str) -> None:
    """News in other languages is refused as not English."""
    [folder] = find_spec("spacy").submodule_search_locations  # type: ignore[union-attr,misc]
    sentences = runpy.run_path(f"{folder}/lang/{language}/examples.py")["sentences"]  # importing a language is slow
    documents, errors = read_all(write(tmp_path / "a.txt", " ".join(sentences)))
    assert not documents
    assert "not English" in errors[0]


@given(st.text(st.characters(codec="utf-8")), st.sampled_from([".txt", ".md", ".jsonl", ".json", ".html", ""]))
def test_anything_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str, ending: str) -> None:
    """Whatever a file holds, it becomes documents or errors; a text file is taken as it is or not at all."""
    name = write(tmp_path_factory.mktemp("any") / f"a{ending}", text)
    documents, errors = read_all(name)
    assert documents or errors or (ending == ".jsonl" and not text.strip())
    if ending == ".txt":
        assert [document.text for document in documents] in ([], [text.removeprefix("\ufeff")])


def test_reading_streams(tmp_path: Path) -> None:
    """An article is handed on before the next one is looked at."""
    stream = corpus.read([write(tmp_path / "a.txt", NEWS), str(tmp_path / "later.txt")])
    assert next(stream).id == "a"
    write(tmp_path / "later.txt", NEWS)
    assert next(stream).id == "later"


def test_articles_are_counted_beforehand(tmp_path: Path) -> None:
    """Files and rows are counted without being read as articles; nobody knows what standard input holds."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.txt").write_text("x")
    (tmp_path / "rows.jsonl").write_text('{"text": "a"}\n\n{"text": "b"}')
    (tmp_path / "picture.png").write_bytes(b"x")
    assert corpus.count([tmp_path]) == 3
    assert corpus.count([tmp_path / "rows.jsonl", tmp_path / "picture.png", tmp_path / "none.txt"]) == 4
    assert corpus.count(["-", tmp_path]) is None
