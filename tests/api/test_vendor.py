import hashlib
import json

from api.vendor import PACKAGES, STATIC


def test_vendored_files_are_what_the_manifest_says() -> None:
    """Every vendored file is listed with name, version, licence and the hash that it has."""
    rows = json.loads((STATIC / "manifest.json").read_text("utf-8"))
    assert {row["file"] for row in rows} == {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir()}
    assert {f"{row['name']}@{row['version']}" for row in rows} == set(PACKAGES)
    for row in rows:
        assert hashlib.sha256((STATIC / row["file"]).read_bytes()).hexdigest() == row["sha256"]
        assert row["licence"]
