"""Fetch the vendored browser files anew and rewrite ``manifest.json``: ``python -m api.vendor``.

Needs ``npm`` on the path, which nobody else does: the files are committed, so users, tests and the
wheel live without Node. ``PACKAGES`` is the only place where a version is named.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "api" / "static"
DRAWING = ROOT / "kg" / "views" / "drawing"
"""The drawing is a part of the library: ``kg.views.to_html`` writes it into files."""

DRAWN = ("sigma@", "graphology@")

TESTS = ROOT / "tests" / "vendor"
"""For what only tests use, which the wheel does not carry."""

TESTED = ("axe-core@",)

PACKAGES = {
    "sigma@3.0.3": {"dist/sigma.min.js": "sigma.min.js", "LICENSE.txt": "sigma.LICENSE.txt"},
    "graphology@0.26.0": {
        "dist/graphology.umd.min.js": "graphology.umd.min.js",
        "LICENSE.txt": "graphology.LICENSE.txt",
    },
    "htmx.org@2.0.11": {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE.txt"},
    "@zazuko/yasgui@4.6.2": {"build/yasgui.min.js": "yasgui.min.js", "build/yasgui.min.css": "yasgui.min.css"},
    "axe-core@4.14.1": {"axe.min.js": "axe.min.js", "LICENSE": "axe.LICENSE.txt"},
    "@fontsource-variable/inter@5.3.0": {
        "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
        "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
        "LICENSE": "inter.LICENSE.txt",
    },
}


def main() -> None:
    """Pack each package, copy its files to their places and describe them in ``manifest.json``."""
    rows = [row for package, files in PACKAGES.items() for row in _vendor(package, files)]
    manifest = json.dumps(rows, indent=2) + "\n"
    (STATIC / "manifest.json").write_text(manifest, encoding="utf-8")


def _vendor(package: str, files: dict[str, str]) -> list[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", package, "--pack-destination", folder]
        archive = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(Path(folder) / archive) as tar:
            home = DRAWING if package.startswith(DRAWN) else TESTS if package.startswith(TESTED) else STATIC / "vendor"
            return [_copy(tar, package, source, home / name) for source, name in files.items()]


def _copy(tar: tarfile.TarFile, package: str, source: str, target: Path) -> dict[str, str]:
    data = _without_map(_read(tar, source))
    target.write_bytes(data)
    name, _, version = package.rpartition("@")
    licence = json.loads(_read(tar, "package.json"))["license"]
    return {"file": target.relative_to(ROOT).as_posix(), "name": name, "version": version, "source": source,
            "licence": licence, "sha256": hashlib.sha256(data).hexdigest()}


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(f"package/{name}")
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


def _without_map(data: bytes) -> bytes:
    # A source map is not vendored, and a browser would ask for it in vain.
    lines = data.split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith(b"//# sourceMappingURL="))


if __name__ == "__main__":
    main()
