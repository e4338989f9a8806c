import hashlib
import json

from api.vendor import DRAWING, DRAWN, PACKAGES, ROOT, STATIC, TESTS


def test_vendored_files_are_what_the_manifest_says() -> None:
    """Every vendored file is listed with name, version, licence and the hash that it has."""
    rows = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    own = {path for path in DRAWING.iterdir() if path.name.startswith(tuple(name.rstrip("@") for name in DRAWN))}
    there = {path.relative_to(ROOT).as_posix() for path in (*(STATIC / "vendor").iterdir(), *TESTS.iterdir(), *own)}
    assert {row["file"] for row in rows} == there
    assert {f"{row['name']}@{row['version']}" for row in rows} == set(PACKAGES)
    for row in rows:
        assert hashlib.sha256((ROOT / row["file"]).read_bytes()).hexdigest() == row["sha256"]
        assert row["licence"]
