"""The OpenAPI description as a file: ``python -m api.openapi > docs/openapi.json``."""

from __future__ import annotations

import json
from pathlib import Path

from api.app import create_app


def description() -> str:
    """Return the description of the service as JSON, without its version, which changes with every release."""
    document = create_app(Path("graph")).openapi()
    document["info"]["version"] = "1"
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(description(), end="")
